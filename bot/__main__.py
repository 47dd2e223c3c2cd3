"""`python -m bot` is `ecotrajet`."""

import gc


def main() -> None:
    """Imports with the garbage collector off: of two thousand modules nothing is garbage, and looking takes a third."""
    gc.disable()
    from bot import cli

    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
