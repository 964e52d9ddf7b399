# SPDX-License-Identifier: GPL-2.0-only
"""Name the rules that a campaign is made with, and what the ledger goes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinlib.base.edits import Edit, Extract, ExtractAlloc, ORDER
from pinlib.base.resources import COCCI
from pinlib.rewrite import ledger
from pinlib.spatch import in_convert_rules

Plan = Sequence[Mapping[str, Any]]


def _none(_: Plan) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class RuleSet:
    """Rules that one process of Coccinelle runs.

    order: their files, in the order they run in. by_place: those that need no
    marks. idle: of a plan, the rules that would leave all of it alone. marked:
    the marks stand in the text that Coccinelle is given, and no rule makes them.
    """

    folder: Path
    order: tuple[str, ...]
    ledger: Path
    by_place: frozenset[str] = frozenset()
    idle: Callable[[Plan], frozenset[str]] = _none
    marked: bool = False

    def needed(self, edits: Sequence[Edit]) -> list[Path]:
        """List the rule files that edits need, in their order."""
        wanted = {name for edit in edits for name in edit.needs}
        wanted |= {"refuse"} if any(
            isinstance(e, (Extract, ExtractAlloc)) and e.refusal
            for e in edits) else set()
        wanted |= {"mark"} if wanted - self.by_place else set()
        return [path for path in self.all() if path.stem in wanted]

    def all(self) -> list[Path]:
        """List all rule files, in their order."""
        return [self.folder / f"{name}.cocci" for name in self.order]


PINS = RuleSet(COCCI / "convert", ORDER, ledger.RULES,
               frozenset(("pin_member", "give_back")), in_convert_rules.idle)


def of_campaign(name: str) -> RuleSet:
    """Return the rules of a campaign, which go by marks and so in any order.

    A rule cannot make the marks: none can stand on a member both in expressions
    and in initialisers, and behind the first that changes a function places do
    not hold.
    """
    folder = COCCI / "campaigns" / name
    return RuleSet(folder, tuple(sorted(
        path.stem for path in folder.glob("*.cocci"))), folder / "ledger.txt",
        marked=True)
