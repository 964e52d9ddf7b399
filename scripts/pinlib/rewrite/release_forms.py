# SPDX-License-Identifier: GPL-2.0-only
"""Derive the forms that a release may take in the new text, from the old tokens.

This states a second time, independently of Coccinelle, what the rules for
releases may do: turn a loop into one call, turn a dirty and a release into one
call, or change only the name of the function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pinlib.csource.lexer import Stream

_SCALAR = ("unsigned signed int long short size_t ssize_t loff_t u8 u16 u32 "
           "u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64").split()

Option = tuple[str, ...]
Merged = tuple[int, int, Option]
S = TypeVar("S")


@dataclass(frozen=True)
class Loop:
    """A loop over an array that drops its pages, and the call replacing it."""

    start: int
    end: int
    index: str
    new: Option


class _Reader:
    """A reader of one expected shape, which raises at a token that does not fit."""

    def __init__(self, stream: Stream, at: int) -> None:
        self.words = stream.words
        self.stream = stream
        self.at = at

    def take(self, *words: str) -> None:
        """Step over these tokens, which must be next."""
        if tuple(self.words[self.at:self.at + len(words)]) != words:
            raise ValueError("another shape")
        self.at += len(words)

    def maybe(self, *words: str) -> bool:
        """Step over these tokens if they come next; say whether they did."""
        try:
            self.take(*words)
        except ValueError:
            return False
        return True

    def until(self, word: str) -> list[str]:
        """Return the tokens up to a given one on the same level."""
        start = self.at
        while self.words[self.at] != word:
            if self.words[self.at] in ("(", "[", "{"):
                self.at = self.stream.match(self.at)
            elif self.words[self.at] in (")", "]", "}", ";"):
                raise ValueError("another shape")
            self.at += 1
        found = self.words[start:self.at]
        self.at += 1
        return found

    def inside(self) -> list[str]:
        """Return the tokens between the next bracket and its partner."""
        close = self.stream.match(self.at)
        found = self.words[self.at + 1:close]
        self.at = close + 1
        return found


def release(stream: Stream, anchor: int) -> tuple[int, int,
                                                  tuple[Option, ...]]:
    """Return the tokens around a release that may change, and into what."""
    loop = loop_at(stream, anchor)
    merged = _merged(stream, anchor)
    alone = _alone(stream, merged) if merged else None
    start, end = anchor, anchor + 1
    for form in (merged, alone):
        if form:
            start, end = min(start, form[0]), max(end, form[1])
    if loop:
        start, end = min(start, loop.start), max(end, loop.end)
    words = stream.words
    options = [(*words[start:anchor], "unpin_user_page",
                *words[anchor + 1:end])]
    for form in (merged, alone):
        if form:
            options.append((*words[start:form[0]], *form[2],
                            *words[form[1]:end]))
    if loop:
        options.append((*words[start:loop.start], *loop.new,
                        *words[loop.end:end]))
    return start, end, tuple(options)


def _merged(stream: Stream, anchor: int) -> Merged | None:
    """Return set_page_dirty_lock() and the next release merged in one call."""
    words = stream.words
    close = stream.match(anchor + 1)
    page = words[anchor + 2:close]
    if words[close + 1] != ";" or words[anchor - 1] not in (";", "}"):
        return None
    end = close + 2
    dirty = ["set_page_dirty_lock", "(", *page, ")", ";"]
    block = words[anchor - 1] == "}"
    first = anchor - len(dirty) - block
    if words[first:first + len(dirty)] != dirty:
        return None
    before = first - 1
    condition = ["true"]
    if block:
        if words[before] != "{":
            return None
        before -= 1
    start = first
    if words[before] == ")":
        opened = stream.unmatch(before)
        if words[opened - 1] != "if" or words[opened - 2] == "else":
            return None
        condition = words[opened + 1:before]
        start = opened - 1
    elif block or words[before] in ("else", "do"):
        return None
    return start, end, ("unpin_user_pages_dirty_lock", "(", "&", *page, ",",
                        "1", ",", *condition, ")", ";")


def _alone(stream: Stream, merged: Merged) -> Merged | None:
    """Extend a merge by braces that would contain only the call."""
    words = stream.words
    start, end, new = merged
    if words[start - 2:start] != [")", "{"] or words[end] != "}":
        return None
    head = words[stream.unmatch(start - 2) - 1]
    if head not in ("for", "while", "if") or words[end + 1] == "else":
        return None
    return start - 1, end + 1, new


def loop_at(stream: Stream, anchor: int) -> Loop | None:
    """Return the loop around a release, if one call can replace it."""
    try:
        floor = stream.block(anchor)[0]
    except ValueError:
        return None  # in a macro, where nothing is merged
    for k in range(anchor, floor, -1):
        if stream.words[k] == "for":
            try:
                return _loop(stream, k, anchor)
            except (ValueError, IndexError):
                return None
    return None


def _loop(stream: Stream, start: int, anchor: int) -> Loop:
    read = _Reader(stream, start)
    read.take("for", "(")
    index = stream.words[read.at]
    read.take(index, "=", "0", ";")
    test = read.until(";")
    guard: list[str] = []
    if test[:1] != [index] and "&&" in test:
        cut = test.index("&&")
        guard, test = test[:cut], test[cut + 1:]
    if test[:2] != [index, "<"]:
        raise ValueError("another test")
    step = read.until(")")
    if step not in ([index, "++"], ["++", index], [index, "+=", "1"]):
        raise ValueError("another step")
    array, condition = _body(read, index, anchor)
    if guard and guard != array:
        raise ValueError("another guard")
    name = "unpin_user_pages" + ("_dirty_lock" if condition else "")
    tail = [",", *condition] if condition else []
    new = [name, "(", *array, ",", *test[2:], *tail, ")", ";"]
    if guard:
        new = ["if", "(", *guard, ")", *new]
        if stream.is_bare_body(start):
            new = ["{", *new, "}"]
    return _unbraced(stream, Loop(start, read.at, index, tuple(new)), test[2:])


def _body(read: _Reader, index: str, anchor: int) -> tuple[list[str],
                                                           list[str]]:
    """Return the array a loop's body drops, and the condition of dirtying."""
    braced = read.maybe("{")
    condition: list[str] = []
    conditional = read.maybe("if")
    if conditional:
        condition = read.inside()
    block = conditional and read.maybe("{")
    dirtied: list[str] = []
    if read.maybe("set_page_dirty_lock"):
        dirtied = read.inside()
        condition = condition or ["true"]
        read.take(";")
    if block:
        read.take("}")
    if read.at != anchor:
        raise ValueError("another statement in the body")
    read.at += 1
    page = read.inside()
    read.take(";")
    if braced:
        read.take("}")
    if dirtied and dirtied != page or bool(condition) != bool(dirtied):
        raise ValueError("another page is dirtied")
    if page[-3:] != ["[", index, "]"]:
        raise ValueError("another subscript")
    return page[:-3], condition


