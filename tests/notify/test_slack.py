"""Slack, through the real SDK, against the sandbox: cards are edited, pages reach people, errors are judged."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chart import Chart, Series
from bot.chart import Kind as Bars
from bot.errors import Permanent, Retryable
from bot.incident import Status
from bot.message import About
from bot.notify.channel import Channel
from bot.notify.slack import SlackChannel
from bot.phrase import Phrase
from bot.sandbox import Sandbox
from bot.secret import Secret
from tests.notify.examples import NOW, TITLE, desk, note, outgoing, view


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(smtp=False) as sandbox:
        yield sandbox


@pytest.fixture
async def slack(sandbox: Sandbox) -> AsyncIterator[SlackChannel]:
    environment = sandbox.environment()
    channel = SlackChannel(
        Secret(environment["SLACK_BOT_TOKEN"]), desk(), api_url=environment["SLACK_API_URL"], within=10.0
    )
    yield channel
    await channel.close()


async def test_a_card_is_posted_once_and_edited_after(sandbox: Sandbox, slack: Channel) -> None:
    place = await slack.send(outgoing(About.CARD, view=view()))
    taken = view(status=Status.ACKNOWLEDGED, acknowledged_by="amina", acknowledged_at=NOW)
    again = await slack.send(outgoing(About.CARD, view=taken, existing_ts=place))
    (shown,) = sandbox.channel("incidents").messages
    assert again == place
    assert place.startswith("C0INCIDEN:")
    assert "pris par Amina Diallo à 10:44" in shown.text
    assert sandbox.violations == []


async def test_the_open_card_says_what_somebody_just_woken_up_needs(sandbox: Sandbox, slack: Channel) -> None:
    await slack.send(outgoing(About.CARD, view=view()))
    (shown,) = sandbox.channel("incidents").messages
    for wanted in (
        TITLE,
        "P1 critique · #42",
        "Production · ecotrajet",
        "10:42",
        "Support\u00a0: 10:57",
        "11:42",
        "3 signaux",
    ):
        assert wanted in shown.text


async def test_a_card_that_was_deleted_is_posted_anew(sandbox: Sandbox, slack: SlackChannel) -> None:
    place = await slack.send(outgoing(About.CARD, view=view()))
    channel, _, ts = place.partition(":")
    await slack.client.chat_delete(channel=channel, ts=ts)
    again = await slack.send(outgoing(About.CARD, view=view(), existing_ts=place))
    assert again != place
    assert len(sandbox.channel("incidents").messages) == 1


async def test_a_card_of_which_nobody_heard_that_it_was_posted_is_edited(sandbox: Sandbox, slack: SlackChannel) -> None:
    first = replace(outgoing(About.CARD, view=view()), subject="incident:42")
    sandbox.slack.faults.arm("chat.postMessage", disconnect=True, applied=True)
    with pytest.raises(Retryable):
        await slack.send(first)
    another = replace(first.message, id=8, unsure=True)  # an edit that was queued meanwhile
    await slack.send(replace(first, message=another, view=view(title="Renamed")))
    (shown,) = sandbox.channel("incidents").messages
    assert "Renamed" in shown.text
    assert shown.edits == 1


async def test_a_note_of_which_nobody_heard_that_it_was_posted_is_said_once(
    sandbox: Sandbox, slack: SlackChannel
) -> None:
    place = await slack.send(outgoing(About.CARD, view=view()))
    said = note("incidents", Phrase("{name} is on it", {"name": "Amina"}), existing_ts=place)
    sandbox.slack.faults.arm("chat.postMessage", disconnect=True, applied=True)
    with pytest.raises(Retryable):
        await slack.send(said)
    again = replace(said, message=replace(said.message, unsure=True))
    first = await slack.send(again)
    assert len([one for one in sandbox.channel("incidents").messages if one.thread]) == 1
    other = replace(again, message=replace(again.message, id=9))  # the same words, said anew
    assert await slack.send(other) != first


async def test_what_cannot_be_looked_for_is_posted_all_the_same(sandbox: Sandbox, slack: SlackChannel) -> None:
    card = replace(outgoing(About.CARD, view=view()), subject="incident:42")
    for refusal in ("missing_scope", "not_in_channel"):
        sandbox.slack.faults.arm("conversations.*", error=refusal)
        await slack.send(replace(card, message=replace(card.message, unsure=True)))
    assert len(sandbox.channel("incidents").messages) == 2
    sandbox.slack.faults.arm("conversations.history", error="ratelimited", retry_after=3)
    with pytest.raises(Retryable):
        await slack.send(replace(card, message=replace(card.message, unsure=True)))


async def test_a_picture_of_which_nobody_heard_that_it_was_taken_is_shown_once(
    sandbox: Sandbox, slack: SlackChannel
) -> None:
    place = await slack.send(outgoing(About.CARD, view=view()))
    noted: list[str] = []

    async def intend(files: Sequence[str]) -> None:
        noted.extend(files)

    chart = Chart(Bars.BARS, "Mémoire", ("api",), (Series("MiB", (2.0,)),))
    sent = outgoing(About.FILE, to="U0AMINA01", body={"chart": chart.to_json()})
    sent = replace(sent, thread=place, intend=intend)
    sandbox.slack.faults.arm("files.completeUploadExternal", disconnect=True, applied=True)
    with pytest.raises(Retryable):
        await slack.send(sent)
    assert len(noted) == 1
    again = replace(sent, message=replace(sent.message, body={**sent.message.body, "files": noted}))
    assert await slack.send(again) == f"C0INCIDEN:{noted[0]}"
    assert len([one for one in sandbox.channel("incidents").messages if one.files]) == 1
    assert len(noted) == 1


@pytest.mark.parametrize("about", [About.PAGE, About.TELL])
async def test_a_person_is_told_once_though_nobody_heard_that_it_was_posted(
    sandbox: Sandbox, slack: SlackChannel, about: About
) -> None:
    told = replace(note("U0AMINA01", Phrase("Done.")), view=view())
    told = replace(told, message=replace(told.message, about=about))
    sandbox.slack.faults.arm("chat.postMessage", disconnect=True, applied=True)
    with pytest.raises(Retryable):
        await slack.send(told)
    again = replace(told, message=replace(told.message, unsure=True))
    (there,) = sandbox.person("amina").visible("dm")
    assert await slack.send(again) == f"{there.channel}:{there.ts}"
    assert len(sandbox.person("amina").visible("dm")) == 1

    sandbox.slack.faults.arm("conversations.history", error="ratelimited", retry_after=30)
    await slack.send(again)  # waits for nothing: better twice than late
    assert len(sandbox.person("amina").visible("dm")) == 2


async def test_a_page_reaches_the_person_with_its_buttons(sandbox: Sandbox, slack: Channel) -> None:
    await slack.send(outgoing(About.PAGE, to="U0AMINA01", view=view()))
    shown = await sandbox.person("amina").dm(containing=TITLE)
    assert "niveau «\u00a0Support\u00a0»" in shown.text
    assert [button.action_id for button in shown.buttons] == [
        "incident.acknowledge",
        "incident.resolve",
        "incident.escalate",
        "incident.reclassify",
    ]


async def test_a_note_goes_into_the_thread_of_the_card(sandbox: Sandbox, slack: Channel) -> None:
    place = await slack.send(outgoing(About.CARD, view=view()))
    await slack.send(note("incidents", Phrase("{name} is on it", {"name": "Amina"}), existing_ts=place))
    thread = [message for message in sandbox.channel("incidents").messages if message.text == "Amina s’en occupe"]
    assert [message.thread for message in thread] == [place.partition(":")[2]]


async def test_a_title_can_ping_nobody(sandbox: Sandbox, slack: Channel) -> None:
    await slack.send(outgoing(About.CARD, view=view(title="<!channel> *look* <https://evil.example|here> & go")))
    posted = str([entry.args for entry in sandbox.record if entry.method == "chat.postMessage"])
    assert "<!channel>" not in posted
    assert "<https://evil" not in posted


async def test_a_rate_limit_is_retried_when_slack_says_so(sandbox: Sandbox, slack: Channel) -> None:
    sandbox.slack.faults.arm("chat.postMessage", error="ratelimited", retry_after=7)
    with pytest.raises(Retryable) as slow:
        await slack.send(outgoing(About.CARD, view=view()))
    assert slow.value.after == 7


@pytest.mark.parametrize(
    "fault", [{"http_status": 503}, {"error": "internal_error"}, {"hang": 10.0}, {"disconnect": True}]
)
async def test_trouble_at_slack_is_retried(sandbox: Sandbox, slack: SlackChannel, fault: dict[str, object]) -> None:
    slack.within = 0.3
    sandbox.slack.faults.arm("chat.postMessage", **fault)  # type: ignore[arg-type]  # reason: keyword by keyword
    with pytest.raises(Retryable):
        await slack.send(outgoing(About.CARD, view=view()))


async def test_nobody_at_the_other_end_is_retried() -> None:
    slack = SlackChannel(Secret("xoxb-test"), desk(), api_url="http://127.0.0.1:9/api/")
    with pytest.raises(Retryable):
        await slack.send(outgoing(About.CARD, view=view()))
    await slack.close()


@pytest.mark.parametrize(
    "word, does",
    [
        ("not_in_channel", "/invite"),
        ("channel_not_found", "invite the bot"),
        ("account_inactive", "install it again"),
        ("missing_scope", "manifest.yml"),
        ("some_new_word", "docs.slack.dev"),
    ],
)
async def test_what_will_never_work_says_what_to_mend(sandbox: Sandbox, slack: Channel, word: str, does: str) -> None:
    sandbox.slack.faults.arm("chat.postMessage", error=word)
    with pytest.raises(Permanent, match=f"Slack: {word}") as refused:
        await slack.send(outgoing(About.CARD, view=view()))
    assert does in refused.value.reason


async def test_somebody_who_left_is_permanent(slack: Channel) -> None:
    with pytest.raises(Permanent, match=r"user_not_found .*people\.\*\.slack"):
        await slack.send(outgoing(About.PAGE, to="U0NOBODY1", view=view()))


async def test_a_note_on_a_deleted_card_stands_alone(sandbox: Sandbox, slack: SlackChannel) -> None:
    place = await slack.send(outgoing(About.CARD, view=view()))
    channel, _, ts = place.partition(":")
    await slack.client.chat_delete(channel=channel, ts=ts)
    await slack.send(note("incidents", Phrase("{name} is on it", {"name": "Amina"}), existing_ts=place))
    assert [message.text for message in sandbox.channel("incidents").messages] == ["Amina s’en occupe"]


async def test_a_wrong_token_is_permanent_and_not_told(sandbox: Sandbox) -> None:
    slack = SlackChannel(Secret("xoxb-wrong-token"), desk(), api_url=sandbox.environment()["SLACK_API_URL"])
    with pytest.raises(Permanent, match="SLACK_BOT_TOKEN") as refused:
        await slack.send(outgoing(About.CARD, view=view()))
    assert "xoxb-wrong-token" not in str(refused.value)
    await slack.close()


async def test_a_card_without_its_incident_is_permanent(slack: Channel) -> None:
    with pytest.raises(Permanent):
        await slack.send(outgoing(About.CARD))


async def test_the_resolved_card_is_short_and_leads_to_the_post_mortem(sandbox: Sandbox, slack: Channel) -> None:
    over = view(status=Status.RESOLVED, resolved_by="amina", resolved_at=NOW + timedelta(minutes=18))
    await slack.send(outgoing(About.CARD, view=over))
    (shown,) = sandbox.channel("incidents").messages
    assert [button.action_id for button in shown.buttons] == ["incident.postmortem"]
    assert "Résolu par Amina Diallo à 11:02, en 20 min" in shown.text
