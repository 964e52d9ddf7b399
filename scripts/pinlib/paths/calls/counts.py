# SPDX-License-Identifier: GPL-2.0-only
"""Find how many pages a call is told to drop, as far as a path knows it.

A number may be the error code of a failed call, or nothing: then nothing is
dropped. A call behind && is only made where what stands before it holds.
"""

from __future__ import annotations

from pinlib.csource import value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Env, Unsigned
from pinlib.flow.graph import Event, EventKind
from pinlib.paths.watch import Watch

# These take an int, and do nothing if it is negative.
SIGNED = ("release_pages",)


def error_given(watch: Watch, tree: Node, env: Env,
                unsigned: Unsigned) -> bool:
    """Say whether a function takes an error code for the number to drop."""
    for call in tree.walk():
        drops = watch.counts.get(call.kids[0].value) \
            if call.kind == Kind.CALL else None
        if drops and any(
                i + 1 < len(call.kids) and value_sets.evaluate(
                    call.kids[i + 1], env, unsigned) == value_sets.NEG
                for i in drops.wide) and made(call, tree, env, unsigned):
            return True
    return False


def happens(watch: Watch, event: Event, env: Env,
            unsigned: Unsigned) -> bool:
    """Say whether an event may do anything in this state."""
    call, tree = event.call, event.statement.tree
    if call is None or tree is None:
        return True
    return made(call, tree, env, unsigned) and not (
        drops_none(watch, call, env, unsigned)
        or event.kind == EventKind.ARRAY_RELEASE and len(call.kids) > 2
        and value_sets.evaluate(call.kids[2], env, unsigned)
        == value_sets.ZERO)


def drops_none(watch: Watch, call: Node, env: Env,
               unsigned: Unsigned) -> bool:
    """Say whether a function is told to drop no page at all."""
    drops = watch.counts.get(call.kids[0].value)
    if drops is None or not drops.only or drops.only + 1 > len(call.kids):
        return False
    return value_sets.evaluate(call.kids[drops.only], env, unsigned) == \
        value_sets.ZERO


def made(call: Node, tree: Node, env: Env, unsigned: Unsigned) -> bool:
    """Say whether a call may be made, as what stands before it comes out."""
    node = call
    while node is not tree and node.parent is not None:
        above = node.parent
        if above.kind == Kind.BINARY and above.value in ("&&", "||") and \
                above.kids[1] is node and not value_sets.assume(
                    above.kids[0], above.value == "&&", env, unsigned):
            return False
        node = above
    return True
