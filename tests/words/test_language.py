"""Phrases in French and English; times, durations and numbers as people write them; a whole, well-set catalogue."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import day, known, say, translated
from bot.language.check import problems, update
from bot.phrase import Phrase, Value

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def said(value: Value | Phrase, language: str = "fr") -> str:
    return say(Phrase("{value}", {"value": value}), language, PARIS, NOW)


@pytest.mark.parametrize(
    "seconds, french, english",
    [
        (0, "0 s", "0 s"),
        (45, "45 s", "45 s"),
        (60, "1 min", "1 min"),
        (15 * 60, "15 min", "15 min"),
        (3600, "1 h", "1 h"),
        (5400, "1 h 30", "1 h 30"),
        (3900, "1 h 05", "1 h 05"),
        (24 * 3600, "1 j", "1 d"),
        (27 * 3600 + 59, "1 j 3 h", "1 d 3 h"),
        (-900, "15 min", "15 min"),
    ],
)
def test_durations_have_two_units_at_most(seconds: int, french: str, english: str) -> None:
    assert said(timedelta(seconds=seconds)) == french
    assert said(timedelta(seconds=seconds), "en") == english


def test_a_moment_of_today_is_its_local_time() -> None:
    assert said(NOW) == "10:42"


def test_the_reader_s_day_decides_whether_the_date_is_said() -> None:
    assert said(NOW - timedelta(days=1)) == "22 nov. à 10:42"
    assert said(NOW - timedelta(days=1), "en") == "Nov 22 at 10:42"
    assert said(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "00:30"  # in Paris it is today already
    assert said(NOW - timedelta(days=300)) == "27 janv. 2026 à 10:42"


@pytest.mark.parametrize(
    "language, sentence", [("fr", "pris par Amina le 22 nov. à 10:42"), ("en", "taken by Amina on Nov 22 at 10:42")]
)
def test_the_word_before_a_date_fits_a_date(language: str, sentence: str) -> None:
    phrase = Phrase("taken by {name} at {time}", {"name": "Amina", "time": NOW - timedelta(days=1)})
    assert say(phrase, language, PARIS, NOW) == sentence


def test_numbers_are_grouped_but_names_are_not() -> None:
    phrase = Phrase("#{number} {count}", {"number": 12345, "count": 12345})
    assert say(phrase, "fr", PARIS, NOW) == "#12345 12\u202f345"
    assert say(phrase, "en", PARIS, NOW) == "#12345 12,345"
    assert said(1.5) == "1,5"


def test_a_phrase_inside_a_phrase_is_translated_too() -> None:
    phrase = Phrase("Why {priority}: {why}", {"priority": "P1", "why": Phrase("unavailable")})
    assert say(phrase, "fr", PARIS, NOW) == "Pourquoi P1\u00a0: indisponible"


@pytest.mark.parametrize(
    "language, short", [("fr", "fr"), ("fr-CA", "fr"), ("FR_fr", "fr"), ("en", "en"), ("de", "en")]
)
def test_unknown_languages_read_english(language: str, short: str) -> None:
    assert known(language) == short


def test_what_nobody_translated_is_said_in_english() -> None:
    assert translated("Never {seen} before", "fr") == "Never {seen} before"


def test_a_missing_value_does_not_cost_the_message() -> None:
    assert say(Phrase("{name} is on it"), "en", PARIS, NOW) == "{name} is on it"


@given(st.text())
def test_a_value_is_never_read_as_a_format(text: str) -> None:
    assert say(Phrase("{name} is on it", {"name": text}), "en", PARIS, NOW) == f"{text} is on it"


def test_a_stored_phrase_reads_the_same_later() -> None:
    phrase = Phrase("a {b} {c} {d}", {"b": NOW, "c": timedelta(minutes=3), "d": Phrase("critical")})
    assert Phrase.from_json(phrase.to_json()) == phrase


def test_the_catalogue_is_whole() -> None:
    assert problems(ROOT) == []


def source(tmp_path: Path, line: str) -> Path:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "example.py").write_text(line, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "french, problem",
    [
        ("", "not yet in French"),
        ("Qui {nom}\u202f?", "other fields"),
        ("Qui {name} ?", "no-break space"),
        ("Qui\u202f? {name}: lui", "no-break space"),
        ("Qui « {name} »", "inside"),
        ("L'ami {name}", "apostrophe"),
    ],
)
def test_each_fault_of_a_translation_is_found(tmp_path: Path, french: str, problem: str) -> None:
    root = source(tmp_path, 'Phrase("Who {name}?", {"name": x})')
    update(root, tmp_path)
    catalogue = (tmp_path / "fr.po").read_text(encoding="utf-8")
    translation = catalogue.replace('msgid "Who {name}?"\nmsgstr ""', f'msgid "Who {{name}}?"\nmsgstr "{french}"')
    (tmp_path / "fr.po").write_text(translation, encoding="utf-8")
    found = problems(root, tmp_path)
    assert [line for line in found if problem in line], found


@pytest.mark.parametrize(
    "line, problem",
    [
        ('Phrase("Who {name}?", {"nom": x})', "the sentence wants"),
        ('Phrase(f"Who {x}?")', "written out"),
        ("Phrase(text)", "written out"),
    ],
)
def test_each_fault_of_a_call_is_found(tmp_path: Path, line: str, problem: str) -> None:
    root = source(tmp_path, line)
    update(root, tmp_path)
    assert [each for each in problems(root, tmp_path) if problem in each]


def test_what_nobody_says_any_more_is_found_and_dropped(tmp_path: Path) -> None:
    root = source(tmp_path, 'Phrase("Who?")')
    update(root, tmp_path)
    (root / "bot" / "example.py").write_text("", encoding="utf-8")
    assert "nobody says this any more" in problems(root, tmp_path)[0]
    assert update(root, tmp_path) == (0, 1)
    assert problems(root, tmp_path) == []


def test_a_day_is_near_or_has_its_date() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # the 26th in Paris already
    days = [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 4), date(2028, 1, 2)]
    assert [[day(each, language, PARIS, late) for language in ("fr", "en")] for each in days] == [
        ["mer. 25 nov.", "Wed, Nov 25"], ["aujourd’hui", "today"], ["demain", "tomorrow"],
        ["ven. 4 déc.", "Fri, Dec 4"], ["2 janv. 2028", "Jan 2, 2028"],
    ]  # fmt: skip
    kept = Phrase("{title} ({day})", {"title": "x", "day": days[2]})
    assert Phrase.from_json(kept.to_json()) == kept
