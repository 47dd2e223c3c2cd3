"""The desk before a Slack that somebody else read out of the documentation: see `tests.otherslack`."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.chart import Chart, Kind, Series
from bot.check.finding import Verdict
from bot.check.slack import slack as check_slack
from bot.config import SlackSettings
from bot.message import About
from bot.notify.slack import SlackChannel
from bot.sandbox import DEMO_PEOPLE, Sandbox
from bot.secret import Secret
from tests.killing import PostgresProxy
from tests.notify.examples import desk, outgoing
from tests.otherslack import SECRET, OtherSlack, eventually, other_slack, signed
from tests.world import ROOT, TOKEN, World, edited_config, free_port

AMINA, BRUNO, CHLOE, DAVID, EMMA = "U0AMINA01", "U0BRUNO01", "U0CHLOE01", "U0DAVID01", "U0EMMA001"
HTML = "<html>502 Bad Gateway</html>"


@asynccontextmanager
async def other_world(
    database_url: str, config: Path, *, http: bool = False
) -> AsyncIterator[tuple[World, OtherSlack]]:
    """Phones and mailboxes are the sandbox's; its Slack hears nothing."""
    async with (
        PostgresProxy.before(database_url) as proxy,
        Sandbox(people=DEMO_PEOPLE) as sandbox,
        other_slack() as slack,
    ):
        with tempfile.TemporaryDirectory(prefix="ecotrajet-other-") as data:
            url = f"http://127.0.0.1:{free_port()}"
            environment = {
                **sandbox.environment(), "DATABASE_URL": proxy.url, "ECOTRAJET_DATA": data,
                "ECOTRAJET_CONFIG": str(config), "ECOTRAJET_LISTEN": url.removeprefix("http://"),
                "ECOTRAJET_PUBLIC_URL": url, "ECOTRAJET_WEBHOOK_TOKEN": TOKEN,
                "SLACK_API_URL": f"{slack.url}/api", "SLACK_SIGNING_SECRET": SECRET, "SLACK_BOT_TOKEN": "xoxb-other",
                "SLACK_APP_TOKEN": "xapp-other",
            }  # fmt: skip
            if http:
                del environment["SLACK_APP_TOKEN"]
                slack.bot_url = url
            sandbox.bot_at(url)
            world = World(sandbox, database_url, environment, proxy)
            try:
                await world.start(own_process=False)
                if not http:
                    await world.eventually(lambda: connected(slack), "the socket is open")
                yield world, slack
            finally:
                await world.close()
            assert not slack.violations, slack.violations


async def connected(slack: OtherSlack) -> bool:
    return bool(slack.sockets)


def config_in(language: str, folder: Path) -> Path:
    def edit(configuration: dict[str, Any]) -> None:
        configuration["workspace"]["language"] = language
        for person in configuration["people"].values():
            person["language"] = language

    return edited_config(folder, edit)


SAID = "Plus aucun paiement ne passe depuis 9 h 10 : erreur 502 & page blanche"


@pytest.mark.parametrize(("language", "http"), [("fr", False), ("en", True)], ids=["French, socket", "English, HTTP"])
async def test_an_incident_from_a_message_to_its_post_mortem(
    database_url: str, tmp_path: Path, language: str, http: bool
) -> None:
    async with other_world(database_url, config_in(language, tmp_path), http=http) as (world, slack):
        general = next(each for each in slack.channels if slack.channels[each]["name"] == "general")
        message = {"type": "message", "ts": slack.ts(), "text": SAID.replace("&", "&amp;"), "user": EMMA}
        await slack.deliver("interactive", {
            **slack.interaction("message_action", CHLOE, general), "callback_id": "declare_message",
            "message": message, "message_ts": message["ts"], "action_ts": slack.ts(),
        })  # fmt: skip
        asked = await slack.gets_view("declare.questions")
        ack = await slack.submits(CHLOE, asked, {"who": "tous"})
        assert ack["response_action"] == "update"
        proposed = await slack.gets_view("declare.open")
        assert (
            await slack.submits(CHLOE, proposed, {"priority": "P1", "environment": "prod", "service": "ecotrajet"})
            == {}
        )
        card = await slack.sees("502 &amp; page blanche", channel="incidents")
        number = await world.value("SELECT number FROM incident")
        room = await slack.sees("502 &amp; page blanche", channel=await named(slack, "inc-0001"))
        await world.eventually(lambda: pinned(slack, room), "the card is pinned in its channel")

        await slack.presses(DAVID, "incident.acknowledge", card)
        await world.eventually_value("acknowledged", "SELECT status FROM incident")
        await slack.types(DAVID, f'update {number} "On redémarre la base & on regarde"')
        await slack.sees("On redémarre la base &amp; on regarde", only="", channel="incidents")
        await slack.types(DAVID, f"note {number} bascule <!channel> terminée")
        noted = await slack.sees("📝 David Okafor", channel="incidents")
        assert noted["thread_ts"] == card["ts"]
        assert "<!channel>" not in json.dumps(noted)
        await slack.presses(DAVID, "incident.role", await slack.sees("502", channel="incidents"), option="ilot")
        await slack.presses(DAVID, "incident.resolve", card)
        form = await slack.gets_view('"resolve"')
        assert await slack.submits(DAVID, form, {"cause": "Disque plein", "owner": DAVID, "due_on": "2031-01-02"}) == {}
        await world.eventually_value("resolved", "SELECT status FROM incident")
        offer = await slack.sees("incident.postmortem", channel="incidents")
        await slack.presses(DAVID, "incident.postmortem", offer)
        await world.eventually(lambda: uploaded(slack, ".pdf"), "the post-mortem is there")


