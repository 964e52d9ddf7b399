# SPDX-License-Identifier: GPL-2.0-only
"""Read C as a stream of tokens, with what the ledger needs to know of it.

Layout is not seen, but for the end of a preprocessor directive, which is a token
of its own: text may neither leave nor enter a macro.
"""

from __future__ import annotations

import bisect
import functools
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r'|(?P<literal>L?"(?:\\.|[^"\\\n])*"|L?\'(?:\\.|[^\'\\\n])*\')'
    r"|(?P<fold>\\\n)|(?P<line>\n)|(?P<blank>[ \t\r\f\v]+)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)"
    r"|(?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||##"
    r"|[-+*/%&|^]=|.)", re.S)
END = "<end of directive>"
CONTROL = ("if", "while", "for", "switch")


@dataclass(frozen=True)
class Token:
    """A piece of the text and where it starts."""

    text: str
    start: int


def normal(comment: str) -> str:
    """Return a comment without its layout."""
    return " ".join(comment.split())


@functools.lru_cache(maxsize=64)
def _scan(text: str) -> tuple[list[Token], list[Token], list[Token]]:
    """Return tokens, comments, and comments with literals, in order."""
    tokens: list[Token] = []
    comments: list[Token] = []
    masked: list[Token] = []
    directive, fresh = False, True
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup, Token(match.group(), match.start())
        if kind == "line":
            if directive:
                tokens.append(Token(END, match.start()))
            directive, fresh = False, True
        elif kind == "comment":
            comments.append(piece)
            masked.append(piece)
        elif kind not in ("blank", "fold"):
            if kind == "literal":
                masked.append(piece)
            directive = directive or (fresh and piece.text == "#")
            tokens.append(piece)
            fresh = False
    return tokens, comments, masked


def hidden(text: str) -> list[Token]:
    """Return every comment and every literal, in order."""
    return _scan(text)[2]


class Stream:
    """The tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens, self.comments, _ = _scan(text)
        self.words = [token.text for token in self.tokens]
        self._starts = [0] + [m.end() for m in re.finditer("\n", text)]

    def line(self, offset: int) -> int:
        """Return the line of a character offset."""
        return bisect.bisect_right(self._starts, offset)

    def line_of(self, index: int) -> int:
        """Return the line of a token; of the last one, past the end."""
        if not self.tokens:
            return 1
        return self.line(self.tokens[min(index, len(self.tokens) - 1)].start)

    def place(self, index: int) -> tuple[int, int]:
        """Return the line and column of a token."""
        start = self.tokens[index].start
        line = self.line(start)
        return line, start - self._starts[line - 1]

    @functools.cached_property
    def _by_place(self) -> dict[tuple[int, int], int]:
        return {self.place(k): k for k in range(len(self.tokens))}

    def at(self, line: int, column: int) -> int | None:
        """Return the token that starts at a place."""
        return self._by_place.get((line, column))

    def match(self, index: int) -> int:
        """Return the bracket that closes the one at index."""
        depth = 0
        for k in range(index, len(self.words)):
            word = self.words[k]
            depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
            if not depth:
                return k
        raise ValueError("a bracket is not closed")

    def unmatch(self, index: int) -> int:
        """Return the bracket that the one at index closes."""
        depth = 0
        for k in range(index, -1, -1):
            word = self.words[k]
            depth += (word in (")", "]", "}")) - (word in ("(", "[", "{"))
            if not depth:
                return k
        raise ValueError("a bracket is not opened")

    def arguments(self, call: int) -> list[tuple[int, int]]:
        """Return token ranges of the arguments of the call at an index."""
        if self.words[call + 1:call + 2] != ["("]:
            return []
        close = self.match(call + 1)
        found, start, k = [], call + 2, call + 2
        while k < close:
            if self.words[k] in ("(", "[", "{"):
                k = self.match(k)
            elif self.words[k] == ",":
                found.append((start, k))
                start = k + 1
            k += 1
        return [*found, (start, close)]

    @functools.cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """Return outermost braces, by the closing one in column one.

        Counting would go astray where both sides of an #ifdef open a block;
        within one line it does not.
        """
        found = []
        opened = depth = -1
        directive = False
        for k, word in enumerate(self.words):
            directive = word == "#" or directive and word != END
            if directive:
                continue
            if word == "{" and opened < 0:
                opened, depth = k, 0
            depth += (word == "{") - (word == "}")
            if word == "}" and opened >= 0 and (
                    not self.place(k)[1] or not depth and
                    self.line_of(opened) == self.line_of(k)):
                found.append((opened, k + 1))
                opened = -1
        return found

    def block_number(self, index: int) -> int:
        """Return which of the outermost blocks holds a token."""
        for number, (low, high) in enumerate(self._blocks):
            if low <= index < high:
                return number
        raise ValueError("the place is in no function")

    def block(self, index: int) -> tuple[int, int]:
        """Return the outermost block that holds a token, both braces included."""
        return self._blocks[self.block_number(index)]

    def nth_block(self, number: int) -> int:
        """Return the first token of an outermost block."""
        return self._blocks[number][0]

    def is_member(self, index: int) -> bool:
        """Return true for a name behind a dot or an arrow."""
        return index > 0 and self.words[index - 1] in (".", "->")

    def statement_start(self, index: int) -> int:
        """Return the first token of the statement that holds a token.

        A condition of an if belongs to that if; the head of a loop is
        refused, since it runs more than once.
        """
        k = index
        while k > 0:
            word = self.words[k - 1]
            if word in (";", "{", "}", "else", "do", END):
                return k
            if word == ":" and self._is_label(k - 1):
                return k
            if word == "(":
                if k > 1 and self.words[k - 2] in CONTROL:
                    if self.words[k - 2] != "if":
                        raise ValueError("the call is in the head of a loop")
                    return k - 2
            elif word in (")", "]"):
                opened = self.unmatch(k - 1)
                if self.words[opened - 1] in CONTROL:
                    return k
                k = opened
                continue
            k -= 1
        return 0

    def _is_label(self, colon: int) -> bool:
        if self.words[colon - 1] == "default":
            return True
        k = colon - 1
        while k > 0 and self.words[k] not in (";", "{", "}", ":", "?"):
            if self.words[k] == "case":
                return True
            k -= 1
        return k == colon - 2 and self.words[k] != "?"

    def is_bare_body(self, start: int) -> bool:
        """Return true for a statement that is a body without braces."""
        before = self.words[start - 1]
        if before in ("else", "do"):
            return True
        return before == ")" and (
            self.words[self.unmatch(start - 1) - 1] in CONTROL)

    def statement_end(self, start: int) -> int:
        """Return the index after the statement that starts at a token."""
        word = self.words[start]
        if word == "{":
            return self.match(start) + 1
        if word in CONTROL:
            end = self.statement_end(self.match(start + 1) + 1)
            if word == "if" and self.words[end:end + 1] == ["else"]:
                return self.statement_end(end + 1)
            return end
        k = start
        while self.words[k] != ";":
            if self.words[k] in ("(", "[", "{"):
                k = self.match(k)
            k += 1
        return k + 1
