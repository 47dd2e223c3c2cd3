"""The YAML file as plain data, with the line on which each key stands.

Read by the rules of YAML 1.2: `no` is a word, `10:30` is a time and not 630, `+33…` is a
telephone number and not an integer.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from bot.config.problems import Problems, Where

REFERENCE: Final = re.compile(r"(?:env:(?P<env>[A-Z_][A-Z0-9_]*)|file:(?P<file>/.+))")
INT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)$")
FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+$")


try:
    from yaml import CSafeLoader as QuickSafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as QuickSafeLoader  # type: ignore[assignment]  # the same, ten times slower


class PlainLoader(yaml.SafeLoader):
    """YAML's core types only."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own way


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|True|false|False)$"), list("tTfF"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", INT, list("-0123456789"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-0123456789"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"<<$"), ["<"])


class QuickLoader(QuickSafeLoader):
    """The same by libyaml."""

    yaml_implicit_resolvers = PlainLoader.yaml_implicit_resolvers


def read(text: str, environ: Mapping[str, str], problems: Problems) -> dict[str, object]:
    """The file's content with `env:NAME` and `file:/path` replaced; notes problems and lines in `problems`."""
    try:
        loader, node = _composed(text)
        if node is None:
            return {}
        for where, line in _lines(node, (), problems, ()):
            problems.lines[where] = line
        if problems.holds_itself:
            return {}
        data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or "cannot be read"
        problems.add((), f"not valid YAML: {said}", line=mark.line + 1 if mark else None)
        return {}
    except yaml.YAMLError:  # characters that YAML does not allow
        problems.add((), "not valid YAML: it holds characters that no text has")
        return {}
    if not isinstance(data, dict):
        problems.add((), "must be a mapping of sections, such as `people:` and `services:`")
        return {}
    resolved = _resolve(data, (), environ, problems)
    return resolved if isinstance(resolved, dict) else {}


def _composed(text: str) -> tuple[PlainLoader | QuickLoader, yaml.Node | None]:
    """By libyaml; what that does not take is read again by PyYAML, which says better what is wrong."""
    try:
        quick = QuickLoader(text)
        return quick, quick.get_single_node()
    except yaml.YAMLError:
        loader = PlainLoader(text)
        return loader, loader.get_single_node()


def _lines(
    node: yaml.Node, where: Where, problems: Problems, above: tuple[yaml.Node, ...]
) -> Iterator[tuple[Where, int]]:
    if any(node is each for each in above):
        problems.add(where, "an alias that holds itself")
        problems.holds_itself = True
        return
    above = (*above, node)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line, name = key.start_mark.line + 1, str(key.value)
            if name in seen and name != "<<":
                problems.add((*where, name), f"written twice (first on line {seen[name]})", line=line)
            seen.setdefault(name, line)
            yield (*where, name), line
            yield from _lines(value, (*where, name), problems, above)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield (*where, position), item.start_mark.line + 1
            yield from _lines(item, (*where, position), problems, above)


def _resolve(value: object, where: Where, environ: Mapping[str, str], problems: Problems) -> object:
    match value:
        case dict():
            return {str(k): _resolve(v, (*where, str(k)), environ, problems) for k, v in value.items()}
        case list():
            return [_resolve(v, (*where, i), environ, problems) for i, v in enumerate(value)]
        case str():
            found = REFERENCE.fullmatch(value)
            return value if found is None else _refer(found, where, environ, problems)
        case _:
            return value


def _refer(found: re.Match[str], where: Where, environ: Mapping[str, str], problems: Problems) -> object:
    if name := found["env"]:
        if name in environ:
            return environ[name]
        problems.add(where, f"the environment variable {name} is not set")
        return ""
    try:
        return Path(found["file"]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        problems.add(where, f"the file {found['file']} cannot be read: {reason}")
        return ""
