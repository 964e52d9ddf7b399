# SPDX-License-Identifier: GPL-2.0-only
"""Find tables of pages that another subsystem borrows for the length of an I/O.

A request of a library (a network filesystem's, a bus driver's) is given a
driver's table, and the driver's completion reads it back from there. In between
the library only reads the entries; what matters is that the driver finds its own
table again, not one from somewhere else.
"""

from __future__ import annotations

import re
from typing import Callable

from pinlib.csource.expr import Kind, Node
from pinlib.flow.declared import initialisers
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, Resolver
from pinlib.program.program import Program

DEPTH = 3
# An iterator is used up by the call that it is passed to. Who takes a table out
# of one again drops pages that are not explained.
LENT = frozenset({("iov_iter", "bvec")})
InDriver = Callable[[str], bool]


def kept(program: Program, resolver: Resolver, callee: Function, index: int,
         level: int = 0) -> set[Location]:
    """Return the members in which a function stores its index-th argument."""
    found: set[Location] = set()
    if index >= len(callee.params) or level > DEPTH:
        return found
    for use in callee.uses.get(callee.params[index][1], []):
        node, parent = use.node, use.node.parent
        while parent is not None and parent.kind == Kind.CAST:
            node, parent = parent, parent.parent
        if parent is None:
            continue
        where = stored(program, resolver, callee, use.statement, node)
        if where:
            found.add(where)
        elif parent.kind == Kind.CALL and parent.kids[0] is not node:
            inner = program.definition(parent.kids[0].value, callee.file)
            place = next(i for i, k in enumerate(parent.kids[1:])
                         if k is node)
            if inner and inner.key != callee.key:
                found |= kept(program, resolver, inner, place, level + 1)
    return found


def stored(program: Program, resolver: Resolver, function: Function,
           statement: Statement, node: Node) -> Location | None:
    """Return the member that an expression's value is stored in, if any."""
    parent = node.parent
    if parent is None:
        return None
    if parent.kind in (Kind.FIELD, Kind.INIT):
        place = initialisers.filled(resolver, statement, node)
        return resolver.member(function, place) \
            if place is not None and place.kind == Kind.MEMBER else None
    if parent.kind == Kind.ASSIGN and parent.value == "=" and \
            parent.kids[1] is node and parent.kids[0].kind == Kind.MEMBER:
        return resolver.member(function, parent.kids[0])
    return None


def writers(program: Program, resolver: Resolver, member: Location,
            in_driver: InDriver) -> list[tuple[Function, Use, int]]:
    """Return the driver's calls of outside functions that store into a member.

    The last value is the index of the stored argument, or -1 for any other
    value.
    """
    found = []
    for function, index in _storing(program, resolver, member, in_driver):
        for caller, use in program.naming(function.name, function):
            if in_driver(caller.file):
                found.append((caller, use, index))
    return found


def called_elsewhere(program: Program, function: Function,
                     in_driver: InDriver) -> bool:
    """Say whether another subsystem may call a function on its own."""
    return not function.static and not all(
        in_driver(file) for file in program.naming_files(function.name))


def dropped(resolver: Resolver, member: Location,
            in_driver: InDriver) -> list[tuple[Function, Use]]:
    """Return releases outside the driver of what a member holds.

    With any of these the table is not merely borrowed.
    """
    uses, _ = resolver.uses(member)
    return [(f, u) for f, u in uses
            if not in_driver(f.file) and _released(u)]


def _released(use: Use) -> bool:
    node: Node | None = use.node
    while node is not None:
        if node.kind == Kind.CALL and effects.releases(node.kids[0].value):
            return True
        node = node.parent
    return False


def hidden(program: Program, member: Location, folder: str) -> str | None:
    """Return where a folder uses a macro that names a borrowing member."""
    code = program.text(member.file).visible.replace("\\\n", "  ")
    macros = dict(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)$", code,
                             re.M))
    names: set[str] = set()
    more = {m for m, body in macros.items()
            if re.search(rf"(?:->|\.)\s*{member.name}\b", body)}
    while more - names:
        names |= more
        more = {m for m, body in macros.items()
                if names & set(re.findall(r"\w+", body))}
    for name in sorted(names):
        for file, lines in program.lines(name).items():
            if file.startswith(folder):
                return f"{file}:{lines[0]}"
    return None


def _storing(program: Program, resolver: Resolver, member: Location,
             in_driver: InDriver) -> list[tuple[Function, int]]:
    """Return the outside functions that store an argument in a member."""
    found: dict[tuple[str, str], tuple[Function, int]] = {}
    uses, _ = resolver.uses(member)
    for function, use in uses:
        parent = use.node.parent
        writes = parent is not None and parent.kind == Kind.ASSIGN and \
            parent.kids[0] is use.node
        if writes and parent and not in_driver(function.file):
            found[function.key] = (function, _parameter(
                function, parent.kids[1]))
    for function, use, _ in initialisers.fields(resolver, member):
        if not in_driver(function.file):
            found[function.key] = (function, _parameter(
                function, use.node.kids[0]))
    for function, _ in list(found.values()):
        for caller, _ in program.naming(function.name, function):
            if not in_driver(caller.file) and caller.key not in found:
                found[caller.key] = (caller, -1)
    return list(found.values())


def _parameter(function: Function, value: Node) -> int:
    names = [n for _, n in function.params]
    return names.index(value.value) if value.value in names else -1
