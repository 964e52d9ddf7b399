# SPDX-License-Identifier: GPL-2.0-only
"""Compute what is known of values on one path through a function.

A value is a set of classes: `neg`, `zero`, `pos`, and of an acquisition's result
`part` (fewer pages than asked for), `full`, and `one` where one page was asked
for; `asked` is the number asked for. An expression that is not listed may be
anything.
"""

from __future__ import annotations

import re
from typing import Callable

from pinlib.csource.expr import HINTS, Kind, Node, bare_test

Values = frozenset[str]
Env = dict[str, Values]
# Is a comparison of two expressions one of unsigned numbers?
Unsigned = Callable[[Node, Node], bool]

NEG, ZERO = frozenset({"neg"}), frozenset({"zero"})
POS = frozenset({"pos"})
ANY = frozenset({"neg", "zero", "pos"})
_ABOVE = frozenset({"pos", "part", "full", "one"})
TRUE = frozenset({"neg", "pos", "part", "full", "one", "asked"})
_UNSIGNED = re.compile(r"\b(?:unsigned|size_t|u8|u16|u32|u64|ulong|uint)\b")
_ERROR = re.compile(r"E[A-Z0-9]+$")
_NUMBER = re.compile(r"(0x[0-9a-fA-F]+|\d+)[uUlL]*$")
_FAR = 1 << 62
_RANGE = {"neg": (-_FAR, -1), "zero": (0, 0), "one": (1, 1)}
_FLIP = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_NOT = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
# A result compared with what was asked for: -1 below, 0 the same.
_ORDER = {"neg": -1, "zero": -1, "part": -1, "full": 0}


def number(node: Node) -> int | None:
    """Return the value of a literal, or of a negative error code, or None."""
    if node.kind == Kind.UNARY and node.value == "-":
        inner = number(node.kids[0])
        if inner is not None:
            return -inner
        return -_FAR if _ERROR.match(node.kids[0].value) else None
    if node.kind == Kind.CAST:
        return number(node.kids[0])
    if node.value in ("NULL", "false"):
        return 0
    if node.value == "true":
        return 1
    match = _NUMBER.match(node.value) if node.kind == Kind.CONST else None
    return int(match.group(1), 0) if match else None


def evaluate(node: Node, env: Env, unsigned: Unsigned) -> Values | None:
    """Return what an expression may be, or None for anything."""
    known = env.get(str(node))
    if known is not None:
        return known
    value = number(node)
    if value is not None:
        return NEG if value < 0 else POS if value else ZERO
    if node.kind in (Kind.CAST, Kind.POST):
        return evaluate(node.kids[0], env, unsigned)
    if node.kind in (Kind.ASSIGN, Kind.COMMA):
        return evaluate(node.kids[1], env, unsigned)
    if node.kind == Kind.CALL and len(node.kids) == 2 and node.kids[0].value in (
            "ERR_PTR", "PTR_ERR", "ERR_CAST", *HINTS):
        return evaluate(node.kids[1], env, unsigned)
    if node.kind == Kind.COND:
        return _choice(node, env, unsigned)
    return _sum(node, env, unsigned)


def _sum(node: Node, env: Env, unsigned: Unsigned) -> Values | None:
    """Return POS for a sum with a part above 0, its count in units also."""
    rounded = _rounded_up(node)
    if rounded is not None:
        inner = evaluate(rounded, env, unsigned)
        return POS if inner and inner <= _ABOVE else None
    if node.kind != Kind.BINARY or node.value != "+":
        return None
    left, right = node.kids
    above = any(v and v <= _ABOVE for v in (
        evaluate(k, env, unsigned) for k in node.kids))
    return POS if above and (unsigned(left, right) or unsigned(
        right, left)) else added(left, right, env, unsigned)


def _rounded_up(node: Node) -> Node | None:
    """Return what is counted in units, of which a part is one; None for others."""
    if node.kind == Kind.CALL and len(node.kids) == 3 and \
            node.kids[0].value == "DIV_ROUND_UP":
        return node.kids[1]
    inner, units = node, []
    for operator in (node.value, "-", "+"):
        if inner.kind != Kind.BINARY or inner.value != operator:
            return None
        units.append(f"{operator} {inner.kids[1]}")
        inner = inner.kids[0]
    return inner if units in (["/ PAGE_SIZE", "- 1", "+ PAGE_SIZE"], [
        ">> PAGE_SHIFT", "- 1", "+ PAGE_SIZE"]) else None


def added(left: Node, right: Node, env: Env,
          unsigned: Unsigned) -> Values | None:
    """Return what the sum of two numbers may be of which none is below 0."""
    found = [evaluate(k, env, unsigned) for k in (left, right)]
    if not all(v and v <= _ABOVE | ZERO for v in found):
        return None
    if any(v and v <= _ABOVE for v in found):
        return POS
    return ZERO if all(v == ZERO for v in found) else ZERO | POS


def steps(node: Node) -> bool:
    """Say whether a node changes what is below it otherwise than to a value."""
    return node.kind == Kind.POST or node.kind == Kind.UNARY and (
        node.value in ("++", "--") or node.value == "&" and
        node.parent is not None and node.parent.kind == Kind.CALL)


def raised(node: Node, env: Env) -> Values | None:
    """Return POS for a number above or at 0 that a node counts up by one."""
    known = env.get(str(node.kids[0]))
    return POS if node.value == "++" and known and known <= _ABOVE | ZERO else None


def _choice(node: Node, env: Env, unsigned: Unsigned) -> Values | None:
    found: Values = frozenset()
    test, then, other = (node.kids[0], node.kids[-2], node.kids[-1])
    for branch, outcome in ((then, True), (other, False)):
        for more in assume(test, outcome, env, unsigned):
            value = evaluate(branch, more, unsigned)
            if value is None:
                return None
            found |= value
    return found


