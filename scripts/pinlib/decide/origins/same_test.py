# SPDX-License-Identifier: GPL-2.0-only
"""Tell origins apart by one test of a value that stays the same in a call.

    if (user)                           switch (cmd) {
        got = get_user_pages_fast();    case TAKE:
    else                                    ...
        ... alloc_page() ...            case MAKE:

and the same `user` or `cmd` in front of what drops the pages, which may be done by
functions called there; or a function that drops them as a parameter says, for
which callers pass a constant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pinlib.csource import jumps, types
from pinlib.csource.expr import Kind
from pinlib.decide.origins.asked import Asked, asked_at
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.flow.graph import Event, Flow
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.callers import CallerSearch, calls, only_called
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

DEPTH = 3
# Functions above one, and lines that name one, that are looked at.
LIMIT = 30


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
        why = self._differs(event, self.site)
        if why or function.key == self.site.function.key:
            return why
        roots = self._roots(event)
        for asked in asked_at(function, event.statement.start):
            if roots and self._never(asked, function, roots):
                return f"line {asked.line}: {asked.name} is passed otherwise"
        return None

    def within(self, release: Event, others: list[Event]) -> str | None:
        """Return why no pages of other places come to a release."""
        if not others or self.without(release):
            return None
        function = release.function
        found = [self._differs(release, o) for o in others]
        if all(found):
            return found[0]
        for asked in asked_at(function, release.statement.start):
            if all(o.function.key != function.key and (
                    self._denied(function, asked, o.function, o.statement)
                    or self._told_apart(asked, function, o)) for o in others):
                return (f"line {asked.line}: {asked.name} is passed otherwise "
                        "wherever other pages come in")
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
            or self._told(asked, function, caller, statement, self.site)
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
        function, at = event.function, event.statement.start
        return next((f"line {mine.line}: {mine.name} is otherwise at "
                     f"{other.place}" for mine in asked_at(function, at)
                     if self._apart(function, mine, at, other)), None)

    def _apart(self, function: Function, mine: Asked, at: int,
               other: Event) -> bool:
        """Say whether what is known at an offset denies where pages come in.

        That is done by the same call of the function, or by what it calls.
        """
        names = [w.name for w in self.flow.locations
                 if (w.file, w.owner) == function.key]
        if function.key == self.site.function.key == other.function.key:
            names = [self.site.location.name]
        places = self._places(function, other) if self._gone() and all(
            _own(function, name) for name in names) else ()
        return bool(names and places) and all(_fixed(
            self.program, function, mine.name, min(at, place)) and any(
            mine.denies(its) for its in asked_at(function, place))
            for place in places)

    def _places(self, function: Function, other: Event) -> set[int]:
        """Return where a function gets pages, itself or by what it calls.

        Nothing if something else than calls leads there.
        """
        if other.function.key == function.key:
            return {other.statement.start}
        found: set[int] = set()
        above = CallerSearch(self.program, other.function, LIMIT, LIMIT,
                             (function.key,))
        for _, use in above.calls():
            if use.statement.function.key == function.key:
                found.add(use.statement.start)
        known = [self.program.function(*key) for key in above.all() or ()]
        return found if known and all(
            f is not None and (f.key == function.key or only_called(
                self.program, f)) for f in known) else set()

    def _told(self, asked: Asked, function: Function, caller: Function,
              statement: Statement, other: Event) -> bool:
        """Say whether a call passes on what is otherwise where pages come in."""
        names = [name for _, name in function.params]
        given = [use.argument(names.index(asked.name)) for user, use in
                 self.program.naming(function.name, function)
                 if asked.name in names and user.key == caller.key
                 and use.statement.start == statement.start]
        return bool(given) and _fixed(
            self.program, function, asked.name, 0) and all(
            node is not None and (asked.denied_by(node) or (
                node.kind == Kind.ID and self._apart(
                    caller, replace(asked, name=node.value), statement.start,
                    other))) for node in given)

    def _told_apart(self, asked: Asked, function: Function,
                    other: Event) -> bool:
        """Say whether each call of a function that pages may come to tells so."""
        given = calls(self.program, function)
        passing = {(p.file, p.owner) for p in self.flow.params}
        told = [self._told(asked, function, caller, use.statement, other)
                for caller, use in given if self._places(caller, other)]
        return bool(told) and all(told) and self._gone() and only_called(
            self.program, function) and not any(
            caller.key in passing and not self._places(caller, other)
            for caller, _ in given)

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
