# SPDX-License-Identifier: GPL-2.0-only
"""Say whether the number of pages that an object keeps can be negative.

What an acquisition returns is an error or a number. The object has a number if
each statement that stores one is reached with a number alone.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.walker import Walker
from pinlib.paths.watch import helpers, watch
from pinlib.program.function import Function
from pinlib.program.locations import Location, LocationKind, Resolver

_SETS_TOO = ("++", "--", "&")


def never_negative(resolver: Resolver, site: CallSite, function: Function,
                   count: Node) -> bool:
    """Say whether a member is only ever given what cannot be negative."""
    where = resolver.locate(function, count)
    if where is None or where[0].kind != LocationKind.MEM or where[1] or \
            _designated(resolver, where[0]):
        return False
    uses, unclear = resolver.uses(where[0])
    if unclear:
        return False
    stores: dict[int, Node] = {}
    for other, use in uses:
        parent = use.node.parent
        if parent is None or parent.kind == Kind.POST or \
                parent.kind == Kind.UNARY and parent.value in _SETS_TOO or \
                parent.kind == Kind.CALL and _may_set(resolver, other, parent):
            return False
        if parent.kind != Kind.ASSIGN or parent.kids[0] is not use.node:
            continue
        if parent.value == "=" and re.fullmatch(r"\d+", parent.kids[1].value):
            continue
        if parent.value != "=" or other.key != site.function.key or \
                use.statement.start in stores:
            return False
        stores[use.statement.start] = parent.kids[1]
    watched = watch(site, helpers(resolver.program, site))
    watched.stores = stores
    walker = Walker(resolver, watched)
    walker.run()
    found = [walker.counts.get(offset) for offset in stores]
    return bool(found) and all(v is not None and "neg" not in v for v in found)


def _may_set(resolver: Resolver, function: Function, call: Node) -> bool:
    """Say whether a call may be a macro, which can set what it is given."""
    name = call.kids[0].value
    return name not in effects.RELEASES and resolver.program.definition(
        name, function.file) is None


def _designated(resolver: Resolver, member: Location) -> bool:
    """Say whether an initialiser sets a member of that name."""
    program = resolver.program
    home = program.tree.home(member.file)
    named = re.compile(rf"[{{,]\s*\.{member.name}\s*=[^=]")
    return any(named.search(program.text(file).visible)
               for file in program.naming_files(member.name)
               if file.startswith(home))


def as_asked(resolver: Resolver, site: CallSite, function: Function,
             count: Node) -> bool:
    """Say whether an expression is that of how many pages were asked for."""
    asked = site.argument(site.shape.count) if site.shape else None
    if asked is not None and asked.kind == Kind.ID:
        given = values(site.function, asked.value)
        asked = given[0][1] if len(given) == 1 else None
    return asked is not None and _same(resolver, site.function, asked,
                                       function, count)


def _same(resolver: Resolver, one: Function, left: Node, other: Function,
          right: Node) -> bool:
    """Say whether two expressions read the same of two objects of one type."""
    if left.kind == right.kind == Kind.MEMBER:
        mine, theirs = (resolver.locate(f, n) for f, n in (
            (one, left), (other, right)))
        return mine is not None and mine == theirs and \
            mine[0].kind == LocationKind.MEM
    if left.kind != right.kind or left.value != right.value or \
            len(left.kids) != len(right.kids):
        return False
    if left.kind == Kind.ID:
        return left.value.isupper()
    return left.kind in (Kind.CONST, Kind.BINARY, Kind.CAST) and all(
        _same(resolver, one, a, other, b)
        for a, b in zip(left.kids, right.kids))
