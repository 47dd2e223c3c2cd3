"""The sheet that a link in a mail opens: what it is about, a sentence, and perhaps one button."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, select_autoescape

LONGEST: Final = 600  # characters of a token that are looked at
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
}


class Paper:
    def __init__(self) -> None:
        self.pages = Environment(
            loader=PackageLoader("handlers.pages", ""), autoescape=select_autoescape(), trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip

    def page(self, words: Mapping[str, object], status: int) -> web.Response:
        """`words`: language, title, said, done (a tick before it), button ('' for none), and grade, where, since."""
        html = self.pages.get_template("ack.html").render(words)
        return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)
