# SPDX-License-Identifier: GPL-2.0-only
"""Prove that pages are still held when an entry point returns to user space.

One way from an entry point to the acquisition is enough: on it the pages are
kept whenever all goes well, and only other entry points drop them. What runs
when something completes must not be among these, or must not know of the pages.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.kernel import effects
from pinlib.paths.always_drops import Stores
from pinlib.paths.kept.all_callers import AllCallers, parameter
from pinlib.paths.caller_release import leads, meet, steps_from
from pinlib.paths.kept import last_reference
from pinlib.paths.kept.fresh_objects import Fresh
from pinlib.paths.kept.own_reference import OwnReferences
from pinlib.paths.rest_drops import leave_rest
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Watch, watch
from pinlib.program import callers, cfg
from pinlib.program.cfg import StepKind
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, Resolver
from pinlib.program.program import Program

WAYS = 300
MOST = 150

Key = tuple[str, str]
# What must reach zero for a drop, and which parameter has it.
Count = tuple[Location, int]


@dataclasses.dataclass(frozen=True)
class Link:
    """One call on the way to the acquisition."""

    caller: Function
    use: Use

    @property
    def place(self) -> tuple[Key, int, int]:
        """Return what identifies the call."""
        return (self.caller.key, self.use.statement.start, self.use.node.token)


@dataclasses.dataclass
class Drops:
    """What drops pages, seen from one way to the acquisition.

    calls: in each function the calls, of others, that do; counts: what each of
    these functions drops only with the last reference; roots: the entry points
    above that do not come by the acquisition; handed: whether something above
    may be called at any time.
    """

    calls: dict[Key, dict[int, Use]] = dataclasses.field(default_factory=dict)
    counts: dict[Key, Count | None] = dataclasses.field(default_factory=dict)
    roots: set[Key] = dataclasses.field(default_factory=set)
    handed: bool = False


class KeptAcross:
    """The ways to one acquisition, and what drops its pages."""

    def __init__(self, program: Program, resolver: Resolver, site: CallSite,
                 releases: list[Event]) -> None:
        self.program = program
        self.resolver = resolver
        self.site = site
        self.releases = releases
        self.callers = AllCallers(program, resolver)
        self.references = OwnReferences(program, resolver)
        self._above = self._all_above()
        self._all = self._drops(None)
        self._walked: dict[tuple[object, tuple[str, ...]],
                           tuple[str, ...]] = {}

    def proven(self) -> bool:
        """Say whether one entry point leaves the pages to others.

        The shortest ways are tried first.
        """
        later = [r for r in self.releases
                 if r.function.key != self.site.function.key]
        if not later or len(self._above) > MOST:
            return False
        ways: list[tuple[list[Link], tuple[str, ...]]] = [([], ())]
        for chain, taken in ways:
            results = self._through(chain[-1] if chain else None, taken)
            if not results:
                continue
            top = chain[-1].caller if chain else self.site.function
            above = self.callers.above(top)
            if (above.entry and not above.handed
                    or self._outlived(top)) and \
                    self._left_to_others(top, chain):
                return True
            seen = {self.site.function.key, *(k.caller.key for k in chain)}
            more = [Link(caller, use) for caller, use in above.calls
                    if caller.key not in seen]
            ways += [([*chain, link], results)
                     for link in more[:max(0, WAYS - len(ways))]]
        return False

    def _outlived(self, top: Function) -> bool:
        """Say whether nobody is seen to call a function, and it is no matter who.

        All that drops the pages is called when an object goes that was made to
        be there from one call to the next.
        """
        return self.callers.above(top).none and not top.static and \
            not callers.exported(self.program, top) and \
            bool(self._all.roots) and all(
                self.callers.above(self.program.functions[key]).ending
                for key in self._all.roots)

    def _all_above(self) -> set[Key]:
        """Return the acquiring function and all above it."""
        seen = {self.site.function.key}
        work = [self.site.function]
        while work and len(seen) <= MOST:
            for caller, _ in self.callers.above(work.pop()).calls:
                if caller.key not in seen:
                    seen.add(caller.key)
                    work.append(caller)
        return seen

    def _left_to_others(self, top: Function, chain: list[Link]) -> bool:
        """Say whether only other entry points drop what one of them keeps."""
        drops = self._all
        if drops.handed:
            drops = self._drops(Fresh(self.program, self.resolver,
                                      self.callers, self.site, chain))
        return not drops.handed and (
            bool(drops.roots - {top.key})
            or any(self._elsewhere(k, drops) for k in chain))

    def _elsewhere(self, link: Link, drops: Drops) -> bool:
        """Say whether another arm of a function drops what was kept before."""
        function = link.caller
        here = link.use.statement.start
        takes = {here, *self._onward(function)}
        return any(not any(meet(function, at, t) for t in takes)
                   for at in drops.calls.get(function.key, {}) if at != here
                   ) or self._chosen(link, drops)

    def _chosen(self, link: Link, drops: Drops) -> bool:
        """Say whether one pointer's call takes or drops pages, and never both."""
        function, here = link.caller, link.use.statement.start
        return link.use.node.kind == Kind.MEMBER and any(
            user.key == function.key and use.statement.start == here
            for key in drops.counts.keys() - self._above
            for user, use in self.callers.above(
                self.program.functions[key]).calls) and \
            not leads(function, here, here)

    def _drops(self, fresh: Fresh | None) -> Drops:
        """Return what drops the pages, less what cannot know of them yet."""
        found = Drops()
        own = {self.site.function.key}
        work = []
        for event in self.releases:
            if event.function.key not in own | found.counts.keys():
                found.counts[event.function.key] = None
                work.append(event.function)
        while work and len(found.counts) <= MOST:
            function = work.pop()
            above = self.callers.above(function)
            apart = function.key not in self._above
            if (above.entry or above.ending) and apart:
                found.roots.add(function.key)
            found.handed |= above.none or any(
                fresh is None or not fresh.unknown_to(function, user, use)
                for user, use in above.handed) or \
                above.ending is not None and not above.ending.lasts
            for caller, use in [*above.calls, *self._puts(above.ending)]:
                if fresh is not None and fresh.not_from(function, caller, use):
                    continue
                if self._add(found, function, caller, use) and \
                        caller.key not in own:
                    work.append(caller)
        found.handed |= bool(work)
        return found

    def _puts(self, ending: effects.Counted | None) -> Iterator[
            tuple[Function, Use]]:
        """Yield what puts the only reference on the way to the acquisition."""
        if ending is None:
            return
        for key in sorted(self._above):
            function = self.program.functions[key]
            for at in self._onward(function):
                for use in last_reference.puts(self.program, ending, function,
                                               at, self._above):
                    yield function, use

    def _onward(self, function: Function) -> list[int]:
        """Return where a function goes on to the acquisition."""
        if function.key == self.site.function.key:
            return [self.site.statement.start]
        return [use.statement.start for name in sorted(
            {name for _, name in self._above}) for use in function.uses.get(
                name.partition("@")[0], ())]

    def _add(self, found: Drops, function: Function, caller: Function,
             use: Use) -> bool:
        """Note a call that drops pages; say whether that tells of its caller."""
        count = self._count(found, function, caller, use)
        # On the way one call that keeps the pages is enough.
        if count and self.references.held(caller, use, *count,
                                          caller.key in self._above):
            return False
        found.calls.setdefault(caller.key, {})[use.statement.start] = use
        place = parameter(caller, count[1]) if count else -1
        mine = (count[0], place) if count and place >= 0 else None
        if caller.key in found.counts and \
                found.counts[caller.key] in (mine, None):
            return False
        new = caller.key not in found.counts
        found.counts[caller.key] = mine if new else None
        return True

    def _count(self, found: Drops, function: Function, caller: Function,
               use: Use) -> tuple[Location, Node] | None:
        """Return the count that must reach zero at a call, and its object."""
        below = found.counts[function.key]
        given = use.argument(below[1]) if below else None
        if below and given is not None:
            return below[0], given
        return self.references.counted(caller, use)

    def _through(self, link: Link | None,
                 taken: tuple[str, ...]) -> tuple[str, ...]:
        """Return the results with which a function leaves the pages held.

        None of them if it may drop them on a way on which all goes well.
        """
        key = link and link.place, taken
        if key not in self._walked:
            watched = self._watch(link)
            found: set[str] = set()
            for one in [*taken] or [""]:
                walker = Endings(self.resolver, dataclasses.replace(
                    watched, taken=(one,)) if one else watched)
                if not walker.clear() or walker.drops or not walker.keeps:
                    found.clear()
                    break
                found |= walker.results
            self._walked[key] = tuple(sorted(found))
        return self._walked[key]

    def _watch(self, link: Link | None) -> Watch:
        """Return what to watch: each drop, but not where the pages go."""
        if link is None:
            made = watch(self.site, frozenset())
            made.moves = {}
            leave_rest(made, Stores(self.site.flow))
        else:
            made = Watch(link.caller, link.use.node.parent,
                         link.use.statement, "", True, ())
            for event in self.releases:
                if event.function.key == link.caller.key:
                    made.releases.setdefault(
                        event.statement.start, []).append(event)
        for use in self._all.calls.get(made.function.key, {}).values():
            made.releases.setdefault(use.statement.start, []).append(Event(
                EventKind.ARRAY_RELEASE, made.function, use.statement,
                use.node, self.site.event().location, use.call))
        return made


