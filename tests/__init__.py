"""What the bot promises, told as stories on real parts."""
