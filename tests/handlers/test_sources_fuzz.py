"""Whatever is sent to a source is understood or refused with its place: any bytes, any JSON, a wrong type anywhere."""

import json
from collections.abc import Mapping
from typing import Any, Final

import hypothesis
import pytest
from hypothesis import strategies as st

from handlers.sources import SOURCES, NotUnderstood
from tests.handlers.test_sources import NO_HEADERS, OWN

ODD: Final = (
    "\x00", "a\x00b", "\ud800", "0001-01-01T00:00:00Z", "{{ $labels.x }}", "{EVENT.NAME}", "https://[::1/", "1e400",
    "9" * 400, "-1", "null", "x" * 3000, 1e308, -1, 10**30, 2**63,
)  # fmt: skip
anything: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def valid(source: str) -> list[tuple[Any, Mapping[str, str]]]:
    """(body, headers) of each of its own samples that is JSON: every source has at least one."""
    samples = [json.loads(path.read_text("utf-8")) for path in sorted(OWN.glob(f"{source}__*.json"))]
    return [(each["body"], each.get("headers", {})) for each in samples if "body" in each]


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path of a JSON value, itself included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for name, content in inner for each in places(content, (*path, name)))]


def replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


WRONG: Final[tuple[object, ...]] = (None, True, 0, -1.5, "", "x", [], ["x"], {}, {"x": "y"})


@pytest.mark.parametrize("source", SOURCES)
def test_every_wrong_type_at_every_path_is_understood_or_refused_with_a_place(source: str) -> None:
    for body, headers in valid(source):
        for path in places(body):
            for wrong in WRONG:
                assert_read_or_refused(source, json.dumps(replaced(body, path, wrong)).encode(), headers)


@pytest.mark.parametrize("source", SOURCES)
@hypothesis.given(data=st.data())
def test_a_wrong_type_anywhere_is_understood_or_refused_with_a_place(source: str, data: st.DataObject) -> None:
    body, headers = data.draw(st.sampled_from(valid(source)))
    path = data.draw(st.sampled_from(places(body)))
    assert_read_or_refused(source, json.dumps(replaced(body, path, data.draw(anything))).encode(), headers)


@pytest.mark.parametrize("source", SOURCES)
@hypothesis.given(content=anything)
def test_any_json_is_understood_or_refused_with_a_place(source: str, content: object) -> None:
    assert_read_or_refused(source, json.dumps(content).encode())


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
@hypothesis.given(body=st.binary(max_size=300))
def test_any_bytes_are_understood_or_refused_with_a_place(source: str, kind: str, body: bytes) -> None:
    assert_read_or_refused(source, body, {"Content-Type": kind})


def assert_read_or_refused(source: str, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> None:
    try:
        alerts = SOURCES[source].read(body, headers)
    except NotUnderstood as refusal:
        place, why, alerts = refusal.path, str(refusal.phrase), []
        assert place.startswith("$"), why
    for alert in alerts:
        assert alert.title
        assert alert.dedup_key
        json.dumps(alert.labels).encode()
        for kept in (alert.title, alert.text, alert.dedup_key, alert.group_key, alert.severity, *alert.labels.values()):
            assert "\x00" not in kept
            kept.encode()
