# SPDX-License-Identifier: GPL-2.0-only
"""Find a flag that the acquiring function leaves in its caller's variable.

`*drop = 1` where pages are taken, and a release that tests `drop`: whatever else
the function may put into the array is not released there.
"""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.csource.expr import Kind, Node
from pinlib.flow.conditions import ZERO, known_tests, together
from pinlib.flow.graph import Event, Flow
from pinlib.flow.points_to import values
from pinlib.paths import branches
from pinlib.program.function import Function
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

DEPTH = 4


@dataclass(frozen=True)
class Marks:
    """The flags of one acquisition; others: where other pages come in."""

    program: Program
    resolver: Resolver
    flow: Flow
    site: Event
    others: list[Event]

    def at(self, function: Function, start: int, location: Location,
           level: int = 0) -> str | None:
        """Return why a place is reached for these pages alone, or None."""
        for test in known_tests(self.resolver, function, start):
            if test.holds and not test.equals and \
                    test.subject.kind == LocationKind.VAR and \
                    self._marks(test.subject):
                return (f"line {test.line}: {test.subject.name} is set by "
                        f"{self.site.function.name}() for these pages alone")
        passed = self.flow.params.get(location, [])
        reasons = []
        for caller, statement, argument in passed if level < DEPTH else ():
            where = self.resolver.locate(caller, argument)
            reasons.append(where and self.at(
                caller, statement.start, where[0], level + 1))
        return reasons[0] if reasons and all(reasons) else None

    def _marks(self, subject: Location) -> bool:
        """Say whether a local is only non-zero after one call that got pages."""
        taker = self.site.function
        owner = self.program.function(subject.file, subject.owner)
        if owner is None or not owner.is_local(subject.name) or any(
                v.value not in ZERO for _, v in values(owner, subject.name)):
            return False
        calls = []
        indexes = set()
        for use in owner.uses.get(subject.name, []):
            above = use.node.parent
            if above is None or above.kind == Kind.BINARY or above.value == "!":
                continue
            call = above.parent
            if above.kind == Kind.ASSIGN and above.kids[0] is use.node:
                continue
            if above.kind != Kind.UNARY or above.value != "&" or call is None or \
                    call.kind != Kind.CALL or call.kids[0].value != taker.name:
                return False
            calls.append(use.statement.start)
            indexes.add(next(i for i, k in enumerate(call.kids[1:])
                             if k is above))
        # A second call could leave the mark of the first with other pages.
        if any(not branches.other_arm(owner, a, b)
               for a in calls for b in calls if a < b):
            return False
        return len(indexes) == 1 and self._set_with(indexes.pop())

    def _set_with(self, index: int) -> bool:
        """Say whether a parameter's target is set only with the pages."""
        taker, site = self.site.function, self.site.statement
        if index >= len(taker.params) or any(
                o.function.key != taker.key for o in self.others):
            return False
        found = False
        for use in taker.uses.get(taker.params[index][1], []):
            assign = use.node.parent.parent if use.node.parent else None
            if assign is None or assign.kind != Kind.ASSIGN or \
                    str(assign.kids[0]) != str(Node(Kind.UNARY, "*", [use.node])):
                return False
            if assign.kids[1].value in ZERO:
                continue
            if not together(taker, use.statement, site) or any(
                    together(taker, use.statement, o.statement)
                    for o in self.others):
                return False
            found = True
        return found
