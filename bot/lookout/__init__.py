"""`ecotrajet watch`: on a second host, without database; it tells whoever is on call when the desk is silent."""

from bot.lookout.lookout import Lookout
from bot.lookout.running import check, running, watch

__all__ = ["Lookout", "check", "running", "watch"]
