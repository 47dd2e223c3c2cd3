"""The sandbox: what `ecotrajet demo` and the tests play against. It imports nothing of the rest of bot."""

from bot.sandbox.people import DEMO_PEOPLE, Person
from bot.sandbox.sandbox import Sandbox

__all__ = ["DEMO_PEOPLE", "Person", "Sandbox"]
