"""A card is edited at most once a second: the first edit at once, the next when its second is over."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.message import About, Kind, Message
from bot.worker.pace import Pace

CARD = Message(1, Kind.SLACK, About.CARD, "incidents", datetime(2026, 11, 26, 3, tzinfo=UTC), incident=42)


class Hand:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(max(0.0, seconds), 3))
        self.now += max(0.0, seconds)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    made = Hand()
    monkeypatch.setattr("bot.worker.pace.time.monotonic", made.monotonic)
    monkeypatch.setattr("bot.worker.pace.asyncio.sleep", made.sleep)
    return made


async def edited(pace: Pace, card: Message = CARD) -> None:
    await pace.wait(card, "C1:1.0")


async def test_the_first_goes_at_once_and_the_next_waits_for_its_second(hand: Hand) -> None:
    pace = Pace()
    await edited(pace)
    hand.now += 0.25
    await edited(pace)
    await edited(pace)
    assert hand.slept == [0.0, 0.75, 1.0]


async def test_other_cards_and_what_is_posted_wait_for_nothing(hand: Hand) -> None:
    pace = Pace()
    await edited(pace)
    await edited(pace, replace(CARD, incident=43))
    await edited(pace, replace(CARD, to="support"))
    await pace.wait(CARD, None)
    await pace.wait(replace(CARD, about=About.NOTE), "C1:1.0")
    assert set(hand.slept) == {0.0}


async def test_what_is_long_past_is_forgotten(hand: Hand) -> None:
    pace = Pace()
    for number in range(3000):
        hand.now += 0.01
        await edited(pace, replace(CARD, incident=number))
    assert len(pace.last) <= 1100
