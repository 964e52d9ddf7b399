# SPDX-License-Identifier: GPL-2.0-only
"""Find counts that still count entries which a failed call's branch dropped.

    if (got < 0) {
        for (i = 0; i < obj->nr; i++)
            put_page(obj->pages[i]);
        return got;                     /* obj->nr stays */
    }

Who gives the object up later drops as many entries again.
"""

from __future__ import annotations

from collections.abc import Iterator

from pinlib.csource.expr import Kind, Node
from pinlib.decide.bugs.byte_results import is_error
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.paths.caller_release import leads, steps_from
from pinlib.paths.watch import helpers
from pinlib.program.callers import calls
from pinlib.program.function import Function
from pinlib.program.locations import LocationKind
from pinlib.program.program import Program

_DEPTH = 3


def of(program: Program, site: CallSite) -> Iterator[tuple[Event, Event, str]]:
    """Yield a release whose count stays, the one that repeats it, the member."""
    releases = [e for e in site.flow.of(*RELEASE_KINDS)
                if e.location.kind == LocationKind.MEM]
    for event in releases:
        member = _counted_by(event)
        if not member or event.function.key != site.function.key or \
                not is_error(event.statement.start, site) or \
                _settled(site, event, member):
            continue
        again = [e for e in releases if e.location == event.location
                 and e.function.key != event.function.key
                 and _counted_by(e) == member]
        if again and _given_up(program, site, {e.function.name for e in again}):
            yield event, again[0], member


def _counted_by(event: Event) -> str:
    """Return the member of the entries' object that bounds the loop, or ""."""
    owners = {str(n.kids[0].kids[0]) for n in event.node.walk()
              if n.kind == Kind.INDEX and n.kids[0].kind == Kind.MEMBER}
    for guard in event.function.guards_at(event.statement.start):
        test = guard.test
        if guard.holds and test.kind == Kind.BINARY and test.value == "<" and \
                test.kids[1].kind == Kind.MEMBER and \
                str(test.kids[1].kids[0]) in owners:
            return test.kids[1].value.lstrip("->.")
    return ""


def _settled(site: CallSite, event: Event, member: str) -> bool:
    """Say whether the count, the entries or the object go after the release."""
    function = event.function
    steps = steps_from(function, event.statement.start, [])
    after = [s for s in function.statements if s.tree is not None and any(
        step.start <= s.start < step.end for step in steps)
        and s.start != site.statement.start]
    if any(e.kind in (EventKind.CLEAR, EventKind.CLEAR_ARRAY,
                      EventKind.FREE_ARRAY) and e.location == event.location
           and e.function.key == function.key for e in site.flow.events):
        return True
    return any(_sets(node, member) for s in after if s.tree is not None
               for node in s.tree.walk())


def _sets(node: Node, member: str) -> bool:
    """Say whether a node gives a member another value, or may."""
    above = node.parent
    if node.kind != Kind.MEMBER or node.value.lstrip("->.") != member or \
            above is None:
        return False
    return above.kind == Kind.ASSIGN and above.kids[0] is node or \
        above.kind == Kind.POST or above.kind == Kind.UNARY and \
        above.value in ("++", "--", "&")


def _given_up(program: Program, site: CallSite, names: set[str]) -> bool:
    """Say whether a caller may have the entries dropped after the failure."""
    names |= helpers(program, site)
    work: list[tuple[Function, int]] = [(site.function, 0)]
    seen = {site.function.key}
    while work:
        callee, depth = work.pop()
        for caller, use in calls(program, callee):
            if any(leads(caller, use.statement.start, other.statement.start)
                   for name in names for other in caller.uses.get(name, ())):
                return True
            if caller.key not in seen and depth < _DEPTH:
                seen.add(caller.key)
                work.append((caller, depth + 1))
    return False
