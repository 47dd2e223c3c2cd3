"""Who may do what where: rights come from people and teams in the configuration (design section 7). Pure.

Checked when something is asked for, again when a button is pressed, and again when a run starts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.person import Person, Team
from bot.phrase import Phrase
from bot.runbook import ActionClass as Right
from bot.target import Environment

People = Mapping[str, Person]
Teams = Mapping[str, Team]

EVERYWHERE: Final = "*"
LADDER: Final = (Right.READ, Right.OPERATE, Right.DEPLOY, Right.DESTROY)
"""Each right holds those before it: look · restart · roll back, deploy and approve it · restore, prune."""
MOST_NAMES: Final = 4  # how many colleagues a refusal names


def right_of(people: People, teams: Teams, person: str | None, environment: str) -> Right | None:
    """The most this person may do there. A known person may read everywhere; an unknown one nothing anywhere.

    A team's right for the environment itself wins over its `*`; of several teams the highest counts.
    """
    if person is None or person not in people:
        return None
    granted = [
        Right(word)
        for team in teams.values()
        if person in team.members and (word := team.rights.get(environment, team.rights.get(EVERYWHERE)))
    ]
    return max([Right.READ, *granted], key=LADDER.index)


def may(people: People, teams: Teams, person: str | None, right: Right | str, environment: str) -> bool:
    """May `person` (an id; None: a stranger) do what needs `right` in the environment with this id?"""
    granted = right_of(people, teams, person, environment)
    return granted is not None and LADDER.index(granted) >= LADDER.index(Right(right))


def why_not(
    people: People, teams: Teams, person: str | None, right: Right | str, environment: Environment
) -> Phrase | None:
    """None if they may; otherwise a sentence that says what is missing and who has it."""
    if may(people, teams, person, right, environment.name):
        return None
    if person is None or person not in people:
        return stranger()
    able = who_may(people, teams, right, environment.name)
    values: dict[str, str | Phrase] = {"right": _worded(Right(right)), "environment": environment.label}
    if not able:
        return Phrase("You may not {right} in {environment}, and nobody else may: see teams in ecotrajet.yaml.", values)
    names = ", ".join(each.name for each in able[:MOST_NAMES])
    return Phrase("You may not {right} in {environment}. Ask: {names}.", {**values, "names": names})


def who_may(people: People, teams: Teams, right: Right | str, environment: str) -> tuple[Person, ...]:
    """Everyone who may do what needs `right` there, in the configuration's order."""
    return tuple(person for id_, person in people.items() if may(people, teams, id_, right, environment))


def may_respond(people: People, teams: Teams, person: str | None) -> bool:
    """May they acknowledge, escalate, resolve and reopen incidents?

    Whoever is known may, unless all of their teams are mere observers (`responders: false`): a page must be answerable.
    """
    if person is None or person not in people:
        return False
    theirs = [team for team in teams.values() if person in team.members]
    return not theirs or any(team.responders for team in theirs)


def why_not_respond(people: People, teams: Teams, person: str | None) -> Phrase | None:
    """None if they may act on incidents; otherwise why not."""
    if may_respond(people, teams, person):
        return None
    if person is None or person not in people:
        return stranger()
    return Phrase(
        "Your team follows incidents but does not handle them. You can declare one: `/ecotrajet declare`. "
        "Where to find help, in order: `/ecotrajet support`."
    )


def why_not_plan(people: People, teams: Teams, person: str, members: Sequence[str]) -> Phrase | None:
    """None if they may change who is on call among `members`: responders for themselves and for their own teams."""
    if missing := why_not_respond(people, teams, person):
        return missing
    able = [each for each in people if each in members or any(_team_of(teams, each, m) for m in members)]
    able = [each for each in able if may_respond(people, teams, each)]
    if person in able or not members:
        return None
    names = ", ".join(people[each].name for each in able[:MOST_NAMES])
    return Phrase("You are in no team of this schedule, so you may not change it. Ask: {names}.", {"names": names})


def _team_of(teams: Teams, one: str, other: str) -> bool:
    return any(one in team.members and other in team.members and team.responders for team in teams.values())


def may_declare(people: People, person: str | None) -> bool:
    """Everyone who is known may say that something is wrong."""
    return person is not None and person in people


def stranger() -> Phrase:
    """What somebody hears who is not in the configuration; it gives nothing away."""
    return Phrase("I do not know you yet. Ask an administrator to add you to the people of ecotrajet.yaml.")


def _worded(right: Right) -> Phrase:
    match right:
        case Right.READ:
            return Phrase("look at services")
        case Right.OPERATE:
            return Phrase("restart services")
        case Right.DEPLOY:
            return Phrase("deploy or roll back")
        case Right.DESTROY:
            return Phrase("stop services, restore or delete data")
