# SPDX-License-Identifier: GPL-2.0-only
"""Tell origins apart by a bit of an object that is set for these pages alone.

`obj->flags |= OF_USER` where pages are taken, and `if (obj->flags & OF_USER)`
around a release: the other arm is for pages that came in elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, bare_test, conditions
from pinlib.decide.origins import own_array
from pinlib.decide.origins.marked_ways import MarkedWays
from pinlib.flow.call_sites import CallSite
from pinlib.flow.conditions import ZERO, together
from pinlib.flow.declared import initialisers
from pinlib.flow.graph import Event, Flow, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths import branches
from pinlib.paths.always_drops import Stores
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver


@dataclass(frozen=True)
class Bits:
    """The bits that tell the pages of one acquisition from others."""

    resolver: Resolver
    call: CallSite

    @property
    def flow(self) -> Flow:
        """Return the flow of the pages."""
        return self.call.flow

    @property
    def site(self) -> Event:
        """Return the acquisition."""
        return self.call.event()

    def without(self, event: Event) -> str | None:
        """Return why an event sees objects alone that are without such a bit."""
        for member, bit, holds, line in self._tests(event):
            if not holds and self._marks(member, bit):
                return f"line {line}: {member} has {bit} set for these pages"
        return None

    def within(self, release: Event, others: list[Event]) -> str | None:
        """Return why a release sees objects alone that have such a bit.

        The bit goes with the pages, or the object does.
        """
        for member, bit, holds, line in self._tests(release):
            if holds and self._marks(member, bit) and \
                    self._ways(member, bit).alone and (
                    self._cleared_in(release.function, member, bit)
                    or frees_object(release) and all(
                        own_array.brings_array(self.flow, o) for o in others)):
                return (f"line {line}: {bit} of {member} is set by "
                        f"{self.site.function.name}() alone")
        return None

    def _tests(self, event: Event) -> Iterator[tuple[
            Location, str, bool, int]]:
        """Yield the bits that are tested on the way to an event."""
        function = event.function
        for guard in function.guards_at(event.statement.start):
            for test, holds in conditions(guard.test, guard.holds):
                node, holds = bare_test(_meant(function, test), holds)
                if node.kind == Kind.BINARY and node.value in ("==", "!=") \
                        and node.kids[1].value in ZERO:
                    holds = holds == (node.value == "!=")
                    node = node.kids[0]
                if node.kind != Kind.BINARY or node.value != "&":
                    continue
                where = self.resolver.locate(function, node.kids[0])
                bit = node.kids[1]
                if where and where[0].kind == LocationKind.MEM and \
                        _constant(function, bit):
                    yield where[0], str(bit), holds, guard.line

    def _marks(self, member: Location, bit: str) -> bool:
        """Say whether a bit is set with these pages, and never otherwise."""
        uses, unclear = self.resolver.uses(member)
        if unclear:
            return False
        if any(not _harmless(function, use.node.kids[0], bit)
               for function, use, _ in initialisers.fields(
                   self.resolver, member)):
            return False
        found = False
        for function, use in uses:
            change = _change(use.node, bit)
            if change == "sets" and not self._here(function, use.statement) \
                    and not self._always(function, member, bit) \
                    or change == "clears" and not self._dropped(function) \
                    or change == "unknown":
                return False
            found = found or change == "sets"
        return found

    def _ways(self, member: Location, bit: str) -> MarkedWays:
        """Return on which ways the acquiring function leaves the bit set."""
        mine = [(u.statement.start, _change(u.node, bit))
                for f, u in self.resolver.uses(member)[0]
                if f.key == self.site.function.key]
        return MarkedWays(self.resolver, self.call,
                          [at for at, change in mine if change == "sets"],
                          [at for at, change in mine if change == "clears"])

    def _here(self, function: Function, statement: Statement) -> bool:
        """Say whether the acquiring function sets the bit on every good way.

        One that leaves before the pages are put anywhere needs none.
        """
        site, start = self.site, self.site.statement.end
        if function.key != site.function.key or not together(
                function, statement, site.statement):
            return False
        stores = Stores(self.flow)
        local = site.location.kind == LocationKind.VAR and function.is_local(
            site.location.name)
        first = next((m.start() for m in jumps.LEAVES.finditer(
            function.text.code, start, statement.start)
            if stores.precede(function, m.start()) or not local), -1)
        return first < 0 or not branches.leaves_early(
            function, start, statement.start, _result(site))

    def _always(self, function: Function, member: Location,
                bit: str) -> bool:
        """Say whether the acquiring function sets the bit where it keeps pages."""
        return function.key == self.site.function.key and \
            self._ways(member, bit).always

    def _dropped(self, function: Function) -> bool:
        """Say whether a function drops these pages."""
        return any(e.function.key == function.key
                   for e in self.flow.of(*RELEASE_KINDS))

    def _cleared_in(self, function: Function, member: Location,
                    bit: str) -> bool:
        uses, _ = self.resolver.uses(member)
        return any(f.key == function.key and _change(u.node, bit) == "clears"
                   for f, u in uses)


def _meant(function: Function, node: Node) -> Node:
    """Return what a local in a test was made of, if it is that alone."""
    given = values(function, node.value) if node.kind == Kind.ID and \
        function.is_local(node.value) else []
    uses = function.uses.get(node.value, ()) if len(given) == 1 else ()
    return given[0][1] if uses and not any(
        u.node.parent is not None and (
            u.node.parent.kind == Kind.POST or u.node.parent.kind == Kind.ASSIGN
            and u.node.parent.kids[0] is u.node and u.node.parent.value != "="
            or u.node.parent.value in ("&", "++", "--")) for u in uses) else node


def _result(site: Event) -> str:
    """Return what has the result of the acquisition, as text."""
    tree = site.statement.tree
    return str(tree.kids[0]) if tree and tree.kind == Kind.ASSIGN \
        else str(site.call)


def _change(node: Node, bit: str) -> str:
    """Return what is done to a bit: sets, clears, unknown, or "" for nothing."""
    above = node.parent
    if above is None or above.kind == Kind.BINARY:
        return ""
    if above.kind == Kind.POST or above.kind == Kind.UNARY and \
            above.value in ("&", "++", "--"):
        return "unknown"
    if above.kind != Kind.ASSIGN or above.kids[0] is not node:
        return ""
    value = above.kids[1]
    if above.value == "&=":
        return "clears"
    if above.value not in ("=", "|="):
        return "unknown"
    words = [n for n in value.walk() if n.kind not in (
        Kind.CONST, Kind.BINARY)]
    if any(n.kind != Kind.ID or not n.value.isupper() for n in words):
        return "unknown"
    if any(n.value == bit for n in value.walk()):
        return "sets"
    return "clears" if above.value == "=" else ""


def _constant(function: Function, bit: Node) -> bool:
    """Say whether a bit is a name for one, as macros and enumerators are."""
    return bit.kind == Kind.ID and bit.value.isupper() and \
        bit.value not in function.types


def _harmless(function: Function, value: Node, bit: str) -> bool:
    """Say whether an initial value is one without the bit."""
    return value.value != bit and (
        value.kind == Kind.CONST or _constant(function, value))


def frees_object(release: Event) -> bool:
    """Say whether the function of a release frees the object that had the pages."""
    node = release.node
    while node.kids and node.kind in (Kind.INDEX, Kind.MEMBER, Kind.UNARY,
                                      Kind.CAST, Kind.BINARY):
        node = node.kids[0]
    return any(
        use.node.parent is not None and use.node.parent.kind == Kind.CALL
        and (effect := effects.effect(use.node.parent.kids[0].value, 0))
        is not None and effect.kind == "free-array"
        and use.statement.start > release.statement.start
        for use in release.function.uses.get(node.value, ()))
