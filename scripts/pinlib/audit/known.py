# SPDX-License-Identifier: GPL-2.0-only
"""Name findings for all versions of the code, and know those that are accepted.

An id has no line: what is wrong, file, function, and the number of that kind in
the function.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.errors import UsageError
from pinlib.decide import reviewed_answers
from pinlib.decide.bugs.findings import Finding

_FIELDS = {"finding", "reason", "who", "when"}


def named(found: list[Finding]) -> dict[str, Finding]:
    """Return findings by their ids, in the order of their lines."""
    counts: Counter[str] = Counter()
    made = {}
    for item in sorted(found, key=lambda f: (f.file, f.line, f)):
        counts[item.id] += 1
        made[f"{item.id}#{counts[item.id]}"] = item
    return made


@dataclass
class Accepted:
    """The findings that whoever read the code lets stand, and why.

    entries: the reason by id.
    """

    entries: dict[str, str]

    def of(self, found: list[Finding]) -> list[tuple[Finding, str]]:
        """Return the accepted ones of all findings of a tree."""
        return [(item, self.entries[name]) for name, item in named(found).items()
                if name in self.entries]

    def others(self, found: list[Finding]) -> list[Finding]:
        """Return those that nobody has accepted."""
        return sorted(item for name, item in named(found).items()
                      if name not in self.entries)

    def stale(self, found: list[Finding]) -> list[str]:
        """Return the ids that name no finding any more."""
        return sorted(set(self.entries) - set(named(found)))


def load(path: Path | None) -> Accepted:
    """Read the [[finding]] entries of a decisions file."""
    if path is None:
        return Accepted({})
    entries: dict[str, str] = {}
    for number, raw in enumerate(reviewed_answers.entries(path, "finding"), 1):
        where = f"{path}: finding {number}"
        if not isinstance(raw, dict) or set(raw) != _FIELDS or not all(
                isinstance(v, str) and v for v in raw.values()):
            raise UsageError(f"{where}: wants the texts "
                             f"{', '.join(sorted(_FIELDS))}")
        if raw["finding"] in entries:
            raise UsageError(f"{where}: {raw['finding']} is accepted twice")
        entries[raw["finding"]] = f"Accepted by {raw['who']}, {raw['when']}: " \
            f"{raw['reason']}"
    return Accepted(entries)
