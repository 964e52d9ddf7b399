# SPDX-License-Identifier: GPL-2.0-only
"""Tell that a mark is set on an object only while it has pages of others.

    req = take(queue);                  /* memset(req, 0, sizeof(*req)); */
    ret = map_user_pages(req);
    if (ret == -EINVAL)
        ret = fill_with_copies(req);    /* req->copied = 1; */

An object is used again, so it must be cleared on each way to the acquisition, and
since then nothing may have set the mark.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import number
from pinlib.flow.call_sites import CallSite
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.caller_release import steps_from
from pinlib.program import cfg
from pinlib.program.callers import CallerSearch, calls, only_called
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver

ABOVE = 60
_SPACE = re.compile(r"\s+")

Key = tuple[str, str]


class SetForOthers:
    """A mark that some functions set, and none that takes these pages.

    setters: where it is set; tag: the structure that it is a member of.
    """

    def __init__(self, resolver: Resolver, call: CallSite,
                 setters: list[tuple[Function, Statement]], tag: str) -> None:
        self.resolver = resolver
        self.program = resolver.program
        self._call = call
        self._setters = setters
        self._tag = tag
        self._above = self._all_above([call.function])
        self._set_above = self._all_above([f for f, _ in setters])

    def proven(self) -> bool:
        """Say whether the mark is not set where these pages are taken."""
        return self._above is not None and self._set_above is not None and \
            self._clear(self._call.function, frozenset())

    def _all_above(self, functions: list[Function]) -> set[Key] | None:
        found: set[Key] = set()
        for function in functions:
            above = CallerSearch(self.program, function, ABOVE, ABOVE).all()
            if above is None:
                return None
            found |= above
        return found

    def _clear(self, function: Function, chain: frozenset[Key]) -> bool:
        """Say whether the mark is not set where a function goes on to take them."""
        if function.key in chain:
            return False
        marks = self._leading(function, self._set_above or (), self._setters)
        known = [self._clear_at(function, at, marks) for at in self._leading(
            function, self._above or (),
            [(self._call.function, self._call.statement)])]
        if None in known or not known:
            return False
        if all(known):
            return True
        above = {c.key: c for c, _ in calls(self.program, function)}
        return bool(above) and only_called(self.program, function) and all(
            self._clear(caller, chain | {function.key})
            for caller in above.values())

    def _clear_at(self, function: Function, taken: Statement,
                  marks: list[Statement]) -> bool | None:
        """Say whether a function clears the object before it goes on to the taking.

        None if it may set the mark then, or goes on with an object of its own.
        """
        names = {n.value for n in taken.nodes() if n.kind == Kind.ID
                 and self._is_object(function, n.value)}
        name = min(names) if names else ""
        clears = [s.start for s in function.statements
                  if name and self._clears(function, s, name)]
        if len(names) > 1 or name in function.shadowed or \
                self._both(taken, marks) or any(
                _passes(function, s.start, clears, taken.start) for s in marks):
            return None
        others = [s.start for s, _ in values(function, name)
                  if s.start not in clears]
        if clears and not any(_passes(function, at, clears, taken.start)
                              for at in (-1, *others)):
            return True
        given = [n for _, n in function.params]
        own = [n for n in (names or function.types)
               if self._is_object(function, n)]
        return False if all(n in given and not values(function, n)
                            for n in own) else None

    def _both(self, taken: Statement, marks: list[Statement]) -> bool:
        """Say whether one statement may set the mark, and then take the pages."""
        above = {name.partition("@")[0] for _, name in (
            *(self._above or ()), *(self._set_above or ()))}
        return taken in marks and sum(
            n.kind == Kind.ID and n.value in above for n in taken.nodes()) > 1

    def _is_object(self, function: Function, name: str) -> bool:
        """Say whether a variable is of the structure that has the mark."""
        return types.tag_of(function.types.get(name, "")) == self._tag

    def _leading(self, function: Function, above: Collection[Key],
                 ends: list[tuple[Function, Statement]]) -> list[Statement]:
        """Return the statements by which a function comes to some places."""
        names = {name.partition("@")[0] for _, name in above}
        return [s for s in function.statements if any(
            f.key == function.key and s is end for f, end in ends) or any(
            n.kind == Kind.ID and n.value in names for n in s.nodes())]

    def _clears(self, function: Function, statement: Statement,
                name: str) -> bool:
        """Say whether an object is zero from a statement on."""
        tree = statement.tree
        if tree is None:
            return False
        if statement.fact.kind == "declare" and statement.fact.name == name:
            return self._cleared(function, tree)
        if tree.kind == Kind.ASSIGN:
            return tree.value == "=" and str(tree.kids[0]) == name and \
                self._cleared(function, tree.kids[1])
        if tree.kind != Kind.CALL or len(tree.kids) != 4 or \
                tree.kids[0].value != "memset" or str(tree.kids[1]) != name or \
                number(tree.kids[2]) != 0 or tree.kids[3].kind != Kind.SIZEOF:
            return False
        size = _SPACE.sub("", str(tree.kids[3].kids[0]))
        return size in (f"*{name}", f"struct{self._tag}")

    def _cleared(self, function: Function, value: Node) -> bool:
        """Say whether a value is an object that is zero as yet."""
        if value.kind != Kind.CALL:
            return False
        if value.kids[0].value in effects.ZEROING:
            return True
        callee = self.program.definition(value.kids[0].value, function.file)
        if callee is None or callee.key == function.key or \
                callee.key in (self._set_above or ()):
            return False
        given = [s for s in callee.statements if s.fact.kind == "return"
                 and s.tree is not None and s.tree.value not in ("NULL", "0")
                 and not s.tree.calls("ERR_PTR", "ERR_CAST")]
        names = {str(s.tree) for s in given}
        name = min(names) if len(names) == 1 else ""
        clears = [s.start for s in callee.statements if callee.is_local(name)
                  and self._clears(callee, s, name)]
        others = [s.start for s, _ in values(callee, name)
                  if s.start not in clears]
        return bool(clears) and name not in callee.shadowed and not any(
            _passes(callee, at, clears, s.start)
            for s in given for at in (-1, *others))


def _passes(function: Function, start: int, stops: list[int], end: int) -> bool:
    """Say whether a way leads from one place to another, by none of the stops.

    start: -1 for where the function begins.
    """
    if start >= 0:
        return any(step.start <= end < step.end
                   for step in steps_from(function, start, stops))
    first = cfg.first_step(function)
    return first.start <= end < first.end or not any(
        first.start <= at < first.end for at in stops) and any(
        step.start <= end < step.end
        for step in steps_from(function, first.start, stops))
