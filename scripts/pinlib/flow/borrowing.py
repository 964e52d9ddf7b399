# SPDX-License-Identifier: GPL-2.0-only
"""Follow a driver's table of pages through what another subsystem does with it."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow import borrowed_tables
from pinlib.flow.expressions import ExpressionWalker
from pinlib.flow.graph import Event, EventKind, category_of
from pinlib.flow.other_tables import TABLES, put_in, run_over
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, LocationKind
from pinlib.program.program import Program

_DEPTH = 3


class BorrowWalker(ExpressionWalker):
    """The walk, with tables that are lent for the length of an I/O."""

    def _in_driver(self, file: str) -> bool:
        """Say whether a file is in the driver or subsystem with the pages.

        That is the folder of the acquisition, or one above or below it.
        """
        tree = self.program.tree
        return not tree.is_kernel(file) and _shared(
            tree.home(file), tree.home(self._home))

    def _borrow(self, location: Location, callee: Function, index: int,
                category: str, use: Use) -> None:
        """Note a table that another subsystem borrows for the driver.

        It may put pages of its own there. A member that the driver never reads,
        or that belongs to the whole kernel, only borrows it.
        """
        if _puts_pages(self.program, callee, index):
            self._event(EventKind.FILL, use.statement.function, use.statement,
                        use.node, location, use.call, f"{callee.name}()",
                        category=category)
        for member in borrowed_tables.kept(self.program, self.resolver,
                                           callee, index):
            if (member.owner, member.name) in borrowed_tables.LENT:
                continue
            if member not in self.flow.locations:
                uses, unclear = self.resolver.uses(member, self._in_driver)
                if not uses or unclear:
                    continue
                if self.program.tree.is_kernel(member.file):
                    # Other writers of the member are not part of the module.
                    self._event(EventKind.UNKNOWN, use.statement.function,
                                use.statement, use.node, location, None,
                                str(member), category=category)
                    continue
                self.flow.borrowed.add(member)
            self._event(EventKind.INTO, use.statement.function, use.statement,
                        use.node, location, detail=str(member),
                        category=category)
            self.reach(member, category, location)

    def _mixed_borrowing(self, member: Location, category: str) -> None:
        """Note other tables that the driver stores where this one is borrowed."""
        for function, use in borrowed_tables.dropped(self.resolver, member,
                                                     self._in_driver):
            self._event(EventKind.UNKNOWN, function, use.statement, use.node,
                        member, detail=str(use.statement.tree))
        for caller, use, index in borrowed_tables.writers(
                self.program, self.resolver, member, self._in_driver):
            call = use.call
            named = call is not None and -1 < index < len(call.kids) - 1
            node = call.kids[index + 1] if call and named else use.node
            where = self.resolver.locate(caller, node)
            if where is None or where[0] not in self.flow.locations:
                self.flow.entries.setdefault(member, []).append(Event(
                    EventKind.OTHER_WRITE, caller, use.statement, node, member,
                    detail=str(node), category=category))

    def _read_back(self, callee: Function, index: int, file: str,
                   category: str) -> None:
        """Note a table that an outside function stores in a request.

        The request's other users only borrow the table; but the file that
        passed it may read it back, for example in a callback.
        """
        name = callee.params[index][1] if index < len(callee.params) else ""
        for use in callee.uses.get(name, []):
            parent = use.node.parent
            if parent is None or parent.kind != Kind.ASSIGN or \
                    parent.kids[1] is not use.node:
                continue
            where = self.resolver.locate(callee, parent.kids[0])
            if where is None or where[0].kind != LocationKind.MEM or \
                    where[0] in self.flow.locations or \
                    file in self.flow.read_back.setdefault(where[0], set()):
                continue
            self.flow.read_back[where[0]].add(file)
            for function in self.program.mentioning(where[0].name, {file}):
                for read in function.members.get(where[0].name, []):
                    if self.resolver.member(function, read.node) == where[0]:
                        self._classify(where[0], function, read, category, 1)


def _puts_pages(program: Program, callee: Function, index: int,
                level: int = 0) -> bool:
    """Say whether a function puts pages into the table that it is passed.

    Or one that it passes the table on to does. What it takes out of the same
    table does not count.
    """
    if index >= len(callee.params) or level > _DEPTH:
        return False
    table = _standing_in(callee, callee.params[index][1])
    for name in sorted(table):
        for use in callee.uses.get(name, ()):
            node, call = use.node, use.node.parent
            while call is not None and call.kind in (
                    Kind.UNARY, Kind.INDEX, Kind.BINARY, Kind.CAST,
                    Kind.MEMBER) and call.kids[0] is node:
                node, call = call, call.parent
            if call is None or call.kind != Kind.CALL or call.kids[0] is node:
                continue
            put = put_in(call, node)
            if put is not None and not table & {
                    n.value for n in (put, *put.walk()) if n.kind == Kind.ID}:
                return True
            inner = program.definition(call.kids[0].value, callee.file) \
                if put is None else None
            place = next(i for i, k in enumerate(call.kids[1:]) if k is node)
            if inner and inner.key != callee.key and effects.effect(
                    inner.name, place) is None and _puts_pages(
                    program, inner, place, level + 1):
                return True
    return False


def _standing_in(function: Function, param: str) -> set[str]:
    """Return a parameter and the locals that stand in the table passed by it."""
    found = {param}
    tables = [name for name, kind in function.types.items()
              if name != param and category_of(kind) in TABLES]
    for _ in tables:
        found |= {name for name in tables if any(
            node.value in found for value in _stands(function, name)
            for node in (value, *value.walk()) if node.kind == Kind.ID)}
    return found


def _stands(function: Function, name: str) -> list[Node]:
    """Return the tables, and the entries, that a local is set to."""
    over = (run_over(use.node) for use in function.uses.get(name, ()))
    return [v for _, v in values(function, name)] + [t for t in over if t]


def _shared(one: str, other: str) -> bool:
    """Say whether two folders are one driver's: one contains the other."""
    return one.startswith(other) or other.startswith(one)
