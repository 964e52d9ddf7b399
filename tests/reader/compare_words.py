#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the reader's tokens against the identifiers that the text side sees.

    tests/reader/compare_words.py TREE [FOLDER...]

Both say which bytes are an identifier outside of comments and strings, and they
share no code (csource/masking.py). Prints how many both have, and what one of
them only has, by kind. With -v each of those is a line. Exits 1 when one is
there for no known reason.
"""

from __future__ import annotations

import bisect
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import samples  # noqa: E402
from pinlib.csource.masking import CText  # noqa: E402
from pinlib.reader import run  # noqa: E402
from pinlib.reader.build import Reader  # noqa: E402
from pinlib.reader.output import File  # noqa: E402

BATCH = 500
NAME, NUMBER, STRING, CHAR, HEADER = range(1, 6)
FIRST_KEYWORD = 160
_WORD = re.compile(r"[A-Za-z_]\w*")

Span = tuple[int, int]


def of_text(text: CText) -> set[Span]:
    """The identifiers of a file, as the census counts them."""
    return {match.span() for match in _WORD.finditer(text.whole)}


class Tokens:
    """The reader's tokens of a file."""

    def __init__(self, file: File, text: str) -> None:
        self._text = text
        self._all = [(start, end, kind) for start, end, _, kind in file.tokens]
        self._starts = [token[0] for token in self._all]
        self.words = {(start, end) for start, end, kind in self._all
                      if kind == NAME or kind >= FIRST_KEYWORD}

    def reason(self, span: Span) -> str:
        """Why only one side has an identifier here; "" for none."""
        start, end, kind = self._at(span[0])
        text = self._text[start:end]
        if kind == NUMBER:
            return "a number's letters"
        if kind == HEADER:
            return "the name of a header"
        if kind in (STRING, CHAR):
            return self._in_string(span[0], start, text)
        if "\\\n" in text:
            return "joined lines"
        if "$" in text:
            return "a dollar"
        return "" if text.isascii() else "letters that are not ASCII"

    @staticmethod
    def _in_string(word: int, start: int, text: str) -> str:
        """Why a word is in a string, which the text side does not see."""
        if word == start:
            return "the prefix of a string"
        return "" if text[1:].endswith(text[0]) else \
            "behind an apostrophe without another"

    def _at(self, offset: int) -> tuple[int, int, int]:
        """The token that covers an offset, or nothing."""
        at = bisect.bisect_right(self._starts, offset) - 1
        found = self._all[at] if at >= 0 else (0, 0, 0)
        return found if offset < found[1] else (0, 0, 0)


def compare(reader: Reader, tree: Path,
            files: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each difference with its kind, and for each file a count of words."""
    with tempfile.TemporaryDirectory() as work:
        for at in range(0, len(files), BATCH):
            for file in run.read(reader, files[at:at + BATCH], tree,
                                 Path(work) / "out", tokens=True):
                text = CText((tree / file.path).read_bytes().decode("latin-1"))
                tokens, theirs = Tokens(file, text.text), of_text(text)
                yield "both", str(len(tokens.words & theirs))
                for span in sorted(tokens.words ^ theirs):
                    side = "the reader" if span in tokens.words else "the text"
                    where = f"{file.path}:{text.line_of(span[0])}: " + \
                        text.text[slice(*span)]
                    yield f"only {side}: {tokens.reason(span)}", where


def explained(kind: str) -> bool:
    """Say whether what compare() yields needs no second look."""
    return not kind.endswith(": ")


if __name__ == "__main__":
    sys.exit(samples.tell(compare, explained, sys.argv[1:]))
