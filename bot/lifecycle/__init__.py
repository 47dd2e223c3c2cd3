"""What happens to incidents, decided and written: each use case is one transaction with its audit and its messages."""

from bot.lifecycle.letters import Letter
from bot.lifecycle.lifecycle import Lifecycle
from bot.lifecycle.receive import Received
from bot.store.database import Unavailable

__all__ = ["Letter", "Lifecycle", "Received", "Unavailable"]