async def named(slack: OtherSlack, prefix: str) -> str:
    """The channel whose name begins so, once the worker has made it."""

    def look() -> dict[str, Any] | None:
        return next((each for each in slack.channels.values() if each["name"].startswith(prefix)), None)

    return str((await eventually(look, lambda: f"no channel {prefix}…", 10.0))["name"])


async def pinned(slack: OtherSlack, message: dict[str, Any]) -> bool:
    room = slack.channels[message["channel"]]
    return message["ts"] in room["pins"] and bool(room["bookmarks"]) and len(room["members"]) > 1


async def uploaded(slack: OtherSlack, ending: str) -> bool:
    return any(each["name"].endswith(ending) and each.get("channel") for each in slack.files.values())


def shortcut(slack: OtherSlack, user: str, callback: str, message: dict[str, Any], channel: str) -> dict[str, Any]:
    return {
        **slack.interaction("message_action", user, channel), "callback_id": callback, "message": message,
        "message_ts": message["ts"], "action_ts": slack.ts(),
    }  # fmt: skip


async def test_what_slack_does_on_a_bad_day(database_url: str, tmp_path: Path) -> None:
    """Twice, too late, half of it, or in HTML."""
    async with other_world(database_url, config_in("fr", tmp_path)) as (world, slack):
        general = next(each for each in slack.channels if slack.channels[each]["name"] == "general")
        attachment = {
            "id": 1,
            "fallback": "Checkout down",
            "title": "Checkout down",
            "text": "<https://x.example|EU> only",
        }
        message = {
            "type": "message",
            "subtype": "bot_message",
            "ts": slack.ts(),
            "text": "",
            "attachments": [attachment],
        }
        pressed = shortcut(slack, CHLOE, "declare_message", message, general)
        slack.faults["chat.getPermalink"] = [web.Response(text=HTML, content_type="text/html", status=502)]
        await slack.deliver("interactive", pressed)
        form = await slack.gets_view("Checkout down")
        assert "EU only" in json.dumps(form)
        await slack.deliver("interactive", pressed)  # again: the form is open, and nobody is told that it came too late

        mention = {
            "type": "app_mention",
            "user": CHLOE,
            "text": "<@U0BOT0001> panne",
            "ts": slack.ts(),
            "channel": general,
        }
        for retry in range(3):
            await slack.event({**mention, "event_ts": mention["ts"]}, event_id="Ev1", retry=retry)
        await slack.sees("declare.offer", only=CHLOE, channel="general")

        await slack.types(AMINA, "tasks", trigger_id=None)  # from a workflow
        await slack.sees("Il ne reste rien", only=AMINA)
        await slack.types(AMINA, "declare", trigger_id=None)
        await slack.sees("trop tard", only=AMINA)
        used_up = slack.gesture(AMINA, general)
        slack.answers[used_up["response_url"].rpartition("/")[2]]["used"] = 5
        await slack.types(AMINA, "incidents", **used_up)
        await slack.sees("Tout est calme", channel=f"@{AMINA}")

        await slack.sockets[0].send_json(
            {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "h"}}
        )
        await world.eventually(lambda: overlapping(slack), "a second socket is open")
        await slack.types(AMINA, "menu")
        told = [each for each in slack.messages if each.get("only") == CHLOE or "trop tard" in json.dumps(each)]
        assert len(told) == 2, told  # one offer, one form that Amina could not be given


