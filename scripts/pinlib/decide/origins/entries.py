# SPDX-License-Identifier: GPL-2.0-only
"""Find whether a release comes to the entries of a table that others fill.

`sg_set_buf(&sg[0], header, …)` puts a page of the driver's own beside those of
the user, and `skb_to_sgvec(skb, &sg[1], …)` several of a packet. A loop over the
table that begins behind that entry leaves it alone, and so does one that ends
before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.parser import parse
from pinlib.csource.value_sets import number
from pinlib.decide.origins import passed_in
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.flow.other_tables import TABLES, run_over
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import Location, Resolver, variable


@dataclass(frozen=True)
class _Entries:
    """Those that a loop comes to: the first, if known, and the one behind."""

    first: int | None = None
    behind: str = ""


def at_entry(resolver: Resolver, other: Event) -> bool:
    """Say whether a call puts a buffer, by its address, or more into a table."""
    call = _call(other)
    return other.category in TABLES and call is not None and any(
        kid is other.node and (known := effects.effect(
            call.kids[0].value, i)) is not None and known.kind == "into"
        for i, kid in enumerate(call.kids[1:])) and not types.is_page(
            resolver.type_of(other.function, other.node) or "struct page *"
            ) or _several(other)


def _several(other: Event) -> bool:
    """Say whether a call fills entries of the table from the one named on."""
    return other.kind == EventKind.FILL and other.category in TABLES


def comes_to(resolver: Resolver, flow: Flow, other: Event,
             release: Event) -> bool:
    """Say whether a release may drop the page of a buffer in a table."""
    call = _call(other)
    if call is None or release.location not in passed_in.onward(
            resolver, flow, other) or _refilled(flow, other, release):
        return False
    entry = other.node if _several(other) else call.kids[1]
    if _leads(resolver, flow, other.function, entry, release.location):
        return False
    put, dropped = _index(other.function, entry), _dropped(release)
    at = number(put) if put else None
    if dropped.first and not _several(other):
        # Whoever leaves out the first entries knows which are the user's. What
        # lies in an object has no page that a put would be right for today.
        return at >= dropped.first if at is not None else not _inside(other)
    return put is None or str(put) != dropped.behind or \
        other.function.key != release.function.key or \
        _changes(other.function, other.statement.start, put)


def _call(other: Event) -> Node | None:
    above = other.node.parent
    while above is not None and above.kind == Kind.CAST:
        above = above.parent
    return above if above is not None and above.kind == Kind.CALL else None


def _inside(other: Event) -> bool:
    """Say whether a buffer is a part of an object, and has no page of its own."""
    return other.node.kind == Kind.UNARY and other.node.value == "&"


def _leads(resolver: Resolver, flow: Flow, function: Function, entry: Node,
           place: Location) -> bool:
    """Say whether an entry is of a table's first part, and a place of the rest.

    `in = &t[0]; out = &t[n];`: what is put from `in` on ends before `out`.
    """
    parts = {name: value for name in function.types
             if len(given := [v for _, v in values(function, name)
                              if v.value != "NULL"]) == 1
             and (value := _part(given[0])) is not None}
    own = parts.get(_variable(entry))
    if own is None or number(own.kids[1]) != 0:
        return False
    table = resolver.locate(function, own)
    rest = frozenset(variable(function, name) for name, value in parts.items()
                     if str(value.kids[0]) == str(own.kids[0])
                     and number(value.kids[1]) != 0)
    return table is not None and bool(rest) and not any(
        place in flow.onward(start, rest) for start in (
            table[0], variable(function, _variable(entry))))


def _part(value: Node) -> Node | None:
    """Return the entry that a pointer is the address of."""
    return value.kids[0] if value.kind == Kind.UNARY and value.value == "&" and \
        value.kids[0].kind == Kind.INDEX else None


def _variable(entry: Node) -> str:
    """Return the pointer or the table that an entry is told by."""
    while entry.kind in (Kind.UNARY, Kind.INDEX, Kind.BINARY, Kind.CAST):
        entry = entry.kids[0]
    return entry.value if entry.kind == Kind.ID else ""


def _refilled(flow: Flow, other: Event, release: Event) -> bool:
    """Say whether one of these pages has taken the buffer's place by then."""
    call, function = _call(other), release.function
    return call is not None and other.function.key == function.key and any(
        into.call is not None and into.function.key == function.key
        and str(into.call.kids[1]) == str(call.kids[1])
        and function.first(other.statement, into.statement)
        and function.first(into.statement, release.statement)
        and function.within(into.statement.start, release.statement.start)
        for into in flow.of(EventKind.INTO))


