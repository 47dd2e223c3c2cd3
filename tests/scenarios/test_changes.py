"""The card says what was changed shortly before: an image that we saw replaced, or what another tool told us."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.world import TOKEN, World

SAMPLES = Path(__file__).parent.parent / "samples"

CHANGE = {
    "routing_key": TOKEN,
    "payload": {
        "summary": "Build 42 deployed to ecotrajet (prod)",
        "source": "jenkins",
        "custom_details": {"environment": "prod"},
    },
    "links": [{"href": "https://ci.example/42", "text": "build"}],
}


async def deployed(world: World, version: str, minutes_ago: int, actor: str = "") -> None:
    await world.rows(
        "INSERT INTO deployment (environment, service, image_id, reference, digests, version, container_id, first_seen,"
        " last_seen, source, actor, engine_id) VALUES ('prod', 'ecotrajet', $1, '', '{}', $2, 'c',"
        " app_now() - make_interval(mins => $3), app_now(), 'deploy', $4, 'e')",
        f"sha256:{version}", version, minutes_ago, actor,
    )  # fmt: skip


async def test_the_image_that_was_replaced_is_on_the_card_and_the_first_one_is_no_change(world: World) -> None:
    await deployed(world, "v1", 300)
    number = await world.alert("Search is down")
    card = await world.person("bruno").sees("Search is down", channel="incidents")
    assert "Dernier changement" not in card.text
    await world.person("bruno").types(f"/ecotrajet resolve {number}", channel="incidents")
    await deployed(world, "v2", 6, "bruno")
    await world.alert("Search is down again", dedup_key="again")
    card = await world.person("amina").sees("Dernier changement", channel="incidents")
    assert "v2" in card.text
    assert "6 min avant le début" in card.text
    assert "Bruno Martin" in card.text


async def test_what_another_tool_said_it_changed_is_on_the_card(world: World) -> None:
    async with world.http.post(f"{world.url}/v2/change/enqueue", json=CHANGE) as answer:
        assert answer.status == 202, await answer.text()
    await world.alert("Search is down")
    card = await world.person("bruno").sees("Build 42 deployed", channel="incidents")
    assert "Dernier changement" in card.text


@pytest.mark.parametrize(
    ("source", "sample", "when", "shown"),
    [
        ("github", "github__deployment_succeeded", ("deployment_status", "created_at"), "v1.2.3 → production"),
        ("gitlab", "gitlab__deployment_succeeded", ("status_changed_at",), "main → production"),
    ],
)
async def test_a_deployment_that_ci_tells_of_is_on_the_card(
    world: World, source: str, sample: str, when: tuple[str, ...], shown: str
) -> None:
    told = json.loads((SAMPLES / f"{sample}.json").read_text("utf-8"))
    part = told["body"]
    for name in when[:-1]:
        part = part[name]
    part[when[-1]] = datetime.now(UTC).isoformat()
    headers = {**told["headers"], "Authorization": f"Bearer {TOKEN}"}
    for _ in range(2):  # a delivery that is repeated tells nothing new
        async with world.http.post(f"{world.url}/webhooks/{source}", json=told["body"], headers=headers) as answer:
            assert answer.status in (200, 202), await answer.text()
    await world.alert("Search is down")
    card = await world.person("bruno").sees(shown, channel="incidents")
    assert "Dernier changement" in card.text
    assert "Amina Diallo" in card.text
    assert card.text.count(shown) == 1
