"""The sections `promotions` and `after_deployment`: when production gets something new, and what is watched then."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from bot.aftermath import Aftermath
from bot.config.models import Section, day
from bot.train import FRIDAY, Train

ANY: Final = frozenset({"any", "all", "tous", "toujours"})


def days_of(value: object) -> frozenset[int]:
    """`friday`, `[tuesday, vendredi]`; `any`: all of them are as good."""
    listed = value if isinstance(value, list) else [value]
    if {str(each).strip().casefold() for each in listed} <= ANY and listed:
        return frozenset()
    found = frozenset(day(each) for each in listed)
    if not found:
        raise ValueError("must be days of the week, such as [friday], or any")
    return found


class PromotionsSection(Section):
    """On other days a promotion needs a reason."""

    days: Annotated[frozenset[int], BeforeValidator(days_of)] = frozenset({FRIDAY})


class AfterDeploymentSection(Section):
    """`error_lines`: in a minute; 0: logs are not counted. `times`: as many as the replaced version wrote, at least."""

    error_lines: Annotated[int, Field(ge=0, le=1000, strict=True)] = 20
    times: Annotated[float, Field(ge=1, le=100)] = 3


def train(section: PromotionsSection) -> Train:
    return Train(section.days)


def aftermath(section: AfterDeploymentSection) -> Aftermath:
    return Aftermath(section.error_lines, section.times)
