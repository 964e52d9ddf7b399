# SPDX-License-Identifier: GPL-2.0-only
"""Find what gives each releasing function the number of pages."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.paths.watch import Drops
from pinlib.program.function import Function
from pinlib.program.program import Program


def of(program: Program, site: CallSite) -> dict[str, Drops]:
    """Return where each releasing function, by name, gets its number of pages.

    Functions that test each entry before they release it are left out.
    """
    found: dict[str, Drops] = {}
    for event in site.flow.of(*RELEASE_KINDS):
        function = event.function
        if function.key == site.function.key or tests_entry(event):
            continue
        params, members = _names(function, _bounds(event))
        passed: frozenset[str] = frozenset()
        for caller, use in program.naming(function.name, function):
            if use.call is None or caller.key == site.function.key:
                continue
            given = [use.call.kids[i + 1] for i in params
                     if i + 1 < len(use.call.kids)]
            passed |= _names(caller, given)[1]
        old = found.get(function.name, Drops())
        found[function.name] = Drops(old.params | params,
                                     old.members | members,
                                     old.passed | passed)
    return found


def tests_entry(event: Event) -> bool:
    """Say whether a page is released only where there is one."""
    return any(holds and (str(test) == str(event.node)
                          or test.kind == Kind.BINARY and test.value == "!="
                          and str(test.kids[0]) == str(event.node)
                          and test.kids[1].value in ("NULL", "0"))
               for g in event.function.guards_at(event.statement.start)
               for test, holds in _elements(g.test, g.holds))


def _elements(test: Node, holds: bool) -> list[tuple[Node, bool]]:
    """Return elementary conditions; `x == NULL` not holding is `x`."""
    return [(t.kids[0], not h) if t.kind == Kind.BINARY and t.value == "=="
            and t.kids[1].value in ("NULL", "0") else (t, h)
            for t, h in conditions(test, holds)]


def _bounds(event: Event) -> list[Node]:
    """Return the expressions that limit how many pages a release drops."""
    function = event.function
    found = list(event.call.kids[2:]) if event.kind == EventKind.ARRAY_RELEASE and \
        event.call is not None else []
    for guard in function.guards_at(event.statement.start):
        if guard.holds:
            found.append(guard.test)
    return found


def _names(function: Function,
           nodes: list[Node]) -> tuple[frozenset[int], frozenset[str]]:
    """Return parameters, by index, and members that some expressions name."""
    params = [n for _, n in function.params]
    indexes: set[int] = set()
    members: set[str] = set()
    seen: set[str] = set()
    work = list(nodes)
    while work:
        for node in work.pop().walk():
            if node.kind == Kind.MEMBER:
                members.add(node.value.lstrip("->."))
            elif node.kind == Kind.ID and node.value not in seen and not (
                    node.parent is not None
                    and node.parent.kind == Kind.MEMBER):
                seen.add(node.value)
                if node.value in params:
                    indexes.add(params.index(node.value))
                elif function.is_local(node.value):
                    work += [v for _, v in values(function, node.value)]
    return frozenset(indexes), frozenset(members)
