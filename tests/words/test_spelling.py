"""Words as hurried people misspell them, and sentences as they speak; with what must not be mistaken for them."""

import pytest

from bot.classification.plain import plain
from bot.classification.spelling import MISSPELT, corrected
from bot.incident import Priority
from tests.words.test_classification import alert, judged


@pytest.mark.parametrize(
    "title",
    ["Site inacessible", "site indisponnible", "service unavaliable", "server unreachble", "DB is dwon", "app crached",
     "imposible de se connecter", "l'aplication ne fonctione plus", "le site marche pu", "can't acess the app",
     "on peut plus se conecter", "paiment impossible", "Serveur injoignabl", "databse down"],
)  # fmt: skip
def test_a_misspelt_outage_is_an_outage(title: str) -> None:
    assert judged(alert(title, environment="prod")).priority is Priority.P1, title


def test_what_is_right_stays_as_it_is() -> None:
    right = plain("Paiements impossibles : les applications et la connexion aux serveurs sont inaccessibles")
    assert corrected(right) is right
    assert all(corrected(plain(word)).folded == word for word in MISSPELT)


def test_the_text_and_what_is_read_of_it_stay_side_by_side() -> None:
    text = corrected(plain("L'Aplication est INACESSIBLE, hélas"))
    assert text.shown == "L'application est inaccessible, hélas"
    assert text.folded == "l'application est inaccessible, helas"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Search (prod) is down", Priority.P2),
        ("Recherche prod KO", Priority.P2),
        ("La recherche en prod ne répond plus", Priority.P2),
        ("Site (prod) KO", Priority.P1),
        ("Le site et la recherche sont HS en prod", Priority.P1),
        ("The site was down for 10 minutes", None),
        ("The site was down for 10 minutes and it still is", Priority.P1),
        ("The site was down for 10 minutes, now it is down again", Priority.P1),
        ("The site was down for all customers", Priority.P1),
        ("v3.4.0 est en ligne", None),
        ("0 instance en ligne", Priority.P1),
        ("Un client n'arrive pas à se connecter", Priority.P2),
        ("Site HS, le serveur de secours est indisponible aussi", Priority.P1),
        ("Site HS, le serveur de secours a pris le relais", Priority.P2),
        ("Old customer invoices are publicly accessible", Priority.P1),
        ("The retention job deleted old rows in the production database", Priority.P2),
        ("The production database was deleted by the cleanup job", Priority.P1),
        ("Les utilisateurs sont sur Internet Explorer", Priority.P2),
        ("PDF: one blank page too many at the end", Priority.P3),
        ("Login test failed", Priority.P2),
        ("Unit tests failed", Priority.P3),
        ("Last backup successful", None),
        ("Last successful backup is 3 days old", Priority.P2),
        ("Le bug de paiement est revenu", Priority.P3),
        ("The login problem is back", Priority.P2),
        ("Après la panne, le site est revenu", None),
        ("Le souci d'impression est réglé", None),
        ("Le souci d'impression n'est pas réglé", Priority.P2),
        ("JS bundle 404 after deploy => blank site", Priority.P1),
        ("Dashboard: empty application list", Priority.P2),
        ("La MEP prévue demain", None),
        ("La MEP prévue hier a tout cassé, site HS", Priority.P1),
        ("The upgrade planned for Sunday broke the login", Priority.P2),
        ("Post-mortem: how the deploy broke production", None),
        ("Tableaux de bord inaccessibles, côté client RAS", Priority.P2),
        ("RAS, nuit calme", None),
    ],
)
def test_what_looks_like_it(title: str, expected: Priority | None) -> None:
    found = judged(alert(title, environment="prod"))
    assert found.priority is expected, f"{found.rule}: {found.why}"