class Endings(Walker):
    """A walk that also tells whether pages are dropped where all goes well.

    results: what the function may return while they are held.
    """

    def __init__(self, resolver: Resolver, watched: Watch) -> None:
        super().__init__(resolver, watched)
        self.drops = False
        self.results: set[str] = set()
        self._left: set[int] = set()

    def clear(self) -> bool:
        """Walk; say whether it was not too much, and met every way out.

        A loop whose condition is a call may seem never to end.
        """
        return self.run() is self.mistakes and self._left >= {
            s.start for s in steps_from(
                self.function, self.watch.statement.start, [])
            if s.kind in (StepKind.RETURN, StepKind.END)}

    def _leave(self, step: cfg.Step, state: Any) -> None:
        self._left.add(step.start)
        if state.got not in self.watch.taken:
            return
        before, self.keeps = self.keeps, False
        known = set(self.mistakes)
        super()._leave(step, state._replace(held=state.got))
        well, self.keeps = self.keeps, before
        if not state.held:
            self.mistakes &= known
        if not well:
            return
        if not state.held:
            self.drops = True
            return
        self.keeps = True
        value = self._returned(step, state)
        pointer = types.depth_of(self.function.type) > 0
        self.results |= {"pos"} if pointer else {
            "pos" if v not in ("neg", "zero") else v
            for v in value or ("zero", "pos") if v != "neg"}
