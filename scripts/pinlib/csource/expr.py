# SPDX-License-Identifier: GPL-2.0-only
"""Represent one expression as a tree, with the tests it makes and its text."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# Calls that give the value of the test they are given.
HINTS = frozenset("likely unlikely WARN_ON WARN_ON_ONCE BUG_ON".split())


class Kind(enum.StrEnum):
    """The kinds of nodes of an expression."""

    ASSIGN = "assign"
    BINARY = "binary"
    CALL = "call"
    CAST = "cast"
    COMMA = "comma"
    COND = "cond"
    CONST = "const"
    FIELD = "field"
    ID = "id"
    INDEX = "index"
    INIT = "init"
    MEMBER = "member"
    POST = "post"
    RAWID = "rawid"
    SIZEOF = "sizeof"
    STMTEXPR = "stmtexpr"
    TYPE = "type"
    UNARY = "unary"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Node:
    """One node: kind, its operator or name, children, token index."""
    kind: Kind
    value: str
    kids: Sequence[Node] = ()
    token: int = -1
    parent: Node | None = field(default=None, repr=False, compare=False)
    # What was worked out once; nobody changes a tree that has been built.
    _text: str | None = field(default=None, repr=False, compare=False)

    def walk(self) -> Iterator[Node]:
        """Iterate over this node and all below it, in source order."""
        left = [self]
        while left:
            node = left.pop()
            yield node
            if node.kids:
                left.extend(reversed(node.kids))

    def calls(self, *names: str) -> list[Node]:
        """Return the calls below this node of functions with the given names."""
        return [n for n in self.walk() if n.kind == Kind.CALL
                and n.kids[0].kind == Kind.ID and n.kids[0].value in names]

    def __str__(self) -> str:
        if self._text is None:
            self._text = render(self)
        return self._text


def bare_test(node: Node, holds: bool) -> tuple[Node, bool]:
    """Return a test without hints, warnings and negations, and whether it holds."""
    while True:
        if node.kind == Kind.CALL and len(node.kids) == 2 and \
                node.kids[0].value in HINTS:
            node = node.kids[1]
        elif node.kind == Kind.UNARY and node.value == "!":
            node, holds = node.kids[0], not holds
        else:
            return node, holds


def conditions(node: Node, holds: bool) -> list[tuple[Node, bool]]:
    """Return the elementary conditions that follow from a test's outcome."""
    node, holds = bare_test(node, holds)
    if node.kind == Kind.BINARY and node.value == ("&&" if holds else "||"):
        return [p for k in node.kids for p in conditions(k, holds)]
    return [(node, holds)]


def render(node: Node) -> str:
    """Return the C text of a tree, with kernel spacing."""
    kids = [str(k) for k in node.kids]
    if node.kind in (Kind.ID, Kind.CONST, Kind.TYPE, Kind.RAWID):
        return node.value
    if node.kind == Kind.CALL:
        args = [f"({made})" if kid.kind == Kind.COMMA else made
                for kid, made in zip(node.kids[1:], kids[1:])]
        return f"{kids[0]}({', '.join(args)})"
    if node.kind == Kind.INDEX:
        return f"{kids[0]}[{kids[1]}]"
    if node.kind in (Kind.MEMBER, Kind.POST):
        base = node.kids[0]
        if base.kind in (Kind.UNARY, Kind.CAST):
            return f"({kids[0]}){node.value}"
        return _tight(base, kids[0]) + node.value
    if node.kind == Kind.UNARY:
        inner = _tight(node.kids[0], kids[0])
        return node.value + (f"({inner})" if _joins(node.value, inner)
                             else inner)
    if node.kind == Kind.CAST:
        return f"({node.value}){_tight(node.kids[0], kids[0])}"
    if node.kind in (Kind.BINARY, Kind.ASSIGN):
        return f"{_tight(node.kids[0], kids[0])} {node.value} " \
               f"{_tight(node.kids[1], kids[1])}"
    if node.kind == Kind.COMMA:
        return f"{kids[0]}, {kids[1]}"
    if node.kind == Kind.COND:
        return " ? : ".join(kids) if len(kids) == 2 else \
            f"{kids[0]} ? {kids[1]} : {kids[2]}"
    if node.kind == Kind.SIZEOF:
        return f"{node.value}({node.kids[0].value})"
    if node.kind == Kind.STMTEXPR:
        return f"({node.value})"
    if node.kind == Kind.FIELD:
        return f".{node.value} = {kids[0]}"
    return "{ " + ", ".join(kids) + " }"


def _joins(operator: str, text: str) -> bool:
    """Say whether two operators read as another one, as `- -a` without blank."""
    return operator[-1] in "+-&" and text.startswith(operator[-1])


def _tight(node: Node, text: str) -> str:
    if node.kind in (Kind.BINARY, Kind.ASSIGN, Kind.COND, Kind.COMMA):
        return f"({text})"
    return text


def choices(value: Node) -> list[Node]:
    """Return the values that an expression may have: both sides of a choice."""
    if value.kind == Kind.COMMA:
        return choices(value.kids[1])
    if value.kind == Kind.COND:
        kids = value.kids[1:] if len(value.kids) > 2 else value.kids
        return [b for k in kids for b in choices(k)]
    return [value]


def on_condition(node: Node) -> bool:
    """Say whether a part of an expression is evaluated on a condition only."""
    while node.parent is not None:
        above = node.parent
        if above.kids[0] is not node and (
                above.kind == Kind.COND or above.kind == Kind.BINARY
                and above.value in ("&&", "||")):
            return True
        node = above
    return False
