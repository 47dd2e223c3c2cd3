"""An incident's story: in Slack, and as files."""

import json

from tests.handlers.slackdesk import SlackDesk, slack_desk

__all__ = ["slack_desk"]


def uploaded(desk: SlackDesk, name: str) -> str:
    (file,) = [each for each in desk.sandbox.slack.workspace.files.values() if name in str(each)]
    return bytes(file["content"]).decode()


async def test_the_story_is_shown_and_kept_as_files(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident("Base *perdue* <!channel>")
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types(f"/ecotrajet ack {number}")
    await bruno.sees("est à vous")
    await bruno.types(f"/ecotrajet chronologie {number}")
    shown = await bruno.sees(f"Chronologie de #{number}")
    assert shown.text.index("Ouvert par") < shown.text.index("Pris par Bruno Martin")

    await bruno.types(f"/ecotrajet timeline {number} md")
    await bruno.sees(f"incident-{number}.md est dans vos messages")
    kept = uploaded(slack_desk, f"incident-{number}.md")
    assert kept.startswith(f"# Chronologie de #{number}\n")
    assert "Base \\*perdue\\* \\<!channel\\>" in kept
    assert "Bruno Martin" in kept

    await bruno.types(f"/ecotrajet timeline {number} pdf")
    await bruno.sees(f"incident-{number}.pdf est dans vos messages", within=20)
    (pdf,) = [each for each in slack_desk.sandbox.slack.workspace.files.values() if ".pdf" in str(each["name"])]
    assert bytes(pdf["content"]).startswith(b"%PDF-")

    await bruno.types(f"/ecotrajet timeline {number} json")
    await bruno.sees(f"incident-{number}.json est dans vos messages")
    body = json.loads(uploaded(slack_desk, f"incident-{number}.json"))
    assert body["incident"] == number
    assert next(row["did"] for row in body["timeline"]) == "incident.opened"
    assert "incident.acknowledged" in [row["did"] for row in body["timeline"]]


async def test_a_missing_permission_is_said_with_its_name(slack_desk: SlackDesk) -> None:
    number = await slack_desk.incident()
    slack_desk.sandbox.slack.faults.arm(method="files.getUploadURLExternal", error="missing_scope")
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types(f"/ecotrajet timeline {number} md")
    await bruno.sees("files:write")


async def test_another_kind_of_file_and_an_unknown_number_are_said(slack_desk: SlackDesk) -> None:
    bruno = slack_desk.sandbox.person("bruno")
    await bruno.types("/ecotrajet timeline 1 docx")
    await bruno.sees("/ecotrajet timeline 1 pdf")
    await bruno.types("/ecotrajet timeline 999")
    await bruno.sees("#999")
