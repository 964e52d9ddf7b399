# SPDX-License-Identifier: GPL-2.0-only
"""Find tables in calls: those of other pages, and what is put in or run over."""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import Location, Resolver

TABLES = ("sg", "bvec")


def tables(resolver: Resolver, flow: Flow) -> list[Event]:
    """Return where a caller passes a table that holds none of these pages.

    A function that stores its parameter in a member stores both there.
    """
    found = []
    for location, passed in flow.params.items():
        category = flow.locations.get(location, "")
        if category not in TABLES or not flow.destinations(location) & {
                "into", "store"}:
            continue
        for caller, statement, argument in passed:
            where = resolver.locate(caller, argument)
            if argument.value not in ("NULL", "0") and (
                    where is None or where[0] not in flow.locations):
                found.append(Event(
                    EventKind.HANDED, caller, statement, argument, location,
                    detail=str(argument), category=category))
    return found


def behind(resolver: Resolver, flow: Flow, other: Event,
           function: Function | None = None) -> set[Location]:
    """Return the callers' containers that a filled parameter stands for.

    function: the caller whose containers are asked for, if not those of all.
    """
    shared = other.category in TABLES or \
        types.depth_of(resolver.declared(other.location)) > 1
    work, found = [other.location], set()
    for location in work if shared else ():
        for caller, _, argument in flow.params.get(location, ()):
            where = resolver.locate(caller, argument)
            if where and where[0] in flow.locations and \
                    where[0] != other.location:
                if function is None or caller.key == function.key:
                    found.add(where[0])
                if where[0] not in work:
                    work.append(where[0])
    return found


def come_to(resolver: Resolver, flow: Flow, other: Event,
            release: Event) -> bool:
    """Say whether other pages get to a release by what its own function does."""
    function = release.function
    starts = behind(resolver, flow, other, function)
    if other.function.key == function.key:
        starts.add(other.location)
    return any(release.location in flow.onward(start) for start in starts)


def run_over(node: Node) -> Node | None:
    """Return the table that a loop has a variable run over, at its head."""
    call = node.parent
    if call and call.kind == Kind.UNARY and call.value == "&":
        node, call = call, call.parent
    if call is None or call.kind != Kind.CALL or node not in call.kids[2:]:
        return None
    effect = effects.effect(call.kids[0].value, 0)
    return call.kids[1] if effect and effect.kind == "iterate" and \
        call.kids[1 + effect.into] is node else None


def fills(name: str, arg: int) -> bool:
    """Say whether a call puts an argument into the table passed first."""
    effect = effects.effect(name, arg)
    return effect is not None and effect.kind == "into" and effect.into == 0
