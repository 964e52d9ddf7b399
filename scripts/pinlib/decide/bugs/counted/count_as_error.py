# SPDX-License-Identifier: GPL-2.0-only
"""Find callers that take the number of pages pinned for an error.

A helper returns how many it took, and never 0; its caller leaves on anything else
than 0. What follows is never reached, and the pages stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pinlib.csource.expr import bare_test
from pinlib.csource.value_sets import Values
from pinlib.decide.bugs.in_callers import receiver
from pinlib.flow.call_sites import CallSite
from pinlib.paths.walker import Walker
from pinlib.paths.watch import helpers, watch
from pinlib.program import cfg
from pinlib.program.callers import calls
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver
from pinlib.program.program import Program

_TAKEN = frozenset(("part", "full", "one"))


class Returning(Walker):
    """A walk that collects what the function may return."""

    returned: Values | None = frozenset()

    def _leave(self, step: cfg.Step, state: Any) -> None:
        super()._leave(step, state)
        value = self._returned(step, state)
        self.returned = None if value is None or self.returned is None \
            else self.returned | value


def of(program: Program, resolver: Resolver,
       site: CallSite) -> Iterator[tuple[Function, Statement]]:
    """Yield each caller, with the first statement that it never reaches."""
    if "iov_iter" in site.api or program.is_ambiguous(site.function):
        return
    walker = Returning(resolver, watch(site, helpers(program, site)))
    if walker.run() is not walker.mistakes:
        return
    value = walker.returned
    if not value or "zero" in value or not value & _TAKEN:
        return
    for caller, use in calls(program, site.function):
        name = receiver(use)
        if not name or not caller.is_local(name):
            continue
        behind = [s for s in caller.statements
                  if s.start > use.statement.start and _after(s, name)]
        if behind and not any(u.setting and u.statement.start > use.statement.start
                              and u.statement.start < behind[0].start
                              for u in caller.uses.get(name, ())):
            yield caller, min(behind, key=lambda s: s.start)


def _after(statement: Statement, name: str) -> bool:
    """Say whether a statement is only reached where a variable is 0."""
    return any(str(test) == name and not holds for test, holds in (
        bare_test(g.test, g.holds)
        for g in statement.function.guards_at(statement.start)))
