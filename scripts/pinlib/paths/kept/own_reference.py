# SPDX-License-Identifier: GPL-2.0-only
"""Tell a put that only gives back a function's own reference from a release.

What drops an object's pages when a count reaches zero does not do so where the
function that calls it took a reference of the object itself, found and not made:
those of the others keep the object.
"""

from __future__ import annotations

import re
from pinlib.csource.expr import Kind, Node, bare_test
from pinlib.csource.value_sets import number
from pinlib.flow.points_to import values
from pinlib.paths.kept.all_callers import KREF_PUT
from pinlib.paths.caller_release import leads
from pinlib.program.function import Function, Guard, Statement, Use
from pinlib.program.locations import Location, Resolver
from pinlib.program.program import Program

# A driver's own wrapper has the same name with another word before it.
_ATOMIC = r"(?:\w+_)?(?:atomic|atomic64|atomic_long|refcount)_"
_LOWERS = re.compile(rf"{_ATOMIC}(?:fetch_)?(?:dec|sub)\w*")
_AT_ZERO = re.compile(rf"{_ATOMIC}(?:dec|sub)_and_(?:test|\w*lock\w*)")
_RAISES = re.compile(rf"{_ATOMIC}(?:fetch_)?(?:inc|add)\w*|kref_get\w*")
_STARTS = re.compile(rf"{_ATOMIC}set|kref_init|memset")
LEVELS = 2


class OwnReferences:
    """The reference counts of a driver's objects."""

    def __init__(self, program: Program, resolver: Resolver) -> None:
        self.program = program
        self.resolver = resolver

    def counted(self, caller: Function,
                use: Use) -> tuple[Location, Node] | None:
        """Return the count that must reach zero for a call, and its object."""
        call = use.call
        if call is not None and call.kids[0].value in KREF_PUT:
            return self._count(caller, call.kids[1])
        for guard in caller.guards_at(use.statement.start):
            lowered = self._lowered(caller, guard)
            found = self._count(caller, lowered) if lowered else None
            if found:
                return found
        return None

    def held(self, caller: Function, use: Use, count: Location,
             thing: Node, early: bool = False) -> bool:
        """Say whether a function drops what it took itself, once, by a call.

        early: or may do so, on a way that was not left before.
        """
        name, at = str(thing), use.statement.start
        if thing.kind != Kind.ID or not caller.is_local(name) and \
                name not in [n for _, n in caller.params]:
            return False
        taken = [s for s in caller.statements if s.start < at
                 and self._takes(caller, s, name, count)
                 and all(g.start <= at < g.end or early and _left_before(
                     caller, s, g, at) for g in caller.guards_at(s.start))]
        again = [s.start for s in caller.statements if s.tree is not None
                 and any(_same_call(use, n) for n in s.tree.walk())]
        return len(taken) == 1 and not any(
            leads(caller, at, other) for other in again) and not any(
            s.start > taken[0].start and number(value) != 0
            for s, value in values(caller, name))

    def _takes(self, caller: Function, statement: Statement, name: str,
               count: Location) -> bool:
        """Say whether a statement takes a reference of what a variable names.

        By a call that gives the variable its value, or that is given it.
        """
        for node in statement.nodes():
            if node.kind != Kind.CALL or node.kids[0].kind != Kind.ID:
                continue
            if _RAISES.fullmatch(node.kids[0].value):
                found = self._count(caller, node.kids[-1])
                if found and found[0] == count and str(found[1]) == name:
                    return True
            elif _sets(caller, statement, name, node):
                return self._raised_by(caller, node, count, True)
            elif any(k.kind == Kind.ID and k.value == name
                     for k in node.kids[1:]) and \
                    self._raised_by(caller, node, count, False):
                return True
        return False

    def _raised_by(self, caller: Function, call: Node, count: Location,
                   finds: bool) -> bool:
        """Say whether a function raises a count of what it finds, or is given.

        What is given may have its own count lowered again: that is a pair.
        """
        callee = self.program.definition(call.kids[0].value, caller.file)
        if callee is None or self._made_in(callee, count, LEVELS):
            return False
        if not finds and any(self._changes(callee, s, count, _LOWERS, "--")
                             for s in callee.statements):
            return False
        places = [s.start for s in callee.statements
                  if self._changes(callee, s, count, _RAISES, "++")]
        return any(all(_wanted(callee, g, call) for g in callee.guards_at(at))
                   for at in places)

    def _made_in(self, function: Function, count: Location,
                 level: int) -> bool:
        """Say whether a function gives a count its first value."""
        for statement in function.statements:
            if self._changes(function, statement, count, _STARTS, "="):
                return True
            for node in statement.nodes() if level else ():
                inner = self.program.definition(
                    node.kids[0].value, function.file) \
                    if node.kind == Kind.CALL and \
                    node.kids[0].kind == Kind.ID else None
                if inner is not None and inner.key != function.key and \
                        not self.program.tree.is_kernel(inner.file) and \
                        self._made_in(inner, count, level - 1):
                    return True
        return False

    def _changes(self, function: Function, statement: Statement,
                 count: Location, names: re.Pattern[str],
                 operator: str) -> bool:
        """Say whether a statement changes a count, by such a call or operator."""
        for use in function.members.get(count.name, ()):
            if use.statement is not statement or \
                    self.resolver.member(function, use.node) != count:
                continue
            above = use.node.parent
            if above is not None and above.kind in (
                    Kind.UNARY, Kind.POST, Kind.ASSIGN) and \
                    above.value == operator and above.kids[0] is use.node:
                return True
            call = _call_around(use.node)
            if call is not None and names.fullmatch(call.kids[0].value):
                return True
        return False

    def _count(self, function: Function,
               node: Node) -> tuple[Location, Node] | None:
        """Return the member that an expression is the address of, and whose."""
        while node.kind in (Kind.CAST, Kind.UNARY) and node.kids:
            node = node.kids[0]
        if node.kind != Kind.MEMBER:
            return None
        member = self.resolver.member(function, node)
        thing = node.kids[0]
        return (member, thing) if member else None

    def _lowered(self, function: Function, guard: Guard) -> Node | None:
        """Return the count whose last reference went where a condition is so."""
        test, holds = bare_test(guard.test, guard.holds)
        if test.kind == Kind.CALL and _AT_ZERO.fullmatch(test.kids[0].value):
            return test.kids[1 + (len(test.kids) > 2 and "sub" in
                                  test.kids[0].value)] if holds else None
        if test.kind == Kind.BINARY and test.value == "==" and holds and \
                number(test.kids[1]) in (0, 1):
            test = test.kids[0]
        elif holds:
            return None
        if test.kind == Kind.ID:
            known = [v for s, v in values(function, test.value)
                     if s.start < guard.start]
            if len(known) != 1:
                return None
            test = known[0]
        if test.kind == Kind.UNARY and test.value == "--":
            return test.kids[0]
        return test.kids[-1] if test.kind == Kind.CALL and \
            _LOWERS.fullmatch(test.kids[0].value) else None


