"""The acts: what is broken, by which small change, and who must notice. At least three for each promise."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Act:
    """In `file`, the first `good` becomes `bad`; then `tests` (pytest's arguments) must fail."""

    name: str
    file: str
    good: str
    bad: str
    tests: str


STORIES: Final = "tests/scenarios"

STORED: Final = (  # an alert answered with 2xx is stored
    Act(
        "2xx although the database is away", "handlers/webhooks.py",
        "said = Answer(503, Phrase(", "said = Answer(200, Phrase(",
        f"{STORIES}/test_outages.py -k database_is_away",
    ),
    Act(
        "nothing is kept on disk meanwhile", "handlers/refused.py",
        "        await asyncio.to_thread(_write, self.folder, delivery)\n", "",
        "tests/handlers/test_refused.py",
    ),
    Act(
        "the incident is committed before its alert and its alarm", "bot/store/database.py",
        "async with self.pool.acquire(timeout=5) as connection, connection.transaction():",
        "async with self.pool.acquire(timeout=5) as connection:",
        f"{STORIES}/test_kills.py -m prove -k levels",
    ),
)  # fmt: skip
PAGED: Final = (  # a due page leaves even if a process dies; it may be repeated, never lost
    Act(
        "nobody takes over from a sender that died", "bot/store/messages.py",
        "  OR (state = 'sending' AND lease_until < clock_timestamp())) RETURNING *", ") RETURNING *",
        f"{STORIES}/test_kills.py -k twilio_is_being",
    ),
    Act(
        "the watch looks away", "bot/worker/watch.py",
        "[Rung(*row) for row in levels]", "[]",
        f"{STORIES}/test_outages.py -k forgets_everything",
    ),
    Act(
        "an empty level burns its delay", "bot/lifecycle/ladder.py",
        "    await go_on(tx, desk, incident, level.position)\n", "",
        f"{STORIES}/test_outages.py -k nobody_on_a_level",
    ),
    Act(
        "a failed page is given up", "bot/lifecycle/speaking.py",
        "    if await pages.hasten(tx, failed):\n        return True\n", "    return True\n",
        f"{STORIES}/test_outages.py -k phone_is_dead",
    ),
    Act(
        "a mailbox has taken the call", "handlers/twilio.py",
        '        if (by := form.get("AnsweredBy", "")) in MACHINES:', '        if (by := "") in MACHINES:',
        f"{STORIES}/test_machines.py -k mailbox",
    ),
    Act(
        "a critical page waits for the morning", "bot/personal.py",
        "or over is None or priority is Priority.P1 or", "or over is None or",
        "tests/words/test_personal.py -k p1",
    ),
    Act(
        "the second provider of texts is forgotten", "bot/lifecycle/speaking.py",
        "    if await by_second(tx, desk, failed, why):\n        return True\n", "",
        f"{STORIES}/test_second_sms.py -k refuses_goes",
    ),
    Act(
        "pages go on after the ack", "bot/worker/wanted.py",
        "    if incident.status is Status.ACKNOWLEDGED or message.person in incident.on_it:", "    if False:",
        f"{STORIES}/test_outages.py -k taken_while",
    ),
    Act(
        "an ack does not stop the ladder", "bot/lifecycle/responding.py",
        "    await escalations.stop(tx, incident.number)\n    await deadlines.plan_expiry(tx, moved)\n",
        "    await deadlines.plan_expiry(tx, moved)\n",
        f"{STORIES}/test_ladder.py -k ack_by_sms",
    ),
    Act(
        "an ack never runs out", "bot/lifecycle/deadlines.py",
        "    if lasts is not None:\n", "    if False:\n",
        f"{STORIES}/test_responding.py -k without_a_sign",
    ),
    Act(
        "a missed deadline tells nobody", "bot/lifecycle/clocks.py",
        "    level = await next_level(tx, incident) if waiting else await told_beside(tx, desk, incident)\n",
        "    level = None if waiting else None\n",
        f"{STORIES}/test_responding.py -k four_fifths",
    ),
    Act(
        "a minor defect wakes people", "bot/escalation.py",
        "        return self.hours if priority in WAITS else None\n", "        return None\n",
        f"{STORIES}/test_responding.py -k wakes_nobody",
    ),
    Act(
        "handed over is taken before they answer", "bot/lifecycle/responding.py",
        "    if to.id != by.id:\n", "    if False:\n",
        f"{STORIES}/test_responding.py -k only_once_they_answer",
    ),
    Act(
        "a repeated delivery acts twice", "bot/store/deliveries.py",
        "    return done == \"INSERT 0 1\"", "    return True",
        f"{STORIES}/test_slack_http.py tests/handlers/test_twilio.py -k repeated_delivery",
    ),
)  # fmt: skip
HEALTHY: Final = (  # a service that was healthy before an action is healthy after it
    Act(
        "every container counts as well", "runbooks/docker_engine/gate.py",
        '        if seen.health == "healthy" or', "        if True or",
        "tests/runbooks/test_rollback.py -k taken_back",
    ),
    Act(
        "the requester approves alone", "bot/approval.py",
        "    if rule is not Rule.SECOND_PERSON or approver != request.requester:", "    if True:",
        f"{STORIES}/test_runs.py -k second_person",
    ),
    Act(
        "another plan than the one shown is approved", "bot/approval.py",
        "    if fingerprint != request.fingerprint:", "    if False:",
        f"{STORIES}/test_runs.py -k another_plan",
    ),
    Act(
        "nobody repairs what was interrupted", "bot/worker/run.py",
        "        for run in abandoned:", "        for run in abandoned[:0]:",
        f"{STORIES}/test_runs_docker.py -k dies_in_the_middle",
    ),
    Act(
        "older code meets newer tables unasked", "runbooks/schemas.py",
        "    if unknown is None or unknown:\n", "    if unknown is None:\n",
        "tests/runbooks/test_schemas.py -k more_than_the_image",
    ),
    Act(
        "nobody reads the log of what was deployed", "bot/aftermath.py",
        "    if not limits.error_lines or now.errors < limits.error_lines:", "    if True:",
        "tests/words/test_aftermath.py -k worse",
    ),
    Act(
        "each replica tells of a planned freeze", "bot/store/freezes.py",
        '    return done == "INSERT 0 1"', "    return True",
        f"{STORIES}/test_deploying.py -k planned_freeze",
    ),
    Act(
        "an engine that stays away in the middle calls nobody", "bot/worker/run.py",
        "        if await self.execution.touched(run):", "        if False:",
        f"{STORIES}/test_runs.py -k stays_away_in_the_middle",
    ),
)  # fmt: skip
DOORS: Final = (  # only those who may are heard, and no secret gets out
    Act(
        "any token opens the webhooks", "handlers/webhooks.py",
        "if not self.keys.fits(", "if False and not self.keys.fits(",
        "tests/handlers/test_webhooks.py -k without_the_token",
    ),
    Act(
        "Twilio's signature is not read", "handlers/twilio.py",
        "if not self.validator.validate(", "if False and not self.validator.validate(",
        "tests/handlers/test_twilio.py -k signature",
    ),
    Act(
        "Slack's door reads before it asks who signed", "handlers/slack_http.py",
        "if not _signed(", "if False and not _signed(",
        "tests/handlers/test_bad_input.py -k learns_nothing_more",
    ),
    Act(
        "secrets stand in the log", "bot/redaction.py",
        "        text = pattern.sub(_hide, text)\n", "        pass\n",
        "tests/test_logs.py -k no_secret",
    ),
    Act(
        "the audit trail can be rewritten", "bot/store/migrations/0001_desk.sql",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit\n"
        "    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();\n", "",
        "tests/store/test_audit.py",
    ),
)  # fmt: skip

WALKED: Final = (  # a runbook goes on at its step, does it once, and only as far as its people may
    Act(
        "a step that was interrupted asks for a second run", "bot/worker/acts.py",
        "number = await self.walking.run_of(task)", "number = None",
        f"{STORIES}/test_runbooks.py -k no_second_time",
    ),
    Act(
        "two people answer one question", "bot/store/procedures.py",
        '" WHERE id = $1 AND state = $2"', '" WHERE id = $1 AND $2 <> \'\'"',
        f"{STORIES}/test_runbooks.py -k answered_once",
    ),
    Act(
        "two workers walk through one runbook", "bot/store/procedures.py",
        " AND state = 'running' AND (lease_until IS NULL OR lease_until < clock_timestamp())", " AND state = 'running'",
        f"{STORIES}/test_runbooks.py -k no_second_time",
    ),
    Act(
        "a refusal comes in the middle", "bot/runs/beforehand.py",
        "        if missing is not None:", "        if False:",
        f"{STORIES}/test_runbooks.py -k before_the_first",
    ),
    Act(
        "who began it approves its steps", "bot/runs/procedures.py",
        "if rule_for(environment, Action.DEPLOY) is Rule.SECOND_PERSON", "if False",
        f"{STORIES}/test_runbooks.py -k approved_like_a_plan",
    ),
    Act(
        "the copy of the damage is what a restore brings back", "bot/store/backups.py",
        " AND ($3::timestamptz IS NULL OR finished_at < $3)", " AND ($3::timestamptz IS NULL OR true)",
        f"{STORIES}/test_restore.py -k last_dump_of_before",
    ),
    Act(
        "a stop that died leaves its ports to nobody", "runbooks/docker_engine/page.py",
        "        await hands.start(engine, page.id)\n", "        pass\n",
        "tests/runbooks/test_page.py -k never_left_to_nobody",
    ),
)  # fmt: skip

BESIDE: Final = (  # what watches over all that, and what leaves the house
    Act(
        "a silent desk is told of once and never again", "bot/lookout/lookout.py",
        "        return now - self.memory.tried_at >=", "        return False and now - self.memory.tried_at >=",
        f"{STORIES}/test_lookout.py -k was_killed",
    ),
    Act(
        "whoever asks learns who is on call", "handlers/roster.py",
        '        if scheme.lower() != "bearer" or', '        if scheme.lower() == "never" and',
        f"{STORIES}/test_lookout.py -k right_token",
    ),
    Act(
        "a drill that nobody answers is forgotten", "bot/lifecycle/proofs.py",
        "for row in await proofs.unanswered(tx):", "for row in (await proofs.unanswered(tx))[:0]:",
        f"{STORIES}/test_proof.py -k never_answers",
    ),
    Act(
        "a manager reads later what nobody else was paged for", "bot/lifecycle/digest.py",
        "    if not await digests.others_paged(", "    if False and not await digests.others_paged(",
        f"{STORIES}/test_digest.py -k nobody_else",
    ),
    Act(
        "a webhook's redirect is followed", "bot/worker/hooks.py",
        "allow_redirects=False", "allow_redirects=True",
        f"{STORIES}/test_webhooks_out.py -k no_redirect",
    ),
    Act(
        "a receiver's name leads into our own network", "bot/worker/hooks.py",
        "        if not all(each.is_global", "        if False and not all(each.is_global",
        f"{STORIES}/test_webhooks_out.py -k leads_into",
    ),
)  # fmt: skip

ACTS: Final = (*STORED, *PAGED, *HEALTHY, *DOORS, *WALKED, *BESIDE)
