"""Asks Supabase's Management API for a project's own logs. One GET, never more than a few megabytes."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from bot import access
from bot.audit import Actor
from bot.desk import Desk
from bot.errors import UserError
from bot.phrase import Phrase, Value
from bot.postgres.hosted import Stream, SupabaseEntry, last, lines_of, query, window
from bot.redaction import redact
from bot.runbook import ActionClass
from bot.target import fold

WITHIN: Final = 10.0  # seconds
LONGEST_ANSWER: Final = 4 * 2**20
SHOWN: Final = 60_000  # bytes
REFUSED: Final = frozenset({401, 403})


class SupabaseLogs:
    """Raises UserError for what cannot be had: the sentence says what to mend."""

    def __init__(self, desk: Desk, within: float = WITHIN) -> None:
        self.desk, self.within = desk, within

    def named(self, words: Sequence[str]) -> SupabaseEntry:
        """By name, environment or service; none need be named when there is but one."""
        known = list(self.desk.supabase.values())
        if not known:
            raise UserError(Phrase("No Supabase project is configured: see `supabase` in ecotrajet.example.yaml."))
        for word in words:
            if not any(fold(word) in self._answers(each) for each in known):
                raise UserError(Phrase("I do not know “{word}” here.", {"word": word}))
        left = [each for each in known if all(fold(word) in self._answers(each) for word in words)]
        if len(left) == 1:
            return left[0]
        there = ", ".join(f"{each.environment} {each.service}" for each in known)
        raise UserError(Phrase("Which Supabase project? There are: {names}.", {"names": there}))

    async def read(
        self, entry: SupabaseEntry, stream: Stream, by: Actor, *, since: timedelta, word: str = "", lines: int = 50
    ) -> str:
        """The latest lines, the oldest first, without secrets; '' for none."""
        self._allow(by, entry)
        rows = await rows_of(entry, stream, since, word, lines, self.within)
        return last(lines_of(rows, self.desk.zone), SHOWN)

    def _answers(self, entry: SupabaseEntry) -> set[str]:
        service = self.desk.services.get(entry.service)
        names = service.answers_to() if service else {fold(entry.service)}
        return {fold(entry.name), *self.desk.environments[entry.environment].answers_to(), *names}

    def _allow(self, by: Actor, entry: SupabaseEntry) -> None:
        place = self.desk.environments[entry.environment]
        missing = access.why_not(self.desk.people, self.desk.teams, by.id, ActionClass.READ, place)
        if missing is not None:
            raise UserError(missing)


async def rows_of(
    entry: SupabaseEntry, stream: Stream, since: timedelta, word: str, lines: int, within: float = WITHIN
) -> list[dict[str, Any]]:
    """The newest first. Raises UserError."""
    start, end = window(datetime.now(UTC), since)
    asked = {"sql": query(stream, word, lines), "iso_timestamp_start": start, "iso_timestamp_end": end}
    url = f"{entry.api}/v1/projects/{entry.project}/analytics/endpoints/logs"
    headers = {"Authorization": f"Bearer {entry.token.reveal()}", "Accept": "application/json"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as http,
            http.get(url, params=asked, headers=headers, allow_redirects=False) as answer,
        ):
            body = await _whole(answer)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as away:
        raise UserError(Phrase("Supabase does not answer ({error}).", {"error": type(away).__name__})) from None
    if answer.status != 200:
        raise UserError(_refusal(entry, answer.status))
    return _rows(body)


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """Raises ValueError for more than anybody reads."""
    read = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        read += chunk
        if len(read) > LONGEST_ANSWER:
            raise ValueError("too long")
    return bytes(read)


def _refusal(entry: SupabaseEntry, status: int) -> Phrase:
    values: dict[str, Value | Phrase] = {"status": status, "name": entry.name}
    if status in REFUSED:
        return Phrase(
            "Supabase refuses the token ({status}): it needs the permission analytics_logs_read. See "
            "`supabase` → {name}.",
            values,
        )
    if status == 404:
        return Phrase("Supabase knows no such project ({status}). See `supabase` → {name}.", values)
    if status == 429:
        return Phrase("Supabase asks us to slow down: try again in a minute.")
    return Phrase("Supabase gives no logs ({status}).", values)


def _rows(body: bytes) -> list[dict[str, Any]]:
    """`{"result": [{…}], "error": …}`; an error also comes with 200."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise UserError(Phrase("Supabase's answer is not understood."))
    if (error := said.get("error")) is not None:
        told = error.get("message", error) if isinstance(error, dict) else error
        raise UserError(Phrase("Supabase cannot read its logs: {why}", {"why": redact(str(told))[:200]}))
    rows = said.get("result")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
