"""Logs are read from their end: quickly, in little space, from a terminal too, and without secrets."""

import json
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.target import Target
from runbooks.docker_engine.logs import Found, Wanted, growing, last, plain, without_keys
from runbooks.docker_engine.stream import unframed
from tests.runbooks.stage import Stage

MIB = 2**20
KEY = ["-----BEGIN RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEAxyz", "c2VjcmV0", "-----END RSA PRIVATE KEY-----"]


@pytest.fixture
def stage(shared: Stage) -> Stage:
    return shared


def filled(stage: Stage, size: int) -> Target:
    """A container whose own log, as the engine writes it, is `size` bytes long; it ends with `the very last line`."""
    target = stage.another(command=("sh", "-c", ":"))
    row = {"stream": "stdout", "time": "2026-11-25T20:00:00.123456789Z"}
    lines = [f"GET /stations/{n} 200 password=hunter{n} {'x' * 60}\n" for n in range(20_000)]
    block = "".join(json.dumps({"log": line, **row}) + "\n" for line in lines)
    end = json.dumps({"log": "the very last line\n", **row})
    path = Path(stage.workload.inspect(target.container)["LogPath"])
    # From inside a container: the engine's files may not be ours to write.
    shell = f"cat > /block; for n in $(busybox seq {size // len(block) + 1}); do cat /block; done > /log/{path.name}"
    stage.workload.docker(
        *("run", "-i", "--rm", "-v", f"{path.parent}:/log", stage.workload.image("v2")),
        *("sh", "-c", f"{shell}; echo '{end}' >> /log/{path.name}"), feed=block.encode(),
    )  # fmt: skip
    return target


@pytest.mark.parametrize("size", [96 * MIB, pytest.param(1024 * MIB, marks=pytest.mark.prove)])
async def test_a_log_of_a_gigabyte_answers_within_a_second_and_fifty_megabytes(stage: Stage, size: int) -> None:
    target = filled(stage, size)
    began = time.monotonic()
    assert (await stage.engines.logs(target, tail=2)).endswith("x\nthe very last line")
    assert time.monotonic() - began < 1

    began = time.monotonic()
    assert "/stations/19000 200 password=[hidden]" in await stage.engines.logs(target, grep="STATIONS/19000")
    assert await stage.engines.logs(target, grep="nowhere in there") == ""
    assert time.monotonic() - began < 2

    tracemalloc.start()
    said = await stage.engines.logs(target, tail=10_000_000)
    assert await stage.engines.logs(target, grep="hunter") == ""  # a secret cannot be guessed by searching
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said.endswith("the very last line")
    assert len(said.encode()) <= 60_000
    assert most < 50 * MIB


async def test_the_log_of_a_terminal_comes_without_its_colours_and_secrets(stage: Stage) -> None:
    colours = r"\033[31mRed\033[0m alert\n10%%\r100%% done\n"
    secrets = r"\033[1mTOKEN=\033[0mabcdef123456\ns3cr3t\033[0m-of-ours\n"
    target = stage.another("-t", command=("busybox", "sh", "-c", f"printf '{colours}{secrets}'; sleep 60"))
    deadline = time.monotonic() + 10
    while len((shown := await stage.engines.logs(target)).splitlines()) < 4:
        assert time.monotonic() < deadline, shown
    assert shown.splitlines() == ["Red alert", "100% done", "TOKEN=[hidden]", "[hidden]"]
    assert await stage.engines.logs(target, tail=1) == "[hidden]"
    assert await stage.engines.logs(target, grep="RED", since=timedelta(minutes=5)) == "Red alert"


async def test_a_driver_that_keeps_no_log_is_told(stage: Stage) -> None:
    target = stage.another("--log-driver", "none")
    with pytest.raises(UserError, match="Docker gives no logs of"):
        await stage.engines.logs(target)


# How it is read --------------------------------------------------------------------------------------------------


def test_the_newest_lines_win_over_a_limit_that_is_reached_on_the_way() -> None:
    """An engine gives the oldest of a tail first: what is cut off by a limit must not be taken for the end."""
    asked: list[int] = []

    def look(lines: int, _within: float) -> Found:
        asked.append(lines)
        return Found(f"of {lines}", read=lines * 100, cut=lines > 256)

    assert growing(look, 20_000) == "of 256"
    assert asked == [256, 2048]


def test_looking_further_back_ends_where_the_log_ends() -> None:
    asked: list[int] = []

    def look(lines: int, _within: float) -> Found:
        asked.append(lines)
        return Found("all there is", read=700)

    assert growing(look, 20_000) == "all there is"
    assert asked == [256, 2048]


def test_the_last_lines_and_bytes_are_kept() -> None:
    lines = [f"line {n}\n".encode() for n in range(1000)]
    assert last(lines, str, Wanted(2)).text == "line 998\nline 999"
    assert last(lines, str, Wanted(500, max_bytes=12)).text == "998\nline 999"
    assert last(lines, str, Wanted(5, grep="LINE 99")).text.splitlines()[0] == "line 995"


def test_what_was_overwritten_in_place_and_colours_are_gone() -> None:
    assert plain(b"\x1b[2K\x1b[1;32mok\x1b[0m\r\n") == "ok"
    assert plain(b"10%\r50%\r100%\r\r\n") == "100%"
    assert plain(b"\x1b]0;title\x07text") == "text"


def test_a_key_over_many_lines_is_one_hidden_word() -> None:
    assert list(without_keys(["before", f"key: {KEY[0]}", *KEY[1:], "after"])) == ["before", "key: [hidden]", "after"]


def framed(text: bytes) -> bytes:
    return b"\x01\0\0\0" + len(text).to_bytes(4, "big") + text


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 17))
def test_frames_are_put_together_wherever_the_pieces_are_cut(texts: list[bytes], length: int) -> None:
    sent = b"".join(map(framed, texts))
    pieces: Iterator[bytes] = (sent[at : at + length] for at in range(0, len(sent), length))
    assert b"".join(unframed(pieces)) == b"".join(texts)


def test_of_a_frame_that_is_cut_off_the_beginning_is_read() -> None:
    assert b"".join(unframed([framed(b"whole"), framed(b"half of it")[:12]])) == b"wholehalf"
