# SPDX-License-Identifier: GPL-2.0-only
"""Find calls that may have declined to take pages over, and who hears of it."""

from __future__ import annotations

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, bare_test
from pinlib.flow.graph import EventKind
from pinlib.paths.loop_bounds import Loops
from pinlib.paths.watch import Watch, makes_table
from pinlib.program.function import Statement


def answer(watch: Watch, statement: Statement, tree: Node,
           loops: Loops) -> tuple[Node, bool] | None:
    """Return what has the result of such a call, and if that is certain.

    The call itself where a condition asks it; None if there is none.
    """
    moves = watch.moves.get(statement.start, [])
    if len(moves) == 1 and statement.fact.kind == "if" and \
            _turns_away(statement, tree, loops):
        return tree, True
    table = len(moves) == 1 and makes_table(moves[0])
    if len(moves) != 1 or moves[0].kind != EventKind.CALL and not table:
        return None
    call = moves[0].call
    if table and statement.fact.kind == "if":
        return (call, True) if call is not None else None
    target = Node(Kind.ID, statement.fact.name) \
        if statement.fact.kind == "declare" else tree.kids[0] \
        if tree.kind == Kind.ASSIGN and tree.kids[1] is call else None
    if target is None or call is None or (
            target is not tree.kids[0] and tree is not call) or \
            call.kids[0].value in watch.helpers:
        return None
    return target, table


def _turns_away(statement: Statement, tree: Node, loops: Loops) -> bool:
    """Say whether a loop is left where its call for one page comes out so.

    The pages behind that one have not been handed on, whatever became of it.
    """
    test, _ = bare_test(tree, True)
    return loops.holds(statement.start) and test.kind in (
        Kind.CALL, Kind.BINARY) and any(
        g.start >= statement.end and jumps.ENDS_LOOP.search(
            statement.function.text.code[g.start:g.end])
        and _text(g.test, g.holds) == _text(tree, True)
        for g in statement.function.guards)


def _text(test: Node, holds: bool) -> tuple[str, bool]:
    bare, now = bare_test(test, holds)
    return str(bare), now
