# SPDX-License-Identifier: GPL-2.0-only
"""Tell origins apart by one test of a value that stays the same in a call.

    if (user)                           switch (cmd) {
        got = get_user_pages_fast();    case TAKE:
    else                                    ...
        ... alloc_page() ...            case MAKE:

and the same `user` or `cmd` in front of what drops the pages; or a function
that drops them as a parameter says, for which callers pass a constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pinlib.csource import jumps, types
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.csource.value_sets import number
from pinlib.decide.origins.set_by_macros import set_by_macro
from pinlib.flow.graph import Event, Flow
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

DEPTH = 3
_SWITCH = re.compile(r"\bswitch\s*\(\s*(\w+)\s*\)\s*\{")


@dataclass(frozen=True)
class Asked:
    """What a variable is known to be: a constant, or for "" not zero.

    labels: those of the switch that asks, which differ from each other.
    """

    name: str
    equals: str
    holds: bool
    line: int
    labels: frozenset[str] = frozenset()

    def denies(self, other: Asked) -> bool:
        """Say whether one call cannot come where both are known."""
        if self.name != other.name:
            return False
        if self.equals == other.equals:
            return self.holds != other.holds
        # The labels of one switch differ from each other.
        return self.holds and other.holds and any(
            {self.equals, other.equals} <= labels
            for labels in (self.labels, other.labels))

    def denied_by(self, value: Node) -> bool:
        """Say whether the variable is another constant than asked for."""
        known = number(value)
        if not self.equals:
            return known is not None and (known != 0) != self.holds
        asked = number(Node(Kind.CONST, self.equals))
        if known is not None and asked is not None:
            return (known == asked) != self.holds
        return str(value) == self.equals and not self.holds or \
            self.holds and str(value) != self.equals and {
                str(value), self.equals} <= self.labels


@dataclass(frozen=True)
class SameTest:
    """The tests around one acquisition, and around what sees its pages."""

    program: Program
    resolver: Resolver
    flow: Flow
    site: Event

    def without(self, event: Event) -> str | None:
        """Return why an event is not reached with these pages."""
        function = event.function
        if function.key == self.site.function.key:
            return self._differs(event, self.site)
        roots = self._roots(event)
        for asked in _asked(function, event.statement.start):
            if roots and self._never(asked, function, roots):
                return f"line {asked.line}: {asked.name} is passed as a constant"
        return None

    def within(self, release: Event, others: list[Event]) -> str | None:
        """Return why no pages of other places come to a release."""
        if not others or self.without(release):
            return None
        function = release.function
        if all(o.function.key == function.key == self.site.function.key
               for o in others):
            found = [self._differs(release, o) for o in others]
            return found[0] if all(found) else None
        for asked in _asked(function, release.statement.start):
            if all(o.function.key != function.key and self._denied(
                    function, asked, o.function, o.statement)
                   for o in others):
                return (f"line {asked.line}: {asked.name} is a constant "
                        "wherever other pages are passed")
        return None

    def _roots(self, event: Event) -> list[Location]:
        """Return the parameters by which all come that an event may see."""
        given = [self.resolver.locate(event.function, value) for _, value in
                 values(event.function, event.location.name)]
        roots = [event.location] if event.location in self.flow.params else [
            where[0] if where else event.location for where in given]
        known = event.location.kind == LocationKind.VAR and all(
            root in self.flow.params for root in roots)
        return roots if known else []

    def _never(self, asked: Asked, function: Function,
               roots: list[Location], level: int = 0) -> bool:
        """Say whether each call with these pages passes another constant."""
        taken = [(caller, statement) for root in roots
                 for caller, statement, argument in self.flow.params[root]
                 if (where := self.resolver.locate(caller, argument)) is None
                 or where[0] in self.flow.locations]
        return bool(taken) and level <= DEPTH and asked.name in [
            name for _, name in function.params] and all(
            self._denied(function, asked, caller, statement)
            or self._handed_on(asked, function, caller, statement, level)
            for caller, statement in taken)

    def _handed_on(self, asked: Asked, function: Function, caller: Function,
                   statement: Statement, level: int) -> bool:
        """Say whether a caller hands on what its own callers pass."""
        index = [name for _, name in function.params].index(asked.name)
        given = {str(use.argument(index)) for user, use in self.program.naming(
            function.name, function) if user.key == caller.key
            and use.statement.start == statement.start}
        roots = [p for p in self.flow.params
                 if (p.file, p.owner) == caller.key]
        if len(given) != 1 or not given <= {n for _, n in caller.params} or \
                not _fixed(self.program, caller, min(given), 0):
            return False
        return self._never(replace(asked, name=min(given)), caller, roots,
                           level + 1)

    def _gone(self) -> bool:
        """Say whether only variables hold the pages, each for one call."""
        for where in self.flow.locations:
            function = self.program.function(where.file, where.owner)
            if where.kind != LocationKind.VAR or function is None or not (
                    function.is_local(where.name) or where.name in [
                        name for _, name in function.params]):
                return False
        return not self.flow.unclear

    def _differs(self, event: Event, other: Event) -> str | None:
        """Return the test by which one call comes to one of two places alone."""
        function = event.function
        if not _own(function, self.site.location.name) or not self._gone():
            return None
        for mine in _asked(function, event.statement.start):
            for its in _asked(function, other.statement.start):
                if mine.denies(its) and _fixed(
                        self.program, function, mine.name, min(
                        event.statement.start, other.statement.start)):
                    return (f"line {mine.line}: {mine.name} is otherwise "
                            f"at line {other.statement.line}")
        return None

    def _denied(self, function: Function, asked: Asked, caller: Function,
                statement: Statement, level: int = 0) -> bool:
        """Say whether a statement calls a function with another constant only.

        It may call it through others that hand their own parameter on.
        """
        names = [name for _, name in function.params]
        if asked.name not in names or level > DEPTH or not _fixed(
                self.program, function, asked.name, 0):
            return False
        calls: dict[tuple[str, str], list[bool]] = {}
        come: set[tuple[str, str]] = set()
        for user, use in self.program.naming(function.name, function):
            given = use.argument(names.index(asked.name))
            if given is None or user.key == function.key and \
                    given.value != asked.name:
                return False
            here = user.key == caller.key and \
                use.statement.start == statement.start
            below = not here and given.kind == Kind.ID and \
                user.key not in (caller.key, function.key) and self._denied(
                    user, replace(asked, name=given.value), caller, statement,
                    level + 1)
            if here or below:
                come.add(user.key)
            if here or user.key != caller.key:
                calls.setdefault(user.key, []).append(
                    below or asked.denied_by(given))
        # Who hands the pages on may do so more than once.
        return bool(come) and all(all(calls[key]) for key in come)


def _asked(function: Function, offset: int) -> Iterator[Asked]:
    """Yield what is known of variables at an offset."""
    for guard in function.guards_at(offset):
        if jumps.LABEL.search(function.text.code, guard.start, offset):
            continue        # a way may lead there past the test
        for node, holds in conditions(guard.test, guard.holds):
            equals = ""
            if node.kind == Kind.BINARY and node.value in ("==", "!="):
                holds = holds == (node.value == "==")
                node, constant = node.kids
                zero = number(constant) == 0
                holds, equals = (not holds, "") if zero else (
                    holds, str(constant))
            if node.kind == Kind.ID:
                yield Asked(node.value, equals, holds, guard.line)
    yield from _arms(function, offset)


def _arms(function: Function, offset: int) -> Iterator[Asked]:
    """Yield the one label behind which an offset stands in each switch."""
    code, (low, high) = function.text.code, function.body
    for match in _SWITCH.finditer(code, low, min(high, offset)):
        opening = match.end() - 1
        close = function.text.matching(opening)
        labels = [label for label in jumps.CASE.finditer(
            code, match.end(), close)
            if function.block_at(label.start())[0] == opening]
        before = [label for label in labels if label.start() < offset]
        if close < offset or not before:
            continue
        last = before[-1]
        name = re.fullmatch(r"case\s+(\w+)\s*:", last.group().strip())
        alone = len(before) < 2 or jumps.ENDS_CASE.search(
            code[before[-2].end():last.start()])
        if name and alone and not jumps.LABEL.search(code, last.end(), offset):
            yield Asked(match.group(1), name.group(1), True,
                        function.text.line_of(last.start()), frozenset(
                re.sub(r"^case\s+|\s*:$", "", one.group().strip())
                for one in labels))


def _fixed(program: Program, function: Function, name: str,
           before: int) -> bool:
    """Say whether a variable has one value all through a call.

    That of a local is given before an offset, where nothing is repeated.
    """
    if any(u.node.parent is not None and (
            u.node.parent.kind == Kind.POST or u.node.parent.kind == Kind.UNARY
            and u.node.parent.value in ("&", "++", "--"))
           for u in function.uses.get(name, ())):
        return False
    given = values(function, name)
    if any(set_by_macro(program, function.file, u.node)
           for u in function.uses.get(name, ())):
        return False
    if name in [n for _, n in function.params]:
        return not given and not _changed(function, name)
    return function.is_local(name) and len(given) == 1 and not _changed(
        function, name) and given[0][0].start < before and function.block_at(
            given[0][0].start) == function.body and not jumps.LABEL.search(
        function.text.code, function.body[0], given[0][0].start)


def _changed(function: Function, name: str) -> bool:
    """Say whether a variable is changed by an operator."""
    return any(u.node.parent is not None and u.node.parent.kind == Kind.ASSIGN
               and u.node.parent.kids[0] is u.node
               and u.node.parent.value != "="
               for u in function.uses.get(name, ()))


def _own(function: Function, name: str) -> bool:
    """Say whether a call has a page or an array of its own in a variable."""
    if not function.is_local(name):
        return False
    declared = function.types.get(name, "")
    given = [value for _, value in values(function, name)]
    return "[" in declared or types.depth_of(declared) == 1 or \
        bool(given) and all(value.calls(*effects.ALLOCATORS)
                            or value.value == "NULL" for value in given)
