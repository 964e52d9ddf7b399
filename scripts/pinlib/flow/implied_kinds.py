# SPDX-License-Identifier: GPL-2.0-only
"""Find which kinds of iterator are ruled out by a flag that stands for a test.

A driver tests once what an iterator is made of and stores the answer in a
variable, or in an object that is passed on beside the iterator. The values that
the flag can have at a call are followed back to where they were assigned; what
holds at all of those places holds at the call.
"""

from __future__ import annotations

import re
from collections.abc import (Callable, Container, Iterator, Mapping,
                             Sequence)

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.points_to import Objects, values
from pinlib.kernel.view import folder
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

CALLERS = 60
DEPTH = 40
STEPS = 1000
VALUES = 4      # a variable with more values is not a flag
LEVELS = 4
_FALSE = ("0", "false", "NULL")
_TRUE = ("1", "true")
_LOOP = re.compile(r"(?:\b(?:for|while)|\b\w*for_each\w*)\s*\([^;{}]*"
                   r"(?:;[^;{}]*;[^;{}]*)?\)\s*\Z|\bdo\s*\Z")


class Implied:
    """What the conditions on the path to a call imply for an iterator."""

    def __init__(self, program: Program, resolver: Resolver,
                 kinds: set[str], checks: Mapping[str, set[str]],
                 makers: Container[str]) -> None:
        self.program = program
        self.resolver = resolver
        self.any = kinds
        self.checks = checks
        self.makers = makers
        self._left = STEPS
        self.places: list[str] = []
        self._open: set[tuple[object, ...]] = set()
        self._owned: dict[tuple[Location, str], bool] = {}

    def worthwhile(self, function: Function) -> bool:
        """Say whether any such test is made in the folder of a function."""
        home = self.program.tree.home(function.file)
        return any(file.startswith(home) for name in self.checks
                   for file in self.program.naming_files(name))

    def denied(self, function: Function, statement: Statement, test: Node,
               holds: bool, node: Node) -> tuple[set[str], str]:
        """Return kinds a flag rules out at a statement, and a test's line."""
        self.places = []
        gone = self._known(function, statement, test, holds, node)
        gone = gone if gone != self.any else set()
        return gone, max(self.places, default="")

    def above(self, function: Function, node: Node) -> tuple[set[str], str]:
        """Return the kinds all callers of a function rule out, and a line."""
        self.places = []
        gone = self._asked_above(function, node, 0)
        return gone if gone != self.any else set(), \
            max(self.places, default="")

    def _known(self, function: Function, statement: Statement, test: Node,
               holds: bool, node: Node) -> set[str]:
        """Return the kinds a condition rules out; all if it cannot hold."""
        key = (function.key, statement.start, str(test), holds, str(node))
        if key in self._open:
            return self.any     # a cycle adds no other values
        self._left -= 1
        if len(self._open) > DEPTH or self._left < 0:
            return set()
        self._open.add(key)
        try:
            return self._one(function, statement, test, holds, node)
        finally:
            self._open.discard(key)

    def _one(self, function: Function, statement: Statement, test: Node,
             holds: bool, node: Node) -> set[str]:
        split = conditions(test, holds)
        if split != [(test, holds)]:
            return set().union(*(self._known(function, statement, t, h, node)
                                 for t, h in split))
        if test.kind == Kind.BINARY and test.value == ("||" if holds else "&&"):
            return set.intersection(*(self._known(
                function, statement, k, holds, node) for k in test.kids))
        if test.kind == Kind.BINARY and test.value in ("==", "!=") and \
                test.kids[1].value in _FALSE:
            return self._known(function, statement, test.kids[0],
                               holds == (test.value == "!="), node)
        constant = _constant(test)
        if constant is not None:
            return set() if constant == holds else self.any
        if test.kind == Kind.CALL:
            return self._asked(function, statement, test, holds, node)
        if test.kind == Kind.ID:
            return self._variable(function, statement, test, holds, node)
        if test.kind == Kind.MEMBER and holds and test.kids[0].kind == Kind.ID:
            return self._member(function, statement, test, node)
        return set()

    def _asked(self, function: Function, statement: Statement, test: Node,
               holds: bool, node: Node) -> set[str]:
        name = test.kids[0].value
        if name not in self.checks or len(test.kids) != 2 or \
                not self._same(function, test.kids[1], node) or \
                self._remade(function, node):
            return set()
        whole = test
        while whole.parent is not None:
            whole = whole.parent
        place = next((s for s in function.statements if s.tree is whole),
                     statement)
        self.places.append(f"{place}: {name}()")
        kinds = self.checks[name]
        return self.any - kinds if holds else set(kinds)

    def _same(self, function: Function, one: Node, other: Node) -> bool:
        """Say whether both are one iterator, by name or by where it lies."""
        if str(one) == str(other):
            return True
        places = [self.resolver.locate(function, n) for n in (one, other)]
        return places[0] is not None and places[0] == places[1] and \
            places[0][0].kind == LocationKind.VAR

    def _remade(self, function: Function, node: Node) -> bool:
        """Say whether an iterator's variable may get another one."""
        root = _root(node)
        given = len(values(function, root))
        return given > (root not in [n for _, n in function.params]) or any(
            n.kind == Kind.CALL and n.kids[0].value in self.makers
            and any(_root(k) == root for k in n.kids[1:])
            or n.kind == Kind.ASSIGN and str(n.kids[0]) in (
                f"*{node}", str(node).removeprefix("&"))
            for s in function.statements if s.tree for n in s.tree.walk())

    def _variable(self, function: Function, statement: Statement, test: Node,
                  holds: bool, node: Node) -> set[str]:
        name = test.value
        given = values(function, name)
        if len(given) > VALUES or self._changed(function, name, len(given)):
            return set()
        if name in [n for _, n in function.params]:
            return set() if given else self._above(function, test, holds, node)
        if not function.is_local(name):
            return set()
        found = [self._given(function, s, v, holds, node) for s, v in given
                 if _before(function, s, statement)
                 and not _left(function, s, name, holds)]
        return set.intersection(*found) if found else self.any

    def _given(self, function: Function, statement: Statement, value: Node,
               holds: bool, node: Node) -> set[str]:
        """Return what holds where a flag is assigned a possible value."""
        known = self._known(function, statement, value, holds, node)
        for guard in function.guards_at(statement.start):
            if known >= self.any:
                break
            known = known | self._known(function, statement, guard.test,
                                        guard.holds, node)
        return known

    @staticmethod
    def _changed(function: Function, name: str, plain: int) -> bool:
        """Say whether a variable may change other than by plain assignment."""
        settings = 0
        for use in function.uses.get(name, []):
            above = use.node.parent
            if above is not None and (
                    above.kind == Kind.POST or above.kind == Kind.UNARY and
                    above.value in ("&", "++", "--")):
                return True
            settings += bool(use.setting and use.setting.value == "=")
        declared = sum(s.fact.kind == "declare" and s.fact.name == name
                       and s.tree is not None for s in function.statements)
        return settings + declared != plain or name in function.shadowed

    def _member(self, function: Function, statement: Statement, test: Node,
                node: Node) -> set[str]:
        """Return what holds where a flag in an object was set, if set now."""
        base = test.kids[0].value
        place = self.resolver.member(function, test)
        if place is None or not self._only_set_by_owners(function, place):
            return set()
        if base in [n for _, n in function.params]:
            return set() if values(function, base) else \
                self._above(function, test, True, node)
        if not function.is_local(base) or test.value.startswith("->") or \
                not _emptied(function, base):
            return set()
        found = [self._given(function, s, v, True, node)
                 for s, v in _sets(function, base, test.value.lstrip("->."))
                 if _constant(v) is not False]
        return set.intersection(*found) if found else self.any

    def _only_set_by_owners(self, function: Function, place: Location) -> bool:
        """Say whether only functions owning the object set a member."""
        key = place, folder(function.file)
        if key not in self._owned:
            self._owned[key] = self._is_owned(function, place)
        return self._owned[key]

    def _is_owned(self, function: Function, place: Location) -> bool:
        uses, unclear = self.resolver.uses(place)
        if unclear or not uses or Objects(self.program, self.resolver).copied(
                place.owner, function):
            return False
        return all(_reads_or_clears(f, u.node) for f, u in uses)

    def _above(self, function: Function, test: Node, holds: bool,
               node: Node) -> set[str]:
        """Return what all callers rule out for the arguments they pass."""
        return self._all(function, node, lambda caller, statement, given: (
            self._known(caller, statement, _with(test, given), holds,
                        _with(node, given))))

    def _asked_above(self, function: Function, node: Node,
                     level: int) -> set[str]:
        """Return the kinds ruled out by conditions around all calls."""
        if level > LEVELS:
            return set()

        def around(caller: Function, statement: Statement,
                   given: Mapping[str, Node]) -> set[str]:
            mine = _with(node, given)
            return set().union(*(
                self._known(caller, statement, g.test, g.holds, mine)
                for g in caller.guards_at(statement.start)),
                self._asked_above(caller, mine, level + 1))

        return self._all(function, node, around)

    def _all(self, function: Function, node: Node,
             known: Callable[[Function, Statement, Mapping[str, Node]],
                             set[str]]) -> set[str]:
        """Return what is known at every call that passes an iterator."""
        names = [n for _, n in function.params]
        root = _root(node)
        if root not in names or values(function, root) or \
                self.program.named_often(function, CALLERS):
            return set()
        found: list[set[str]] = []
        for caller, use in self.program.naming(function.name, function):
            call = use.call
            if call is None or len(call.kids) != len(names) + 1:
                return set()
            given = dict(zip(names, call.kids[1:]))
            if given[root].value not in _FALSE:
                found.append(known(caller, use.statement, given))
        return set.intersection(*found) if found else set()


