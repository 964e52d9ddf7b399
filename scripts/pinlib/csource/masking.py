# SPDX-License-Identifier: GPL-2.0-only
"""Find what the text of a C file alone shows, without parsing it.

This is the census's side of the two identities, so it shares nothing with the
facts that the reader gives: comments, strings, preprocessor lines and the blocks
that end with a brace in the first column.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import itertools
import re
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.csource.written import comments
from pinlib.csource.written.heard import LOOKED_FOR, WRITTEN
from pinlib.csource import arm_tree
from pinlib.csource.arm_tree import Arm
from pinlib.csource.arms import Group, groups, Known, NOTHING
from pinlib.csource.written.words import Words

# From the start of its line.
_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(\w+)(?:\\\n|[^\n])*")
_WORD = re.compile(r"[A-Za-z_]\w*")
# A block that runs once under a guard: scoped_guard(…) { … }.
SCOPED = re.compile(r"_*scoped_(?!\w*for_each)\w+$")
_BLANKS, _ELSE = re.compile(r"\s*"), re.compile(r"\s*else\b")
_OPENING, _BRACE = re.compile(r"\s*\("), re.compile(r"\s*\{")
_HEAD = re.compile(r"\s*\(.*\)\s*\{", re.S)
_HEADED, _BODY = re.compile(r"\s*[\w{*(]"), re.compile(r"[\s\w]*\{")
_BRACKETS = {"(": re.compile(r"[()]"), "{": re.compile(r"[{}]"),
             "[": re.compile(r"[][]")}


def _directives(text: str) -> list[tuple[int, int, str]]:
    found = []
    at = text.find("#")
    while at >= 0:
        match = _DIRECTIVE.match(text, text.rfind("\n", 0, at) + 1)
        if match:
            found.append((match.start(), match.end(), match.group(1)))
        at = text.find("#", max(at + 1, match.end() if match else 0))
    return found


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text with blanks in place of some of it, lines kept."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], comments.blanks(text[start:end])]
        at = end
    return "".join(parts) + text[at:] if parts else text


@dataclass(frozen=True)
class Span:
    """Lines of one top-level block, both ends included."""

    start: int
    end: int


class CText:
    """The text of one file with comments and strings masked.

    known: what decides which #if arms are no code; they are masked as well. With
    None, what each arm has is code.
    """

    def __init__(self, text: str, known: Known | None = NOTHING,
                 path: str = "") -> None:
        self._text = text
        self._path = path
        self.known = known

    @property
    def text(self) -> str:
        """Return the text as it is written, of which who records it hears."""
        if self._path:
            sys.audit(LOOKED_FOR, self._path)
        return self._text

    def written(self, start: int, end: int) -> str:
        """Return some of the text as it is written, which is heard of as well."""
        found = self._text[start:end]
        if self._path:
            sys.audit(WRITTEN, self._path, f"{start}:{end}", found)
        return found

    def matches(self, pattern: str) -> list[int]:
        """Return where a pattern finds something, comments included."""
        found = comments.matches(self._text, pattern)
        if self._path:
            sys.audit(WRITTEN, self._path, f"/{pattern}", str(found))
        return found

    def remarks(self, pattern: str) -> list[tuple[int, int]]:
        """Return where comments begin in which it does, and where in them."""
        found = comments.remarks(self._text, pattern)
        if self._path:
            sys.audit(WRITTEN, self._path, f"*{pattern}", str(found))
        return found

    @property
    def hash(self) -> str:
        """Return a hash of all of it, which whoever keeps it must renew."""
        return hashlib.sha256(self._text.encode("latin-1")).hexdigest()

    @property
    def nul(self) -> int:
        """Return where the first NUL byte stands, in a comment too, or -1."""
        return self._text.find("\0")

    @property
    def size(self) -> int:
        """Return how many characters it has."""
        return len(self._text)

    def as_known(self, known: Known | None) -> CText:
        """Return the same text with other arms that are no code."""
        return CText(self._text, known, self._path)

    def for_reader(self) -> str:
        """Return the text for who takes tokens from it and no comments."""
        return self._text

    def uncommented(self, start: int = 0, end: int | None = None) -> str:
        """Return some of the text with its strings and without its comments.

        start: outside of both.
        """
        found = self._text[start:end]
        return comments.blanked(found) if "/" in found else found

    def quoting(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield what a pattern finds in the text, strings included.

        It does not begin in a comment.
        """
        text = self._text
        for match in pattern.finditer(text):
            at = match.start()
            opening = text.rfind("/*", 0, at)
            # Most stand behind a comment that was closed, and need no mask.
            if (opening < 0 or text.find("*/", opening + 2, at) >= 0) and \
                    "//" not in text[text.rfind("\n", 0, at) + 1:at] or \
                    self.whole[at:match.end()].strip():
                yield match

    @functools.cached_property
    def whole(self) -> str:
        """Return the text with blanks in place of comments and strings."""
        return comments.HIDDEN.sub(comments.blank, self._text)

    @functools.cached_property
    def groups(self) -> list[Group]:
        """Return the #ifs of a text with an arm that may be left out."""
        if self.known is None or not self.known.decides(self._text):
            return []
        return groups(self.whole, _directives(self.whole), self.known)

    @functools.cached_property
    def dead(self) -> list[tuple[int, int]]:
        """Return where each arm begins and ends that is never compiled."""
        return sorted(span for group in self.groups for span in group.out)

    @functools.cached_property
    def arms(self) -> list[Arm]:
        """Return all #if arms, also those that this kernel leaves out."""
        return arm_tree.read(self.whole, _directives(self.whole))

    @functools.cached_property
    def visible(self) -> str:
        """Return the text with blanks in place of those arms, too."""
        return _without(self.whole, self.dead)

    @functools.cached_property
    def dead_words(self) -> Words:
        """Return offsets of every identifier in arms never compiled."""
        ends = [0, *(at for span in self.dead for at in span)]
        return Words(_without(self.whole, [*zip(
            ends[::2], [*ends[1::2], len(self.whole)])]))

    @functools.cached_property
    def code(self) -> str:
        """Return the text with blanks in place of directives as well."""
        return _without(self.visible, [
            (start, end) for start, end, _ in self.directives])

    @functools.cached_property
    def _starts(self) -> array[int]:
        # There are thousands of lines in a file: nothing here is done in Python.
        lengths = map(len, self._text.split("\n")[:-1])
        return array("I", itertools.accumulate(
            map((1).__add__, lengths), initial=0))

    def line_of(self, offset: int) -> int:
        """Return the line (from 1) that holds a character offset."""
        return bisect.bisect_right(self._starts, offset)

    def place_of(self, offset: int) -> tuple[int, int]:
        """Return line (from 1) and column (from 0) of a character offset."""
        line = self.line_of(offset)
        return line, offset - self._starts[line - 1]

    def offset(self, line: int, column: int = 0) -> int:
        """Return the offset of a line (from 1) and column (from 0)."""
        return self._starts[line - 1] + column

    def _line(self, number: int) -> tuple[int, int]:
        """Return where a line begins and where it ends."""
        return (self._starts[number - 1], self._starts[number] - 1
                if number < len(self._starts) else len(self._text))

    def line(self, number: int) -> str:
        """Return one line of the text, unchanged."""
        return self.written(*self._line(number))

    def code_line(self, number: int) -> str:
        """Return one line, with blanks in place of comments and strings."""
        return self.whole[slice(*self._line(number))]

    @functools.cached_property
    def words(self) -> Words:
        """Return offsets of every identifier outside comments and strings."""
        return Words(self.visible)

    @functools.cached_property
    def spans(self) -> list[Span]:
        """Return top-level blocks: each ends with a brace in the first column."""
        spans = []
        start = 1
        for number, line in enumerate(self.code.split("\n"), 1):
            if line.startswith("}"):
                spans.append(Span(start, number))
                start = number + 1
        spans.append(Span(start, len(self._starts)))
        return spans

    def defines(self, name: str, offset: int) -> bool:
        """Say whether a function of this name is defined here."""
        opening = _OPENING.match(self.code, offset + len(name)) \
            if self.code.startswith(name, offset) else None
        close = self.matching(opening.end() - 1) if opening else -1
        return close > 0 and bool(_BODY.match(self.code, close + 1))

    def span_at(self, line: int) -> Span:
        """Return the top-level block around a line."""
        index = bisect.bisect_left(self.spans, line, key=lambda s: s.end)
        return self.spans[min(index, len(self.spans) - 1)]

    def directive_at(self, offset: int) -> str | None:
        """Return the preprocessor directive around an offset, if any."""
        for start, end, name in self.directives:
            if start <= offset < end:
                return name
        return None

    def directive_start(self, offset: int) -> int:
        """Return where the directive around an offset begins, or -1."""
        return next((start for start, end, _ in self.directives
                     if start <= offset < end), -1)

    def directive_text(self, offset: int) -> str:
        """Return the whole directive around an offset, lines joined or not."""
        return next((self.visible[start:end] for start, end, _
                     in self.directives if start <= offset < end), "")

    @functools.cached_property
    def directives(self) -> list[tuple[int, int, str]]:
        """Return where each directive begins and ends, and its name."""
        return _directives(self.visible)

    @functools.cached_property
    def _decided(self) -> frozenset[int]:
        """Return where directives begin that leave nothing open."""
        return frozenset(start for group in self.groups if group.decided
                         for start, _ in group.lines)

    def left_out(self, start: int, end: int) -> bool:
        """Say whether one place may be left out and a later one kept."""
        depth = 0
        for at, _, name in self.directives:
            if start < at < end and at not in self._decided:
                depth += (name in ("if", "ifdef", "ifndef")) - (
                    name == "endif")
                if depth < 0 or not depth and name in ("else", "elif"):
                    return True
        return False

    def is_disabled(self, line: int) -> bool:
        """Return true for a line in an arm that is never compiled."""
        return any(self.line_of(start) <= line <= self.line_of(end)
                   for start, end in self.dead)

    def apart(self, line: int, other: int) -> bool:
        """Say whether two lines are in different arms of one #if."""
        mine = {start: arm for start, arm, _ in self.conditions_at(line)}
        return bool(mine) and any(
            mine.get(start, arm) != arm
            for start, arm, _ in self.conditions_at(other))

    def conditions_at(self, line: int) -> list[tuple[int, int, str]]:
        """Return the #if groups around a line, outermost first.

        Each by the line of its #if, which of its arms this is, and the text
        of the conditions up to that arm.
        """
        found: list[tuple[int, int, str]] = []
        for start, end, name in self.directives:
            number = self.line_of(start)
            if number > line:
                break
            text = self.visible[start:end]
            if name in ("if", "ifdef", "ifndef"):
                found.append((number, 0, text))
            elif name in ("else", "elif", "endif") and found:
                opened, arm, before = found.pop()
                if name != "endif":
                    found.append((opened, arm + 1, f"{before}\n{text}"))
        return found

    def matching(self, offset: int) -> int:
        """Return the offset of the bracket that closes the one at offset, or -1."""
        opening = self.code[offset]
        depth = 0
        for match in _BRACKETS[opening].finditer(self.code, offset):
            depth += 1 if match.group() == opening else -1
            if not depth:
                return match.start()
        return -1

    def statement_end(self, offset: int) -> int:
        """Return the offset just after the statement at or after offset."""
        match = _BLANKS.match(self.code, offset)
        offset = match.end() if match else offset
        if offset >= len(self.code):
            return offset
        if self.code[offset] == "{":
            close = self.matching(offset)
            return close + 1 if close >= 0 else len(self.code)
        head = _WORD.match(self.code, offset)
        word = head.group() if head else ""
        if word in ("if", "for", "while", "switch") or (
                SCOPED.match(word) and self.heads(offset + len(word))) or (
                word and _HEAD.match(self._head_text(offset))):
            return self._compound_end(offset, word)
        if word == "do":
            body = self.statement_end(offset + 2)
            last = self.code.find(";", body)
            return last + 1 if last >= 0 else len(self.code)
        if word == "else":
            return self.statement_end(offset + 4)
        end = offset
        while end < len(self.code) and self.code[end] != ";":
            if self.code[end] in "({[":
                close = self.matching(end)
                end = close if close >= 0 else len(self.code)
            end += 1
        return end + 1

    def heads(self, offset: int) -> bool:
        """Say whether parentheses stand here, and a statement behind them."""
        opening = _OPENING.match(self.code, offset)
        close = self.matching(opening.end() - 1) if opening else -1
        return close >= 0 and bool(_HEADED.match(self.code, close + 1))

    def _head_text(self, offset: int) -> str:
        """Return a macro that heads a block, up to its brace; else nothing."""
        word = _WORD.match(self.code, offset)
        if not word:
            return ""
        rest = _OPENING.match(self.code, word.end())
        if not rest:
            return ""
        close = self.matching(rest.end() - 1)
        tail = _BRACE.match(self.code, close + 1)
        return self.code[word.end():tail.end()] if tail else ""

    def _compound_end(self, offset: int, word: str) -> int:
        opening = self.code.find("(", offset)
        close = self.matching(opening) if opening >= 0 else -1
        if close < 0:
            return len(self.code)
        end = self.statement_end(close + 1)
        if word == "if":
            follow = _ELSE.match(self.code, end)
            if follow:
                return self.statement_end(follow.end())
        return end
