"""Temporary."""

from typing import Any

from aiohttp import web


class Page:
    def __init__(self, *a: Any) -> None: ...
    def routes(self) -> list[web.RouteDef]:
        return []

    async def close(self) -> None: ...
