# SPDX-License-Identifier: GPL-2.0-only
"""Find whether an iterator has anything left where pages are taken from it.

The old calls return zero when nothing is asked for or left, before they look at
the kind of the iterator. A test added in front of such a call leaves out what
the conditions around it have already checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.kernel import effects
from pinlib.program.function import Function, Guard, Statement

# These are zero when one of their arguments, from this one on, is zero.
LEAST = {"min": 0, "umin": 0, "min_not_zero": 0, "min_t": 1}
# These only return a value.
_VALUES = frozenset("min max min_t max_t umin umax round_up round_down ALIGN "
                    "DIV_ROUND_UP iov_iter_count iov_iter_single_seg_count "
                    "msg_data_left offset_in_page".split())
_LOOKS = re.compile(
    r"\b(?:iov_iter_(?:count|is_\w+|rw|extract_will_pin|npages\w*|alignment)|"
    r"user_backed_iter|iter_is_\w+|msg_data_left)\s*\([^()]*\)")
_MACRO = re.compile(r"[A-Z][A-Z0-9_]+$")
_BEHIND = re.compile(r"&?\s*(.+?)\s*(->|\.)\s*msg_iter$")


def steady(node: Node) -> bool:
    """Say whether evaluating an expression twice gives the same result."""
    for part in node.walk():
        if part.kind in (Kind.POST, Kind.ASSIGN, Kind.STMTEXPR, Kind.COMMA) or \
                part.kind == Kind.UNARY and part.value in ("++", "--"):
            return False
        if part.kind == Kind.CALL:
            name = part.kids[0].value
            known = effects.effect(name, 0)
            if name not in _VALUES and (known is None or known.kind not in (
                    "same", "take", "look")):
                return False
    return True


def positive(node: Node) -> bool:
    """Say whether an expression looks like a constant above zero."""
    if node.kind == Kind.CONST:
        return node.value.rstrip("uUlL") not in ("0", "0x0")
    if node.kind == Kind.ID:
        return bool(_MACRO.match(node.value))
    if node.kind == Kind.SIZEOF:
        return True
    return node.kind == Kind.BINARY and node.value in ("*", "<<") and all(
        positive(k) for k in node.kids)


def open_parts(function: Function, statement: Statement, iterator: Node,
               size: Node) -> list[Node]:
    """Return what may be zero here: what an iterator has left, or the size."""
    count = Node(Kind.CALL, "(", [Node(Kind.ID, "iov_iter_count"), iterator])
    names = _names(iterator)
    found = [] if any(_answered(function, statement, c, names)
                      for c in (count, *_of_message(iterator))) else [count]
    for part in _least(size):
        if positive(part) or str(part) == str(count) or _answered(
                function, statement, part, _names(part)):
            continue
        if str(part) not in [str(f) for f in found]:
            found.append(part)
    return found


def _least(size: Node) -> Iterator[Node]:
    """Yield the parts of a size each of which can make it zero."""
    name = size.kids[0].value if size.kind == Kind.CALL else ""
    if name not in LEAST or name == "min_not_zero":
        yield size
        return
    for kid in size.kids[1 + LEAST[name]:]:
        yield from _least(kid)


def _of_message(iterator: Node) -> list[Node]:
    """Return msg_data_left() of the message that contains an iterator."""
    match = _BEHIND.match(str(iterator))
    if match is None:
        return []
    message = match.group(1) if match.group(2) == "->" else f"&{match.group(1)}"
    return [Node(Kind.CALL, "(", [Node(Kind.ID, "msg_data_left"),
                                  Node(Kind.ID, message)])]


def _names(node: Node) -> set[str]:
    return {n.value.lstrip("->.") for n in node.walk()
            if n.kind in (Kind.ID, Kind.MEMBER) and not _MACRO.match(n.value)
            and not (n.parent is not None and n.parent.kind == Kind.CALL
                     and n.parent.kids[0] is n)}


def _answered(function: Function, statement: Statement, wanted: Node,
              names: set[str]) -> bool:
    """Say whether a condition still valid here says a value is not zero."""
    return any(
        _says(test, holds, wanted) and _fresh(function, statement, guard,
                                              names)
        for guard in function.guards_at(statement.start)
        for test, holds in conditions(guard.test, guard.holds))


def _fresh(function: Function, statement: Statement, guard: Guard,
           names: set[str]) -> bool:
    """Say whether no name occurs between a condition and a statement."""
    between = function.text.code[guard.start:statement.start]
    text = _LOOKS.sub("", between)
    return not jumps.LABEL.search(between) and not any(
        re.search(rf"\b{re.escape(name)}\b", text) for name in names)


def _says(test: Node, holds: bool, wanted: Node) -> bool:
    text = str(wanted)
    if str(test) == text:
        return holds
    if test.kind != Kind.BINARY or len(test.kids) != 2:
        return False
    left, right = (str(k) for k in test.kids)
    if wanted.kind == Kind.BINARY and wanted.value == "-":
        pair = [str(k) for k in wanted.kids]
        return (test.value in ("<", "!=") and [right, left] == pair
                or test.value in (">", "!=") and [left, right] == pair
                ) if holds else (
            test.value in ("<=", "==") and [left, right] == pair
            or test.value in (">=", "==") and [right, left] == pair)
    if left == text and right == "0":
        return test.value in (">", "!=") if holds \
            else test.value in ("<=", "==")
    if left == "0" and right == text:
        return holds and test.value in ("<", "!=")
    return left == text and right == "1" and (
        holds and test.value == ">=" or not holds and test.value == "<")
