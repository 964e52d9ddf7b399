# SPDX-License-Identifier: GPL-2.0-only
"""Find calls that may have declined to take pages over, and who hears of it."""

from __future__ import annotations

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, bare_test
from pinlib.paths.loop_bounds import Loops
from pinlib.paths.watch import Watch, makes_table, may_decline, result_of
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
    taker = may_decline(watch, statement)
    if taker is None:
        return None
    table = makes_table(taker)
    target = taker.call if table and statement.fact.kind == "if" \
        else result_of(watch, statement, tree, taker)
    return None if target is None else (target, table)


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
