# SPDX-License-Identifier: GPL-2.0-only
"""Prove on every way to a place whether pages are held there, and how many."""

from __future__ import annotations

from pinlib.csource import value_sets
from pinlib.csource.expr import Node
from pinlib.csource.value_sets import Values
from pinlib.decide.bugs.counted import release_counts
from pinlib.flow.call_sites import CallSite
from pinlib.paths.walker import Walker
from pinlib.paths.watch import State, for_moved, helpers, watch
from pinlib.program import cfg
from pinlib.program.locations import Resolver

_TAKEN = frozenset({"part", "full", "one"})
_NONE = frozenset({"neg", "zero"})


class HeldAt(Walker):
    """A walk that notes how a place is reached; number: what tells how many."""

    def __init__(self, resolver: Resolver, site: CallSite, place: int,
                 number: Node) -> None:
        program = resolver.program
        seen = watch(site, helpers(program, site) - for_moved(site))
        seen.counts = release_counts.of(program, site)
        super().__init__(resolver, seen)
        self.place = place
        self.number = number
        self._came: list[tuple[cfg.Step, State]] = []

    def _go(self, step: cfg.Step,
            state: State) -> list[tuple[cfg.Step, State]]:
        if step.unfolded is None and step.start <= self.place < step.end:
            self._came.append((step, state))
        return super()._go(step, state)

    def guard(self) -> bool | None:
        """Say whether the number may tell that there are none.

        None unless it tells on every way how many are held. Those of an
        earlier round are not meant.
        """
        self._came.clear()
        self.run()
        if self.gave_up or not self._came:
            return None
        found = set()
        for _, state in self._came:
            value, here = self._told(state), state.held in _TAKEN
            if not value or not value <= (_TAKEN if here else _NONE):
                return None
            found.add(here)
        return None if True not in found else False in found

    def lost(self) -> bool:
        """Say whether nobody drops on any way what is held at the place."""
        work = [(step, state) for step, state in self._came
                if state.held in _TAKEN]
        seen = set(work)
        while work:
            step, state = work.pop()
            for follower in self._go(step, state):
                if not follower[1].held or len(seen) > self.limit:
                    return False
                if follower not in seen:
                    seen.add(follower)
                    work.append(follower)
        return True

    def _told(self, state: State) -> Values | None:
        return value_sets.evaluate(self.number, dict(state.env), self._unsigned)
