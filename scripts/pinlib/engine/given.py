# SPDX-License-Identifier: GPL-2.0-only
"""Say what macros do to what they are given: change it, or take its address.

A call of a reader is a value, so such a macro cannot be given one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pinlib.csource.macro_text import Define, defines
from pinlib.csource.masking import CText
from pinlib.engine.uses import Use
from pinlib.program.program import Program
from pinlib.reader.output import Node

_CHANGES = frozenset("= += -= *= /= %= &= |= ^= <<= >>= ++ --".split())
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.M)


class Given:
    """The macros of a tree, as files use them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, list[tuple[str, Define]]] = {}

    def wants_object(self, file: str, text: str, use: Use) -> str:
        """Return the macro that an access is given to and no value will do for.

        Returns "" if there is none.
        """
        above = use.above()
        argument, call = next(above, None), next(above, None)
        if argument is None or call is None or argument.kind != "arg" or \
                call.kind != "call":
            return ""
        name = text[call.children[0].start:call.children[0].end]
        index = next(n for n, one in enumerate(call.children[1:])
                     if one.index == argument.index)
        return name if name.isidentifier() and self._wants(
            file, name, index, set()) else ""

    def acting(self, file: str, text: str, node: Node) -> str:
        """Return a name in an expression that is a macro which does something.

        Returns "" if there is none.
        """
        return next((name for name in _names(text, node)
                     for define in self._definitions(file, name)
                     if define.params is None and ("(" in define.tokens or
                     not _CHANGES.isdisjoint(define.tokens))), "")

    def _definitions(self, file: str, name: str) -> list[Define]:
        """Return what a name may be in a file: defined there, or in a header."""
        if name not in self._known:
            self._known[name] = [
                (other, define)
                for other in sorted(self._program.searches.macros(name))
                for define in defines(self._program.text(other))
                if define.name == name]
        return [define for other, define in self._known[name]
                if other == file or other.endswith(".h")]

    def _wants(self, file: str, name: str, index: int,
               seen: set[tuple[str, int]]) -> bool:
        if (name, index) in seen:
            return False
        seen.add((name, index))
        for define in self._definitions(file, name):
            params, tokens = define.params or (), define.tokens
            if index >= len(params) or params[index].endswith("..."):
                continue
            for at, token in enumerate(tokens):
                if token != params[index]:
                    continue
                group = _grouped(tokens, at)
                if _changed(tokens, *group) or any(
                        self._wants(file, inner, n, seen)
                        for inner, n in _inner(tokens, *group)):
                    return True
        return False


def included(text: CText, files: Iterable[str]) -> str:
    """Return which of some headers a file names in an #include, or ""."""
    named = [match[1] for match in text.quoting(_INCLUDE)]
    return next((file for file in sorted(files) if file.endswith(".h") and any(
        f"/{file}".endswith(f"/{name.lstrip('./')}") for name in named)), "")


def _names(text: str, node: Node) -> Iterator[str]:
    """Yield the names in an expression that are no member's."""
    if node.kind == "name":
        yield text[node.start:node.end]
    for child in node.children[:1 if node.kind == "member" else None]:
        yield from _names(text, child)


def _grouped(tokens: Sequence[str], at: int) -> tuple[int, int]:
    """Return the first and the last token of a name with its parentheses."""
    low = high = at
    while low and tokens[low - 1] == "(" and tokens[high + 1:high + 2] == [")"] \
            and not (low > 1 and tokens[low - 2].isidentifier()):
        low, high = low - 1, high + 1
    return low, high


def _changed(tokens: Sequence[str], low: int, high: int) -> bool:
    """Say whether a name is changed, or its address taken."""
    before = tokens[low - 1] if low else ""
    if tokens[high + 1:high + 2] in (["->"], ["["], ["("]):
        return False            # it is of what is behind the name
    if before in ("++", "--") or _CHANGES & {*tokens[high + 1:high + 2]}:
        return True
    if before != "&":
        return False
    left = tokens[low - 2] if low > 1 else ""
    # Behind a cast to a pointer it has one operand.
    return tokens[low - 3:low - 1] == ["*", ")"] or not (
        left in (")", "]") or left.replace("_", "a").isalnum()
        and left != "return")


def _inner(tokens: Sequence[str], low: int, high: int) -> Iterator[tuple[str, int]]:
    """Yield the call that a name is an argument of by itself, and which one."""
    if tokens[high + 1:high + 2] not in ([","], [")"]) or not low or \
            tokens[low - 1] not in (",", "("):
        return
    depth = index = 0
    for at in range(low - 1, 0, -1):
        if tokens[at] in (")", "]", "}"):
            depth += 1
        elif tokens[at] in ("(", "[", "{"):
            if not depth:
                if tokens[at] == "(" and tokens[at - 1].isidentifier():
                    yield tokens[at - 1], index
                return
            depth -= 1
        elif tokens[at] == "," and not depth:
            index += 1
