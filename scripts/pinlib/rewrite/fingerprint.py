# SPDX-License-Identifier: GPL-2.0-only
"""Check the code that a hand-written semantic patch was written for.

A region is the top-level block that defines a name, or else the first one that
names it. Its fingerprint covers its tokens: comments and white space may change,
tokens may not. Names are counted over the whole tree, so that a user added later
is noticed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Mapping

from pinlib.csource.written import text_files
from pinlib.csource.masking import CText, Span
from pinlib.kernel.word_index import WordIndex

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|'
    r"\w+|[^\w\s])", re.S)


class Mismatch(Exception):
    """The code differs from what a rule was written for: where, and how."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")


def region(text: CText, name: str) -> Span | None:
    """Return the top-level block that defines a name, or else names it."""
    line = line_of(text, name)
    return text.span_at(line) if line else None


def line_of(text: CText, name: str) -> int:
    """Return the line of a name's definition or first use, or 0."""
    offsets = text.words.get(name, ())
    heads = [o for o in offsets if _heads_block(text, o, name)]
    return text.line_of((heads or offsets)[0]) if offsets else 0


def _heads_block(text: CText, offset: int, name: str) -> bool:
    """Say whether a name is a function's before a body, or a structure's."""
    at = offset + len(name)
    follow = re.compile(r"\s*(\(?)").match(text.code, at)
    if follow and follow.group(1):
        at = text.matching(follow.end() - 1) + 1
    line = text.code[text.offset(text.line_of(offset)):offset]
    return at > 0 and not line[:1].isspace() and bool(
        re.compile(r"[\s\w]*\{").match(text.code, at))


def tokens(text: CText, span: Span) -> str:
    """Return the tokens of a block, one per line."""
    end = (text.offset(span.end + 1) if span.end < text.line_of(
        len(text.text)) else len(text.text))
    return "\n".join(words(text.text[text.offset(span.start):end]))


def words(text: str) -> list[str]:
    """Return the tokens of a text, without comments and white space."""
    return [m.group(1) for m in _TOKEN.finditer(text) if m.group(1)]


def regions(texts: Mapping[str, CText], names: list[str]) -> dict[str, str]:
    """Return the fingerprint of each `file:name`; raise if one is missing."""
    found = {}
    for key in names:
        file, _, name = key.rpartition(":")
        span = region(texts[file], name) if file in texts else None
        if span is None:
            raise Mismatch(file, f"it does not name {name}")
        found[key] = _digest(tokens(texts[file], span))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("latin-1")).hexdigest()[:16]


def check_regions(texts: Mapping[str, CText],
                  known: Mapping[str, str]) -> None:
    """Check the regions against what is recorded of them."""
    for key, digest in regions(texts, list(known)).items():
        if digest != known[key]:
            file, _, name = key.rpartition(":")
            raise Mismatch(f"{file}:{line_of(texts[file], name)}",
                           f"{name} is not the code that the rule was "
                           "written for")


def check_rest(old: CText, new: CText, file: str, names: list[str]) -> None:
    """Check that only the named regions differ between two texts."""
    sides = []
    for text in (old, new):
        mine = {region(text, name) for name in names}
        sides.append([tokens(text, s) for s in text.spans if s not in mine])
    if sides[0] != sides[1]:
        raise Mismatch(file, "the rule changed code that it does not name")


def uses(tree: Path, words: list[str],
         index: WordIndex) -> dict[str, dict[str, int]]:
    """Return how often each file's code has each word."""
    found: dict[str, dict[str, int]] = {word: {} for word in words}
    for file in index.files(words):
        text = text_files.load(tree / file)
        for word in words:
            if text.words.get(word):
                found[word][file] = len(text.words[word])
    return found


def check_uses(tree: Path, known: Mapping[str, Mapping[str, int]],
               index: WordIndex) -> None:
    """Check the uses of names in a tree against the recorded ones."""
    for word, files in uses(tree, list(known), index).items():
        for file in sorted(files.keys() | known[word].keys()):
            have, had = files.get(file, 0), known[word].get(file, 0)
            if have != had:
                raise Mismatch(file, f"it names {word} {have} times, not "
                               f"{had} as when the rule was written")
