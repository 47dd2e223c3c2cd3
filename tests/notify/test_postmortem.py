"""The draft of a post-mortem: what stands in it, in which language, and nothing that should stay hidden."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.incident import Priority, Status
from bot.message import Kind, State
from bot.notify.blocks import Reader, incident_card
from bot.notify.blocks.document import Document, Lines, Rows, Said, Section, Table, flat, markdown
from bot.notify.blocks.pdf import pdf
from bot.notify.blocks.postmortem import draft
from bot.notify.papers import hidden
from bot.phrase import Phrase
from bot.postgres import Finding, Part, Remembered
from bot.report import Report
from bot.resolution import Resolution
from bot.run import RunEnd, RunStatus
from bot.runbook import Evidence, Light
from bot.view import ChangeRow, IncidentView, LevelRow, PageRow, PostmortemView, RunView, TaskRow, TimelineRow
from tests.notify.examples import NOW, OPENED, desk, view
from tests.notify.test_blocks import V1, V2, run

LATER = OPENED + timedelta(days=3)
FR, EN = (Reader.of(desk(), language, LATER) for language in ("fr", "en"))
MINUTE = timedelta(minutes=1)
KEPT = Phrase("{what} by {name}", {"what": "photo", "name": "Bruno"})


def ended(**more: Any) -> IncidentView:
    over = view(
        status=Status.RESOLVED, resolved_by="amina", resolved_at=OPENED + 75 * MINUTE, acknowledged_by="amina", round=2
    )
    taken = TimelineRow(OPENED + 3 * MINUTE, "incident.acknowledged", "Amina Diallo", "sms")
    lines = (
        *over.timeline, TimelineRow(OPENED, "page.sent", "ÉcoTrajet", "worker", Phrase("a page that left")), taken,
        TimelineRow(OPENED + 4 * MINUTE, "timeline.kept", "Bruno", "button", KEPT, "C1:1:pin"),
        TimelineRow(OPENED + 5 * MINUTE, "timeline.taken_back", "Bruno", "button", KEPT, "C1:1:pin"),
    )  # fmt: skip
    return replace(over, timeline=lines, **more)


def everything() -> PostmortemView:
    evidence = Evidence("ecotrajet-prod v2", NOW, "exited", "FATAL: token=s3cr3t-of-the-service", 137, oom_killed=True)
    done = RunEnd(Phrase("the new version was not well"), (), True, 4.2)
    return PostmortemView(
        ended(
            resolution=Resolution("Fuite mémoire | v2", "Retour à v1", "Paiements refusés"),
            reports=(Report("Plus rien ne marche", "9 h", "tous les clients"),),
            tasks=(
                TaskRow(1, 42, "corriger la fuite", None, "bruno", date(2026, 11, 27)), TaskRow(2, 42, "x", "amina"),
            ),
            database=Remembered("principale", NOW, (Finding(Light.RED, Part.CONNECTIONS, Phrase("critical")),)),
            changes=(ChangeRow("v2 (222222222222)", OPENED - 20 * MINUTE, "bruno"),),
            levels=(
                LevelRow(0, "Détection", OPENED, "fired", OPENED), LevelRow(1, "Support", OPENED, "fired", OPENED),
            ),
        ),
        pages=(
            PageRow("amina", Kind.SMS, 1, 0, State.DELIVERED, OPENED, OPENED + MINUTE),
            PageRow("bruno", Kind.VOICE, 1, 1, State.FAILED, OPENED, why=Phrase("{reason}", {"reason": "busy"})),
        ),
        runs=(RunView(run(RunStatus.SUCCEEDED, end=done, approved_by="amina", approved_at=NOW), (), (evidence,)),),
        runbooks=("Application lente",),
    )  # fmt: skip


def plain(said: str) -> str:
    return said.replace("\u202f", " ").replace("\u00a0", " ")


def test_in_french_it_says_all_that_the_desk_knows() -> None:
    said = markdown(draft(everything(), FR))
    assert "ecotrajet\u00a0: service indisponible." in said  # the spaces of French typography
    for wanted in (
        "lundi 23 novembre 2026", "Plus rien ne marche", "Paiements refusés", "dépassé de 15 min",
        "| Détection | 10:42 |", "| Prise en charge | 10:45 | 3 min | Amina Diallo |", "| Résolu | 11:57 | 1 h 15 |",
        "| 10:43 | Amina Diallo | SMS | reçu | 10:45 (+2 min) |", "pas arrivé : busy", "Application lente",
        f"Retour arrière · Production · ecotrajet · {V2.name} → {V1.name} · Terminé", "code de sortie 137",
        "v2 (222222222222) · 20 min avant le début · Bruno Martin", "niveau « Support »", "2 tours",
        "Base de données principale, vue à 10:44",
        "| corriger la fuite | Bruno Martin | 27 nov. 2026 | à faire |", "| x | — | — | faite |",
    ):  # fmt: skip
        assert wanted in plain(said), (wanted, said)
    assert "a page that left" not in said  # it has its own section
    assert "photo" not in said  # kept, and taken back


def test_in_english_too_and_what_is_not_known_is_asked_for() -> None:
    said = markdown(draft(PostmortemView(replace(ended(), levels=())), EN))
    for wanted in (
        "Monday, November 23, 2026",
        "service unavailable",
        "Nobody was paged",
        "The cause was not said",
        "None",
    ):
        assert wanted in said, (wanted, said)


def test_what_somebody_wrote_acts_nowhere_and_secrets_are_hidden() -> None:
    document = hidden(draft(everything(), FR), ["s3cr3t-of-the-service"])
    said = markdown(document)
    assert "s3cr3t" not in said
    assert "Fuite mémoire" in said
    assert flat("# <b>*x*</b> [a](b)") == r"\# \<b\>\*x\*\</b\> \[a\](b)"
    table = markdown(Document("n", "t", (), (Section("s", (Table(("a", "b"), (("x|y", "z\nw"),), (1, 1)),)),), "fr"))
    assert "| x\\|y | z w |" in table


def test_a_long_log_is_cut_between_lines_so_that_no_half_of_a_secret_is_left() -> None:
    log = "\n".join(f"{n} refused, password=hunter2hunter2-{n}" for n in range(200))
    found = everything()
    evidence = replace(found.runs[0].evidence[0], log_tail=log)
    long = replace(found, runs=(replace(found.runs[0], evidence=(evidence,)),))
    said = markdown(hidden(draft(long, FR), []))
    assert "hunter2" not in said
    assert "199 refused, password=[hidden]" in said
    assert len(said) < 8000


def test_the_pdf_has_pages_however_long_the_story_and_odd_the_words() -> None:
    odd = "🔴 مرحبا 漢字 \u202f« é » → \u0000" + "a" * 90
    many = tuple(f"{n} {odd}" for n in range(70))
    sections = (
        Section(odd, (Said(odd), Rows(many, tuple("10:42:01" for _ in many)), Lines("\n".join(many)))),
        Section("t", (Table(("a", "b"), tuple((odd, odd) for _ in range(20)), (1, 2)), Rows(()))),
    )
    made = pdf(Document("n", odd, (odd,), sections, "fr", odd))
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") > 4


def test_a_minor_one_is_drafted_by_command_only() -> None:
    for priority, buttons in ((Priority.P1, 1), (Priority.P3, 0)):
        over = view(status=Status.RESOLVED, resolved_by="amina", resolved_at=NOW, priority=priority)
        assert sum(block["type"] == "actions" for block in incident_card(over, FR).blocks) == buttons
