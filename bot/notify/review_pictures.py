"""The pictures of a report: PNG, 1000 pixels wide, to be read on a telephone.

Drawn by matplotlib's Agg without its global state (`Figure`, not pyplot), hence in any thread. Whoever draws first
imports it, which takes a second or more. Each bar bears its number, and each priority a pattern of its own.
"""

import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from bot.incident import Priority
from bot.notify.blocks.marks import severity
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.review import (
    counted,
    limit_of,
    limits,
    load_line,
    noise,
    period_name,
    place,
    times,
    title_of,
)
from bot.notify.palette import BLUE, EMPTY, GREY, INK, LIGHT, ORANGE, RED, SKY, SOFT, plain
from bot.phrase import Phrase
from bot.review import Review, Span, Spread

WIDTH: Final = 1000  # pixels
DPI: Final = 100
COLOURS: Final = {Priority.P1: RED, Priority.P2: ORANGE, Priority.P3: SKY}
PATTERNS: Final = {Priority.P1: "", Priority.P2: "//", Priority.P3: ".."}
NIGHT: Final = BLUE
BIG: Final = 24  # points; 33 pixels of 1000, 11 where a telephone shows them on 330
SMALL: Final = 22
MOST_ALT: Final = 1000  # characters of an alternative text
PEOPLE: Final = 8
SIGNS: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u23e9-\u23ff\ufe0f] ?")
"""What a screen reader would read out at length."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`alt`: what it shows, for those who do not see it."""

    name: str
    title: str
    alt: str
    png: bytes


def draw(review: Review, reader: Reader) -> list[Picture]:
    """Takes about a second: call it in a thread. What has nothing to show is left out, but for the first."""
    drawn = [_incidents(review, reader), _times(review, reader), _limits(review, reader)]
    drawn += [_load(review, reader)] if review.now.load else []
    drawn += [_noise(review, reader)] if review.now.noisiest else []
    return drawn


def _incidents(review: Review, reader: Reader) -> Picture:
    found = review.now
    title = reader.say(Phrase("Incidents by priority"))
    figure, axes = _canvas(title, period_name(review.period, reader), 700)
    at = range(len(found.columns))
    floor = [0] * len(found.columns)
    for priority in reversed(Priority):
        heights = [counts.get(priority, 0) for _, counts in found.columns]
        label = f"{priority} {reader.say(severity(priority))}: {sum(heights)}"
        bars = axes.bar(at, heights, 0.72, floor, color=COLOURS[priority], label=label)
        _pattern(bars, PATTERNS[priority])
        axes.bar_label(bars, [str(each) if each else "" for each in heights], label_type="center", **_on_bar())
        floor = [low + each for low, each in zip(floor, heights, strict=True)]
    starts = [start for start, _ in found.columns]
    labels = [
        _column(start, end, review.period.span, reader)
        for start, end in zip(starts, [*starts[1:], review.period.end], strict=True)
    ]
    axes.set_xticks(list(at), labels)
    axes.set_ylim(0, max([*floor, 1]) * 1.1)
    axes.set_yticks([])
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, fontsize=SMALL, frameon=False, handlelength=1.2,
        columnspacing=1.0, reverse=True,
    )  # fmt: skip
    return _picture("incidents", title, reader.say(counted(found, review.before)), review, reader, figure)


def _times(review: Review, reader: Reader) -> Picture:
    title = reader.say(Phrase("How long it took"))
    figure, axes = _canvas(title, reader.say(Phrase("grey: the period before")), 760)
    pairs = [
        (Phrase("Taken: half within"), review.now.taken, review.before.taken, _median),
        (Phrase("Taken: nine in ten"), review.now.taken, review.before.taken, _ninth),
        (Phrase("Resolved: half within"), review.now.resolved, review.before.resolved, _median),
        (Phrase("Resolved: nine in ten"), review.now.resolved, review.before.resolved, _ninth),
    ]
    longest = max([1.0, *(of(each) for _, now, before, of in pairs for each in (now, before))])
    for row, (label, now, before, of) in enumerate(pairs):
        y = -row * 1.25
        axes.text(0, y + 0.42, reader.say(label), fontsize=SMALL, color=INK, va="bottom")
        bars = ((0.18, of(now), NIGHT, now.count), (-0.2, of(before), LIGHT, before.count))
        for offset, value, colour, present in bars:
            axes.barh(y + offset, value, 0.34, color=colour)
            said = reader.length(timedelta(seconds=value)) if present else "—"
            axes.text(value + longest * 0.015, y + offset, said, fontsize=SMALL, color=INK, va="center")
    _only_bars(axes, longest * 1.25, (-4.3, 1.1))
    alt = " ".join(reader.say(each) for each in times(review.now, review.before))
    return _picture("durees", title, alt, review, reader, figure)


