"""A post-mortem on its way to Slack: files under the incident's card, or a canvas that a line there leads to.

Source: docs.slack.dev, files.completeUploadExternal, canvases.create and canvases.access.set: usage and errors.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.errors import Permanent
from bot.notify.blocks import Reader, escape
from bot.notify.blocks.document import Document, markdown
from bot.notify.blocks.pdf import pdf
from bot.notify.blocks.postmortem import draft
from bot.notify.channel import Outgoing
from bot.notify.files import Files
from bot.notify.refusals import word_of
from bot.notify.standing import metadata
from bot.notify.upload import Upload
from bot.phrase import Phrase, Value
from bot.redaction import redact

T = TypeVar("T")
MOST: Final = 1_000_000  # characters of a canvas


@dataclass(frozen=True, slots=True)
class Paper:
    """Ready to be sent."""

    document: Document
    markdown: str
    pdf: bytes


async def made(outgoing: Outgoing, desk: Desk) -> Paper:
    """Without a secret in it. Raises Permanent when the row lacks what it is about."""
    if outgoing.postmortem is None:
        raise Permanent(f"message {outgoing.message.id} has nothing to show")
    reader = Reader.of(desk, outgoing.language, outgoing.as_of)
    values = [secret.reveal() for secret in desk.secrets()]
    document = hidden(draft(outgoing.postmortem, reader), values)
    return Paper(document, markdown(document), await asyncio.to_thread(pdf, document))


def hidden(thing: T, values: Iterable[str]) -> T:
    """Every text in it redacted: of documents, their parts, tuples of them."""
    known = list(values)
    changed: Any = thing
    if isinstance(thing, str):
        changed = redact(thing, known)
    elif isinstance(thing, tuple):
        changed = tuple(hidden(each, known) for each in thing)
    elif is_dataclass(thing) and not isinstance(thing, type):
        changed = replace(thing, **{each.name: hidden(getattr(thing, each.name), known) for each in fields(thing)})
    return changed  # type: ignore[no-any-return]  # of the kind it was given


class Papers:
    """Raises SlackApiError as the client does: the channel judges it."""

    def __init__(self, files: Files, desk: Desk) -> None:
        self.files, self.client, self.desk = files, files.client, desk

    async def send(self, outgoing: Outgoing, paper: Paper, channel: str, ts: str) -> str:
        """Into the thread of the message at `ts`; `channel` is an id."""
        reader = Reader.of(self.desk, outgoing.language, outgoing.as_of)
        number = outgoing.message.incident or 0
        values: dict[str, Value | Phrase] = {"number": number, "command": f"`/ecotrajet postmortem {number}`"}
        said = reader.say(
            Phrase("🧾 The draft of the post-mortem of #{number}, from what the desk knows. Anew: {command}", values)
        )
        if not self.desk.postmortems.canvas or channel.startswith("D"):  # no canvas is shared with a person's messages
            return await self._files(outgoing, paper, channel, ts, said)
        try:
            link = await self._canvas(outgoing, paper, channel, ts, said)
        except SlackApiError as refused:
            why = _no_canvas(refused)
            if why is None:
                raise
            return await self._files(outgoing, paper, channel, ts, f"{said}\n⚠️ {escape(reader.say(why))}")
        return link

    async def _files(self, outgoing: Outgoing, paper: Paper, channel: str, ts: str, said: str) -> str:
        document = paper.document
        uploads = [
            Upload(f"{document.name}.pdf", f"{document.title[:200]} (PDF)", paper.pdf),
            Upload(f"{document.name}.md", f"{document.title[:200]} (MD)", paper.markdown.encode()),
        ]
        await self.files.share(outgoing, uploads, channel, ts, said)
        return f"{channel}:{ts}"

    async def _canvas(self, outgoing: Outgoing, paper: Paper, channel: str, ts: str, said: str) -> str:
        """The link is shared first: Slack lets no channel in that was not shown it."""
        if outgoing.message.unsure and (there := await self.files.standing.message(outgoing, channel, ts)):
            return there
        content = {"type": "markdown", "markdown": paper.markdown.partition("\n")[2][:MOST]}
        made = await self.client.canvases_create(title=paper.document.title[:200], document_content=content)
        canvas, team = str(made["canvas_id"]), await self.client.auth_test()
        link = f"{team['url']}docs/{team['team_id']}/{canvas}"
        posted = await self.client.chat_postMessage(
            channel=channel, thread_ts=ts, text=f"{said}\n{link}", metadata=metadata(outgoing)
        )
        await self.client.canvases_access_set(canvas_id=canvas, access_level="write", channel_ids=[channel])
        return f"{posted['channel']}:{posted['ts']}"


def _no_canvas(refused: SlackApiError) -> Phrase | None:
    """Why files come instead; None: it is about something else."""
    data = getattr(refused.response, "data", refused.response)
    word = word_of(refused)
    if word == "missing_scope":
        scope = str(data.get("needed") or "canvases:write")
        return Phrase(
            "No canvas: the app lacks the permission {scope}. An administrator updates it from manifest.yml and"
            " installs it again.",
            {"scope": scope},
        )
    if word.startswith(("canvas", "free_team", "team_tier")) or word in {"restricted_action", "unknown_method"}:
        return Phrase("No canvas in this workspace ({word}): files instead.", {"word": word})
    return None
