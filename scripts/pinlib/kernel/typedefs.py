# SPDX-License-Identifier: GPL-2.0-only
"""Names that are given to structures: `typedef struct { ... } foo_t;`.

A type is spelled out where it enters the analysis, so that everywhere else
a structure has its tag. One without a tag goes by the name itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pinlib.csource import masking

# Both begin with text that is fast to find.
_OPENING = re.compile(
    r"typedef[^\S\n]+(?:const[^\S\n]+)?(?:struct|union)\b[^;{\n]*"
    r"(?:\{[^}\n]*\}[^;\n]*)?;?")
_CLOSING = re.compile(
    r"\n\}[^\S\n]*\*?[^\S\n]*[A-Za-z_][^;{}()=\n]*;")
_NAME = re.compile(r"(\**)\s*\b(?!__)([A-Za-z_]\w*)\s*(?=[,;]|$)")
_HEAD = re.compile(r"\s*typedef\s+(?:const\s+)?(struct|union)\s*(\w*)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_TAGGED = re.compile(r"\b(?:struct|union|enum)\b")
# No type that begins with one of these has a name of a structure.
_NUMBERS = frozenset(
    "void char short int long float double signed unsigned bool".split())
_QUALIFIERS = frozenset(
    "const volatile restrict static inline extern register".split())

# The definition of a structure, as a file of the tree sees it.
See = Callable[[list[tuple[str, int]], str], tuple[str, int] | None]


def given(text: masking.CText) -> dict[str, list[int]]:
    """Return the names that a file gives, with the lines of their typedefs."""
    found: dict[str, list[int]] = {}
    opened: list[int] = []
    whole = text.whole
    hits = sorted([
        (m.start(), True, m.group()) for m in _OPENING.finditer(whole)
        if not whole[whole.rfind("\n", 0, m.start()) + 1:m.start()].strip(
            " \t")] + [(m.start() + 1, False, m.group()[1:])
                       for m in _CLOSING.finditer(whole)])
    for offset, opening, hit in hits:
        line = text.line_of(offset)
        if opening and not hit.endswith(";"):
            opened.append(line)
            continue
        names = hit.rpartition("}")[2] if opening else hit[1:]
        if not opening:
            if not opened:
                continue
            line = opened.pop()
        # The names in a function's parentheses are none that it gives.
        for _, name in _NAME.findall("" if "(" in names else names):
            found.setdefault(name, []).append(line)
    return found


class Typedefs:
    """Spells out the names of structures in the types of a tree."""

    def __init__(self, text: Callable[[str], masking.CText], see: See,
                 find: Callable[[str], dict[str, list[int]]]) -> None:
        self._text = text
        self._see = see
        self._find = find
        # Names that stay as they are written.
        self.kept: frozenset[str] = frozenset()
        self._places: dict[str, dict[str, list[int]]] = {}
        self._known: dict[tuple[str, int, str], str] = {}

    def _at(self, name: str) -> dict[str, list[int]]:
        """Return the lines that give a name, by file."""
        if name not in self._places:
            self._places[name] = self._find(name)
        return self._places[name]

    def spelled(self, type_text: str, user: str) -> str:
        """A type as a file writes it, with `struct TAG` for such a name."""
        if _TAGGED.search(type_text):
            return type_text
        for word in _WORD.findall(type_text):
            if word in _NUMBERS or word in self.kept:
                break
            if word not in _QUALIFIERS and self._at(word):
                meant = self._meant(word, user)
                return re.sub(rf"\b{word}\b", meant, type_text, count=1) \
                    if meant else type_text
        return type_text

    def _meant(self, name: str, user: str) -> str:
        where = self._see([(f, n) for f, lines in self._at(name).items()
                           for n in lines], user)
        if where is None:
            return ""
        if (*where, name) not in self._known:
            self._known[*where, name] = self._read(name, *where)
        return self._known[*where, name]

    def _read(self, name: str, file: str, line: int) -> str:
        text = self._text(file)
        start = text.offset(line)
        head = _HEAD.match(text.code, start)
        end = self._end(file, line)
        if head is None or end < 0:
            return ""
        tail = text.code[head.end():end]
        tail = tail[tail.rfind("}") + 1:]
        stars = next((s for s, n in _NAME.findall(tail) if n == name), None)
        if stars is None or "[" in tail:
            return ""
        return f"struct {head.group(2) or name}{' *' * len(stars)}"

    def _end(self, file: str, line: int) -> int:
        text = self._text(file)
        start = text.offset(line)
        opening = text.code.find("{", start)
        end = text.code.find(";", start)
        if 0 <= opening < end:
            end = text.code.find(";", text.matching(opening))
        return end

    def unnamed(self, name: str) -> list[tuple[str, int]]:
        """Where structures are defined that only this name is given to."""
        return [(file, line) for file, lines in
                sorted(self._at(name).items()) for line in lines
                if self._read(name, file, line) == f"struct {name}" and
                self._tag(file, line) == ""]

    def _tag(self, file: str, line: int) -> str | None:
        text = self._text(file)
        head = _HEAD.match(text.code, text.offset(line))
        return head.group(2) if head else None
