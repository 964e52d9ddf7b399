# SPDX-License-Identifier: GPL-2.0-only
"""Find where a release learns whether the pages it drops are pinned.

Beside what the code has already: a caller that passes the iterator and drops the
pages itself can ask the iterator again; an object with a member that counts
pages to drop can have another that says whether they are pinned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.decide.origins.counters import Counted, Filler
from pinlib.decide.origins.origins import Origins
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event
from pinlib.flow.iterators import MAKERS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver, variable
from pinlib.program.program import Program

_LEAVES = re.compile(r"\b(?:return|goto|asm|\w*static)\b")
PINS = "iov_iter_extract_will_pin"


@dataclass
class InOwner:
    """What says to the releases of one acquisition whether to unpin.

    text: for the report. calls: calls of a releasing helper that become
    conditional; reads: what a release asks, by its place; setter: the call
    before which flag is set, a new member `name` that goes behind `after`.
    """

    text: str
    flag: str = ""
    calls: list[tuple[Function, Statement, Node, str]] = field(
        default_factory=list)
    reads: dict[str, str] = field(default_factory=dict)
    setter: Filler | None = None
    after: Location | None = None
    name: str = ""


class Carriers:
    """The search for the pin state in the callers of an acquisition's function."""

    def __init__(self, program: Program, resolver: Resolver,
                 site: CallSite) -> None:
        self.program = program
        self.resolver = resolver
        self.site = site

    def find(self, releases: list[Event]) -> InOwner | None:
        """Return another place that every release can see, or None.

        Of helpers, for pages that were not acquired into a structure only.
        """
        state = self._in_place(releases)
        if state:
            return state
        target = self.site.target
        if target is None or target.kind == LocationKind.MEM:
            return None
        return self._by_helpers(releases) or self._in_counted_object(releases)

    def _in_place(self, releases: list[Event]) -> InOwner | None:
        """Return the state where the acquiring function drops the pages itself."""
        source = self.site.argument(0)
        if source is None or source.kind != Kind.ID or \
                not self._constant(self.site.function, source.value) or any(
                    r.function.key != self.site.function.key
                    for r in releases):
            return None
        ask = f"{PINS}({source})"
        return InOwner(f"each release asks {ask} first",
                       reads={r.place: ask for r in releases})

    def _by_helpers(self, releases: list[Event]) -> InOwner | None:
        """Return the state where helpers drop the pages at the iterator."""
        state = InOwner("")
        for release in releases:
            passed = self.site.flow.params.get(release.location, [])
            if not passed or not drops_only(release.function):
                return None
            for caller, statement, argument in passed:
                asked = self._question(caller, statement, argument)
                if asked is None:
                    return None
                state.calls.append((caller, statement, *asked))
        asks = sorted({ask for *_, ask in state.calls})
        state.text = f"each release asks {' or '.join(asks)} first"
        return state if state.calls else None

    def _question(self, caller: Function, statement: Statement,
                  argument: Node) -> tuple[Node, str] | None:
        """Return the call, and the question, where a helper gets an array.

        The array is NULL unless the acquiring function filled it, and the call
        is made for an array that is not NULL: so that function was given the
        iterator, and it is not NULL either.
        """
        call = statement.tree
        filler = self._fills(caller, argument)
        if filler is None or call is None or argument.parent is not call \
                or argument.kind != Kind.ID:
            return None
        iterator = filler.iterator
        if iterator.kind != Kind.ID or not self._constant(caller,
                                                          iterator.value):
            return None
        if not caller.is_local(argument.value) or not all(
                v.value in ("NULL", "0") for _, v in
                values(caller, argument.value)):
            return None
        if not any(str(t) == argument.value and holds
                   for g in caller.guards_at(statement.start)
                   for t, holds in conditions(g.test, g.holds)):
            return None
        return call, f"{PINS}({iterator})"

    def _fills(self, caller: Function, array: Node) -> Filler | None:
        """Return the one call that puts these pages into a local array."""
        taken = [u for u in caller.uses.get(array.value, []) if u.addressed]
        if len(taken) != 1 or taken[0].node.parent is None:
            return None
        argument = taken[0].node.parent
        filler = self._filler(caller, argument.parent)
        if filler is None or self.site.pages is None:
            return None
        where = self.resolver.locate(self.site.function, self.site.pages)
        index = next(i for i, k in enumerate(filler.call.kids[1:])
                     if k is argument)
        if where is None or where[1] or index >= len(
                self.site.function.params):
            return None
        name = self.site.function.params[index][1]
        return filler if where[0] == variable(self.site.function,
                                              name) else None

    def _filler(self, caller: Function, call: Node | None) -> Filler | None:
        """Return a call of the acquiring function with the iterator it is given.

        The function must extract from that parameter as it came.
        """
        function = self.site.function
        source = self.site.argument(0)
        names = [n for _, n in function.params]
        if call is None or call.kind != Kind.CALL or source is None or \
                call.kids[0].value != function.name or \
                source.value not in names or \
                not self._constant(function, source.value):
            return None
        index = names.index(source.value)
        statement = next((s for s in caller.statements
                          if s.tree is not None
                          and any(n is call for n in s.tree.walk())), None)
        if statement is None or index + 1 >= len(call.kids):
            return None
        return Filler(caller, statement, call, call.kids[index + 1])

    def _constant(self, function: Function, name: str) -> bool:
        """Say whether a parameter stays the same iterator, of one kind."""
        if name not in [n for _, n in function.params] or \
                "iov_iter *" not in function.types.get(name, ""):
            return False
        for use in function.uses.get(name, []):
            node, parent = use.node, use.node.parent
            while parent is not None and parent.kind == Kind.MEMBER:
                node, parent = parent, parent.parent
            if parent is None:
                continue
            if parent.kind == Kind.ASSIGN and parent.kids[0] is node or \
                    parent.kind == Kind.POST or parent.kind == Kind.UNARY and \
                    parent.value in ("&", "++", "--", "*"):
                return False
            if parent.kind == Kind.CALL and not self._keeps(
                    parent.kids[0].value):
                return False
        return True

    def _keeps(self, name: str) -> bool:
        """Say whether a call leaves an iterator's kind as it is."""
        return name == self.site.function.name or name not in (
            *MAKERS, "iov_iter_discard") and name.startswith(
                ("iov_iter_", "copy_", "user_backed_iter",
                 "generic_write_checks"))

    def _in_counted_object(self, releases: list[Event]) -> InOwner | None:
        """Return the state in a new member beside one that counts the pages."""
        callers = self.program.naming(self.site.function.name,
                                      self.site.function)
        if len(callers) != 1:
            return None
        caller, use = callers[0]
        filler = self._filler(caller, use.node.parent)
        if filler is None:
            return None
        counted = Counted(Origins(self.program, self.resolver, self.site),
                          self.site, filler)
        if not counted.name or any(
                n.kind in (Kind.CALL, Kind.ASSIGN, Kind.POST) or
                n.value in ("++", "--")
                for n in filler.iterator.walk()):
            return None
        state = InOwner("", setter=filler)
        for release in releases:
            read = counted.read(release)
            if read is None:
                return None
            state.reads[release.place] = read[0]
            state.after = state.after or read[1]
        if state.after is None or "uapi/" in state.after.file or \
                not self.program.alone(state.after.owner, state.after.file):
            return None
        state.name = f"{counted.table}_pinned"
        if state.name in (self.program.members_of(
                state.after.owner, state.after.file) or {}):
            return None
        state.flag = f"{counted.object}->{state.name}"
        state.text = f"{state.flag} records whether to unpin"
        state.reads = {k: f"{v}->{state.name}"
                       for k, v in state.reads.items()}
        return state


def drops_only(function: Function) -> bool:
    """Say whether a helper does nothing but drop the pages it is given."""
    if function.type != "void":
        return False
    names = {n for _, n in function.params}
    for statement in function.statements:
        for node in statement.tree.walk() if statement.tree else ():
            if node.kind == Kind.CALL and not effects.releases(node.kids[0].value):
                return False
            if (node.kind in (Kind.ASSIGN, Kind.POST) or node.kind == Kind.UNARY and
                    node.value in ("++", "--")) and (
                        node.kids[0].kind != Kind.ID or node.kids[0].value
                        not in set(function.types) - names):
                return False
            if node.kind == Kind.RAWID:
                return False
    return not _LEAVES.search(function.text.code, *function.body)
