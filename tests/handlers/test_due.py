"""Until when something is to be done, as people say it."""

from datetime import date

import pytest

from handlers import due

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    "said, day",
    [
        ("vendredi", date(2026, 11, 27)),
        ("Friday", date(2026, 11, 27)),
        ("mercredi", date(2026, 12, 2)),  # on a Wednesday that is the next one
        ("vendredi prochain", date(2026, 11, 27)),
        ("d’ici vendredi", date(2026, 11, 27)),
        ("pour le 27 novembre", date(2026, 11, 27)),
        ("avant le 1er décembre", date(2026, 12, 1)),
        ("2 janvier", date(2027, 1, 2)),
        ("dans 2 semaines", date(2026, 12, 9)),
        ("in 3 days", date(2026, 11, 28)),
        ("d’ici 2 jours", date(2026, 11, 27)),
        ("dans un mois", date(2026, 12, 25)),
        ("in a week", date(2026, 12, 2)),
        ("semaine prochaine", date(2026, 11, 30)),
        ("next week", date(2026, 11, 30)),
        ("fin de semaine", date(2026, 11, 27)),
        ("end of the month", date(2026, 11, 30)),
        ("demain", date(2026, 11, 26)),
        ("après-demain", date(2026, 11, 27)),
        ("30/11", date(2026, 11, 30)),
        ("2027-01-15", date(2027, 1, 15)),
        ("31 février", None),
        ("disque", None),
        ("", None),
        ("2 semaines", None),
        ("mar", None),
    ],
)
def test_a_day(said: str, day: date | None) -> None:
    assert due.day(said, TODAY) == day


@pytest.mark.parametrize(
    "said, day, title",
    [
        ("agrandir le disque vendredi", date(2026, 11, 27), "agrandir le disque"),
        ("agrandir le disque pour vendredi", date(2026, 11, 27), "agrandir le disque"),
        ("agrandir le disque dans 2 semaines", date(2026, 12, 9), "agrandir le disque"),
        ("enlarge the disk by the end of the month", date(2026, 11, 30), "enlarge the disk"),
        ("agrandir le disque avant le 1er décembre.", date(2026, 12, 1), "agrandir le disque"),
        ("tester la sauvegarde du dimanche", None, "tester la sauvegarde du dimanche"),
        ("revoir le contrat de mai", None, "revoir le contrat de mai"),
        ("vendredi", None, "vendredi"),
    ],
)
def test_a_sentence_that_ends_with_one(said: str, day: date | None, title: str) -> None:
    assert due.tail(said.split(), TODAY) == (day, title.split())
