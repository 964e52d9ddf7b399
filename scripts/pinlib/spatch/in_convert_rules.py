# SPDX-License-Identifier: GPL-2.0-only
"""Answer what rules that edit ask of the plan, in spatch's Python.

The environment names a JSON file with the edits of one release group. Positions
hold only until a function is first changed, so the first rule gives each planned
token a mark in place of its name, and the others go by the marks.

What SmPL cannot say about the text around the token (comments in it, other
uses of an index) is asked here too, of the file as it is: what spatch is given
may hide some of it (rewrite/stand_ins.py). A doubt always answers no: the rule
that edits in place is left, and it changes no control flow.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from pinlib.csource import array_loop, masking
from pinlib.csource.written import text_files

# The operations at a call, whose name is marked.
CALLS = ("pin", "lasting", "extract", "extract-flags", "extract-alloc", "unpin",
         "unpin-if", "unpin-told", "unpin-pages", "argument", "ask", "set", "drop",
         "fewer", "mark-range", "mark-page", "mark-locked", "drop-taken")
DIGITS = 6      # of a mark, at least
# As in kernel/effects, which cannot be imported here.
DROPS = ("put_page", "__free_page", "put_user_page")


@dataclass(frozen=True)
class _Edit:
    """One edit of the plan: where it is, and what goes with it.

    path: what spatch is given; original: the file as it is.
    """

    op: str
    path: str
    original: str
    line: int
    column: int
    values: Mapping[str, object]    # all of it, by the names in the JSON

    def value(self, key: str) -> str:
        """Give the text of one value that goes with it."""
        return str(self.values[key])

    def has(self, key: str) -> bool:
        """Say whether a value is there and is not empty."""
        return bool(self.values.get(key))


@functools.lru_cache(maxsize=None)
def _edits() -> list[_Edit]:
    """Return the edits of the group, in the order that gives each its mark."""
    with open(os.environ["GUP2PIN_PLAN"], encoding="latin-1") as stream:
        return [_edit(raw) for raw in json.load(stream)]


def _edit(raw: Mapping[str, Any]) -> _Edit:
    return _Edit(raw["op"], raw["path"], raw["original"], raw["line"],
                 raw["column"], raw)


def at(positions: Any, *ops: str) -> bool:
    """Say whether an edit of one of these kinds is planned at the match."""
    return bool(positions) and all(_number(p, ops) >= 0 for p in positions)


def _number(position: Any, ops: tuple[str, ...] = ()) -> int:
    place = (position.file, int(position.line), int(position.column))
    for number, edit in enumerate(_edits()):
        if place == (edit.path, edit.line, edit.column) and (
                not ops or edit.op in ops):
            return number
    return -1


def extra_at(positions: Any, key: str, *ops: str) -> str:
    """Return the value that goes with the edit planned at these positions."""
    return _edits()[_number(positions[0], ops)].value(key)


def dropping(positions: Any) -> str:
    """Return the statement that drops the pins left where an edit is planned."""
    edit = _edits()[_number(positions[0], ("give-back",))]
    pages = edit.value("array")
    if not edit.has("count"):
        return f"unpin_user_page({pages});"
    guard = f"if ({edit.value('count')} > 0) " if edit.has("maybe") else ""
    return f"{guard}unpin_user_pages({pages}, {edit.value('count')});"


def mark_of(positions: Any) -> str:
    """Return the name that stands for the planned edit from here on."""
    number = _number(positions[0], CALLS)
    return mark(number, _edits()[number].value("token"))


def mark(number: int, token: str) -> str:
    """Return the name that stands for an edit, by its number in the plan.

    It is as long as the token that it replaces, so that no line is laid out
    differently, unless that is shorter than any mark.
    """
    return f"q{number:0{max(len(token) - 1, DIGITS)}d}"


def _marked(mark: Any, letter: str = "q") -> _Edit | None:
    """Return the edit that a name is the mark of, or None."""
    match = re.fullmatch(rf"{letter}(\d{{{DIGITS},}})", str(mark))
    number = int(match.group(1)) if match else -1
    return _edits()[number] if 0 <= number < len(_edits()) else None


def _known(edit: _Edit | None) -> _Edit:
    """Return an edit that a rule has asked for before."""
    if edit is None:
        raise LookupError("no edit is planned here")
    return edit


def planned(mark: Any, op: str, **extras: Any) -> bool:
    """Say whether a name marks an edit of this kind."""
    edit = _marked(mark)
    return edit is not None and edit.op == op and all(
        edit.values.get(key) == value for key, value in extras.items())


def lasting(mark: Any, **extras: Any) -> bool:
    """Say whether a name marks a call that is to ask for a long-lived pin."""
    return planned(mark, "pin", longterm=True, **extras) or planned(
        mark, "lasting", **extras)


def extra(mark: Any, key: str) -> str:
    """Return the value that goes with a marked edit."""
    return _known(_marked(mark)).value(key)


def pinning(mark: Any) -> str:
    """Return the name that a call which takes pages, or has them taken, gets."""
    edit = _known(_marked(mark))
    return edit.value("new" if edit.has("new") else "token")


def renamed(mark: Any) -> str:
    """Return the name of an extraction: another mark, if it refuses a kvec."""
    edit = _known(_marked(mark))
    new = edit.value("new")
    return f"r{_edits().index(edit):0{len(new) - 1}d}" \
        if edit.has("refuse") else new


def _refusing(mark: Any) -> _Edit | None:
    return _marked(mark, "r")


def refuses(mark: Any, leaves: bool) -> bool:
    """Return true for a call that a kvec must not reach.

    leaves: the refusal leaves; else it sets the result of the call.
    """
    edit = _refusing(mark)
    return edit is not None and edit.has("leave") == leaves


def of_refusal(mark: Any, key: str) -> str:
    """Return the value that goes with the edit of such a call."""
    return _known(_refusing(mark)).value(key)


def clears(mark: Any) -> bool:
    """Say whether a failed call left the array as NULL."""
    edit = _refusing(mark)
    return edit is not None and edit.has("clear")


def has_flag(mark: Any, op: str) -> bool:
    """Say whether a marked edit also records whether the pages are pinned."""
    return planned(mark, op) and _known(_marked(mark)).has("flag")


def _named(text: Any, op: str) -> _Edit | None:
    """Return the edit of a kind that goes by a name, not by a place."""
    name = "".join(str(text).split())
    return next((e for e in _edits() if e.op == op and name == "".join(
        e.value("target" if e.has("target") else "token").split())), None)


def says(text: Any, op: str) -> bool:
    """Say whether a text is the name, or the assigned value, of a planned edit."""
    return _named(text, op) is not None


def of_name(text: Any, op: str, key: str) -> str:
    """Return the value that goes with that edit."""
    return _known(_named(text, op)).value(key)


@functools.lru_cache(maxsize=None)
def _pointers() -> dict[str, str]:
    """Return the functions that extract through a new local, and its name.

    One name serves a whole function.
    """
    found = {}
    for edit in _edits():
        if edit.op in ("extract", "extract-flags") and \
                edit.values["pages"] == "other":
            text = text_files.load(Path(edit.path))
            low, high = _function(text, edit.line)
            heads = [m for m in re.finditer(
                r"\b(\w+)\s*\([^;{}]*\)\s*\{", text.code[low:high])
                if m.start() < text.offset(edit.line) - low and
                not _open(text.code[low:low + m.start()])]
            if heads:
                found[heads[-1].group(1)] = edit.value("local")
    return found


def _open(code: str) -> bool:
    """Say whether a text ends inside of braces."""
    return code.count("{") != code.count("}")


def declares(function: Any) -> bool:
    """Say whether a function needs a pointer to pass to the extraction."""
    return str(function) in _pointers()


def local_of(function: Any) -> str:
    """Return the name of that pointer."""
    return _pointers()[str(function)]


def _words(text: masking.CText, name: str, start: int, end: int) -> list[int]:
    return [o for o in text.words.get(name, ()) if start <= o < end]


def _function(text: masking.CText, line: int) -> tuple[int, int]:
    span = text.span_at(line)
    end = (text.offset(span.end + 1) if span.end < text.code.count("\n")
           else len(text.code))
    return text.offset(span.start), end


def _may_join(edit: _Edit | None, name: str) -> TypeGuard[_Edit]:
    """Say whether statements around an edit may become one call of a function.

    They stay where they are, and so where the code has no such function.
    """
    return edit is not None and not edit.has("in_place") and \
        name not in str(edit.values.get("lacks", "")).split()


def collapses(mark: Any, becomes: str = "unpin_user_pages") -> bool:
    """Return true when the loop around a release may become one call.

    becomes: the call.
    """
    return _may_collapse(_marked(mark), becomes)


def _may_collapse(edit: _Edit | None, becomes: str) -> bool:
    if not _may_join(edit, becomes):
        return False
    text = text_files.load(Path(edit.original))
    return array_loop.is_one_call(
        text, _function(text, edit.line), text.offset(edit.line, edit.column),
        array_loop.Known(DROPS, *(str(edit.values.get(key, "")) for key in (
            "count", "flag"))))


def _dirties(edit: _Edit) -> bool:
    """Say whether the loop around a release names set_page_dirty_lock()."""
    text = text_files.load(Path(edit.original))
    around = array_loop.around(text, *_function(text, edit.line),
                               text.offset(edit.line, edit.column))
    return bool(around) and bool(
        _words(text, "set_page_dirty_lock", *around[-1]))


def merges(mark: Any) -> bool:
    """Say whether a release can take in the set_page_dirty_lock() before it.

    The page must have an address to pass, and no comment or directive may stand
    where the statements go.
    """
    return _may_merge(_marked(mark))


def _may_merge(edit: _Edit | None) -> bool:
    return _may_join(edit, "unpin_user_pages_dirty_lock") and _merges(
        text_files.load(Path(edit.original)), edit.line, edit.column)


def _merges(text: masking.CText, line: int, column: int) -> bool:
    anchor = text.offset(line, column)
    low, _ = _function(text, line)
    dirty = _words(text, "set_page_dirty_lock", low, anchor)
    if not dirty:
        return False
    before = max(text.code.rfind(c, low, dirty[-1]) for c in ";{}")
    if text.code[before] == "{" and re.search(
            r"\bif\s*\(.*\)\s*$", text.code[low:before].split("\n\n")[-1],
            re.S):
        before = max(text.code.rfind(c, low, before) for c in ";{}")
    start = before + 1
    start += len(text.code[start:]) - len(text.code[start:].lstrip())
    opening = text.code.find("(", anchor)
    close = text.matching(opening)
    end = text.code.find(";", close)
    page = text.code[opening + 1:close]
    brace = end + 1 + len(text.code[end + 1:]) - len(text.code[end + 1:].lstrip())
    if text.code[before] == "{" and text.code[brace] == "}" and text.text[
            end + 1:brace].strip():
        return False    # with the braces a comment would go
    return array_loop.is_bare(text, start, end) and not re.search(
        r"[(?,]|\+\+|--|^\s*[&*]", page)


# What a rule asks of each release before all else; a loop that dirties no page is
# for one rule, and a loop that does for another.
_ASKS: Mapping[str, Callable[[_Edit], bool]] = {
    "unpin_loop": lambda edit: _may_collapse(
        edit, "unpin_user_pages") and not _dirties(edit),
    "unpin_loop_dirty": lambda edit: _may_collapse(
        edit, "unpin_user_pages_dirty_lock") and _dirties(edit),
    "unpin_dirty": _may_merge,
    "unpin_flag_loop": lambda edit: _may_collapse(edit, "unpin_user_pages")}


def idle(plan: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the rules that would leave every release of a plan alone.

    To read these few takes spatch longer than all of its other work. An edit
    whose token is not where the plan says never gets a mark.
    """
    releases = [edit for edit in map(_edit, plan)
                if edit.op in ("unpin", "unpin-if") and _is_there(edit)]
    return frozenset(rule for rule, may_edit in _ASKS.items() if not any(
        may_edit(edit) for edit in releases
        if (edit.op == "unpin-if") == (rule == "unpin_flag_loop")))


def _is_there(edit: _Edit) -> bool:
    text = text_files.load(Path(edit.original))
    return edit.line <= text.line_of(len(text.text)) and \
        text.text.startswith(edit.value("token"), text.offset(
            edit.line, edit.column))
