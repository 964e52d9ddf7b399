# SPDX-License-Identifier: GPL-2.0-only
"""Define the edit of a campaign, whose operations stand in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pinlib.base.edit.kinds import Edit


@dataclass(frozen=True)
class Declared(Edit):
    """An operation that a campaign declares, at a token.

    operation: its name in the campaign's ledger.txt. rule: the file that makes
    it, by its name alone; "" where the token becomes what is new, as text.
    fields: what else the plan says, by name.
    """

    operation: str
    rule: str
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def does(self) -> str:
        """Return the name of the operation."""
        return self.operation

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the rules that may make it; none: it is edited as text."""
        return (self.rule,) if self.rule else ()

    def field(self, name: str) -> str:
        """Return what the plan says under a name, "" where it says nothing."""
        return dict(self.fields).get(name, "")

    def to_json(self) -> dict[str, str | int]:
        """Return the edit as it is in plan.json."""
        return {"op": self.operation, "file": self.file, "line": self.line,
                "column": self.column, "token": self.token,
                **dict(self.fields)}


def declared(place: tuple[str, int, int, str], operation: str, rule: str,
             **fields: str) -> Declared:
    """Return the edit at a place: file, line, column and token."""
    return Declared(*place, operation, rule, tuple(fields.items()))


def from_json(raw: Mapping[str, str | int],
              rules: Mapping[str, str]) -> Declared:
    """Read one edit of a plan; rules: which file makes each operation."""
    values = {name: str(value) for name, value in raw.items()}
    operation = values.pop("op")
    return declared((values.pop("file"), int(values.pop("line")),
                     int(values.pop("column")), values.pop("token")),
                    operation, rules[operation], **values)
