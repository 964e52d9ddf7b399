# SPDX-License-Identifier: GPL-2.0-only
"""Define the edit whose operation is one that a campaign declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Declared:
    """One planned change, at a token of the old text.

    op: an operation of the campaign's ledger. fields: what its slots are given.
    """

    op: str
    file: str
    line: int
    column: int
    token: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, str | int]:
        """Return the edit as it is in plan.json."""
        return {"op": self.op, "file": self.file, "line": self.line,
                "column": self.column, "token": self.token, **self.fields}
