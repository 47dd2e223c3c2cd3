"""`python -m bot.sandbox [port]`: the sandbox alone, to look at it."""

import asyncio
import sys

from bot.sandbox.sandbox import Sandbox


async def main(port: int) -> None:
    """Run until interrupted."""
    async with Sandbox(port=port) as sandbox:
        print(sandbox.url)  # noqa: T201  a person reads it
        for name, value in sandbox.environment().items():
            print(f"export {name}={value}")  # noqa: T201  a person pastes it
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    except KeyboardInterrupt:
        sys.exit(0)
