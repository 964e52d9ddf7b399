# SPDX-License-Identifier: GPL-2.0-only
"""Find tables in calls: what is put into one, and what runs over one."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.kernel import effects

TABLES = ("sg", "bvec")


def run_over(node: Node) -> Node | None:
    """Return the table that a loop has a variable run over, at its head."""
    call = node.parent
    if call and call.kind == Kind.UNARY and call.value == "&":
        node, call = call, call.parent
    if call is None or call.kind != Kind.CALL or node not in call.kids[2:]:
        return None
    effect = effects.effect(call.kids[0].value, 0)
    return call.kids[1] if effect and effect.kind == "iterate" and \
        call.kids[1 + effect.into] is node else None


def put_in(call: Node, table: Node) -> Node | None:
    """Return what a call puts into the table that is passed first, if it does."""
    if len(call.kids) < 3 or call.kids[1] is not table:
        return None
    for at, kid in enumerate(call.kids[2:4], 1):
        effect = effects.effect(call.kids[0].value, at)
        if effect is not None and effect.kind == "into" and effect.into == 0:
            return kid
    return None
