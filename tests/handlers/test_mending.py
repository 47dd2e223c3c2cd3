"""Bodies that a template broke are mended where what was meant is clear, and given up where it is not."""

import json
import time
from typing import Final

import hypothesis
import pytest
from hypothesis import strategies as st

from handlers.sources.mending import mended
from handlers.sources.tags import tagged
from handlers.sources.templated import Fields, content_of, unexpanded

NAMES: Final = st.text(
    st.characters(codec="utf-8", exclude_characters=',:{}[]"\\', exclude_categories=["Cs", "Cc"]), min_size=1
)


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ('{"name": "Sauvegarde "nuit" prod", "status": "up"}', {"name": 'Sauvegarde "nuit" prod', "status": "up"}),
        ('{"status": "up", "name": "the "last" one"}', {"status": "up", "name": 'the "last" one'}),
        ('{"text": "two\nlines\tand a tab", "n": 1}', {"text": "two\nlines\tand a tab", "n": 1}),
        (r'{"path": "C:\Program Files\d", "n": 1}', {"path": r"C:\Program Files\d", "n": 1}),
        ('{"text": "he said "yes", then left", "n": 1}', {"text": 'he said "yes", then left', "n": 1}),
        ('{"tags": "[{"tag":"env","value":"prod"}]", "n": 1}', {"tags": '[{"tag":"env","value":"prod"}]', "n": 1}),
        ('{"value": , "more": }', {"value": None, "more": None}),
        ('{"value": 91%, "state": DOWN, "n": 1}', {"value": "91%", "state": "DOWN", "n": 1}),
        ('{"a": [1, 2,], "b": {"c": 1,},}', {"a": [1, 2], "b": {"c": 1}}),
        ('\ufeff{"a": "x"y"}', {"a": 'x"y'}),
        ('[{"name": "a "b" c"}, {"name": "d"}]', [{"name": 'a "b" c'}, {"name": "d"}]),
        ('{"check": {"name": "a "b" c", "n": 1}, "n": 2}', {"check": {"name": 'a "b" c', "n": 1}, "n": 2}),
    ],
)
def test_what_a_template_broke_is_mended(body: str, meant: object) -> None:
    assert mended(body.encode()) == meant


def test_latin_letters_of_an_old_sender_are_read() -> None:
    assert mended('{"name": "Système "A""}'.encode("cp1252")) == {"name": 'Système "A"'}


@pytest.mark.parametrize("body", [b"", b"{", b'{"a"', b'{"a": "b', b'{"a" 1}', b"words", b'{"a": {"b": 1}', b'"text"'])
def test_what_is_not_clear_is_given_up(body: bytes) -> None:
    assert mended(body) is None


@hypothesis.given(before=NAMES, quoted=NAMES, after=NAMES)
def test_any_name_with_something_in_quotes_comes_through_whole(before: str, quoted: str, after: str) -> None:
    name = f'{before}"{quoted}"{after}'
    body = f'{{"id": 7, "name": "{name}", "status": "down", "message": "{name}"}}'
    assert mended(body.encode()) == {"id": 7, "name": name, "status": "down", "message": name}


@hypothesis.given(
    st.dictionaries(
        st.text(max_size=8), st.none() | st.booleans() | st.integers(0, 9) | st.text() | st.lists(st.text())
    )
)
def test_what_is_not_broken_is_left_alone(content: dict[str, object]) -> None:
    hypothesis.assume(not any(isinstance(each, str) and '", "' in each for each in content.values()))
    body = json.dumps(content)
    if '\\"' not in body:
        assert mended(body.encode()) == content


@hypothesis.given(st.binary(max_size=200))
def test_any_bytes_are_mended_or_given_up(body: bytes) -> None:
    for opening in (b"{", b"[", b'{"a": "'):
        mended(opening + body)


@pytest.mark.parametrize("piece", ['"', '"[{"a":1},', '", "', "{", "[", '":', "\\", " "])
def test_a_body_made_to_take_long_does_not(piece: str) -> None:
    started = time.process_time()
    mended(b'{"a": "' + piece.encode() * (200_000 // len(piece)))
    assert time.process_time() - started < 10, "a few tenths here; a pattern that goes back and forth takes minutes"


@pytest.mark.parametrize(
    ("text", "empty"),
    [("{EVENT.NAME}", True), ("{DATE} {TIME}", True), ("{$ZABBIX.URL}", True), ("*monitorURL*", True),
     ("{{ $labels.instance }}", True), ("$ALERT_TITLE", True), ("${NAME}", True), ("%(x)s", True), ("*UNKNOWN*", True),
     ("", False), ("High error rate on {service:api}", False), ("CPU of {{host.name}}", False), ("costs $40", False),
     ("{a}", False), ("*very* bad", False)],
)  # fmt: skip
def test_macros_that_nobody_filled_in_are_told_from_words(text: str, empty: bool) -> None:
    assert unexpanded(text) is empty


def test_fields_are_found_by_any_spelling() -> None:
    fields = Fields(
        {"Monitor-URL": "https://x.example", "monitorFriendlyName": "*monitorFriendlyName*", "alert_type": 2}
    )
    assert fields("monitorurl") == "https://x.example"
    assert fields("monitorfriendlyname") == ""
    assert fields.untouched("monitorfriendlyname")
    assert fields("nothing", "alerttype") == "2"


@pytest.mark.parametrize(
    "tags",
    ["env:prod, web", "env=prod;web", ["env:prod", "web"], [["env", "prod"], ["web", ""]],
     {"env": ["prod"], "tags": "web"}, [{"tag": "env", "value": "prod"}, {"tag": "web", "value": ""}],
     [{"name": "env", "value": "prod"}, {"name": "web"}],
     '[{"tag":"env","value":"prod"},{"tag":"web"}]', '["env:prod", "web"]'],
    ids=str,
)  # fmt: skip
def test_tags_of_any_shape_become_labels(tags: object) -> None:
    assert tagged(tags) == {"env": "prod", "tags": "web"}


def test_an_address_is_no_pair() -> None:
    assert tagged("https://x.example/a") == {"tags": "https://x.example/a"}
    assert tagged("prod backup", by_blanks=True) == {"tags": "prod, backup"}
    assert tagged("{EVENT.TAGS}") == {}


def test_a_form_may_hold_json() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert content_of(b"payload=%7B%22a%22%3A1%7D", form) == {"a": 1}
    assert content_of(b"a=1&b=c+d", {}) == {"a": "1", "b": "c d"}
    assert content_of(b'{"a": 1}', form) == {"a": 1}
