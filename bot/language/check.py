"""Is the catalogue whole, and is its French well set? `make check` asks; `update` adds what is missing."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.language import FOLDER
from bot.language.extract import Said, extract, fields

NO_BREAK: Final = "\u00a0\u202f"
# The colon of 10:42 or https:// is not punctuation: a space or the end follows one that is.
BAD_BEFORE: Final = re.compile(rf"[^{NO_BREAK}!?…\s][:;!?](?=\s|$)|[ \t][:;!?](?=\s|$|»)")
BAD_QUOTES: Final = re.compile(rf"«[^{NO_BREAK}]|[^{NO_BREAK}]»|«$|^»")
STRAIGHT: Final = re.compile(r"\w'\w|\"")
HEADER: Final = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: fr\\n"\n\n'
EMOJI: Final = re.compile(r":[a-z_+-]+:")


def problems(root: Path, folder: Path = FOLDER) -> list[str]:
    """Everything wrong, one line each; empty when all is well."""
    said, found = extract(root)
    wrong_values = [
        f"{each.path}:{each.line}: fills {sorted(each.given)}, the sentence wants {sorted(fields(each.msgid))}"
        for each in said
        if each.given is not None and fields(each.msgid) - each.given
    ]
    return [*found, *wrong_values, *_of_catalogue(said, _read(folder / "fr.po"))]


def update(root: Path, folder: Path = FOLDER) -> tuple[int, int]:
    """Adds missing sentences (untranslated) and drops the obsolete; returns how many of each."""
    said, _ = extract(root)
    places: dict[str, list[tuple[str, int]]] = {}
    for each in said:
        places.setdefault(each.msgid, []).append((each.path, each.line))
    old = _read(folder / "fr.po")
    fresh = Catalog(locale="fr", project="ecotrajet", charset="utf-8", header_comment="# French for ÉcoTrajet.")
    for msgid in sorted(places):
        before = old.get(msgid)
        files = sorted({(path, 0) for path, _ in places[msgid]})
        fresh.add(msgid, before.string if before else "", locations=files)
    added = sum(old.get(msgid) is None for msgid in places)
    dropped = sum(bool(message.id) and message.id not in places for message in old)
    write(fresh, folder / "fr.po")
    return added, dropped


def write(catalog: Catalog, path: Path) -> None:
    """Stable text: no dates, no line numbers, so that a diff shows sentences only."""
    text = BytesIO()
    write_po(text, catalog, width=120, sort_output=True, omit_header=True, include_lineno=False)
    path.write_bytes(HEADER + text.getvalue())


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="fr")
    with path.open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def _of_catalogue(said: Sequence[Said], catalog: Catalog) -> Iterator[str]:
    wanted = {each.msgid: each for each in said}
    for msgid, each in sorted(wanted.items()):
        message = catalog.get(msgid)
        if message is None or not message.string:
            yield f"{each.path}:{each.line}: not yet in French: {msgid!r}"
        elif message.fuzzy:
            yield f"fr.po: still fuzzy: {msgid!r}"
        else:
            yield from _of_translation(msgid, str(message.string))
    yield from (f"fr.po: nobody says this any more: {m.id!r}" for m in catalog if m.id and str(m.id) not in wanted)


def _of_translation(msgid: str, french: str) -> Iterator[str]:
    if fields(msgid) != fields(french):
        yield f"fr.po: other fields than the English: {msgid!r} -> {french!r}"
    plain = EMOJI.sub("", re.sub(r"`[^`]*`", "", french))
    if BAD_BEFORE.search(plain):
        yield f"fr.po: a no-break space belongs before : ; ! ? in {french!r}"
    if BAD_QUOTES.search(plain):
        yield f"fr.po: no-break spaces belong inside « » in {french!r}"
    if STRAIGHT.search(plain):
        yield f"fr.po: ’ for the apostrophe and « » for quotes in {french!r}"
