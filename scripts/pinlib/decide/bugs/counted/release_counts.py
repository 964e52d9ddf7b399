# SPDX-License-Identifier: GPL-2.0-only
"""Find what gives each releasing function the number of pages."""

from __future__ import annotations

from pinlib.csource import value_sets
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.paths.calls import counts
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
        bounds = _bounds(event)
        params, members = _names(function, bounds)
        passed: frozenset[str] = frozenset()
        for caller, use in program.naming(function.name, function):
            if use.call is None or caller.key == site.function.key:
                continue
            given = [use.call.kids[i + 1] for i in params
                     if i + 1 < len(use.call.kids)]
            passed |= _names(caller, given)[1]
        old = found.get(function.name, Drops())
        only = _only(function, bounds)
        found[function.name] = Drops(
            old.params | params, old.members | members, old.passed | passed,
            old.wide | _wide(event, params),
            only if function.name not in found or only == old.only else 0)
    return found


def _only(function: Function, bounds: list[Node]) -> int:
    """Return the position of the argument that says how many pages, or 0."""
    limits = {str(b.kids[1] if b.kind == Kind.BINARY and b.value == "<" else b)
              for b in bounds}
    names = [n for _, n in function.params]
    return names.index(limits.pop()) + 1 if len(limits) == 1 and \
        limits <= set(names) else 0


def _wide(event: Event, params: frozenset[int]) -> frozenset[int]:
    """Return the parameters in which an error code is a large number of pages.

    Unsigned ones, and what goes to a range call as it is.
    """
    function, call = event.function, event.call
    given = call.kids[2].value if event.kind == EventKind.ARRAY_RELEASE and \
        call is not None and len(call.kids) > 2 and \
        event.detail not in counts.SIGNED else ""
    return frozenset(i for i in params if value_sets.wraps(
        "int", function.params[i][0]) or function.params[i][1] == given)


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