async def test_what_stands_in_a_thread_and_a_form_above_too_many(database_url: str, tmp_path: Path) -> None:
    async with other_world(database_url, config_in("fr", tmp_path)) as (world, slack):
        general = next(each for each in slack.channels if slack.channels[each]["name"] == "general")
        parent, reply = slack.ts(), slack.ts()
        slack.messages += [
            {"type": "message", "channel": general, "user": EMMA, "ts": parent, "thread_ts": parent, "text": "Bonjour"},
            {
                "type": "message",
                "channel": general,
                "user": EMMA,
                "ts": reply,
                "thread_ts": parent,
                "text": "Plus rien",
            },
        ]
        item = {"type": "message", "channel": general, "ts": reply}
        await slack.event({"type": "reaction_added", "user": CHLOE, "reaction": "rotating_light", "item": item})
        offered = await slack.sees("declare.offer", only=CHLOE, channel="general")
        assert "Plus rien" in json.dumps(
            offered
        )  # the reply's own words, though Slack gives its thread's first before it

        await world.alert("Panne")
        await slack.event({"type": "app_home_opened", "user": BRUNO, "tab": "home", "channel": "D0BRUNO01"})
        home = await eventually(
            lambda: with_button(slack.homes.get(BRUNO), "incident.show"), lambda: "no Home tab", 10.0
        )
        await slack.presses(BRUNO, "incident.show", on=home)
        details = await slack.gets_view("incident.acknowledge")
        slack.faults["views.push"] = ["push_limit_reached"]
        await slack.presses(BRUNO, "incident.acknowledge", on=details)
        await slack.sees("est à vous", channel=f"@{BRUNO}")


def with_button(view: dict[str, Any] | None, action: str) -> dict[str, Any] | None:
    return view if view and action in json.dumps(view) else None


async def overlapping(slack: OtherSlack) -> bool:
    opened = sum(name == "apps.connections.open" for name, _ in slack.calls)
    return opened > 1 and bool(slack.sockets) and not slack.sockets[-1].closed


async def test_requests_by_http_that_are_no_plain_ones(database_url: str, tmp_path: Path) -> None:
    async with other_world(database_url, config_in("fr", tmp_path), http=True) as (world, slack):

        async def ask(body: str, headers: dict[str, str]) -> tuple[int, str]:
            async with world.http.post(f"{world.url}/slack/events", data=body, headers=headers) as answer:
                return answer.status, await answer.text()

        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert await ask("ssl_check=1&token=x", form) == (200, "")  # Slack tries our certificate, unsigned
        assert (await ask("ssl_check=1&command=%2Fecotrajet&text=status&user_id=U0AMINA01", form))[0] == 401
        challenge = json.dumps({"token": "t", "challenge": "3eZbrw1aB", "type": "url_verification"})
        status, told = await ask(challenge, {"Content-Type": "application/json", **signed(challenge)})
        assert (status, "3eZbrw1aB" in told) == (200, True)
        old = {"Content-Type": "application/json", **signed(challenge, at=1_700_000_000)}
        assert (await ask(challenge, old))[0] == 401

        await slack.types(AMINA, 'declare P3 staging "payload trop gros"')
        await slack.sees("payload trop gros", channel="incidents")


async def test_a_picture_whose_card_was_never_posted_finds_the_channel_by_its_name() -> None:
    """Files are shared by a channel's id alone (files.completeUploadExternal, `channel_id`)."""
    async with other_slack() as slack:
        channel = SlackChannel(Secret("xoxb-other"), desk(), api_url=f"{slack.url}/api/")
        chart = Chart(Kind.COLUMNS, "Incidents <&>", ("W1", "W2"), (Series("P1", (1, 3)),))
        await channel.send(outgoing(About.FILE, body={"chart": chart.to_json()}))
        await channel.close()
        (file,), (said,) = slack.files.values(), slack.messages
        assert slack.channels[file["channel"]]["name"] == "incidents"
        assert said["text"] == "Incidents &lt;&amp;&gt;"
        assert file["alt"].startswith("Incidents <&>")
        assert not slack.violations


async def test_the_check_believes_no_more_than_it_is_told() -> None:
    """A proxy that drops X-OAuth-Scopes is no lack of permissions, and one that answers in HTML no crash."""
    async with other_slack() as slack:
        settings = SlackSettings(Secret("xoxb-other"), Secret("xapp-other"), None, f"{slack.url}/api/")
        found = {each.what: each for each in await check_slack(settings, ["incidents"], ROOT / "manifest.yml")}
        assert {each.verdict for each in found.values()} == {Verdict.OK, Verdict.NOT_SET}
        assert found["Slack permissions"].verdict is Verdict.NOT_SET
        slack.faults["users.conversations"] = [web.Response(text=HTML, content_type="text/html", status=502)]
        (*_, last) = await check_slack(settings, ["incidents"], None)
        assert last.verdict is Verdict.PROBLEM