def _sets(function: Function, statement: Statement, name: str,
          call: Node) -> bool:
    """Say whether a variable becomes what a call returns."""
    for where, value in values(function, name):
        while value.kind == Kind.CAST:
            value = value.kids[0]
        if where is statement and value is call:
            return True
    return False


def _left_before(function: Function, statement: Statement, guard: Guard,
                 at: int) -> bool:
    """Say whether a condition leaves a block that has both places early."""
    text = function.text
    return not guard.holds and function.block_at(statement.start) == \
        function.block_at(at) and not text.code[:guard.start].endswith("else")


def _same_call(use: Use, node: Node) -> bool:
    """Say whether a node is a call of the same function for the same object."""
    return use.call is not None and node.kind == Kind.CALL and \
        str(node.kids[0]) == str(use.call.kids[0]) and \
        [str(k) for k in node.kids[1:]] == [str(k) for k in use.call.kids[1:]]


def _call_around(node: Node) -> Node | None:
    """Return the call that is given the address of a member."""
    above = node.parent
    while above is not None and above.kind in (Kind.UNARY, Kind.CAST):
        above = above.parent
    return above if above is not None and above.kind == Kind.CALL else None


def _wanted(function: Function, guard: Guard, call: Node) -> bool:
    """Say whether what a call gives lets a condition on it be true.

    A condition on anything but the bare parameter is one on what is found.
    """
    names = [n for _, n in function.params]
    test, holds = bare_test(guard.test, guard.holds)
    if test.kind != Kind.ID or test.value not in names:
        return not any(n.kind == Kind.BINARY and n.value == "&" and any(
            k.value in names for k in n.walk()) for n in test.walk())
    index = names.index(test.value) + 1
    value = number(call.kids[index]) if index < len(call.kids) else None
    return value is not None and bool(value) == holds
