"""A contract for import-linter: the table "who may import whom" in pyproject.toml, taken literally.

Each rule reads `part, part -> part, part`. Whatever is not allowed is forbidden, and a module without a rule is a
breach, so that the table stays complete. The built-in contracts list what is forbidden, and forget.
"""

import sys
from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ROOTS = frozenset({"bot", "handlers", "runbooks"})  # hold a docstring and nothing else


class AllowedContract(Contract):
    """`words`: modules that rules may call `words`; they import nothing but each other and the standard library."""

    type_name = "allowed"

    words = fields.SetField(subfield=fields.StringField())
    rules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        table = self._table()
        ours = sorted(module for module in graph.modules if not graph.is_module_squashed(module))
        breaches = [breach for module in ours for breach in self._breaches(graph, table, module)]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def _breaches(self, graph: ImportGraph, table: dict[str, frozenset[str]], module: str) -> Iterator[str]:
        part = part_of(module, table)
        if part is None:
            yield f"{module} has no rule"
            return
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            if not self._allowed(graph, part, table[part], imported):
                yield f"{module} imports {imported}, which {part} may not"

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(f"- {breach}", bold=False)

    def _table(self) -> dict[str, frozenset[str]]:
        words = frozenset(str(word) for word in self.words)  # type: ignore[attr-defined]  # fields become values
        table: dict[str, frozenset[str]] = {**dict.fromkeys(ROOTS, frozenset()), **dict.fromkeys(words, words)}
        for rule in self.rules:  # type: ignore[attr-defined]  # fields become values
            importers, _, imported = str(rule).partition("->")
            may = frozenset(names(imported))
            for importer in names(importers):
                allowed = may - {"words"} | (words if "words" in may else frozenset())
                table[importer] = table.get(importer, frozenset()) | allowed
        return table

    def _allowed(self, graph: ImportGraph, part: str, may: frozenset[str], imported: str) -> bool:
        if graph.is_module_squashed(imported):  # not ours
            return part not in self.words or imported in sys.stdlib_module_names  # type: ignore[operator]  # a set here
        if "everything" in may or imported in ROOTS:
            return True
        return any(inside(imported, other) for other in {part, *may})


def names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def inside(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def part_of(module: str, table: dict[str, frozenset[str]]) -> str | None:
    """The most exact rule for `module`; the root packages, which hold others, need none of their own."""
    if module in ROOTS:
        return module
    found = [part for part in table if inside(module, part) and part != "bot"]
    return max(found, key=len, default=None)
