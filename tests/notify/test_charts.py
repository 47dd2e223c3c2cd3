"""Charts: data that waits in a row, the same in words, and pictures that may be drawn in several threads at once."""

import asyncio
import json
import struct

from bot.chart import Chart, Kind, Series, alt_text
from bot.notify.charts import DPI, WIDTH, png

USAGE = Chart(
    Kind.BARS, "What prod uses now", ("shop", "a name too long for any phone", "cost $1 or $2"),
    (Series("Processor", (12.0, 98.0, 0.0), ("12 %", "98 %", "0 %")), Series("Memory", (48.0, 130.0, None))),
    unit="%", limit=100.0,
)  # fmt: skip
WEEKS = Chart(Kind.COLUMNS, "Incidents", ("W1", "W2"), (Series("P1", (1, 3)),))
DELAYS = Chart(
    Kind.LINES, "Taken after", tuple(map(str, range(30))), (Series("median", (*range(29), None)),), "min", 15
)
EMPTY = Chart(Kind.LINES, "Nothing yet", (), (Series("median", ()),))


def size(picture: bytes) -> tuple[int, int]:
    """Of a PNG, in pixels: the first eight bytes of its IHDR."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", picture[16:24])
    return wide, high


async def test_all_kinds_are_drawn_at_once_as_wide_as_a_phone_is_sharp() -> None:
    charts = (USAGE, WEEKS, DELAYS, EMPTY)
    drawn = await asyncio.gather(*(asyncio.to_thread(png, each) for each in charts))
    assert {size(each)[0] for each in drawn} == {round(WIDTH * DPI)}
    assert size(drawn[0])[1] > size(drawn[1])[1], "more bars need more room"
    assert len(set(drawn)) == len(charts)


def test_a_chart_comes_back_from_its_row_and_is_told_in_words() -> None:
    for chart in (USAGE, WEEKS, DELAYS, EMPTY):
        assert Chart.from_json(json.loads(json.dumps(chart.to_json()))) == chart
    assert alt_text(USAGE).startswith(
        "What prod uses now. shop: Processor 12 %, Memory 48 %; a name too long for any phone: Processor 98 %,"
    )
    assert alt_text(USAGE).endswith("cost $1 or $2: Processor 0 %, Memory —.")