def _constant(node: Node) -> bool | None:
    """Return whether an obvious constant is true, or None for another value."""
    if node.value in _TRUE and node.kind in (Kind.ID, Kind.CONST):
        return True
    return False if node.value in _FALSE and node.kind in (
        Kind.ID, Kind.CONST) else None


def _root(node: Node) -> str:
    """Return the variable that an expression begins at, or ""."""
    while node.kind in (Kind.MEMBER, Kind.UNARY, Kind.CAST, Kind.INDEX):
        node = node.kids[0]
    return node.value if node.kind == Kind.ID else ""


def _with(node: Node, given: Mapping[str, Node]) -> Node:
    """Rewrite an expression of a function in the words of its caller."""
    if node.kind == Kind.ID:
        return given.get(node.value, node)
    kids: Sequence[Node] = [_with(k, given) for k in node.kids] or ()
    value = node.value
    if node.kind == Kind.MEMBER and value.startswith("->") and \
            kids[0].kind == Kind.UNARY and kids[0].value == "&":
        kids, value = kids[0].kids, "." + value[2:]
    return Node(node.kind, value, kids)


def _sets(function: Function, base: str,
          name: str) -> Iterator[tuple[Statement, Node]]:
    """Yield every value that is assigned to a member of a local object."""
    for use in function.members.get(name, []):
        if use.setting and _root(use.node) == base:
            yield use.statement, use.setting.kids[1]
    for statement in function.statements:
        if statement.fact.kind == "declare" and statement.tree and \
                statement.fact.name == base:
            yield from ((statement, n.kids[0]) for n in statement.tree.walk()
                        if n.kind == Kind.FIELD and n.value == name)


