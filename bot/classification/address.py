"""The address that a check watches: whether anybody can reach it, and so customers do."""

import re
from typing import Final
from urllib.parse import urlsplit

from bot.alert import Alert

WATCHERS: Final = frozenset({"generic", "uptime_kuma", "uptimerobot", "pingdom", "statuscake", "checkly"})
"""Sources whose address is what they watch; the others send a link to their own page."""
OWN_PAGE: Final = re.compile(
    r"/(?:graph|alerting|alerts?|d|dashboards?|incidents?|monitors?|events?|issues?|explore)(?:/|$|\?)"
)
TOOLS: Final = re.compile(
    r"^(?:grafana|prometheus|alertmanager|sentry|kibana|monitoring|supervision|zabbix|status|uptime|kuma|netdata"
    r"|jenkins"
    r"|gitlab|ci|wiki|docs|jira)\."
    r"|(?:^|\.)(?:datadoghq\.(?:com|eu)|amazon(?:aws)?\.com|sentry\.io|grafana\.(?:net|com)|pagerduty\.com"
    r"|opsgenie\.com"
    r"|github\.com|gitlab\.com|newrelic\.com|pingdom\.com|uptimerobot\.com|statuscake\.com|checklyhq\.com|google\.com"
    r"|azure\.com|slack\.com|atlassian\.net|healthchecks\.io|statuspage\.io)$"
)
PRIVATE: Final = re.compile(
    r"(?:^|\.)(?:internal|interne|local|localdomain|localhost|lan|intra|intranet|corp|home|svc|test|invalid)$"
)
NAME: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


SAID: Final = re.compile(r"https?://([\w.-]+)")
BARE: Final = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]{3,}\.(?:com|fr|org|eu|app)|(?:[a-z0-9-]+\.){1,3}[a-z0-9-]{3,}"
    r"\.(?:com|fr|org|net|eu|io|app|co|be|ch|lu|ca|uk|de|es|it|tech|cloud|paris))(?![\w.-])",
    re.IGNORECASE,
)
"""`api.ecotrajet.com`: of two parts only where that is clear, for `socket.io` and `asp.net` are no addresses."""


def watched_host(alert: Alert) -> str:
    """In lower case; '' when the alert has no address, or only a link to the page of the tool that sent it."""
    url = alert.url if alert.source in WATCHERS else ""
    if "://" not in url:
        said = (
            (SAID.search(alert.title) or BARE.search(alert.title))
            if "." in alert.title or "://" in alert.title
            else None
        )
        url = (said[0] if "://" in said[0] else f"https://{said[0]}") if said else ""
    try:
        address = urlsplit(url)
        host = (address.hostname or "").lower()
    except ValueError:  # a broken IPv6 address in brackets
        return ""
    if TOOLS.search(host) or OWN_PAGE.search(address.path):
        return ""
    return "localhost" if host.startswith("127.") or host == "::1" else host


def is_public(host: str) -> bool:
    """A full name of the public Internet."""
    return bool(NAME.fullmatch(host)) and not PRIVATE.search(host)
