# SPDX-License-Identifier: GPL-2.0-only
"""Find tables in calls: what is put into one, runs over one, or gives one back."""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import number
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

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
    """Return what a call puts into the table that is passed first, if it does.

    Or what it copies to there.
    """
    if len(call.kids) < 3 or call.kids[1] is not table:
        return None
    copy = effects.COPIES.get(call.kids[0].value)
    if copy is not None and copy.target == 0:
        return effects.copied_from(call)
    return next((kid for at, kid in enumerate(call.kids[2:4], 1)
                 if fills(call.kids[0].value, at)), None)


def fills(name: str, arg: int) -> bool:
    """Say whether a call puts an argument into the table passed first."""
    effect = effects.effect(name, arg)
    return effect is not None and effect.kind == "into" and effect.into == 0


def entry_of(value: Node) -> Node:
    """Return the entry of a table that a page is read from, or the value."""
    return value.kids[0] if value.kind == Kind.MEMBER and \
        value.value.endswith("bv_page") else value


def other_page(function: Function, statement: Statement, value: Node) -> bool:
    """Say whether a local was given a page last before a statement, not NULL."""
    page = value.kind == Kind.ID and function.is_local(value.value) and \
        types.depth_of(function.types[value.value]) == 1
    given = [(use.statement.start, use.setting.kids[1])
             for use in function.uses.get(value.value, ())
             if use.setting and use.statement.start < statement.start
             and function.within(use.statement.start, statement.start)]
    return page and bool(given) and number(
        max(given, key=lambda g: g[0])[1]) is None


def given_back(program: Program, user: str, value: Node) -> Node:
    """Return the table that a call gives back of those it is given, or the value.

    The kernel's, which move it, or a function that returns its own parameter, or
    a later entry, or nothing.
    """
    name = value.kids[0].value if value.kind == Kind.CALL else ""
    moved = [kid for at, kid in enumerate(value.kids[1:]) if name
             and (known := effects.effect(name, at)) and known.kind == "same"
             and not known.result]
    callee = program.definition(name, user) if name and not moved else None
    if callee is None:
        return moved[0] if moved else value
    names = [param for _, param in callee.params]
    found = {_entry_of(callee, s.tree) for s in callee.statements
             if s.fact.kind == "return" and s.tree is not None} - {"NULL"}
    [given] = found if len(found) == 1 else ("",)
    return value.kids[1 + names.index(given)] if given in names and \
        names.index(given) + 1 < len(value.kids) else value


def _entry_of(function: Function, value: Node) -> str:
    """Return the parameter that a value is, or is an entry behind; or "NULL"."""
    while True:
        effect = effects.effect(value.kids[0].value, 0) \
            if value.kind == Kind.CALL and len(value.kids) > 1 else None
        if effect is not None and effect.kind == "same":
            value = value.kids[1]
        elif value.kind == Kind.CAST:
            value = value.kids[0]
        else:
            break
    if value.value == "NULL" or number(value) == 0:
        return "NULL"
    name = value.value if value.kind == Kind.ID else ""
    uses = function.uses.get(name, ())
    given = [u.setting.kids[1] for u in uses if u.setting]
    own = all(v.kind == Kind.CALL and len(v.kids) > 1 and str(v.kids[1]) == name
              and (effect := effects.effect(v.kids[0].value, 0))
              and effect.kind == "same" for v in given)
    return name if own and not any(u.addressed for u in uses) else ""
