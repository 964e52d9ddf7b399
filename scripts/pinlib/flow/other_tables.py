# SPDX-License-Identifier: GPL-2.0-only
"""Find tables in calls: those of other pages, and what is put in or run over."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.kernel import effects
from pinlib.program.locations import Resolver

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
