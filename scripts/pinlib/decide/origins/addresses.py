# SPDX-License-Identifier: GPL-2.0-only
"""Find what else may come into what keeps the address or number of a page.

`buf->at = page_address(page)` and `put_page(virt_to_page(buf->at))` are about one
page if nothing else is ever stored there, and nobody moves on to the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import number
from pinlib.flow.declared import initialisers
from pinlib.flow.graph import Event, EventKind, Flow, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.program.function import Function, Statement
from pinlib.program.locations import (Location, LocationKind, Resolver,
                                      variable)

# What changes a variable besides an assignment, or takes its address.
_CHANGES = frozenset("++ -- & += -= *= /= |= &= ^= %= <<= >>=".split())
# No page is smaller.
SMALLEST = 4096
# Where what is added counts bytes.
_BYTES = re.compile(r"(?:const )?(?:(?:void|(?:unsigned )?char|u8) \*|"
                    r"unsigned long|uintptr_t)$")


@dataclass(frozen=True)
class Addresses:
    """The places of one flow that keep that by which a page is dropped."""

    resolver: Resolver
    flow: Flow

    def others(self) -> list[Event]:
        """Return where such a place may get that of another page."""
        dropped = {e.location for e in self.flow.of(*RELEASE_KINDS)}
        return [event for place, category in self.flow.locations.items()
                if category == "addr" and dropped & self.flow.onward(place)
                for event in self._into(place)]

    def _into(self, place: Location) -> Iterator[Event]:
        """Yield an event for each other value that one place may get."""
        entries = "[" in self.resolver.declared(place)
        for function, use in self.resolver.uses(place)[0]:
            node, above = use.node, use.node.parent
            if entries:
                # Whoever gets the array as a whole may fill it.
                if above is not None and above.kind == Kind.SIZEOF:
                    continue
                if above is None or above.kind != Kind.INDEX or \
                        above.kids[0] is not node:
                    yield self._event(place, function, use.statement, node)
                    continue
                node, above = above, above.parent
            if above is not None and above.kind == Kind.ASSIGN and \
                    above.kids[0] is node:
                if above.value != "=" or not self._same(function, above.kids[1]):
                    yield self._event(place, function, use.statement,
                                      above.kids[1])
            elif above is not None and (
                    above.kind == Kind.POST or above.kind == Kind.UNARY
                    and above.value in ("&", "++", "--")) or set_by_macro(
                    self.resolver.program, function.file, node) or \
                    self._moves_on(function, node):
                yield self._event(place, function, use.statement, node)
        for function, statement, value in self._initial(place):
            if not self._same(function, value):
                yield self._event(place, function, statement, value)

    @staticmethod
    def _event(place: Location, function: Function, statement: Statement,
               node: Node) -> Event:
        return Event(EventKind.OTHER_WRITE, function, statement, node, place,
                     detail=str(node), category="addr")

    def _initial(self, place: Location) -> Iterator[
            tuple[Function, Statement, Node]]:
        """Yield what a place gets otherwise than by an assignment."""
        for user, use, _ in initialisers.fields(self.resolver, place):
            yield user, use.statement, use.node.kids[0]
        function = self.resolver.program.function(place.file, place.owner)
        wanted = {LocationKind.VAR: "declare", LocationKind.RET: "return"}
        for statement in function.statements if function and \
                place.kind in wanted else ():
            if statement.fact.kind == wanted[place.kind] and \
                    statement.fact.name in (place.name, "") and \
                    statement.tree is not None:
                yield statement.function, statement, statement.tree

    def _same(self, function: Function, value: Node) -> bool:
        """Say whether a value says which of these pages it is, or none."""
        while value.kind == Kind.CAST:
            value = value.kids[0]
        if value.kind == Kind.COND and len(value.kids) > 2:
            return all(self._same(function, k) for k in value.kids[1:])
        if number(value) == 0 or value.kind == Kind.INIT and all(
                number(k) == 0 for k in value.kids):
            return True
        category = "addr"
        call = _without_offset(function, value)
        if call.kind == Kind.CALL and len(call.kids) == 2:
            name = call.kids[0].value
            effect = effects.effect(name, 0)
            if effect is not None and effect.result == "addr":
                if name in effects.NUMBERED and call is not value:
                    return False
                category, value = "page", call.kids[1]
        where = None if value.kind == Kind.BINARY else \
            self.resolver.locate(function, value)
        return where is not None and \
            self.flow.locations.get(where[0]) == category

    def _moves_on(self, function: Function, node: Node) -> bool:
        """Say whether what is beside one is made into a page, or passed on."""
        moved = False
        while (above := node.parent) is not None:
            if above.kind == Kind.CALL:
                return moved and self._followed(function, above, node)
            moved = moved or above.kind != Kind.CAST
            if above.kind not in (Kind.BINARY, Kind.INDEX, Kind.CAST) and \
                    above.value not in ("*", "&"):
                return False
            node = above
        return False

    def _followed(self, function: Function, call: Node, node: Node) -> bool:
        """Say whether a call makes a page of an argument, or goes on with it."""
        name = call.kids[0].value
        callee = self.resolver.program.definition(name, function.file)
        return name in effects.FROM_ADDRESS | effects.FROM_NUMBER or \
            callee is not None and any(
                variable(callee, param) in self.flow.locations
                for (_, param), kid in zip(callee.params, call.kids[1:])
                if kid is node)


def _without_offset(function: Function, value: Node) -> Node:
    """Return the call in a sum of a page's address and an offset in the page."""
    if value.kind != Kind.BINARY or value.value != "+":
        return value
    base, added = value.kids
    if base.kind == Kind.CAST and _BYTES.match(base.value):
        base = base.kids[0]
    given = [v for _, v in values(function, added.value)] if function.is_local(
        added.value) and not any(
        u.node.parent is not None and u.node.parent.value in _CHANGES
        for u in function.uses.get(added.value, ())) else []
    return base if base.kind == Kind.CALL and all(
        map(_in_page, given or [added])) else value


def _in_page(added: Node) -> bool:
    """Say whether a number is surely an offset in a page."""
    known = number(added)
    return known is not None and 0 <= known < SMALLEST or \
        added.kind == Kind.CALL and added.kids[0].value == "offset_in_page" or \
        added.kind == Kind.BINARY and added.value == "&" and \
        str(added.kids[1]) in ("~PAGE_MASK", "PAGE_SIZE - 1")