def _limits(review: Review, reader: Reader) -> Picture:
    title = reader.say(Phrase("Resolved within the limit"))
    figure, axes = _canvas(title, period_name(review.period, reader), 560)
    for row, priority in enumerate(Priority):
        y, kept = -row * 1.3, review.now.kept[priority]
        limit = reader.say(limit_of(priority))
        share = reader.say(Phrase("{kept} of {judged}", {"kept": kept.kept, "judged": kept.judged}))
        axes.text(0, y + 0.38, f"{priority} {reader.say(severity(priority))} ({limit}): {share}", fontsize=SMALL,
                  color=INK, va="bottom")  # fmt: skip
        axes.barh(y, 100, 0.55, color=EMPTY, edgecolor=GREY)
        bar = axes.barh(y, 100 * (kept.share or 0), 0.55, color=COLOURS[priority])
        _pattern(bar, PATTERNS[priority])
        percent = f"{round(100 * kept.share)} %" if kept.share is not None else "—"
        axes.text(102, y, percent, fontsize=BIG, color=INK, va="center", weight="bold")
    _only_bars(axes, 122, (-3.0, 1.0))
    return _picture("delais", title, reader.say(limits(review.now, review.before)), review, reader, figure)


def _load(review: Review, reader: Reader) -> Picture:
    title = reader.say(Phrase("On-call load"))
    loads = review.now.load[:PEOPLE]
    figure, axes = _canvas(title, reader.say(Phrase("pages by day, and at night (hatched)")), 260 + 110 * len(loads))
    most = max(each.pages for each in loads)
    for row, each in enumerate(loads):
        y = -row * 1.3
        by_day = each.pages - each.night_pages
        said = reader.say(load_line(each, reader))
        axes.text(0, y + 0.36, plain(said), fontsize=SMALL, color=INK, va="bottom")
        axes.barh(y, by_day, 0.5, color=COLOURS[Priority.P2])
        _pattern(axes.barh(y, each.night_pages, 0.5, by_day, color=NIGHT), "//")
    _only_bars(axes, most * 1.05, (-1.3 * len(loads) + 0.7, 1.0))
    alt = " ".join(f"{reader.say(load_line(each, reader))}." for each in loads)
    return _picture("charge", title, alt, review, reader, figure)


def _noise(review: Review, reader: Reader) -> Picture:
    title = reader.say(Phrase("The noisiest"))
    found = review.now.noisiest
    figure, axes = _canvas(title, reader.say(Phrase("alerts that came in")), 260 + 110 * len(found))
    most = max(each.alerts for each in found)
    for row, each in enumerate(found):
        y = -row * 1.3
        axes.text(0, y + 0.36, plain(_fits(place(each, reader))), fontsize=SMALL, color=INK, va="bottom")
        axes.barh(y, each.alerts, 0.5, color=COLOURS[Priority.P1])
        axes.text(each.alerts + most * 0.015, y, str(each.alerts), fontsize=SMALL, color=INK, va="center")
    _only_bars(axes, most * 1.15, (-1.3 * len(found) + 0.7, 1.0))
    listed = " ".join(f"{place(each, reader)}: {each.alerts}." for each in found)
    return _picture("bruit", title, f"{reader.say(noise(review.now, review.before))}. {listed}", review, reader, figure)


# The canvas --------------------------------------------------------------------------------------------------------


def _canvas(title: str, subtitle: str, height: int) -> tuple[Any, Any]:
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.25, h_pad=0.12)
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, layout=layout, facecolor="white")
    axes = figure.subplots()
    figure.suptitle(title, fontsize=BIG + 4, weight="bold", color=INK, x=0.025, ha="left")
    axes.set_title(subtitle, fontsize=SMALL, color=SOFT, loc="left")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=SMALL, colors=INK, length=0)
    return figure, axes


def _only_bars(axes: Any, width: float, heights: tuple[float, float]) -> None:
    axes.set_xlim(0, width)
    axes.set_ylim(*heights)
    axes.set_axis_off()
    axes.set_title(axes.get_title(loc="left"), fontsize=SMALL, color=SOFT, loc="left")


def _pattern(bars: Any, hatch: str) -> None:
    for bar in bars:
        bar.set_hatch(hatch)
        bar.set_edgecolor("white")
        bar.set_linewidth(1.5)


def _on_bar() -> dict[str, Any]:
    box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    return {"fontsize": SMALL, "color": INK, "weight": "bold", "bbox": box}


def _column(start: date, end: date, span: Span, reader: Reader) -> str:
    """Below a bar: `lun` over `16`, or a week's days."""
    if span is Span.WEEK:
        names = (
            Phrase("Mon"),
            Phrase("Tue"),
            Phrase("Wed"),
            Phrase("Thu"),
            Phrase("Fri"),
            Phrase("Sat"),
            Phrase("Sun"),
        )
        return f"{reader.say(names[start.weekday()])}\n{start.day}"
    last = (end - timedelta(days=1)).day
    return f"{start.day}-{last}" if last != start.day else str(last)


def _median(found: Spread) -> float:
    return found.median.total_seconds() if found.median else 0.0


def _ninth(found: Spread) -> float:
    return found.p90.total_seconds() if found.p90 else 0.0


def _fits(text: str, most: int = 50) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _picture(name: str, title: str, alt: str, review: Review, reader: Reader, figure: Any) -> Picture:
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    said = "".join(SIGNS.split(f"{title}. {title_of(review.period, reader)}. {alt}"))
    return Picture(f"{name}-{review.period.key}.png", title, _fits(said, MOST_ALT), kept.getvalue())
