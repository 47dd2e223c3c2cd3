"""What a plan warns of, on a real container like those of the guide (section 4.2: ./src and ./public mounted)."""

from pathlib import Path

from runbooks import schemas, warnings
from tests.runbooks.stage import Stage


async def test_bind_mounts_over_the_images_code_come_first_and_ask(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "data").mkdir()
    stage.workload.deploy("prod", "v2", "-v", f"{tmp_path}/src:/app/src", "-v", f"{tmp_path}/data:/app/data")
    plan = await stage.plan_back_to("v1")
    assert plan.asks is not None
    assert plan.warnings[0] == plan.asks
    assert str(plan.asks).startswith("/app/src comes from the host")
    assert "/app/data" not in str(plan.asks)


async def test_what_would_be_lost_or_different_is_told(stage: Stage) -> None:
    made_by_the_engine = ("-v", "/deep/fresh", "--init")  # is no file of anybody's
    stage.workload.deploy("prod", "v2", "--no-healthcheck", "-p", "127.0.0.1::9090", *made_by_the_engine)
    stage.workload.docker("exec", stage.target.container, "sh", "-c", "mkdir /app/up; touch /app/up/photo /tmp/junk")
    told = "\n".join(str(each) for each in (await stage.plan_back_to("v1")).warnings)
    assert "outside of any volume, will be lost (1): /app/up/photo" in told
    assert "There is no healthcheck" in told
    assert "chose the host port of 9090/tcp" in told


async def test_whoever_shares_a_volume_is_named(stage: Stage) -> None:
    volume = f"{stage.workload.prefix}-files"
    stage.workload.docker("volume", "create", "--label", f"ecotrajet.sandbox={stage.workload.prefix}", volume)
    stage.workload.deploy("prod", "v2", "-v", f"{volume}:/data")
    other = stage.another("-v", f"{volume}:/files", command=("sleep", "600")).container
    told = [str(each) for each in (await stage.plan_back_to("v1")).warnings]
    stage.workload.docker("rm", "-f", other, stage.target.container)
    stage.workload.docker("volume", "rm", volume)
    assert f"{other} use {volume} as well: they meet what the other version writes there." in told


async def test_a_changed_database_schema_is_told(stage: Stage) -> None:
    stage.workload.make_image("v1", changes=["LABEL ecotrajet.schema=20250101"])
    told = [str(each) for each in (await stage.plan_back_to("v1")).warnings]
    assert told[0].startswith("The database schema differs (? → 20250101)")


async def test_a_schema_newer_than_the_image_asks_before_anybody_approves(stage: Stage) -> None:
    stage.workload.make_image("v1", changes=["LABEL ecotrajet.schema=20250101"])
    stage.workload.make_image("v2", changes=["LABEL ecotrajet.schema=20251101"])
    stage.workload.deploy("prod", "v2")
    asked = str((await stage.plan_back_to("v1")).asks)
    assert asked.startswith("The database schema (20251101) is newer than this image knows (20250101).")


def test_two_questions_are_both_asked() -> None:
    older = schemas.newer_label({"Labels": {schemas.LABEL: "2"}}, {})
    both = str(warnings.asked(older, older))
    assert both.count("is newer than this image knows") == 2
    assert warnings.asked(None, None) is None


async def test_a_version_never_seen_here_may_be_named_but_is_marked_as_such(stage: Stage) -> None:
    plan = await stage.plan_unseen("v3-broken")
    assert "has never been seen healthy here" in str(plan.warnings[0])
