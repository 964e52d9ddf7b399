# SPDX-License-Identifier: GPL-2.0-only
"""Find what a function makes the same, or puts into one another.

`a->table.sgl = b->sgl;`, `WRITE_ONCE(a->sgl, b->sgl);`, `sg_chain(a, n, b);` and
`sg_set_page(a, sg_page(b), …);`: who walks a then comes to the pages of b.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.program.function import Function
from pinlib.program.locations import Location, Resolver


def pairs(resolver: Resolver, function: Function,
          places: Container[Location]) -> Iterator[tuple[Node, Node]]:
    """Yield what gets something, and what that may be or come from.

    places: those whose answer is of use. To look for a macro that sets any other
    would take long.
    """
    for node in function.copies:
        if node.kind == Kind.ASSIGN:
            yield node.kids[0], node.kids[1]
            made = node.kids[1]
            # What a function is given it may give back.
            if node.kids[0].kind == Kind.MEMBER and made.kind == Kind.CALL and \
                    resolver.program.definition(
                        made.kids[0].value, function.file) is not None:
                yield from ((node.kids[0], _object(kid)) for kid in made.kids[1:])
    for statement in function.statements:
        if statement.fact.kind == "declare" and statement.tree:
            yield Node(Kind.ID, statement.fact.name), statement.tree
        for call in statement.nodes("("):
            if call.kind == Kind.CALL:
                yield from _by_call(resolver, function, call, places)


def _by_call(resolver: Resolver, function: Function, call: Node,
             places: Container[Location]) -> Iterator[tuple[Node, Node]]:
    """Yield what a call makes the same."""
    name, given = call.kids[0].value, call.kids[1:]
    for index, kid in enumerate(given):
        effect = effects.effect(name, index)
        if effect is not None and effect.kind == "into" and \
                0 <= effect.into < len(given):
            yield from ((_object(given[effect.into]), _object(source))
                        for source in _sources(resolver, function, kid))
        if len(given) > 1 and _points(resolver, function, kid) and _is_of(
                resolver, function, kid, places) and set_by_macro(
                    resolver.program, function.file, kid):
            yield from ((kid, _object(other)) for other in given
                        if other is not kid)


def _is_of(resolver: Resolver, function: Function, node: Node,
           places: Container[Location]) -> bool:
    """Say whether an expression refers to one of some places."""
    where = resolver.locate(function, node)
    return where is not None and where[0] in places


def _points(resolver: Resolver, function: Function, node: Node) -> bool:
    """Say whether a member may be a pointer: no other leads to a table."""
    kind = resolver.type_of(function, node) if node.kind == Kind.MEMBER else "int"
    return not kind or types.depth_of(kind) > 0


def _sources(resolver: Resolver, function: Function, page: Node) -> Iterator[Node]:
    """Yield a table, or those that a page was read from."""
    if types.tag_of(resolver.type_of(function, page) or "") != "page":
        yield page
    read = [page, *(value for _, value in values(function, page.value))] \
        if page.kind == Kind.ID and function.is_local(page.value) else [page]
    for value in read:
        effect = effects.effect(value.kids[0].value, 0) \
            if value.kind == Kind.CALL and len(value.kids) == 2 else None
        if effect is not None and effect.result:
            yield value.kids[1]


def _object(node: Node) -> Node:
    return node.kids[0] if node.kind == Kind.UNARY and node.value == "&" else node
