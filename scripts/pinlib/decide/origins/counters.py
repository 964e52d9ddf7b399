# SPDX-License-Identifier: GPL-2.0-only
"""Find a count of pages that proves that the acquiring call was made."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.decide.origins.origins import Origins
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import values
from pinlib.paths import branches
from pinlib.program.callers import calls, only_called
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, Resolver, variable


@dataclass(frozen=True)
class Filler:
    """The one call of the acquiring function that fills a container."""

    caller: Function
    statement: Statement
    call: Node
    iterator: Node


class Counted:
    """A count that only the filling call raises, in a caller's local.

    Where it is not zero the call was made, once, and so was all before it.

    name: the local; table: the scatterlist that the call fills; object: the
    pointer to the object with the scatterlist in it.
    """

    def __init__(self, origins: Origins, site: CallSite,
                 filler: Filler) -> None:
        self.origins = origins
        self.site = site
        self.filler = filler
        self.table, self.object = self._table()
        start = filler.statement.start
        once = branches.runs_once(filler.caller, start, start)
        self.name = self._name() if self.object and once else ""

    def _table(self) -> tuple[str, str]:
        """Return the local scatterlist passed to the call, and its object."""
        site, caller = self.site, self.filler.caller
        filled = {e.location
                  for e in site.flow.of(EventKind.INTO, EventKind.ACQUIRE)
                  if e.function.key == site.function.key}
        filled |= {la for la, c in site.flow.locations.items()
                   if c == "sg" and la.owner == site.function.name}
        for (_, name), argument in zip(site.function.params,
                                       self.filler.call.kids[1:]):
            root = _root(argument)
            if variable(site.function, name) not in filled or \
                    root.kind != Kind.ID:
                continue
            given = [v for _, v in values(caller, root.value)
                     if v.value not in ("NULL", "0")]
            if len(given) == 1 and given[0].kind == Kind.UNARY and \
                    given[0].value == "&":
                owner = _root(given[0])
                while owner.kind == Kind.MEMBER:
                    owner = _root(owner.kids[0])
                if owner.kind == Kind.ID and self._fixed(owner.value):
                    return root.value, owner.value
        return "", ""

    def _fixed(self, name: str) -> bool:
        """Say whether a local points to one object from before the call on."""
        caller = self.filler.caller
        given = [(s, v) for s, v in values(caller, name)
                 if v.value not in ("NULL", "0")]
        if len(given) != 1 or not caller.is_local(name):
            return False
        low, high = caller.block_at(given[0][0].start)
        return given[0][0].start < self.filler.statement.start and \
            low < self.filler.statement.start < high

    def _name(self) -> str:
        """Return the local that is zero until the call and only decreases after."""
        caller = self.filler.caller
        for argument in self.filler.call.kids[1:]:
            if argument.kind != Kind.UNARY or argument.value != "&" or \
                    argument.kids[0].kind != Kind.ID:
                continue
            name = argument.kids[0].value
            if caller.is_local(name) and all(
                    self._harmless(u.node, argument)
                    for u in caller.uses.get(name, [])) and [
                    v.value for _, v in values(caller, name)] == ["0"]:
                return name
        return ""

    @staticmethod
    def _harmless(node: Node, filling: Node) -> bool:
        parent = node.parent
        if parent is None or parent is filling:
            return True
        if parent.kind == Kind.ASSIGN and parent.kids[0] is node:
            return parent.kids[1].value == "0"
        if parent.kind == Kind.UNARY and parent.value == "&":
            return False
        return parent.value != "++"

    def read(self, release: Event) -> tuple[str, Location | None] | None:
        """Return the object as a release sees it, and the member that it tests.

        None where a release may come before the call.
        """
        function = release.function
        tests = [t for g in function.guards_at(release.statement.start)
                 for t, holds in conditions(g.test, g.holds) if holds]
        if function.key == self.filler.caller.key:
            known = any(self._means_count(t, not self._falls()) for t in tests)
            return (self.object, None) if known else None
        for test in tests:
            member = self._says(function, test)
            if member:
                return str(test.kids[0]), member
        return None

    def _falls(self) -> list[int]:
        """Return where the count goes down; it may be negative from there."""
        return [u.statement.start for u in
                self.filler.caller.uses.get(self.name, [])
                if u.node.parent is not None and u.node.parent.value == "--"]

    def _means_count(self, node: Node, whole: bool) -> bool:
        """Say whether an expression is true for a count above zero only.

        whole: the count is not negative there.
        """
        if node.kind == Kind.UNARY and node.value == "!" and \
                node.kids[0].kind == Kind.UNARY and node.kids[0].value == "!":
            node = node.kids[0].kids[0]
        if node.kind == Kind.BINARY and node.kids[1].value == "0" and (
                node.value == ">" or whole and node.value == "!="):
            node, whole = node.kids[0], True
        return whole and node.kind == Kind.ID and node.value == self.name

    def _says(self, function: Function, test: Node) -> Location | None:
        """Return the member in a test if it is set from the count alone."""
        if test.kind != Kind.MEMBER or not test.value.startswith("->") or \
                test.kids[0].kind != Kind.ID:
            return None
        where = self.origins.resolver.member(function, test)
        caller = self.filler.caller
        own = self.origins.resolver.type_of(
            caller, Node(Kind.ID, self.object))
        if where is None or own != self.origins.resolver.type_of(
                function, test.kids[0]):
            return None
        given = [(f, s, v) for f, s, v in self.origins.assignments(where)
                 if v.value not in ("0", "false", "NULL")]
        for setter, statement, value in given:
            tree = statement.tree
            whole = all(statement.start < at for at in self._falls())
            if setter.key != caller.key or tree is None or \
                    not self._means_count(value, whole) or \
                    tree.kind != Kind.ASSIGN or \
                    str(tree.kids[0].kids[0]) != self.object:
                return None
        return where if given else None


def instead(resolver: Resolver, site: CallSite, other: Event,
            release: Event) -> bool:
    """Say whether other pages only come in where a count is zero at a release.

    They do in another arm than the one call that fills the table and counts.
    """
    found = calls(resolver.program, site.function)
    if len(found) != 1 or not only_called(resolver.program, site.function):
        return False
    caller, use = found[0]
    if other.function.key != caller.key or use.call is None or \
            not branches.other_arm(caller, other.statement.start,
                                   use.statement.start):
        return False
    counted = Counted(Origins(resolver.program, resolver, site), site, Filler(
        caller, use.statement, use.call, use.call))
    return bool(counted.name) and counted.read(release) is not None


def _root(node: Node) -> Node:
    """Return the variable that an address or an entry belongs to."""
    while node.kind in (Kind.UNARY, Kind.INDEX, Kind.CAST) or (
            node.kind == Kind.BINARY and node.value in ("+", "-")):
        node = node.kids[0]
    return node
