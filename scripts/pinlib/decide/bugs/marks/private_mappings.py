# SPDX-License-Identifier: GPL-2.0-only
"""Find acquisitions from mappings that were found to be private.

What is taken there to be written to is anonymous memory. Reclaim does not write
such a page while it is held (its reference count says so), and what maps it is
dirty since the write fault that made it, so it needs no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.points_to import values
from pinlib.program.callers import calls, only_called
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

_SHARED = frozenset(("VM_SHARED", "VM_MAYSHARE"))
_ASKS = frozenset(("is_cow_mapping", "vma_is_anonymous"))
_NOTHING = frozenset(("NULL", "0"))


def private(program: Program, site: CallSite) -> bool:
    """Say whether the memory was found to be mapped privately.

    By the acquiring function, or by each that calls it.
    """
    function = site.function
    if _asked(program, function, site.statement, site.call):
        return True
    above = calls(program, function)
    return bool(above) and only_called(program, function) and all(
        use.call is not None and _asked(program, caller, use.statement, use.call)
        for caller, use in above)


def _asked(program: Program, function: Function, statement: Statement,
           call: Node) -> bool:
    """Say whether a call is given the address of a mapping that is private."""
    known = _names(function, call.kids[1:])
    return _guarded(program, function, statement.start, known) or any(
        value.kind == Kind.CALL and _gives_private(program, function, value)
        for name in sorted(known) for _, value in values(function, name))


def _guarded(program: Program, function: Function, at: int,
             known: set[str]) -> bool:
    """Say whether a test on one of some variables lets only private ones pass."""
    return any(_tells(program, function, test, holds)
               and known & {n.value for n in test.walk() if n.kind == Kind.ID}
               for guard in function.guards_at(at)
               for test, holds in conditions(guard.test, guard.holds))


def _tells(program: Program, function: Function, test: Node,
           holds: bool) -> bool:
    """Say whether the outcome of a test means that a mapping is private."""
    if test.kind == Kind.BINARY and test.value == "&":
        return not holds and bool(_SHARED & _words(test))
    if test.kind == Kind.BINARY and test.value in ("==", "!="):
        left, right = test.kids
        return holds == (test.value == "==") and left.kind == Kind.BINARY and \
            left.value == "&" and bool(_SHARED & _words(left)) and \
            not _SHARED & _words(right)
    if test.kind != Kind.CALL or not holds:
        return False
    if test.kids[0].value in _ASKS:
        return True
    callee = program.definition(test.kids[0].value, function.file)
    given = list(_returned(callee)) if callee else []
    return callee is not None and len(given) == 1 and any(
        inner.kind != Kind.CALL and _tells(program, callee, inner, outcome)
        for _, tree in given for inner, outcome in conditions(tree, True))


def _gives_private(program: Program, function: Function, call: Node) -> bool:
    """Say whether a function returns a mapping that is private, or none."""
    callee = program.definition(call.kids[0].value, function.file)
    given = [(s, tree) for s, tree in _returned(callee)
             if tree.value not in _NOTHING] if callee else []
    return callee is not None and bool(given) and all(_guarded(
        program, callee, statement.start, _names(callee, [tree]))
        for statement, tree in given)


def _returned(function: Function) -> Iterator[tuple[Statement, Node]]:
    """Yield what a function may return."""
    for statement in function.statements:
        if statement.fact.kind == "return" and statement.tree is not None:
            yield statement, statement.tree


def _names(function: Function, nodes: Iterable[Node]) -> set[str]:
    """Return the variables that some expressions are made of."""
    found: set[str] = set()
    work = list(nodes)
    while work:
        new = _words(work.pop()) - found
        found |= new
        work += [v for name in sorted(new) for _, v in values(function, name)]
    return found


def _words(node: Node) -> set[str]:
    return {n.value for n in node.walk() if n.kind == Kind.ID}
