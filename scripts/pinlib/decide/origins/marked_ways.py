# SPDX-License-Identifier: GPL-2.0-only
"""Find on which ways out of an acquiring function a mark of its object is set."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pinlib.csource import types, value_sets
from pinlib.csource.value_sets import Values
from pinlib.flow.call_sites import CallSite
from pinlib.paths.walker import Walker
from pinlib.paths.watch import helpers, watch
from pinlib.program import cfg
from pinlib.program.function import Statement
from pinlib.program.locations import Resolver

# No text of the function is this.
_MARK = "(mark)"


class MarkedWays(Walker):
    """A walk that notes what a mark is where the function is left.

    always: it is set wherever pages are held then; alone: and not where there are
    none, unless all went well: nobody goes on to get others then.
    sets, clears: where the function does so.
    """

    def __init__(self, resolver: Resolver, site: CallSite,
                 sets: Collection[int], clears: Collection[int]) -> None:
        seen = watch(site, helpers(resolver.program, site))
        # Wherever the pages are put, they are held.
        seen.moves = {}
        super().__init__(resolver, seen)
        self._made = dict.fromkeys(sets, value_sets.TRUE) | dict.fromkeys(
            clears, value_sets.ZERO)
        self.always = self.alone = True
        if self.run() is not self.mistakes:
            self.always = self.alone = False

    def _do(self, statement: Statement, state: Any) -> list[Any]:
        after: list[Any] = super()._do(statement, state)
        value = self._made.get(statement.start)
        return after if value is None else [s._replace(
            env=tuple(sorted({**dict(s.env), _MARK: value}.items())))
            for s in after]

    def _leave(self, step: cfg.Step, state: Any) -> None:
        value = dict(state.env).get(_MARK, value_sets.ZERO)
        if state.held and value == value_sets.ZERO:
            self.always = False
        if not state.held and value != value_sets.ZERO and \
                not self._well(self._returned(step, state)):
            self.alone = False
        super()._leave(step, state)

    def _well(self, value: Values | None) -> bool:
        """Say whether a result is surely one of success."""
        kind = self.function.type
        return value is not None and bool(value) and (
            value == value_sets.POS if "bool" in kind or types.depth_of(kind)
            else not value & value_sets.NEG)
