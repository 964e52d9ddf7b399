# SPDX-License-Identifier: GPL-2.0-only
"""Find tables of other pages passed to a function that stores the one followed."""

from __future__ import annotations

from pinlib.flow.graph import Event, EventKind, Flow
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
