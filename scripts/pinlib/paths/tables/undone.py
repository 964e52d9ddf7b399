# SPDX-License-Identifier: GPL-2.0-only
"""Prove that what fills a table with pages and fails leaves none of them there.

A pointer begins at the table's first entry, or where the caller's stands, and goes
on behind each entry that is filled. So all that was filled lies from the start up
to the pointer, and before an error is returned all from the one to the other must
have been cleared. What a function called fills goes on from the same pointer, by
its address: it moves the pointer behind all that it has filled, or fails and then
has undone its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.csource import types, value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Values
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import values
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.paths.tables import clearing
from pinlib.paths.tables.marked_walk import (Act, LOST, MarkedWalk, always_made,
                                             changes, loses, through_pointer)
from pinlib.program.callers import CallerSearch, calls, only_called
from pinlib.program.function import Function, Statement
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program

DEPTH = 3
ABOVE = 60
# Put none of the pages into another place than one that is asked about.
_HARMLESS = frozenset((
    EventKind.ACQUIRE, EventKind.RELEASE, EventKind.ARRAY_RELEASE,
    EventKind.DIRTY, EventKind.LOOK, EventKind.CPU, EventKind.DEVICE,
    EventKind.BORROW, EventKind.CLEAR, EventKind.FRESH, EventKind.FREE_ARRAY))
_INTEGER = re.compile(r"\b(?:int|long|ssize_t)\b")

Key = tuple[str, str]
# Of what was filled: nothing is left, or the entry at the pointer was filled last,
# or all lies before the pointer, which the caller may have been given.
_CLEAN, _OPEN, _BEFORE, _GIVEN = "clean", "open", "before", "given"


@dataclass(frozen=True)
class Filler:
    """By which parameter a function gets the table, and whether it goes on in it.

    moves: the parameter is the address of the caller's pointer; exact: each entry
    between the ends of what it clears was filled by it, or is empty.
    """

    index: int
    moves: bool
    exact: bool
    ends: tuple[str, str]


class Undone:
    """The functions that put the pages of one acquisition anywhere."""

    def __init__(self, program: Program, resolver: Resolver,
                 site: CallSite) -> None:
        self.program = program
        self.resolver = resolver
        self.site = site
        self._putters = self._all_putters()
        self.names = {name.partition("@")[0]
                      for _, name in self._putters or ()}
        self._known: dict[Key, Filler | None] = {}

    @property
    def clear(self) -> bool:
        """Say whether all that may put these pages anywhere is known."""
        return self._putters is not None

    def puts(self, function: Function) -> bool:
        """Say whether a function, or what it calls, puts the pages anywhere."""
        return self._putters is None or function.key in self._putters

    def _all_putters(self) -> set[Key] | None:
        flow = self.site.flow
        found = {self.site.function.key}
        direct = [self.site.function, *(
            e.function for e in flow.of(EventKind.INTO, EventKind.STORE))]
        for function in {f.key: f for f in direct}.values():
            above = CallerSearch(self.program, function, ABOVE, ABOVE).all()
            if above is None:
                return None
            found |= above
        return found

    def by_call(self, function: Function, call: Node,
                level: int = 0) -> tuple[Filler, Node] | None:
        """Return what a call leaves nothing behind in, if it fails."""
        callee = None if through_pointer(function, call) else \
            self.program.definition(call.kids[0].value, function.file)
        filler = self._of(callee, level) if callee else None
        if filler is None or filler.index + 1 >= len(call.kids):
            return None
        return filler, call.kids[filler.index + 1]

    def _of(self, function: Function, level: int) -> Filler | None:
        if level > DEPTH:
            return None
        if function.key not in self._known:
            self._known[function.key] = None      # recursion proves nothing
            self._known[function.key] = self._filler(function, level)
        return self._known[function.key]

    def _filler(self, function: Function, level: int) -> Filler | None:
        """Return the proof for one function, or None."""
        if not self.puts(function) or types.depth_of(function.type) or \
                "unsigned" in function.type or not _INTEGER.search(function.type):
            return None
        cursor = self._cursor(function, level)
        start = _start(function, cursor) if cursor else None
        if start is None:
            return None
        names = [name for _, name in function.params]
        root = start.kids[0].value
        moves = start.kind == Kind.UNARY
        walk = _Filling(self, function, cursor, start, level)
        if not self._kept(function, root, moves, cursor) or not all(
                self._harmless(walk, event) for event in self.site.flow.events
                if event.function.key == function.key) or not walk.proven():
            return None
        return Filler(names.index(root), moves, walk.exact, (str(start), cursor))

    def only_filled(self, function: Function) -> bool:
        """Say whether a function is only called to clear what was filled before."""
        ends = clearing.cleared(self.resolver, function)
        given = calls(self.program, function)
        for caller, use in given if ends else ():
            filler = self._of(caller, 0)
            args = [use.argument(at) for at in ends or ()]
            if filler is None or not filler.exact or \
                    tuple(map(str, args)) != filler.ends:
                return False
        return bool(ends and given) and only_called(self.program, function)

    @property
    def fillers(self) -> set[Key]:
        """Return the functions that were found to fill a table so."""
        return {key for key, filler in self._known.items() if filler}

    def _cursor(self, function: Function, level: int) -> str:
        """Return the one pointer at which a function fills entries, or ""."""
        found = {str(put[0]) for statement in function.statements
                 for node in statement.nodes()
                 if (put := clearing.put_at(node)) is not None}
        for statement in function.statements:
            for node in statement.nodes():
                made = self.by_call(function, node, level + 1) if \
                    node.kind == Kind.CALL and \
                    node.kids[0].value in self.names else None
                if made is not None and made[0].moves:
                    found.add(str(made[1]).removeprefix("&"))
        name = found.pop() if len(found) == 1 else ""
        return name if function.is_local(name) and \
            name not in function.shadowed and not any(set_by_macro(
                self.program, function.file, use.node)
                for use in function.uses.get(name, ())) else ""

    def _kept(self, function: Function, root: str, moves: bool,
              cursor: str) -> bool:
        """Say whether a function leaves a parameter, and where it leads, alone."""
        for use in function.uses.get(root, ()):
            above = use.node.parent
            if above is None:
                return False
            if above.kind == Kind.CALL and above.kids[0] is not use.node:
                if not self._ignores(function, above, use.node):
                    return False
                continue
            if above.kind != Kind.MEMBER and not (
                    above.kind == Kind.UNARY and above.value == "*"):
                return False
            outer = above.parent
            if outer is not None and (
                    set_by_macro(self.program, function.file, above)
                    or outer.kind in (Kind.POST, Kind.INDEX, Kind.MEMBER)
                    or outer.kind == Kind.UNARY
                    or outer.kind == Kind.ASSIGN and outer.kids[0] is above
                    and not (moves and outer.value == "="
                             and str(outer.kids[1]) == cursor)):
                return False
        return True

    def _ignores(self, function: Function, call: Node, given: Node) -> bool:
        """Say whether a function does nothing with what a call gives it."""
        callee = None if through_pointer(function, call) else \
            self.program.definition(call.kids[0].value, function.file)
        at = next(i for i, kid in enumerate(call.kids[1:]) if kid is given)
        if callee is None or at >= len(callee.params):
            return False
        low, high = callee.body
        return not any(low < offset < high for offset in
                       callee.text.words.get(callee.params[at][1], ()))

    def _harmless(self, walk: _Filling, event: Event) -> bool:
        """Say whether an event puts no page where the walk does not see it."""
        return event.location.kind == LocationKind.VAR and (
            event.kind in _HARMLESS or walk.sees(event.statement))


class _Filling(MarkedWalk):
    """The walk through a function that fills entries at a pointer."""

    def __init__(self, undone: Undone, function: Function, cursor: str,
                 start: Node, level: int) -> None:
        super().__init__(undone.resolver, function, _CLEAN)
        self._undone = undone
        self._cursor = cursor
        self._begin = str(start)
        self._moves = start.kind == Kind.UNARY
        self._level = level
        self.exact = True

    def sees(self, statement: Statement) -> bool:
        """Say whether what a statement puts somewhere is followed."""
        return self._filled(statement) is not None

    def act(self, statement: Statement) -> Act | None:
        """Return what a statement does to what was filled."""
        known = self._moved(statement) or self._filled(statement)
        if known is not None:
            return known
        site = self._undone.site
        if statement is site.statement and site.call is not None:
            return Act(lambda mark, _: mark, site.call)
        return loses() if any(
            n.kind == Kind.CALL and (
                n.kids[0].value in self._undone.names
                or clearing.put_at(n) is not None
                or through_pointer(self.function, n))
            or n.kind in (Kind.ASSIGN, Kind.UNARY)
            and n.value in ("=", "&") and (
                str(n.kids[0]) == self._cursor
                or n.kids[0].kind == Kind.MEMBER
                and n.kids[0].value.endswith("sgl"))
            for n in statement.nodes()) else None

    def _moved(self, statement: Statement) -> Act | None:
        """Return what it is where the pointer gets a value, or the caller's."""
        tree = statement.tree
        if clearing.is_step(tree, self._cursor):
            return Act(self._step)
        if statement.fact.kind == "declare":
            target, value = statement.fact.name, tree
        elif tree is not None and tree.kind == Kind.ASSIGN and tree.value == "=":
            target, value = str(tree.kids[0]), tree.kids[1]
        else:
            return None
        if target == self._cursor and str(value) == self._begin:
            return changes({_CLEAN: _CLEAN})
        if self._moves and target == self._begin and \
                str(value) == self._cursor:
            return changes({_CLEAN: _GIVEN, _BEFORE: _GIVEN})
        return None

    def _step(self, mark: str, _: str) -> str:
        """Return what it is behind the entry that the pointer was at."""
        self.exact &= mark == _OPEN
        return {_CLEAN: _CLEAN, _OPEN: _BEFORE, _BEFORE: _BEFORE}.get(mark, LOST)

    def _filled(self, statement: Statement) -> Act | None:
        """Return what it is where entries are filled, or cleared."""
        put = clearing.put_at(statement.tree)
        if put is not None and str(put[0]) == self._cursor:
            return changes({_CLEAN: _OPEN, _OPEN: _OPEN, _BEFORE: _OPEN})
        for call in statement.nodes():
            if call.kind != Kind.CALL or not always_made(statement, call):
                continue
            made = self._undone.by_call(self.function, call, self._level + 1) \
                if call.kids[0].value in self._undone.names else None
            if made is not None and made[0].moves and \
                    str(made[1]) == f"&{self._cursor}":
                self.exact &= made[0].exact
                return Act(lambda mark, result: mark if result == "neg" and
                           mark in (_CLEAN, _BEFORE) else {
                               _CLEAN: _BEFORE, _BEFORE: _BEFORE}.get(mark, LOST),
                           call)
            if self._clears(call):
                return changes({_CLEAN: _CLEAN, _BEFORE: _CLEAN})
        return None

    def _clears(self, call: Node) -> bool:
        """Say whether a call clears all from the start up to the pointer."""
        if through_pointer(self.function, call):
            return False
        program = self._undone.program
        callee = program.definition(call.kids[0].value, self.function.file)
        if callee is None or self._undone.puts(callee):
            return False
        ends = clearing.cleared(self.resolver, callee)
        given = call.kids[1:]
        return ends is not None and max(ends) < len(given) and [
            str(given[at]) for at in ends] == [self._begin, self._cursor]

    def ends(self, value: Values | None, mark: str) -> None:
        """Hold that nothing is left where an error may be returned.

        And that otherwise the caller's pointer is behind all that was filled.
        """
        if value is None or value & {"neg", "asked"}:
            self.good &= mark == _CLEAN
        if self._moves and (value is None or value - value_sets.NEG):
            self.good &= mark in (_CLEAN, _GIVEN)


def _start(function: Function, cursor: str) -> Node | None:
    """Return where a pointer begins in a table that is a parameter's, or None."""
    given = [value for _, value in values(function, cursor)
             if str(value) != f"sg_next({cursor})"]
    if len(given) != 1 or not all(_understood(function, cursor)):
        return None
    start = given[0]
    if not start.kids or start.kids[0].kind != Kind.ID:
        return None
    kinds = dict((name, kind) for kind, name in function.params)
    kind = kinds.get(start.kids[0].value, "")
    at_table = start.kind == Kind.MEMBER and start.value == "->sgl" and \
        types.tag_of(kind) == "sg_table" and types.depth_of(kind) == 1
    at_pointer = start.kind == Kind.UNARY and start.value == "*" and \
        types.tag_of(kind) == "scatterlist" and types.depth_of(kind) == 2
    return start if at_table or at_pointer else None


def _understood(function: Function, cursor: str) -> Iterator[bool]:
    """Yield of each use of a pointer whether it is left where it stands by it."""
    for use in function.uses.get(cursor, ()):
        above = use.node.parent
        yield above is None or not (
            use.stepped or above.kind == Kind.ASSIGN and above.kids[0] is use.node
            and above.value != "=")
