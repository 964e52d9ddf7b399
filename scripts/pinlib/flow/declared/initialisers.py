# SPDX-License-Identifier: GPL-2.0-only
"""Read initialisers and compound literals as the assignments that they stand for.

`x = (struct box) { .page = p }` and `struct box x = { .page = p }` give x.page a
value, as `x.page = p` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, LocationKind, Resolver

_STEP = re.compile(r"\.?(\w+)|\[([^]]*)\]")


def filled(resolver: Resolver, statement: Statement,
           element: Node) -> Node | None:
    """Return what an element of an initialiser is stored in, or None.

    As an assignment would name it; of a literal that is not assigned, only
    the type is known.
    """
    function = statement.function
    steps: list[str | int] = []
    node = element
    while node.parent is not None and node.parent.kind in (
            Kind.FIELD, Kind.INIT):
        parent = node.parent
        if parent.kind == Kind.FIELD:
            steps.append(parent.value)
        elif node.kind != Kind.FIELD:
            before = [k for k in parent.kids if k.token < node.token]
            if any(k.kind == Kind.FIELD for k in before):
                return None
            steps.append(len(before))
        node = parent
    place = _place(statement, node)
    for step in reversed(steps):
        if place is None:
            return None
        place = _entry(resolver, function, place, step) if isinstance(
            step, int) else _designated(place, step)
    return place


def fields(resolver: Resolver,
           member: Location) -> Iterator[tuple[Function, Use, Node]]:
    """Yield what gives a member its value in a literal, as designators do.

    By its name, or by where it stands. Each with its function and with what an
    assignment would name.
    """
    if member.kind != LocationKind.MEM:
        return
    for function in resolver.program.mentioning(member.name,
                                                resolver.sees(member)):
        for use in function.members.get(member.name, ()):
            if use.node.kind != Kind.FIELD:
                continue
            place = filled(resolver, use.statement, use.node.kids[0])
            if place is not None and place.kind == Kind.MEMBER and \
                    resolver.member(function, place) == member:
                yield function, use, place
    tag = member.owner.split("::")[0]
    for name in (tag, *resolver.program.outer(tag, member.file)):
        for function in resolver.program.mentioning(name,
                                                    resolver.sees(member)):
            for statement in function.statements:
                yield from _in_place(resolver, statement, member)


def _in_place(resolver: Resolver, statement: Statement,
              member: Location) -> Iterator[tuple[Function, Use, Node]]:
    """Yield the values of a member that stand where it does, with no name."""
    function, tree = statement.function, statement.tree \
        if "{" in statement.fact.text else None
    for literal in (n for n in (tree.walk() if tree else ())
                    if n.kind == Kind.INIT):
        for value in literal.kids:
            place = None if value.kind in (Kind.FIELD, Kind.INIT) else filled(
                resolver, statement, value)
            if place is not None and place.kind == Kind.MEMBER and \
                    resolver.member(function, place) == member:
                yield function, Use(statement, Node(
                    Kind.FIELD, member.name, [value])), place


def pages(literal: Node, category: str) -> Iterator[Node]:
    """Yield the pages that a literal of an array of pages, or of bio_vecs, has."""
    for at, kid in enumerate(literal.kids):
        value = kid.kids[0] if kid.kind == Kind.FIELD else kid
        if value.kind == Kind.INIT:
            yield from pages(value, category)
        elif category != "bvec" or (
                kid.value.endswith("bv_page") if kid.kind == Kind.FIELD
                else not at):
            yield value


def _place(statement: Statement, literal: Node) -> Node | None:
    above = literal.parent
    if above is not None and above.kind == Kind.ASSIGN and \
            above.kids[1] is literal:
        return above.kids[0]
    if above is None and statement.fact.kind == "declare":
        name = Node(Kind.ID, statement.fact.name)
        return Node(Kind.CAST, statement.fact.type, [name])
    return Node(Kind.CAST, literal.value, [Node(Kind.ID, "")]) \
        if literal.value != "{" else None


def _designated(place: Node, text: str) -> Node:
    """Return what designators like `.inner.page` or `[2].page` name."""
    for match in _STEP.finditer(text):
        name, index = match.groups()
        place = Node(Kind.MEMBER, f".{name}", [place]) if name else Node(
            Kind.INDEX, "[", [place, Node(Kind.ID, index)])
    return place


def _entry(resolver: Resolver, function: Function, place: Node,
           index: int) -> Node | None:
    """Return the entry of an array, or the member, that stands in a position."""
    declared = resolver.type_of(function, place) or ""
    if types.depth_of(declared):
        return Node(Kind.INDEX, "[", [place, Node(Kind.CONST, str(index))])
    tag = types.tag_of(declared)
    members = list(resolver.program.members_of(tag, function.file) or ()) \
        if tag else []
    if index >= len(members) or not all(
            re.fullmatch(r"\w+", m) for m in members[:index + 1]):
        return None
    return Node(Kind.MEMBER, f".{members[index]}", [place])
