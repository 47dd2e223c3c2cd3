"""How long the judgement on one alert takes: on texts seen for the first time, and on texts seen before.

    python -m benchmarks.classification

Over the shipped tables of examples, with the default rules; the best of many rounds, in microseconds an alert.
"""

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import yaml

from bot.alert import Alert, AlertStatus
from bot.classification import DEFAULT_RULES, classify, reading
from bot.target import Environment

TABLE = Path(__file__).parent.parent / "tests" / "samples" / "classification.yaml"
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
ENVIRONMENTS = {name: Environment(name, name) for name in ("dev", "staging", "prod")}


def alerts() -> list[Alert]:
    examples = [{**each} for each in yaml.safe_load(TABLE.read_text("utf-8"))]
    return [
        Alert(source="generic", dedup_key="k", status=AlertStatus(each.pop("status", "firing")),
              **{name: value for name, value in each.items() if name not in ("expected", "source", "at")})
        for each in examples
    ]  # fmt: skip


def once(given: list[Alert], *, forgetful: bool) -> float:
    """Microseconds an alert."""
    began = perf_counter()
    for each in given:
        if forgetful:
            reading.forget()
        classify(each, DEFAULT_RULES, ENVIRONMENTS, {}, NOW)
    return (perf_counter() - began) / len(given) * 1e6


def main() -> None:
    given = alerts()
    for name, forgetful, rounds in (("new texts", True, 10), ("texts seen before", False, 50)):
        print(f"{name:<20}{min(once(given, forgetful=forgetful) for _ in range(rounds)):8.1f} µs an alert")


if __name__ == "__main__":
    main()
