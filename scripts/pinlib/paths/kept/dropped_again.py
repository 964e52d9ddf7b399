# SPDX-License-Identifier: GPL-2.0-only
"""Prove that pages are dropped before any entry point returns with success.

On each way up from the acquisition, a function drops the pages of the very
object that it had filled, on every path on which all went well.
"""

from __future__ import annotations

import dataclasses

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import values
from pinlib.paths.kept.all_callers import AllCallers
from pinlib.paths.always_drops import Stores, droppers
from pinlib.paths.kept.kept_across import Endings, Link
from pinlib.paths.rest_drops import leave_rest
from pinlib.paths.watch import Watch, watch
from pinlib.program.function import Function, Use
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program

MOST = 60


class DroppedAgain:
    """What the functions above one acquisition do with its pages."""

    def __init__(self, program: Program, resolver: Resolver, site: CallSite,
                 releases: list[Event]) -> None:
        self.resolver = resolver
        self.site = site
        self.releases = releases
        self.callers = AllCallers(program, resolver)
        # What holds the pages: these structures, or an array.
        self._tags = {"page", *(
            where.owner for where in site.flow.locations
            if where.kind == LocationKind.MEM)}
        self._drops = droppers(program, [
            r for r in releases if r.function.key != site.function.key])

    def proven(self) -> bool:
        """Say whether no way up ends with the pages held."""
        made = watch(self.site, frozenset())
        made.moves = {}
        if any(r.function.key != self.site.function.key
               for r in self.releases):
            leave_rest(made, Stores(self.site.flow))
        work = [(self.site.function, self._results(made, made.taken))]
        seen: set[tuple[object, tuple[str, ...]]] = set()
        while work:
            function, results = work.pop()
            if results is None or len(seen) > MOST:
                return False
            if not results:
                continue
            above = self.callers.above(function)
            if above.entry or above.first or above.handed or not above.calls:
                return False
            for caller, use in above.calls:
                link = Link(caller, use)
                if (link.place, results) in seen:
                    continue
                seen.add((link.place, results))
                found = [self._results(self._watch(link, one), (one,))
                         for one in results]
                for after in found:
                    work.append((caller, after))
        return True

    def _results(self, watched: Watch,
                 taken: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the results with pages held; None if some path is not clear."""
        walker = Endings(self.resolver, dataclasses.replace(
            watched, taken=taken))
        if not walker.clear() or any(
                m.kind == "leak" for m in walker.mistakes):
            return None
        if walker.keeps:
            return tuple(sorted(walker.results)) or ("pos", "zero")
        return () if walker.drops else None

    def _watch(self, link: Link, taken: str) -> Watch:
        """Return what to watch in a caller: the drops of what it had filled."""
        caller = link.caller
        made = Watch(caller, link.use.node.parent, link.use.statement, "", True,
                     (taken,))
        filled = self._object(caller, link.use)
        if not filled:
            return made
        for event in self.releases:
            if event.function.key == caller.key and \
                    str(_root(event.node)) == filled.lstrip("&"):
                made.releases.setdefault(
                    event.statement.start, []).append(event)
        for name in sorted(self._drops):
            for use in caller.uses.get(name, ()):
                if use.call is not None and \
                        self._object(caller, use) == filled:
                    made.releases.setdefault(use.statement.start, []).append(
                        Event(EventKind.ARRAY_RELEASE, caller, use.statement,
                              use.node, self.site.event().location, use.call))
        return made

    def _object(self, function: Function, use: Use) -> str:
        """Return the one variable with the pages that a call is given, or ""."""
        found = [k for k in (use.call.kids[1:] if use.call else ())
                 if types.tag_of(self.resolver.type_of(function, k) or "")
                 in self._tags]
        if len(found) != 1 or _root(found[0]).kind != Kind.ID:
            return ""
        name = _root(found[0]).value
        params = [n for _, n in function.params]
        given = [v for s, v in values(function, name)
                 if s.fact.kind != "declare" or v.value not in ("NULL", "0")]
        once = function.is_local(name) and len(given) <= 1 or \
            name in params and not given
        bare = found[0].kind == Kind.ID or found[0].kind == Kind.UNARY and \
            found[0].value == "&" and found[0].kids[0].kind == Kind.ID
        return str(found[0]) if once and bare else ""


def _root(node: Node) -> Node:
    """Return the variable that an expression begins with."""
    while node.kids and node.kind in (Kind.UNARY, Kind.INDEX, Kind.MEMBER,
                                      Kind.CAST):
        node = node.kids[0]
    return node
