# SPDX-License-Identifier: GPL-2.0-only
"""One reading of code that has two, once it is known which names are types.

The reader knows one file only, and keeps both readings: scripts/reader/
ambiguous.c says how. Whoever knows the types of the tree chooses here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pinlib.reader.output import AMBIGUOUS, Node, SUFFIX, Piece

Known = Callable[[str], bool]

_PRECEDENCE = {
    "*": 10, "/": 10, "%": 10, "+": 9, "-": 9, "<<": 8, ">>": 8, "<": 7,
    ">": 7, "<=": 7, ">=": 7, "==": 6, "!=": 6, "&": 5, "^": 4, "|": 3,
    "&&": 2, "||": 1}


@dataclass(frozen=True)
class Settled:
    """A piece of code of which one reading is left."""

    kind: str
    op: str
    start: int
    end: int
    flags: int
    children: tuple[Settled, ...]


class Settler:
    """Chooses readings in one file.

    text: the bytes of the file.
    is_type: whether a name is that of a type, there where the code stands.
    """

    def __init__(self, text: bytes, is_type: Known) -> None:
        self._text = text
        self._is_type = is_type

    def settle(self, node: Node) -> Settled:
        """Return the code of a node, with one reading of everything in it."""
        return self._piece(_copy(node))

    def _piece(self, piece: Settled) -> Settled:
        if piece.kind == "cast-or-call":
            return self._cast_or_call(piece)
        children = tuple(self._piece(child) for child in piece.children)
        if piece.kind == "chain":
            return self._chain(children)
        if piece.kind == "name-or-type":
            return self._type(piece) if self._names_type(piece) else \
                _plain(piece, "paren", children)
        if piece.kind == "either":
            declared = piece.children[0].children[0].children
            named = any(self._is_type(self._name(word)) for word in declared
                        if word.kind == "type-name")
            return children[0 if named else 1]
        return replace(piece, children=children)

    def _name(self, piece: Piece) -> str:
        return self._text[piece.start:piece.end].decode("utf-8", "replace")

    def _names_type(self, piece: Settled) -> bool:
        return self._is_type(self._name(piece.children[0]))

    def _type(self, piece: Settled) -> Settled:
        """Return (name) as the name of a type."""
        name = _plain(piece.children[0], "type-name", ())
        return _plain(piece, "type", (_plain(name, "specifiers", (name,)),))

    def _cast_or_call(self, piece: Settled) -> Settled:
        named, args, *suffixes = piece.children
        if not self._names_type(named):
            base = self._piece(named)
            call = _spanning("call", base, args, (
                base, *(self._piece(arg) for arg in args.children)))
            return self._suffixed(call, suffixes)
        base = self._operand(args)
        if suffixes and base.kind == "name-or-type" and \
                suffixes[0].kind == "call":
            # (a)(b)(c): what is cast is once more a cast or a call.
            given = _plain(suffixes[0], "args", suffixes[0].children)
            operand = self._cast_or_call(_spanning(
                "cast-or-call", base, piece, (base, given, *suffixes[1:])))
        elif suffixes:
            operand = self._suffixed(self._piece(base), suffixes)
        else:
            operand = self._piece(base)
        return _spanning("cast", named, operand, (self._type(named), operand))

    @staticmethod
    def _operand(args: Settled) -> Settled:
        """Return arguments as what they are behind a cast."""
        inner = [arg.children[0] for arg in args.children if arg.children]
        if len(inner) == 1 and inner[0].kind == "name":
            return _plain(args, "name-or-type", (inner[0],))
        first = inner[0]
        for other in inner[1:]:
            first = Settled("binary", ",", first.start, other.end, 0,
                            (first, other))
        return _plain(args, "paren", (first,))

    def _suffixed(self, base: Settled, suffixes: Sequence[Settled]) -> Settled:
        for suffix in suffixes:
            base = Settled(suffix.kind, suffix.op, base.start, suffix.end,
                           suffix.flags & ~SUFFIX, (base, *(
                               self._piece(part) for part in suffix.children)))
        return base

    def _chain(self, parts: tuple[Settled, ...]) -> Settled:
        """Return a tree of operands and operators that take turns."""
        operands, signs = [parts[0]], []
        for sign, operand in zip(parts[1::2], parts[2::2]):
            cast = _cast(operands[-1], sign, operand)
            if cast:
                operands[-1] = cast
            else:
                signs.append(sign)
                operands.append(operand)
        return _by_precedence(operands, [sign.op for sign in signs])


def _copy(node: Node) -> Settled:
    return Settled(node.kind, node.op, node.start, node.end, node.flags,
                   tuple(_copy(child) for child in node.children))


def _plain(like: Settled, kind: str, children: tuple[Settled, ...]) -> Settled:
    return Settled(kind, "", like.start, like.end, like.flags & ~AMBIGUOUS,
                   children)


def _spanning(kind: str, first: Settled, last: Settled,
              children: tuple[Settled, ...]) -> Settled:
    return Settled(kind, "", first.start, last.end, 0, children)


def _cast(operand: Settled, sign: Settled, right: Settled) -> Settled | None:
    """Return an operand that ends in a type, with what that type casts."""
    if operand.kind == "type":
        made = "label-address" if sign.op == "&&" else "unary"
        value = Settled(made, "" if made != "unary" else sign.op, sign.start,
                        right.end, 0, (right,))
        return _spanning("cast", operand, right, (operand, value))
    if operand.kind not in ("unary", "cast") or not operand.children:
        return None
    inner = _cast(operand.children[-1], sign, right)
    return inner and replace(operand, end=right.end,
                             children=(*operand.children[:-1], inner))


def _by_precedence(operands: list[Settled], signs: list[str]) -> Settled:
    """Return the tree of binary operators, all of which bind to the left."""
    values = [operands[0]]
    waiting: list[str] = []

    def reduce() -> None:
        right, left = values.pop(), values.pop()
        values.append(Settled("binary", waiting.pop(), left.start, right.end,
                              0, (left, right)))

    for sign, operand in zip(signs, operands[1:]):
        while waiting and _PRECEDENCE[waiting[-1]] >= _PRECEDENCE[sign]:
            reduce()
        waiting.append(sign)
        values.append(operand)
    while waiting:
        reduce()
    return values[0]