def _index(function: Function, entry: Node) -> Node | None:
    """Return the index of an entry; None where it depends on a pointer."""
    address = entry.kind == Kind.UNARY and entry.value == "&"
    if address:
        entry = entry.kids[0]
    if entry.kind == Kind.INDEX:
        return entry.kids[1]
    if entry.kind == Kind.BINARY and entry.value == "+":
        return entry.kids[1] if _index(function, entry.kids[0]) else None
    table = address or entry.kind == Kind.MEMBER or \
        "[" in function.types.get(entry.value, "")
    return Node(Kind.CONST, "0") if table else None


def _dropped(release: Event) -> _Entries:
    """Return the entries of the table that a release in a loop comes to."""
    function, node = release.function, release.node
    if node.kind == Kind.CALL and len(node.kids) > 1:
        node = node.kids[1]
    for statement in function.statements:
        if statement.fact.kind != "iterate" or statement.tree is None or \
                statement.start > release.statement.start:
            continue
        for moved in statement.tree.walk():
            table = run_over(moved)
            if table is not None and str(moved) == str(node):
                limit = [str(k) for k in statement.tree.kids[3:4]]
                return _Entries(_first(function, table), *limit)
    index = _index(function, node)
    if index is None or number(index) is not None:
        return _Entries(_first(function, node))
    return _counted(function, release.statement.start, index)


def _first(function: Function, table: Node) -> int | None:
    """Return the entry that a pointer into a table stands at, if that is told."""
    if table.kind == Kind.CALL and table.kids[0].value == "sg_next":
        return 1
    if table.kind == Kind.ID and "[" not in function.types.get(table.value, ""):
        return 0 if table.value in [n for _, n in function.params] else None
    index = _index(function, table)
    return number(index) if index else None


def _counted(function: Function, at: int, index: Node) -> _Entries:
    """Return what a loop that counts an index up, or down, comes to."""
    if number(index) is not None:
        return _Entries(number(index))
    added = 0
    if index.kind == Kind.BINARY and index.value == "+":
        added, index = number(index.kids[1]) or 0, index.kids[0]
    code, name = function.text.code, str(index)
    for guard in reversed(function.guards_at(at)):
        test = guard.test
        if not guard.holds or test.kind != Kind.BINARY or \
                str(test.kids[0]) != name:
            continue
        head = code[code.rfind("for", 0, guard.start):guard.start]
        start = re.match(rf"for\s*\(\s*{re.escape(name)}\s*=([^;,]*);", head)
        if test.value in ("<", "<=", "!=") and start:
            given = parse(start[1].strip())
            first = number(given) if given else None
            return _Entries(
                None if first is None else first + added,
                "" if added or test.value == "<=" else str(test.kids[1]))
        if test.value in (">", ">="):
            last = number(test.kids[1])
            return _Entries(None if last is None else
                            last + added + (test.value == ">"))
    return _Entries()


def _changes(function: Function, after: int, index: Node) -> bool:
    """Say whether an index is another number later on."""
    names = {n.value for n in index.walk() if n.kind == Kind.ID}
    return any(
        use.node.parent is not None and use.node.parent.kids[0] is use.node
        and use.statement.start >= after
        and use.node.parent.kind in (Kind.ASSIGN, Kind.POST, Kind.UNARY)
        for name in names for use in function.uses.get(name, ()))
