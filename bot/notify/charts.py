"""Small pictures for chat: a `Chart` in, a PNG out, with large letters and strong contrast for a phone.

matplotlib takes a second to import and a tenth to draw:
call `png` in a thread. Only the Agg canvas is used, and no global state of pyplot, so that threads may draw at once.
"""

import io
from typing import TYPE_CHECKING, Final

from bot.chart import Chart, Kind, number, text_of
from bot.notify.palette import BLUE, GREEN, GREY, GRID, INK, ORANGE, RED, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH: Final = 5.4  # inches, at DPI: 1080 pixels, which a phone shows without loss
DPI: Final = 200
ROW: Final = 0.34  # inches for a bar
HEADS: Final = 1.1  # inches for title and axis
MOST_BARS: Final = 12
LONGEST_NAME: Final = 22
COLOURS: Final = (BLUE, ORANGE, GREEN, RED, GREY)
"""Of the series, in their order."""


def png(chart: Chart) -> bytes:
    """The picture. Slow the first time (it imports matplotlib): not on the event loop."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height(chart)), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    {Kind.BARS: _bars, Kind.COLUMNS: _columns, Kind.LINES: _lines}[chart.kind](axes, chart)
    # over the whole picture: above the axes alone, long labels would leave a title no room
    figure.suptitle(plain(chart.title), x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK, wrap=True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=10, colors=INK, length=0)
    if len(chart.series) > 1:
        figure.legend(loc="outside lower center", ncols=len(chart.series), fontsize=10, frameon=False)
    made = io.BytesIO()
    figure.savefig(made, format="png")
    return made.getvalue()


def height(chart: Chart) -> float:
    """In inches: lying bars need room for each."""
    if chart.kind is not Kind.BARS:
        return 3.0
    bars = min(len(chart.labels), MOST_BARS) * (len(chart.series) * ROW + ROW / 2)
    return HEADS + (ROW if len(chart.series) > 1 else 0) + bars


def _bars(axes: "Axes", chart: Chart) -> None:
    labels = chart.labels[:MOST_BARS]
    thick = 0.8 / max(1, len(chart.series))
    end = _end(chart)
    for at, series in enumerate(chart.series):
        places = [index + (at - (len(chart.series) - 1) / 2) * thick for index in range(len(labels))]
        shown = [value or 0.0 for value in series.values[: len(labels)]]
        axes.barh(places, shown, height=thick * 0.9, color=_colour(at), label=plain(series.name), zorder=2)
        for index, (place, value) in enumerate(zip(places, shown, strict=True)):
            text = text_of(series, index, chart.unit)
            axes.text(min(value, end) + end * 0.015, place, plain(text), va="center", fontsize=10, color=INK)
    axes.set_yticks(range(len(labels)), [plain(_cut(each)) for each in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)  # the first on top
    axes.set_xlim(0, end * 1.5)  # room for what stands at a full bar
    axes.set_xticks([0, end / 2, end], [number(each, chart.unit) for each in (0, end / 2, end)])
    axes.grid(axis="x", color=GRID, zorder=0)
    axes.spines["bottom"].set_visible(False)
    if chart.limit is not None:
        axes.axvline(chart.limit, color=INK, linewidth=1, linestyle=(0, (3, 3)), zorder=1)


def _columns(axes: "Axes", chart: Chart) -> None:
    wide = 0.8 / max(1, len(chart.series))
    for at, series in enumerate(chart.series):
        places = [index + (at - (len(chart.series) - 1) / 2) * wide for index in range(len(series.values))]
        heights = [value or 0.0 for value in series.values]
        axes.bar(places, heights, width=wide * 0.9, color=_colour(at), label=plain(series.name), zorder=2)
        if len(chart.labels) * len(chart.series) <= MOST_BARS:
            for index, (place, value) in enumerate(zip(places, heights, strict=True)):
                text = plain(text_of(series, index, ""))
                axes.text(place, value, text, ha="center", va="bottom", fontsize=10, color=INK)
    _upright(axes, chart)


def _lines(axes: "Axes", chart: Chart) -> None:
    for at, series in enumerate(chart.series):
        values = [float("nan") if value is None else value for value in series.values]
        axes.plot(range(len(values)), values, color=_colour(at), label=plain(series.name), linewidth=2.2, marker="o",
                  markersize=4, zorder=2)  # fmt: skip
    _upright(axes, chart)


def _upright(axes: "Axes", chart: Chart) -> None:
    """Values upwards, labels below: as many of them as can be read."""
    from matplotlib.ticker import MaxNLocator

    every = max(1, -(-len(chart.labels) // 8))
    shown = list(range(0, len(chart.labels), every))
    axes.set_xticks(shown, [plain(_cut(chart.labels[at])) for at in shown])
    axes.set_ylim(0, _end(chart) * 1.12)
    if all(float(value or 0).is_integer() for each in chart.series for value in each.values):
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))  # no half incidents
    axes.set_ylabel(plain(chart.unit), fontsize=10, color=INK)
    axes.grid(axis="y", color=GRID, zorder=0)
    if chart.limit is not None:
        axes.axhline(chart.limit, color=INK, linewidth=1, linestyle=(0, (3, 3)), zorder=1)


def _end(chart: Chart) -> float:
    largest = max((value or 0.0 for each in chart.series for value in each.values), default=0.0)
    return chart.limit if chart.limit is not None and largest <= chart.limit else largest or 1.0


def _colour(at: int) -> str:
    return COLOURS[at % len(COLOURS)]


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_NAME else label[: LONGEST_NAME - 1] + "…"
