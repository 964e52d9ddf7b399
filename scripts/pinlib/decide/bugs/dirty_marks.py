# SPDX-License-Identifier: GPL-2.0-only
"""Find where an acquisition's pages are marked dirty wrongly."""

from __future__ import annotations

from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, RELEASE_KINDS
from pinlib.paths import dirtying
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Mistake, Watch, helpers, watch
from pinlib.program.callers import calls
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver
from pinlib.program.program import Program


def late(program: Program, resolver: Resolver,
         site: CallSite) -> list[tuple[Function, Mistake]]:
    """Find every place that marks pages dirty which were released before."""
    marks = [e for e in site.flow.events if dirtying.marks(e)]
    if not marks:
        return []
    drops = helpers(program, site)
    markers = frozenset(e.function.name for e in marks) - drops - {
        site.function.name}
    found = []
    for function in _seen(program, site, marks, markers):
        if program.is_ambiguous(function):
            continue
        seen = watch(site, drops) if function.key == site.function.key \
            else _from_the_start(site, function, drops)
        seen.markers = markers
        for event in marks:
            if event.function.key == function.key:
                seen.dirties.setdefault(event.statement.start,
                                        []).append(event)
        walker = Walker(resolver, seen)
        found += [(function, s) for s in walker.run(
            function.key != site.function.key) if s.kind == "dirtied"]
    return sorted(found, key=lambda f: (f[0].key, f[1].line, f[1].other))


def _seen(program: Program, site: CallSite, marks: list[Event],
          markers: frozenset[str]) -> list[Function]:
    """Return the functions that mark the pages, or call one that does."""
    found = {e.function.key: e.function for e in marks}
    for name in sorted(markers):
        callee = next(e.function for e in marks if e.function.name == name)
        found.update((f.key, f) for f, _ in calls(program, callee))
    return [found[k] for k in sorted(found)]


def _from_the_start(site: CallSite, function: Function,
                    drops: frozenset[str]) -> Watch:
    """Return the watch of a function that holds the pages on entry."""
    low, _ = function.body
    head = Statement(site.statement.fact, function, None, low, low)
    made = Watch(function, None, head, "", False, (),
                 helpers=drops - {function.name})
    for event in site.flow.of(*RELEASE_KINDS):
        if event.function.key == function.key:
            made.releases.setdefault(event.statement.start, []).append(event)
    return made


def unlocked(site: CallSite) -> list[Event]:
    """Return marks that need the page's lock, which nothing here takes."""
    functions = {e.function.key: e.function for e in site.flow.events}
    return [e for e in site.flow.events if dirtying.unlocked(e)
            and not dirtying.locked(e, functions.values())]
