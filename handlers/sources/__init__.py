"""What monitoring tools send, made into our alerts: one pure reader for each source, all in one visible table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.alert import Alert
from bot.secret import Secret
from handlers.sources import (
    alertmanager,
    azure_monitor,
    checkly,
    cloudwatch,
    datadog,
    elastalert,
    gcp_monitoring,
    generic,
    github,
    gitlab,
    grafana,
    grafana_legacy,
    healthchecks,
    incidentio,
    kapacitor,
    netdata,
    newrelic,
    oncall,
    opsgenie,
    pagerduty,
    pingdom,
    sentry,
    slack,
    statuscake,
    supabase,
    uptime_kuma,
    uptimerobot,
    zabbix,
)
from handlers.sources.body import NotUnderstood, Parse, cleaned

__all__ = ["SOURCES", "NotUnderstood", "Source"]

MEBIBYTE: Final = 1024 * 1024
Verify = Callable[[bytes, Mapping[str, str], Secret], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """`limit`: bytes of a body, unpacked. `refuses`: answers 422 to what it does not understand, since a person wrote
    the sender; other sources are told 202, for they would only lose the alert. `verify`: where the vendor signs,
    whether its signature of (body, headers) fits the secret. `given_in`: headers in which the vendor sends our token.
    """

    name: str
    parse: Parse
    limit: int = MEBIBYTE
    refuses: bool = False
    verify: Verify | None = None
    given_in: tuple[str, ...] = ()

    def read(self, body: bytes, headers: Mapping[str, str]) -> list[Alert]:
        """The alerts in `body`, in its order. Raises NotUnderstood."""
        return cleaned(self.parse(body, headers))


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        alertmanager.SOURCE: Source(alertmanager.SOURCE, alertmanager.parse, limit=16 * MEBIBYTE),
        azure_monitor.SOURCE: Source(azure_monitor.SOURCE, azure_monitor.parse),
        checkly.SOURCE: Source(checkly.SOURCE, checkly.parse, verify=checkly.verify),
        cloudwatch.SOURCE: Source(cloudwatch.SOURCE, cloudwatch.parse),
        datadog.SOURCE: Source(datadog.SOURCE, datadog.parse),
        elastalert.SOURCE: Source(elastalert.SOURCE, elastalert.parse),
        gcp_monitoring.SOURCE: Source(gcp_monitoring.SOURCE, gcp_monitoring.parse),
        generic.SOURCE: Source(generic.SOURCE, generic.parse, refuses=True),
        github.SOURCE: Source(github.SOURCE, github.reader(), limit=16 * MEBIBYTE, verify=github.verify),
        gitlab.SOURCE: Source(gitlab.SOURCE, gitlab.reader(), limit=16 * MEBIBYTE, given_in=(gitlab.TOKEN_HEADER,)),
        grafana.SOURCE: Source(grafana.SOURCE, grafana.reader(grafana.SOURCE), limit=16 * MEBIBYTE),
        grafana_legacy.SOURCE: Source(grafana_legacy.SOURCE, grafana.reader(grafana_legacy.SOURCE)),
        healthchecks.SOURCE: Source(healthchecks.SOURCE, healthchecks.parse),
        incidentio.SOURCE: Source(incidentio.SOURCE, incidentio.parse),
        kapacitor.SOURCE: Source(kapacitor.SOURCE, kapacitor.parse),
        netdata.SOURCE: Source(netdata.SOURCE, netdata.parse),
        newrelic.SOURCE: Source(newrelic.SOURCE, newrelic.parse),
        oncall.SOURCE: Source(oncall.SOURCE, oncall.parse),
        opsgenie.SOURCE: Source(opsgenie.SOURCE, opsgenie.parse),
        pagerduty.SOURCE: Source(pagerduty.SOURCE, pagerduty.parse, verify=pagerduty.verify),
        pingdom.SOURCE: Source(pingdom.SOURCE, pingdom.parse),
        sentry.SOURCE: Source(sentry.SOURCE, sentry.parse, verify=sentry.verify),
        slack.SOURCE: Source(slack.SOURCE, slack.parse),
        statuscake.SOURCE: Source(statuscake.SOURCE, statuscake.parse, verify=statuscake.verify),
        supabase.SOURCE: Source(supabase.SOURCE, supabase.parse, limit=16 * MEBIBYTE),
        uptime_kuma.SOURCE: Source(uptime_kuma.SOURCE, uptime_kuma.parse),
        uptimerobot.SOURCE: Source(uptimerobot.SOURCE, uptimerobot.parse),
        zabbix.SOURCE: Source(zabbix.SOURCE, zabbix.parse),
    }
)
