# SPDX-License-Identifier: GPL-2.0-only
"""Find calls that may have declined to take pages over, and who hears of it."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import EventKind
from pinlib.paths.watch import Watch, makes_table
from pinlib.program.function import Statement


def answer(watch: Watch, statement: Statement,
           tree: Node) -> tuple[Node, bool] | None:
    """Return what has the result of such a call, and if it makes a table.

    The call itself where a condition asks it; None if there is none.
    """
    moves = watch.moves.get(statement.start, [])
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
