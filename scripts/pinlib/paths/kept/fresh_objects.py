# SPDX-License-Identifier: GPL-2.0-only
"""Prove that what runs at any time does not know an object that was just made.

The object that keeps the pages is allocated on the way to the acquisition. A
handler that gets it from a member, or by being registered with it, cannot have
it as long as nothing on that way fills the member or registers the handler.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import number
from pinlib.flow.points_to import values
from pinlib.flow.call_sites import CallSite
from pinlib.paths.kept.all_callers import AllCallers
from pinlib.paths.caller_release import meet
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, Resolver
from pinlib.program.program import Program

MOST = 200
_MAKES = re.compile(r"(?:devm_)?kv?[mzc]alloc\w*|kmem_cache_z?alloc\w*|"
                    r"v[mz]alloc\w*")


class Link(Protocol):
    """One call on the way to the acquisition."""

    @property
    def caller(self) -> Function:
        """Return the function that makes the call."""

    @property
    def use(self) -> Use:
        """Return the call."""


class Fresh:
    """The objects that one way to an acquisition makes."""

    def __init__(self, program: Program, resolver: Resolver,
                 callers: AllCallers, site: CallSite,
                 chain: Sequence[Link]) -> None:
        self.program = program
        self.resolver = resolver
        self.callers = callers
        # Where the way leads through each of its functions.
        self._way = {site.function.key: (site.function, site.statement.start)}
        self._way |= {k.caller.key: (k.caller, k.use.statement.start)
                      for k in chain}
        self._tags = set[str]().union(*(
            self._made(function) for function, _ in self._way.values()))

    def not_from(self, function: Function, caller: Function,
                 use: Use) -> bool:
        """Say whether a call drops an object read from a member not yet filled."""
        if caller.key in self._way:
            return False
        for index, (kind, _) in enumerate(function.params):
            given = use.argument(index)
            if types.tag_of(kind) in self._tags and types.depth_of(kind) == 1 \
                    and given is not None:
                member = self._read_from(caller, given)
                return member is not None and self._unfilled(member)
        return False

    def unknown_to(self, function: Function, user: Function,
                   use: Use | None) -> bool:
        """Say whether a handler is registered with its object, and not yet."""
        tags = [types.tag_of(kind) for kind, _ in function.params]
        if use is None or not set(tags) & self._tags:
            return False
        call = use.node.parent
        return call is not None and call.kind == Kind.CALL and any(
            types.tag_of(self.resolver.type_of(user, k) or "") in self._tags
            for k in call.kids[1:]) and self._off_the_way(user, use)

    def _made(self, function: Function) -> set[str]:
        """Return the structures that a function allocates, and has no other of."""
        found: dict[str, list[str]] = {}
        for name, kind in function.types.items():
            tag = types.tag_of(kind)
            if tag and types.depth_of(kind) == 1:
                found.setdefault(tag, []).append(name)
        return {tag for tag, names in found.items()
                if len(names) == 1 and function.is_local(names[0])
                and self._allocated(function, names[0], 1)}

    def _allocated(self, function: Function, name: str, level: int) -> bool:
        """Say whether a variable only ever has what was just allocated."""
        if any(use.node.parent is not None and use.node.parent.value == "&"
               and use.node.parent.kind == Kind.UNARY
               for use in function.uses.get(name, ())):
            return False
        given = _given(function, name)
        return bool(given) and all(
            self._makes(function, v, level) for v in given)

    def _makes(self, function: Function, value: Node, level: int) -> bool:
        """Say whether a call returns nothing but what it allocated."""
        if value.kind != Kind.CALL or value.kids[0].kind != Kind.ID:
            return False
        if _MAKES.fullmatch(value.kids[0].value):
            return True
        callee = self.program.definition(value.kids[0].value, function.file)
        if callee is None or not level:
            return False
        given = [_bare(s.tree) for s in callee.statements
                 if s.fact.kind == "return" and s.tree is not None]
        given = [v for v in given if number(v) != 0 and not (
            v.kind == Kind.CALL and v.kids[0].value == "ERR_PTR")]
        return bool(given) and all(
            v.kind == Kind.ID and callee.is_local(v.value)
            and self._allocated(callee, v.value, level - 1) for v in given)

    def _read_from(self, function: Function, node: Node) -> Location | None:
        """Return the member that an argument was read from, if it is one."""
        node = _bare(node)
        if node.kind == Kind.ID and function.is_local(node.value):
            given = _given(function, node.value)
            if len(given) != 1:
                return None
            node = given[0]
        while node.kind == Kind.INDEX:
            node = node.kids[0]
        return self.resolver.member(function, node) \
            if node.kind == Kind.MEMBER else None

    def _unfilled(self, member: Location) -> bool:
        """Say whether nothing on the way gives a member its value."""
        uses, unclear = self.resolver.uses(member)
        writes = [(f, u) for f, u in uses if not _only_read(u)]
        return bool(writes) and not unclear and all(
            self._off_the_way(f, u) for f, u in writes)

    def _off_the_way(self, function: Function, use: Use) -> bool:
        """Say whether a place is not run on the way to the acquisition.

        Nor after it, before the entry point returns.
        """
        seen = {function.key}
        work = [(function, use.statement.start)]
        while work and len(seen) < MOST:
            current, at = work.pop()
            if current.key in self._way:
                mine = self._way[current.key][1]
                if meet(current, mine, at):
                    return False
                continue
            above = self.callers.above(current)
            if above.handed or not above.calls and not above.entry:
                return False
            for caller, call in above.calls:
                if caller.key not in seen or caller.key in self._way:
                    seen.add(caller.key)
                    work.append((caller, call.statement.start))
        return not work


def _given(function: Function, name: str) -> list[Node]:
    """Return what a variable is given, but for NULL, without casts."""
    found = [_bare(value) for _, value in values(function, name)]
    return [value for value in found if number(value) != 0]


def _bare(node: Node) -> Node:
    while node.kind == Kind.CAST:
        node = node.kids[0]
    return node


def _only_read(use: Use) -> bool:
    """Say whether a member is read here, not written nor its address taken."""
    node = use.node
    while node.parent is not None and node.parent.kind == Kind.INDEX and \
            node.parent.kids[0] is node:
        node = node.parent
    above = node.parent
    return above is None or not (
        above.kind == Kind.ASSIGN and above.kids[0] is node
        or above.kind == Kind.UNARY and above.value == "&") and \
        use.node.kind != Kind.FIELD
