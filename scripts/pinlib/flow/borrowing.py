# SPDX-License-Identifier: GPL-2.0-only
"""Follow a driver's table of pages through what another subsystem keeps of it."""

from __future__ import annotations

from pinlib.csource.expr import Kind
from pinlib.flow import borrowed_tables
from pinlib.flow.expressions import ExpressionWalker
from pinlib.flow.graph import Event, EventKind
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, LocationKind


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

        A member that the driver never reads, or that belongs to the whole
        kernel, only borrows it.
        """
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


def _shared(one: str, other: str) -> bool:
    """Say whether two folders are one driver's: one contains the other."""
    return one.startswith(other) or other.startswith(one)