def _emptied(function: Function, base: str) -> bool:
    """Say whether a local object starts zeroed."""
    low, high = function.body
    return any(s.fact.kind == "declare" and s.fact.name == base
               and s.tree is not None and s.tree.kind == Kind.INIT
               for s in function.statements) or bool(re.search(
                   rf"\bmemset\s*\(\s*&\s*{re.escape(base)}\b",
                   function.text.code[low:high]))


def _reads_or_clears(function: Function, node: Node) -> bool:
    """Say whether a use of a member sets it in a local object at most."""
    above = node.parent
    if node.kind == Kind.FIELD:
        return True     # in the object that is declared there
    if above is None:
        return True
    if above.kind == Kind.POST or above.kind == Kind.UNARY and \
            above.value in ("&", "++", "--"):
        return False
    if above.kind != Kind.ASSIGN or above.kids[0] is not node:
        return True
    if above.value == "&=" or above.value == "=" and \
            _constant(above.kids[1]) is False:
        return True
    return above.value == "=" and node.value.startswith(".") and \
        node.kids[0].kind == Kind.ID and function.is_local(node.kids[0].value)


def _before(function: Function, one: Statement, other: Statement) -> bool:
    """Say whether one statement may be executed before another."""
    if one.start < other.start:
        return True
    code = function.text.code
    low, high = function.body
    labels = {m.group().strip().rstrip(":").strip(): m.start()
              for m in jumps.LABEL.finditer(code, low, high)}
    back = any(labels.get(m.group(1), high) <= other.start for m in
               re.compile(r"\bgoto\s+(\w+)").finditer(code, one.start, high))
    return back or any(
        start < other.start < end and start < one.start < end
        and _LOOP.search(code[low:start]) for start, end in function.blocks)


def _left(function: Function, statement: Statement, name: str,
          holds: bool) -> bool:
    """Say whether the function returns at once for such a value."""
    code = function.text.code
    for guard in function.guards:
        if guard.holds or not any(
                t.kind == Kind.ID and t.value == name and h != holds
                for t, h in conditions(guard.test, False)):
            continue
        asked = next((s for s in function.statements
                      if s.tree is guard.test), None)
        if asked is not None and re.fullmatch(
                r"\s*;\s*if\s*\(\s*", code[statement.end:asked.start]) and \
                re.fullmatch(r"\s*\)\s*\{?\s*return\b[^;]*;\s*\}?\s*",
                             code[asked.end:guard.start]):
            return True
    return False