def _unbraced(stream: Stream, loop: Loop, count: list[str]) -> Loop:
    """Extend a loop by the braces that contain nothing else."""
    words = stream.words
    if words[loop.start - 1] != "{" or words[loop.end] != "}":
        return loop
    head = loop.start - 2
    if words[head] != ")":
        return loop
    opened = stream.unmatch(head)
    guard = words[opened + 1:head]
    if words[opened - 1] != "if" or not _positive(guard, count):
        return loop
    return Loop(loop.start - 1, loop.end + 1, loop.index, loop.new)


def _positive(guard: list[str], count: list[str]) -> bool:
    """Say whether a condition has `count > 0` as one of its conjuncts."""
    want = [*count, ">", "0"]
    return any(guard[k:k + len(want)] == want
               for k in range(len(guard))) and "||" not in guard


def declaration_slots(stream: Stream, low: int, high: int, name: str,
                      slot: Callable[[int, int, tuple[Option, ...], str],
                                     S]) -> list[S]:
    """Return where an unused index's declaration may be changed."""
    for k in range(low, high):
        if stream.words[k] != name or not is_declarator(stream, low, k):
            continue
        start, end = stream.statement_start(k), k
        while stream.words[end] != ";":
            end += 1
        whole = tuple(stream.words[start:end + 1])
        if "," not in whole:
            options: tuple[Option, ...] = (whole, ())
        elif stream.words[k - 1] == ",":
            rest = (*stream.words[start:k - 1], *stream.words[k + 1:end + 1])
            options = (whole, rest)
        else:
            rest = (*stream.words[start:k], *stream.words[k + 2:end + 1])
            options = (whole, rest)
        return [slot(start, end + 1, options,
                     f"the declaration of {name} was changed")]
    return []


def is_declarator(stream: Stream, low: int, index: int) -> bool:
    """Say whether a scalar local without an initialiser is declared."""
    words = stream.words
    if words[index + 1] not in (";", ","):
        return False
    start = stream.statement_start(index)
    return low < start < index and words[start] in _SCALAR and \
        not set(words[start:index]) & set("()")


def function_name(stream: Stream, brace: int) -> str:
    """Return the name before the parameters of a block starting at a brace."""
    if stream.words[brace - 1] != ")":
        return stream.words[brace - 1]
    return stream.words[stream.unmatch(brace - 1) - 1]
