"""Three replicas on one PostgreSQL: one is killed, one hangs, and the third pages everybody once and in time."""

from contextlib import AsyncExitStack

import pytest

from tests.world import World, new_world

SERVICES = 12
BODY = "Machine {number} is down"


@pytest.mark.prove
@pytest.mark.timeout(300)
async def test_one_dies_one_hangs_and_the_third_pages_everybody_once_and_in_time(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.world.STARTS_WITHIN", 90.0)  # three processes; how fast they start is measured elsewhere
    async with new_world(database_url, own_process=True) as first, AsyncExitStack() as ends:
        others = []
        for _ in range(2):
            others.append(await first.replica())
            ends.push_async_callback(killed, others[-1])
        second, third = others
        numbers = [await raised(first if n % 2 else second, n) for n in range(SERVICES)]
        first.kill()
        await first.gone()
        second.freeze()
        numbers += [await raised(third, n) for n in range(SERVICES, 2 * SERVICES)]
        told = "SELECT count(*) FROM escalation_level WHERE position = 0 AND state = 'fired' AND incident = ANY($1)"
        await third.eventually_value(len(numbers), told, numbers, within=20)
        unsent = "SELECT count(*) FROM message WHERE about = 'page' AND state IN ('waiting', 'sending')"
        soon = f"{unsent} AND due_at < app_now() + interval '1 minute'"  # also what is tried again; calls come later
        await third.eventually_value(0, soon, within=60)
        await once_and_in_time(third, numbers)


async def killed(world: World) -> None:
    world.kill()
    await world.gone(within=30)
    await world.close()


async def raised(world: World, number: int) -> int:
    """P2, each of a service of its own: told by Slack and mail, never several in one text."""
    return await world.alert(BODY.format(number=number), service=f"machine-{number}", severity="warning")


async def once_and_in_time(world: World, numbers: list[int]) -> None:
    late = "SELECT max(extract(epoch FROM sent_at - due_at)) FROM message WHERE about = 'page' AND sent_at IS NOT NULL"
    assert await world.value(late) < 10
    on_call = await world.on_call()
    assert on_call.mailbox is not None
    subjects = [mail.subject for mail in on_call.mailbox.mails if "Machine" in mail.subject]
    assert len(set(subjects)) == len(numbers)
    assert len(subjects) - len(numbers) <= 2, "at most one repeat for each replica that was killed or frozen"
