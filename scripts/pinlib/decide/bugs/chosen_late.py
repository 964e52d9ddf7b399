# SPDX-License-Identifier: GPL-2.0-only
"""Find releases that are chosen by a mark which is read too seldom.

A local says which of two releases is right. It is set from the object's mark only
where another member is set, and whoever takes the pages does not set that one: if
it fails before somebody does, its pages go the other way.
"""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.conditions import ZERO
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function, Guard
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

_LEVELS = 4


def releases(program: Program, resolver: Resolver,
             site: CallSite) -> list[tuple[Event, str, Location]]:
    """Return the releases that such pages come to, the local, and the member."""
    found = []
    drops = site.flow.of(EventKind.RELEASE)
    for event in drops:
        function = event.function
        if function.key == site.function.key or event.detail not in effects.FREES:
            continue
        for name, holds in _locals(function, event):
            member = None if holds else _also_asked(resolver, function, name)
            right = any(o.function.key == function.key and o.detail not in
                        effects.FREES and (name, True) in _locals(function, o)
                        for o in drops)
            if member is not None and right and _set_later(
                    program, resolver, site, member):
                found.append((event, name, member))
    return found


def _locals(function: Function, event: Event) -> list[tuple[str, bool]]:
    """Return the locals that an event depends on, and how."""
    return [(test.value, holds) for guard in function.guards_at(
        event.statement.start) for test, holds in conditions(
            guard.test, guard.holds)
            if test.kind == Kind.ID and function.is_local(test.value)]


def _also_asked(resolver: Resolver, function: Function,
                name: str) -> Location | None:
    """Return the member without which a local is never set from another one."""
    given = [(s, v) for s, v in values(function, name) if v.value not in ZERO]
    if len(given) != 1:
        return None
    statement, value = given[0]
    marks = {m for m in (_member(resolver, function, n) for n in value.walk()) if m}
    asked = [m for guard in function.guards_at(statement.start)
             for m in [_asked(resolver, function, guard)] if m is not None]
    # The outermost; an inner one may be the mark itself.
    rest = [m for m in asked if m not in marks]
    return rest[0] if len(marks) + len(asked) >= 2 and rest else None


def _asked(resolver: Resolver, function: Function, guard: Guard) -> Location | None:
    return _member(resolver, function, guard.test) if guard.holds else None


def _member(resolver: Resolver, function: Function, node: Node) -> Location | None:
    where = resolver.member(function, node) if node.kind == Kind.MEMBER else None
    return where if where is not None and where.kind == LocationKind.MEM else None


def _set_later(program: Program, resolver: Resolver, site: CallSite,
               member: Location) -> bool:
    """Say whether neither who takes the pages sets a member, nor who calls that."""
    uses, unclear = resolver.uses(member)
    setters = {f.key for f, use in uses if use.setting is not None
               and use.setting.kids[1].value not in ZERO}
    above, level = {site.function.key: site.function}, 0
    work = [site.function]
    while work and level < _LEVELS:
        work = [caller for one in work for caller, use in program.naming(
            one.name, one) if use.call is not None and caller.key not in above]
        above |= {f.key: f for f in work}
        level += 1
    return not unclear and setters.isdisjoint(above)
