# SPDX-License-Identifier: GPL-2.0-only
"""Find whether a caller releases the pages before it returns.

If a caller of the acquiring function drops the pages on every path on which it
got them, that bounds their lifetime. If it drops them only on failure, it does
not, and what counts is who drops them later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event
from pinlib.paths.always_drops import Stores, droppers, loops_around
from pinlib.program import cfg
from pinlib.program.callers import CallerSearch, entries
from pinlib.program.cfg import StepKind
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location
from pinlib.program.program import Program

LIMIT = 39
_BARE = re.compile(r"\*+\s*(?:const\s+)?\w+\s*[,)]")
_OWN = re.compile(r"\w+\s*(?:=|;|,)")


class CallerReleases:
    """What the functions that call one acquisition do with its pages."""

    def __init__(self, program: Program, taker: Function,
                 releases: list[Event], stores: Stores) -> None:
        self.program = program
        self._above = _above(program, taker)
        self._releases = releases
        self._stores = stores
        self._drops = {r.function.name for r in releases
                       } | droppers(program, releases)

    def ends_all(self, taker: Function, at: int) -> bool:
        """Say whether a caller on each call chain releases the pages."""
        return not entries(self.program, taker, at,
                           lambda caller, call: self._endings(
                               caller, call.start) == {"dropped"})

    def fails_there(self, caller: Function, call: Statement) -> bool:
        """Say whether a caller drops pages at a call, but not on all paths."""
        names = self._drops | {n.kids[0].value for n in (
            call.tree.walk() if call.tree else ()) if n.kind == Kind.CALL}
        return any(
            leads(caller, taken, call.start) and "kept" in self._endings(
                caller, taken, names)
            for taken in self._above.get(caller.key, ()))

    def _endings(self, function: Function, taken: int,
                 names: set[str] | None = None) -> set[str]:
        """Return how the paths from a call that acquires pages end."""
        drops = [s.start for s in function.statements if s.tree is not None
                 and s.tree.calls(*(names or self._drops))]
        drops += [r.statement.start for r in self._releases
                  if r.function.key == function.key]
        drops = [d for d in drops if not self._stores.follow(function, d)]
        drops += [loop for d in drops for loop in loops_around(
            function, taken, d)]
        got = _result(function, taken)
        found: set[str] = set()
        for step in steps_from(function, taken, drops):
            if any(step.start <= d < step.end for d in drops):
                found.add("dropped")
            elif step.kind in (StepKind.RETURN, StepKind.END) and not _failed(
                    function, step, got, taken):
                found.add("kept")
        return found


def _above(program: Program,
           taker: Function) -> dict[tuple[str, str], list[int]]:
    """Return the functions above one, and where each calls towards it."""
    found: dict[tuple[str, str], list[int]] = {}
    for caller, use in CallerSearch(program, taker, LIMIT).calls():
        found.setdefault(caller.key, []).append(use.statement.start)
    return found


def steps_from(function: Function, taken: int,
               stops: list[int]) -> list[cfg.Step]:
    """Return the steps that may follow a place, no further than the stops."""
    steps: list[cfg.Step] = []
    work = [cfg.first_step(function)]
    while work:
        step = work.pop()
        if step not in steps:
            steps.append(step)
            work += [s for s, _ in step.next]
    found: list[cfg.Step] = []
    work = [n for s in steps if s.start <= taken < s.end for n, _ in s.next]
    while work:
        step = work.pop()
        if step in found:
            continue
        found.append(step)
        if not any(step.start <= s < step.end for s in stops):
            work += [s for s, _ in step.next]
    return found


def leads(function: Function, one: int, other: int) -> bool:
    """Say whether one place of a function may come after another."""
    return any(step.start <= other < step.end
               for step in steps_from(function, one, []))


def meet(function: Function, one: int, other: int) -> bool:
    """Say whether one call of a function may come to both places."""
    return one == other or leads(function, one, other) or \
        leads(function, other, one)


def _result(function: Function, taken: int) -> str:
    """Return the variable that has the result of the call at a place."""
    for statement in function.statements:
        if statement.start <= taken < statement.end and statement.tree:
            if statement.fact.kind == "declare":
                return statement.fact.name
            if statement.tree.kind == Kind.ASSIGN:
                return str(statement.tree.kids[0])
    return ""


def _failed(function: Function, step: cfg.Step, got: str,
            taken: int) -> bool:
    """Say whether a path ends here because no pages were acquired."""
    value = function.text.code[step.start:step.end].strip()
    value = value.removeprefix("return").strip(" ;")
    if value.startswith(("-E", "ERR_PTR(-E")):
        return True
    return any(g.holds and str(g.test) in (
        got, f"{got} < 0", f"{got} <= 0", f"IS_ERR({got})")
        for g in function.guards_at(step.start) if got and g.start > taken
        ) and value in (got, f"PTR_ERR({got})", f"ERR_PTR({got})")


def on_stack(program: Program, member: Location) -> bool:
    """Say whether a structure is only ever a local that others borrow.

    A callback that takes one of the driver's own is called by the driver.
    """
    tag = member.owner.split("::")[0]
    own = not member.file.startswith("include/")
    files = program.naming_files(tag)
    for file in sorted(files):
        text = program.text(file)
        for offset in text.words.get(tag, ()):
            if not _passing(text.code, offset + len(tag)):
                return False
    passed = [a for function in program.mentioning(tag, files)
              for a in _arguments(program, function, tag, own)]
    return any(a.kind == Kind.UNARY for _, a in passed) and all(
        _from_stack(f, a, tag) for f, a in passed)


def _passing(code: str, after: int) -> bool:
    """Say whether a tag occurs in a parameter, or in a variable's type."""
    rest = code[after:after + 120].lstrip()
    if rest.startswith(("{", ";")) or _BARE.match(rest):
        return True
    line = code[code.rfind("\n", 0, after) + 1:after].split()
    inside = code.rfind("\n{", 0, after) > code.rfind("\n}", 0, after)
    return inside and line[:1] == ["struct"] and bool(_OWN.match(rest))


def _arguments(program: Program, function: Function, tag: str,
               own: bool) -> Iterator[tuple[Function, Node]]:
    """Yield what is passed where a function borrows such a structure."""
    for index, (kind, _) in enumerate(function.params):
        if types.tag_of(kind) != tag:
            continue
        uses = program.naming(function.name, function)
        for caller, use in uses:
            given = use.argument(index)
            if given is not None:
                yield caller, given
            elif not own:
                yield caller, use.node
        if not uses:
            # An unknown caller passes an object that was not made here.
            yield function, Node(Kind.UNKNOWN, "")


def _from_stack(function: Function, node: Node, tag: str) -> bool:
    if node.kind == Kind.UNARY and node.value == "&":
        node = node.kids[0]
        return node.kind == Kind.ID and function.is_local(node.value) and \
            types.tag_of(function.types[node.value]) == tag
    return node.kind == Kind.ID and any(
        name == node.value and types.tag_of(kind) == tag
        for kind, name in function.params)
