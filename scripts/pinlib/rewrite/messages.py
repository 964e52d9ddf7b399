# SPDX-License-Identifier: GPL-2.0-only
"""Find the comments and strings of a file that its conversion makes stale.

A name of the old API becomes that of the new one, where no call of its kind is
left in the file; words about references are listed for a person. What a person
wrote for a comment, in reports/comments.toml, goes before both.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pinlib.base.edits import Comment, Message, Words
from pinlib.base.resources import REPORTS
from pinlib.csource import lexer
from pinlib.csource.masking import CText
from pinlib.kernel import effects

# Calls that do the same in several forms, and what one of them becomes.
_FAMILIES = (effects.EXTRACT, tuple(effects.PIN_OF))
_REFERENCES = (
    r"\b(?:put_page|page refs?|page references?|unreference|"
    r"(?:take|taken?|took|drop(?:s|ped)?) (?:a )?ref(?:erence)?s?)\b")


@dataclass(frozen=True)
class Converted:
    """What a group converts in one file.

    calls: the old API by the offset of each call. new: what each becomes. spans:
    the functions with a call, and those with a release.
    """

    file: str
    text: CText
    calls: Mapping[int, str]
    new: Mapping[str, str]
    acquiring: Collection[tuple[int, int]]
    releasing: Collection[tuple[int, int]]


@functools.lru_cache(maxsize=None)
def reviewed() -> Mapping[str, Mapping[str, str]]:
    """Return the comments that a person rewrote, new by old, by their file."""
    found: dict[str, dict[str, str]] = {}
    with open(REPORTS / "comments.toml", "rb") as stream:
        for one in tomllib.load(stream)["comment"]:
            found.setdefault(one["file"], {})[one["old"]] = one["new"]
    return found


def stale(made: Converted) -> tuple[list[Words], list[str]]:
    """Return the edits of a file's messages, and what is said of the others."""
    known = reviewed().get(made.file, {})
    rewritten = [piece for piece in lexer.hidden(
        made.text.text if known else "") if piece.text in known]
    edits: list[Words] = [
        Comment(made.file, made.text.line_of(piece.start), 0, "", piece.text,
                known[piece.text]) for piece in rewritten]
    done = [(p.start, p.start + len(p.text)) for p in rewritten]
    notes: list[str] = []
    for family in _FAMILIES:
        left = any(at not in made.calls for name in family
                   for at in made.text.words.get(name, ()))
        mine = not set(family).isdisjoint(made.calls.values())
        if left and not mine:
            continue
        for name, at in _named(made.text, family):
            if _inside(at, done):
                continue
            line = made.text.line_of(at)
            new = {**effects.PIN_OF, **made.new}.get(
                name, "iov_iter_extract_pages")
            if mine and (not left or name in made.new
                         and _inside(at, made.acquiring)):
                edits.append(Message(made.file, line, 0, name, name, new))
            else:
                notes.append(f"{made.file}:{line} names {name}() in a comment "
                             "or string and is left as it is.")
    notes += [f"{made.file}:{line} speaks of references and is left as it is."
              for line in _of_references(made, done)]
    return list(dict.fromkeys(edits)), notes


def _named(text: CText, family: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield where comments and strings name a function, and which."""
    for at, name in sorted((at, name) for name in family
                           for at in text.matches(rf"\b{name}\b")):
        if at not in text.words.get(name, ()) and \
                at not in text.dead_words.get(name, ()):
            yield name, at


def _of_references(made: Converted, done: Collection[tuple[int, int]]
                   ) -> list[int]:
    """Return the lines of comments about references, in what is changed."""
    spans = [*made.acquiring, *made.releasing]
    return sorted({made.text.line_of(start + at)
                   for start, at in made.text.remarks(_REFERENCES)
                   if _inside(start, spans) and not _inside(start, done)})


def _inside(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(low <= at <= high for low, high in spans)