def assume(node: Node, outcome: bool, env: Env,
           unsigned: Unsigned) -> list[Env]:
    """Return what is known once a test came out so; nothing if it cannot."""
    node, outcome = bare_test(node, outcome)
    if node.kind == Kind.BINARY and node.value in ("&&", "||"):
        left, right = node.kids
        both = outcome == (node.value == "&&")
        first = assume(left, outcome, env, unsigned)
        if both:
            return [e for f in first
                    for e in assume(right, outcome, f, unsigned)]
        return first + [e for f in assume(left, not outcome, env, unsigned)
                        for e in assume(right, outcome, f, unsigned)]
    if node.kind == Kind.BINARY and node.value in _NOT:
        return _compare(node, outcome, env, unsigned)
    if node.kind == Kind.CALL and len(node.kids) == 2 and \
            node.kids[0].value in ("IS_ERR", "IS_ERR_VALUE"):
        return _narrow(node.kids[1], NEG if outcome else frozenset(
            {"zero", "pos"}), env, unsigned)
    return _narrow(node, TRUE if outcome else ZERO, env, unsigned)


def made_again(node: Node, env: Env) -> Env:
    """Return what is known once calls of a test may answer something else."""
    calls = [str(n) for n in node.walk() if n.kind == Kind.CALL]
    return {text: value for text, value in env.items()
            if not any(call in text for call in calls)} if calls else env


def _narrow(node: Node, allowed: Values, env: Env,
            unsigned: Unsigned) -> list[Env]:
    known = evaluate(node, env, unsigned)
    left = (ANY if known is None else known) & allowed
    if not left:
        return []
    return [{**env, **dict.fromkeys(_names(node), left)}]


def _names(node: Node) -> list[str]:
    """Return the expressions that have the same value as this one."""
    while node.kind in (Kind.CAST, Kind.COMMA):
        node = node.kids[-1]
    if node.kind == Kind.ASSIGN and node.value == "=":
        return [str(node), str(node.kids[0]), *_names(node.kids[1])]
    return [str(node)] if node.kind in (
        Kind.ID, Kind.MEMBER, Kind.BINARY, Kind.UNARY, Kind.INDEX,
        Kind.CALL) else []


def _compare(node: Node, outcome: bool, env: Env,
             unsigned: Unsigned) -> list[Env]:
    known = env.get(str(node))
    if known is not None:
        return [env] if (known != ZERO) == outcome else []
    left, right = node.kids
    operator = node.value
    if number(left) is not None or evaluate(left, env, unsigned) == \
            frozenset({"asked"}):
        left, right, operator = right, left, _FLIP[operator]
    if not outcome:
        operator = _NOT[operator]
    mine = evaluate(left, env, unsigned)
    value = None if evaluate(right, env, unsigned) == frozenset({"asked"}) \
        else number(right)
    if value is not None:
        return _narrow(left, frozenset(
            c for c in mine or ANY if _possible(c, operator, value)),
            env, unsigned)
    if mine and mine <= set(_ORDER) and (
            evaluate(right, env, unsigned) == frozenset({"asked"})):
        wide = unsigned(left, right)
        return _narrow(left, frozenset(
            c for c in mine if _ordered(c, operator, wide)), env, unsigned)
    theirs = evaluate(right, env, unsigned)
    if mine == ZERO and theirs and theirs <= _ABOVE:
        # An index from 0 on, and a number above 0.
        return [env] if operator in ("<", "<=", "!=") else []
    return [{**env, str(node): POS if outcome else ZERO}]


def _possible(name: str, operator: str, value: int) -> bool:
    low, high = _RANGE.get(name, (1, _FAR))
    return {"<": low < value, "<=": low <= value, ">": high > value,
            ">=": high >= value, "==": low <= value <= high,
            "!=": not low == high == value}[operator]


def _ordered(name: str, operator: str, unsigned: bool) -> bool:
    order = _ORDER[name]
    if name == "neg" and unsigned:
        order = 1
    return {"<": order < 0, "<=": order <= 0, ">": order > 0,
            ">=": order >= 0, "==": order == 0, "!=": order != 0}[operator]


def wraps(left: str, right: str) -> bool:
    """Say whether both types make a comparison an unsigned one."""
    wide = "long" in right or "size_t" in right or "64" in right
    return bool(_UNSIGNED.search(right)) and "ssize_t" not in right and (
        wide or "long" not in left and "size_t" not in left)


def written(env: Env, target: Node, value: Values | None) -> Env:
    """Return what is left once an expression got a new value."""
    name = str(target)
    head = target
    while head.kind in (Kind.CAST, Kind.UNARY):
        head = head.kids[0]
    word = _word(head)
    known = {k: v for k, v in env.items()
             if k != name and not (word in k and names(k, head))}
    if value is not None and target.kind in (Kind.ID, Kind.MEMBER):
        known[name] = value
    return known


def names(text: str, node: Node) -> bool:
    """Say whether an expression's text names a variable or member."""
    name = _word(node)
    if name not in text:
        return False
    if node.kind == Kind.ID:
        return bool(re.search(rf"(?<![>.\w]){re.escape(name)}\b", text))
    return node.kind == Kind.MEMBER and bool(re.search(
        rf"(?:->|\.){re.escape(name)}\b", text))


def _word(node: Node) -> str:
    """Return the name of a variable or member."""
    return node.value.lstrip("->.")


def about(target: Node, text: str) -> bool:
    """Say whether an expression's value is part of another's."""
    while target.kind in (Kind.INDEX, Kind.CAST, Kind.UNARY):
        target = target.kids[0]
    return names(text, target)
