"""Cards stay within Slack's limits whatever they are given, and say what matters in words."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.incident import Priority, Status
from bot.notify.blocks import (
    Card,
    Reader,
    answer,
    error,
    help_card,
    incident_card,
    incident_details,
    incident_list,
    logs_block,
    page,
    run_card,
    status_table,
)
from bot.notify.blocks.parts import code, cut, escape, link
from bot.phrase import Phrase
from bot.run import Run, RunEnd, RunStatus
from bot.runbook import Action, Change, ChangeKind, Evidence, Image, Light, Plan, ServiceStatus, Step
from bot.sandbox.slack.limits import MOST_TEXT_IN_BLOCKS, block_problems, text_length
from bot.view import AlertRow, IncidentView, LevelRow, RunView, StepRow, TimelineRow
from tests.notify.examples import NOW, OPENED, desk, incident, view

FR = Reader.of(desk(), "fr", NOW)
EN = Reader.of(desk(), "en", NOW)
V2 = Image("sha256:3f2a91bc04de", "ecotrajet:v2", "v2")
V1 = Image("sha256:81aa02bb77cc", "ecotrajet:v1", "v1")
ODD = st.text(max_size=4000)
TOGETHER = ["incident.news", "incident.channel", "incident.follow", "incident.role"]


def seen(card: Card) -> str:
    """Everything in the card, as it is sent."""
    return json.dumps(card.arguments(), ensure_ascii=False)


def buttons(card: Card) -> list[str]:
    return [
        element["action_id"] for block in card.blocks if block["type"] == "actions" for element in block["elements"]
    ]


def values(card: Card) -> list[dict[str, Any]]:
    found = [element["value"] for block in card.blocks if block["type"] == "actions" for element in block["elements"]
             if "value" in element]  # fmt: skip
    return [json.loads(value) for value in found]


def run(status: RunStatus = RunStatus.REQUESTED, **more: Any) -> Run:
    plan = Plan(
        action=Action.ROLLBACK, environment="prod", service="ecotrajet", engine="default", engine_id="E",
        container="ecotrajet-prod", container_id="c1", image_now=V2, image_then=V1, steps=(),
        changes=(Change(ChangeKind.ENV, "DATABASE_URL", "set", ""),),
        warnings=(Phrase("{container} was replaced by somebody else meanwhile.", {"container": "x"}),),
        asks=Phrase("{container} has changed since the plan was made. Ask for a fresh plan.", {"container": "web"}),
        expected_downtime=3.0, stop_limit=10.0, health_limit=60.0,
    )  # fmt: skip
    return Run(7, status, plan, "f" * 64, "bruno", OPENED, OPENED + timedelta(minutes=10), **more)


@pytest.mark.parametrize(
    "priority, light, word", [("P1", "🔴", "critique"), ("P2", "🟠", "majeur"), ("P3", "🔵", "mineur")]
)
def test_a_priority_is_a_word_and_not_only_a_colour(priority: str, light: str, word: str) -> None:
    assert f"{light} *{priority} {word} · #42*" in seen(incident_card(view(priority=Priority(priority)), FR))


def test_buttons_know_which_incident_and_as_of_when() -> None:
    card = incident_card(view(), FR)
    taking = ["incident.acknowledge", "incident.resolve", "incident.escalate", "incident.reclassify"]
    assert buttons(card) == [*taking, *TOGETHER]
    assert values(card)[:3] == [{"incident": 42, "as_of": NOW.isoformat()}] * 3


def test_a_taken_incident_is_not_to_be_taken_again() -> None:
    card = incident_card(view(status=Status.ACKNOWLEDGED, acknowledged_by="amina", acknowledged_at=NOW), FR)
    taken = ["incident.resolve", "incident.escalate", "incident.reclassify", "incident.snooze"]
    assert buttons(card) == [*taken, *TOGETHER]
    assert "Si personne" not in seen(card)


def test_resolving_opens_a_form_and_so_asks_nothing_before() -> None:
    resolve = incident_card(view(), FR).blocks[-2]["elements"][1]
    assert resolve["action_id"] == "incident.resolve"
    assert resolve["style"] == "danger"
    assert "confirm" not in resolve


def test_the_reason_and_the_link_are_shown() -> None:
    shown = seen(incident_card(view(), FR))
    assert "Pourquoi P1\u00a0: indiqué par Chloé à la déclaration" in shown
    assert "<https://grafana.ecotrajet.example/d/1|Ouvrir dans alertmanager>" in shown


def test_english_people_read_english_cards() -> None:
    shown = seen(incident_card(view(), EN))
    for wanted in ("P1 critical", "nobody has taken it yet", "Support: 10:57 (15 min after the start)", "Acknowledge"):
        assert wanted in shown


def test_the_details_tell_the_story() -> None:
    story = (
        TimelineRow(OPENED, "incident.opened", "alertmanager", "webhook", Phrase("critical")),
        TimelineRow(NOW, "incident.acknowledged", "Amina <!here>", "sms"),
        TimelineRow(NOW, "something.new", "desk", "worker"),
    )
    shown = seen(incident_details(IncidentView(incident(), view().alerts, view().levels, story), FR))
    for wanted in (
        "Ouvert par alertmanager\u00a0: critique",
        "Pris par Amina &lt;!here&gt; (SMS)",
        "Détection\u00a0: 10:42",
    ):
        assert wanted in shown


def test_no_incident_is_good_news() -> None:
    assert "Tout est calme" in seen(incident_list([], FR))


def test_a_long_list_ends_with_how_many_more() -> None:
    card = incident_list([incident(number=n) for n in range(1, 101)], FR)
    assert len(card.blocks) <= 50
    assert "… et 60 de plus" in seen(card)


def test_a_list_of_long_titles_is_cut_where_slack_would_refuse_it() -> None:
    card = incident_list([incident(title="&" * 200)] * 40, FR)
    assert text_length(list(card.blocks)) <= MOST_TEXT_IN_BLOCKS
    assert "…" in seen(card)


def test_the_plan_is_what_people_approve() -> None:
    card = run_card(RunView(run()), FR)
    shown = seen(card)
    for wanted in (
        "v2 (3f2a91bc04de)",
        "v1 (81aa02bb77cc)",
        "❓",
        "⚠️",
        "DATABASE_URL",
        "environ 3 s, et jusqu’à 10 s de plus",
        "1 min",
        "jusqu’à 10:52",
    ):
        assert wanted in shown
    assert shown.index("❓") < shown.index("⚠️") < shown.index("DATABASE_URL")
    assert buttons(card) == ["run.approve", "run.reject"]
    assert values(card) == [{"run": 7, "fingerprint": "f" * 64}] * 2


@pytest.mark.parametrize("status", list(RunStatus))
def test_every_state_of_a_run_has_its_card(status: RunStatus) -> None:
    steps = tuple(StepRow(step, OPENED, NOW) for step in Step)
    card = run_card(RunView(run(status, approved_by="amina", approved_at=NOW, break_glass="x"), steps), FR)
    assert block_problems(list(card.blocks)) == []
    assert (buttons(card) == []) == (status not in {RunStatus.REQUESTED, RunStatus.APPROVED, RunStatus.RUNNING})
    assert "Étape" not in seen(card)  # every step has a name of its own


def test_a_run_that_failed_shows_what_was_seen() -> None:
    evidence = Evidence(
        "ecotrajet-prod v2", NOW, "exited", "ConnectionError: <db>", 1, oom_killed=True, restart_count=3
    )
    end = RunEnd(Phrase("the new version was not well"), (Phrase("critical"),), True, 4.2)
    shown = seen(run_card(RunView(run(RunStatus.REVERTED, end=end), evidence=(evidence,)), FR))
    for wanted in ("la version précédente est revenue", "code de sortie 1", "mémoire épuisée", "&lt;db&gt;", "4 s"):
        assert wanted in shown


@pytest.mark.parametrize(
    ("action", "said"),
    [(Action.ROLLBACK, "la version précédente est revenue"), (Action.STOP, "Sans effet\u00a0: tout est comme avant")],
)
def test_what_was_interrupted_before_it_began_speaks_of_versions_only_where_there_are_any(
    action: Action, said: str
) -> None:
    undone = run(RunStatus.REVERTED)
    assert said in seen(run_card(RunView(replace(undone, plan=replace(undone.plan, action=action))), FR))


def test_a_status_says_its_light_in_words() -> None:
    up = ServiceStatus(
        "prod", "ecotrajet", Light.GREEN, "c", "c1", "v2", "3f2a91bc04de", "r", "running", "healthy", OPENED
    )
    away = ServiceStatus("prod", "api", Light.UNKNOWN)
    shown = seen(status_table([up, away], FR))
    for wanted in ("🟢 *Production · ecotrajet* · opérationnel", "depuis 10:42", "ne répond pas"):
        assert wanted in shown


def test_what_is_stopped_has_no_health_and_says_since_when() -> None:
    stopped = ServiceStatus(
        "prod", "ecotrajet", Light.RED, "c", "c1", "v2", "3f2a91bc04de", "r", "exited", "unhealthy", OPENED
    )
    shown = seen(status_table([stopped], FR))
    assert "arrêté depuis 10:42" in shown
    assert "santé" not in shown


def test_of_a_long_log_the_end_is_kept() -> None:
    lines = [f"line {n} <&>" for n in range(5000)]
    card = logs_block("\n".join(lines), FR, "Production")
    assert block_problems(list(card.blocks)) == []
    shown = seen(card)
    assert "line 4999 &lt;&amp;&gt;" in shown
    assert "line 0 " not in shown
    assert "ne sont pas affichées" in shown


def test_an_empty_log_is_said() -> None:
    assert "Aucune ligne" in seen(logs_block("\n", FR))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x|y", "https://x y", "<!channel>", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert link(url, "label") == "label"


@given(st.text(alphabet="&<>a", max_size=60), st.integers(5, 30))
def test_a_cut_never_leaves_half_an_entity(text: str, limit: int) -> None:
    shown = cut(escape(text), limit)
    assert len(shown) <= limit
    assert escape(text).startswith(shown.removesuffix("…"))
    assert "&" not in shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


@pytest.mark.parametrize(
    "token", ["<https://x.example/a&amp;b|Runbook & co>", "<!date^1700000000^{ago}|14 nov. à 22:13>"]
)
def test_a_cut_never_leaves_half_a_link_or_a_date(token: str) -> None:
    for limit in range(6, len(token) + 4):
        assert cut(f"abcd{token}", limit) in {"abcd…", f"abcd{token}"}


@given(ODD, st.integers(20, 3000))
def test_a_code_block_is_closed_and_bounded(text: str, limit: int) -> None:
    shown = code(text, limit)
    assert len(shown) <= limit
    assert shown.startswith("```\n")
    assert shown.endswith("\n```")
    assert shown.count("```") == 2


CLOCK = re.compile(r"<!date\^\d+\^\{ago\}\|[^<>|]+>")  # ours: how long ago, counted on by Slack


@settings(max_examples=60, deadline=None)
@given(ODD, ODD, st.integers(0, 200))
def test_no_foreign_text_breaks_a_card_or_pings_anybody(title: str, name: str, many: int) -> None:
    title, name = "<!channel> <@U0AMINA01> " + title, "<!here>" + name
    shown = IncidentView(
        incident(title=title, summary=title, environment=name, service=name, resolved_by=name, acknowledged_by=name),
        tuple(AlertRow(title, "firing", name, name, n, OPENED, NOW, "https://x.example/" + name) for n in range(many)),
        tuple(LevelRow(n, name, NOW, "pending", why=Phrase(title)) for n in range(min(many, 12))),
        tuple(TimelineRow(NOW, title, name, name, None, title) for _ in range(many)),
    )
    plan = run(RunStatus.FAILED, break_glass=title, end=RunEnd(Phrase("{x}", {"x": title})))
    evidence = Evidence(name, NOW, name, title, 1)
    cards = [
        incident_card(shown, FR),
        page(shown, FR, name),
        incident_details(shown, FR),
        incident_list([shown.incident] * many, FR),
        run_card(RunView(plan, (StepRow(name, NOW),), (evidence,)), FR),
        answer(Phrase("{name} is on it", {"name": title}), FR),
        error(Phrase("{name} is on it", {"name": title}), FR),
        help_card([("/ecotrajet x", Phrase("{x}", {"x": "y"}))] * 20, FR),
    ]
    for card in cards:
        assert block_problems(list(card.blocks)) == []
        assert text_length(list(card.blocks)) <= MOST_TEXT_IN_BLOCKS
        assert card.text
        assert "<!" not in CLOCK.sub("", seen(card))
        assert "<@" not in seen(card)
