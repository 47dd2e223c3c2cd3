"""What a FILE message uploads: the whole of what a run said, or a chart, drawn when it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.chart import Chart, alt_text
from bot.errors import Permanent
from bot.message import Message
from bot.notify import charts
from bot.notify.blocks import Reader, output_text
from bot.notify.blocks.parts import escape
from bot.notify.channel import Outgoing
from bot.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Upload:
    """`alt`: what a picture shows, for who does not see it; `comment`: the message it comes with."""

    name: str
    title: str
    content: bytes
    alt: str = ""
    comment: str = ""


def upload_of(outgoing: Outgoing, reader: Reader) -> Upload:
    """Draws: call it in a thread. Raises Permanent when the row lacks what it is about."""
    message = outgoing.message
    chart = message.body.get("chart")
    try:
        if isinstance(chart, Mapping):
            return _picture(message, Chart.from_json(chart), reader)
    except (KeyError, TypeError, ValueError) as broken:
        raise Permanent(f"message {message.id} holds no chart: {broken}") from None
    if outgoing.run is None or not outgoing.output:
        raise Permanent(f"message {message.id} has nothing to upload")
    title = reader.say(Phrase("📜 What run {id} said", {"id": str(outgoing.run.run.id)}))
    text = output_text(outgoing.run, outgoing.output, reader)
    return Upload(f"run-{outgoing.run.run.id}.txt", title, text.encode())


def _picture(message: Message, chart: Chart, reader: Reader) -> Upload:
    said: Any = message.body.get("phrase")
    comment = escape(reader.say(Phrase.from_json(said))) if isinstance(said, Mapping) else ""
    return Upload(f"chart-{message.id}.png", chart.title, charts.png(chart), alt_text(chart), comment)
