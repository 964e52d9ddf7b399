# SPDX-License-Identifier: GPL-2.0-only
"""Tell that a function gets a table that has none of these pages.

    ret = map_user_pages(&table);       /* undoes all of it on an error */
    if (ret == -EINVAL)
        ret = fill_with_copies(&table); /* and frees them on its own errors */

The pages that the second one frees there are those that it has put in itself.
"""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.other_tables import run_over
from pinlib.flow.points_to import values
from pinlib.paths.tables import clearing
from pinlib.paths.tables.emptied import empty_at
from pinlib.paths.tables.undone import Undone
from pinlib.program.callers import calls, only_called
from pinlib.program.function import Function
from pinlib.program.locations import Location, LocationKind, Resolver, variable

# Who is passed a page or a table, or gets it from here, may do anything with it.
_GOES_ON = (EventKind.CALL, EventKind.RETURN, EventKind.ESCAPE,
            EventKind.UNKNOWN, EventKind.STORE, EventKind.HANDED)


def none_left(resolver: Resolver, call: CallSite, event: Event,
              others: list[Event]) -> str | None:
    """Return why a release of other pages never meets one of these, or None."""
    function, program = event.function, resolver.program
    if event.kind not in RELEASE_KINDS or function.key == call.function.key or \
            not any(o.function.key == function.key for o in others) or \
            not only_called(program, function):
        return None
    undone = Undone(program, resolver, call)
    index = _table(undone, function)
    given = calls(program, function) if index is not None else []
    lines = []
    for caller, use in given:
        table = use.argument(index or 0)
        if table is None or not empty_at(undone, caller, use, table):
            return None
        lines.append(use.statement.line)
    return f"line {lines[0]}: none of these pages are left in the table" \
        if lines else None


def just_filled(resolver: Resolver, call: CallSite, release: Event,
                others: list[Event]) -> str | None:
    """Return why a release in a loop that clears a table sees these pages alone.

    It is for the entries that were filled with them before something failed.
    """
    function = release.function
    ends = clearing.cleared(resolver, function)
    names = [name for _, name in function.params]
    if ends is None or not clearing.is_read(function, release.node,
                                            names[ends[0]]):
        return None
    undone = Undone(resolver.program, resolver, call)
    if not undone.clear or not undone.only_filled(function) or any(
            o.function.key in undone.fillers for o in others):
        return None
    return "it clears the entries that were filled with them just before"


def _table(undone: Undone, function: Function) -> int | None:
    """Return the one parameter by which a function may come to these pages.

    Each entry that it looks at is one of that table, found by running over it.
    """
    flow = undone.site.flow
    own = [la for la in flow.locations if la.kind == LocationKind.VAR
           and (la.file, la.owner) == function.key]
    names = [name for _, name in function.params]
    came = [la for la in own if la.name in names]
    if not undone.clear or len(came) != 1 or any(
            e.location.kind != LocationKind.VAR or e.kind in _GOES_ON
            for e in flow.events if e.function.key == function.key) or any(
            n.kind == Kind.CALL and n.kids[0].value in undone.names
            for s in function.statements for n in s.nodes()):
        return None
    index = names.index(came[0].name)
    kind = function.params[index][0]
    if types.tag_of(kind) != "sg_table" or types.depth_of(kind) != 1 or \
            function.uses.get(came[0].name) is None or any(
            use.setting or use.addressed
            for use in function.uses[came[0].name]):
        return None
    return index if all(_from_here(undone, function, la, came[0])
                        for la in own if la != came[0]) else None


def _from_here(undone: Undone, function: Function, place: Location,
               table: Location) -> bool:
    """Say whether a variable has what the function finds in the table, only."""
    flow = undone.site.flow
    sources = [la for la, to in flow.follow.items() if place in to]
    if any((la.file, la.owner) != function.key or la.kind != LocationKind.VAR
           for la in sources) or not function.is_local(place.name):
        return False
    if flow.locations[place] != "sg":
        return table not in sources
    over = [run for use in function.uses.get(place.name, ())
            if (run := run_over(use.node)) is not None]
    return bool(over) and not values(function, place.name) and all(
        variable(function, str(run)) == table for run in over)
