"""`python -m bot` is `ecotrajet`."""

from bot.cli import main

if __name__ == "__main__":
    main()
