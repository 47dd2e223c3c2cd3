"""The shape of a runbook's file (msgspec), and its JSON Schema."""

from typing import Annotated, Any, Literal

import msgspec

from bot.procedure import CATALOGUE, Act

Words = Annotated[str, msgspec.Meta(min_length=1)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
Given = str | int
Label = Annotated[str, msgspec.Meta(max_length=40)]  # of a button


class ParameterFile(msgspec.Struct, forbid_unknown_fields=True):
    """What whoever starts the runbook may tell, as `version=v3`."""

    about: str = ""
    required: bool = False
    default: Given = ""


class ConditionFile(msgspec.Struct, forbid_unknown_fields=True):
    """All that is written here must hold, else the step is skipped."""

    step: str = ""
    was: Literal["done", "failed", "skipped"] = "done"
    environments: list[str] = []
    given: str = ""


class GotoFile(msgspec.Struct, forbid_unknown_fields=True):
    """A failure leads to the step with this id."""

    goto: str


class StepFile(msgspec.Struct, forbid_unknown_fields=True, rename={"given": "with", "only_if": "if"}):
    """Either `do`, an action of the desk with its parameters under `with`, or `ask`, a question to a person.

    `approval`: only with `ask`; yes is said as a plan is approved: by who may, in production by a second person.
    `done` and `failed`, only with `ask`: what its two buttons say; the second leads to `on_failure`.
    """

    title: str = ""
    id: Id | None = None
    do: Act | None = None
    ask: str = ""
    done: Label = ""
    failed: Label = ""
    given: dict[str, Given] = {}
    only_if: ConditionFile | list[ConditionFile] = []
    unless: ConditionFile | list[ConditionFile] = []
    on_failure: Literal["stop", "continue"] | GotoFile = "stop"
    approval: bool = False


class FitFile(msgspec.Struct, forbid_unknown_fields=True):
    """The incidents it is suggested on. `title`: a regular expression, case and accents apart."""

    title: Words
    priorities: list[Literal["P1", "P2", "P3"]] = []
    environments: list[str] = []
    services: list[str] = []


class RunbookFile(msgspec.Struct, forbid_unknown_fields=True):
    """A runbook. `safe`: it only looks, so that it may start by itself on the incidents it fits."""

    title: Words
    steps: Annotated[list[StepFile], msgspec.Meta(min_length=1, max_length=60)]
    about: str = ""
    guide: str = ""
    parameters: dict[str, ParameterFile] = {}
    fits: FitFile | None = None
    safe: bool = False


class Headings(msgspec.Struct):
    """Everything but the steps, which are checked one by one: a mistake in one hides none in another."""

    title: Words
    about: str = ""
    guide: str = ""
    parameters: dict[str, ParameterFile] = {}
    fits: FitFile | None = None
    safe: bool = False


def schema() -> dict[str, Any]:
    """The JSON Schema of a runbook, as it is published in runbooks/library/schema.json."""
    made = msgspec.json.schema(RunbookFile)
    step = made["$defs"]["StepFile"]
    step["oneOf"] = [
        {"required": ["do"], "not": {"required": ["ask"]}},
        {"required": ["ask"], "not": {"required": ["do"]}},
    ]
    step["allOf"] = [
        {
            "if": {"properties": {"do": {"const": act.value}}, "required": ["do"]},
            "then": {"properties": {"with": {
                "propertyNames": {"enum": sorted(kind.known)}, "required": sorted(kind.required),
            }}, "required": ["with"] if kind.required else []},
        }
        for act, kind in CATALOGUE.items()
    ]  # fmt: skip
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "ÉcoTrajet runbook", **made}
