# SPDX-License-Identifier: GPL-2.0-only
"""Compare the edits performed with those planned, or drop the whole group.

Old and new text are read as tokens. For each planned edit, the tokens that may
take its place are worked out here, from the old text alone; everywhere else
every token, comment and directive must be the same in the same order. So a
position that is off by one line discards the group, and so does a brace that
would attach an else to another if.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from pinlib.base import edits as planned
from pinlib.base.edits import Edit, Op, Pages, Refusal
from pinlib.base.errors import RuleError
from pinlib.csource.lexer import Stream, hidden, normal
from pinlib.kernel import effects, flag_precedence
from pinlib.rewrite import release_forms

__all__ = ["LedgerMismatch", "check", "hidden", "member_place"]

# The tokens that an operation may stand on; the plan names those of the others.
ANCHORS = {Op.PIN: tuple(effects.PIN_OF),
           Op.EXTRACT: ("iov_iter_get_pages", "iov_iter_get_pages2"),
           Op.EXTRACT_ALLOC: ("iov_iter_get_pages_alloc",
                              "iov_iter_get_pages_alloc2"),
           Op.DROP: ("put_page",), Op.FEWER: effects.COUNTS,
           Op.UNPIN: effects.DROPS, Op.UNPIN_IF: effects.DROPS,
           Op.UNPIN_TOLD: (*effects.DROPS, "release_pages"),
           Op.UNPIN_PAGES: ("release_pages",)}


class LedgerMismatch(RuleError):
    """The edits made are not those that were planned."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


@dataclass(frozen=True)
class Slot:
    """Old tokens start..end, and what may replace them in the new text."""

    start: int
    end: int
    options: tuple[tuple[str, ...], ...]
    why: str


def check(file: str, old: str, new: str, edits: Sequence[Edit]) -> None:
    """Raise LedgerMismatch unless new is old with exactly these edits."""
    before, after = Stream(old), Stream(new)
    slots: list[Slot] = []
    indexes: set[tuple[int, int, str]] = set()
    for edit in edits:
        try:
            slots += slots_of(edit, before)
        except ValueError as error:
            raise LedgerMismatch(file, edit.line, str(error)) from error
        if isinstance(edit, planned.Unpin):
            loop = release_forms.loop_at(before, _anchor(before, edit))
            if loop:
                indexes.add((*before.block(loop.start), loop.index))
    for low, high, name in sorted(indexes):
        slots += release_forms.declaration_slots(before, low, high, name, Slot)
    # Where one statement ends and the next begins, the closing brace comes
    # first.
    slots = sorted(set(slots), key=lambda s: (
        s.start, s.end, s.options != (("}",),)))
    _walk(file, before, after, slots)
    for one, two in zip(before.comments + [None], after.comments + [None]):
        if (one and normal(one.text)) != (two and normal(two.text)):
            line = before.line(one.start) if one else 1
            raise LedgerMismatch(file, line, "a comment was changed or lost")
    for low, high, name in sorted(indexes):
        _index(file, before, after, (low, high), name)


def _walk(file: str, before: Stream, after: Stream,
          slots: list[Slot]) -> None:
    """Compare both token streams side by side, from slot to slot."""
    i = j = 0
    for slot in slots:
        if slot.start < i:
            raise LedgerMismatch(file, before.line_of(slot.start),
                                 "two planned edits overlap")
        j = _same(file, before, after, (i, slot.start), j)
        for option in sorted(slot.options, key=len, reverse=True):
            if after.words[j:j + len(option)] == list(option):
                i, j = slot.end, j + len(option)
                break
        else:
            raise LedgerMismatch(file, before.line_of(slot.start), slot.why)
    j = _same(file, before, after, (i, len(before.words)), j)
    if j != len(after.words):
        raise LedgerMismatch(file, before.line_of(len(before.words) - 1),
                             "text was added that no edit explains")


def _same(file: str, before: Stream, after: Stream, span: tuple[int, int],
          j: int) -> int:
    for i in range(*span):
        if j >= len(after.words) or before.words[i] != after.words[j]:
            raise LedgerMismatch(file, before.line_of(i),
                                 f"changed without a plan at "
                                 f"'{before.words[i].strip()}'")
        j += 1
    return j


def _index(file: str, before: Stream, after: Stream, span: tuple[int, int],
           name: str) -> None:
    """Check that an index a loop lost is declared exactly if still used."""
    low, high = after.block(after.nth_block(before.block_number(span[0])))
    old = [k for k in range(*span) if before.words[k] == name
           and release_forms.is_declarator(before, span[0], k)]
    left = [k for k in range(low, high) if after.words[k] == name
            and not after.is_member(k)]
    declared = [k for k in left if release_forms.is_declarator(after, low, k)]
    if old and left and len(declared) in (0, len(left)):
        function = release_forms.function_name(before, span[0])
        raise LedgerMismatch(file, before.line_of(span[0]),
                             f"{function}() leaves '{name}' unused or "
                             f"undeclared")


def _anchor(before: Stream, edit: Edit) -> int:
    """Return the token that a planned edit stands on."""
    index = before.at(edit.line, edit.column)
    word = before.words[index] if index is not None else ""
    names = ANCHORS.get(edit.op)
    if index is None or (names and word not in names) or (
            edit.token and word != edit.token):
        raise ValueError(f"the plan expects '{edit.token}' here")
    return index


def _at(before: Stream, edit: Edit) -> tuple[int, str]:
    """Return the token that an edit stands on, and the complaint if it stays."""
    anchor = _anchor(before, edit)
    return anchor, (f"the planned {edit.op} of {before.words[anchor]}() "
                    "was not made")


@functools.singledispatch
def slots_of(edit: Edit, before: Stream) -> list[Slot]:
    """Say where an edit may change tokens, and into what."""
    raise ValueError(f"nothing is known of a planned {edit.op}")


@slots_of.register
def _text(_edit: planned.Message | planned.Include,
          _before: Stream) -> list[Slot]:
    """Return no slots: comments, strings and directives are edited afterwards."""
    return []


@slots_of.register
def _member(edit: planned.Member, before: Stream) -> list[Slot]:
    index = before.at(edit.line, edit.column)
    end = before.words.index(";", index or 0) + 1
    return [Slot(end, end, (("bool", edit.name, ";"),),
                 f"the member {edit.name} was not added")]


@slots_of.register
def _unpin_pages(edit: planned.UnpinPages, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    return [Slot(anchor, anchor + 1, (("unpin_user_pages",),), why)]


@slots_of.register
def _unpin_told(edit: planned.UnpinTold, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    close = before.match(anchor + 1)
    return [Slot(anchor, anchor + 1, ((edit.new,),), why),
            Slot(close, close, ((",", *Stream(edit.flag).words),), why)]


@slots_of.register
def _unpin(edit: planned.Unpin, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    return [Slot(*release_forms.release(before, anchor), why)]


@slots_of.register
def _drop(edit: planned.Drop, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    start = _statement(before, anchor)
    if before.is_bare_body(start):
        raise ValueError("nothing else is done under the condition here")
    return [Slot(start, before.statement_end(start), ((),), why)]


@slots_of.register
def _fewer(edit: planned.Fewer, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    most = before.match(anchor + 1) + 2
    if before.words[most - 1] != "<":
        raise ValueError("no number is compared with here")
    return [Slot(most, most + 1, ((edit.limit,),), why)]


@slots_of.register
def _set(edit: planned.Set, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    return _before_statement(before, anchor, _setting(
        edit.flag, Stream(edit.iterator).words), why)


def _setting(flag: str, iterator: list[str]) -> list[str]:
    """Return the statement that records whether an iterator's pages are pinned."""
    return [*Stream(flag).words, "=", "iov_iter_extract_will_pin",
            "(", *iterator, ")", ";"]


@slots_of.register
def _pin(edit: planned.Pin, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    args = before.arguments(anchor)
    if len(args) != edit.args:
        raise ValueError(why)
    low, high = args[edit.flags]
    flags = _flags(before.words[low:high], edit.longterm, edit.spliced)
    return [Slot(anchor, anchor + 1, ((edit.new,),), why),
            Slot(low, high, (tuple(flags),), why)]


def _flags(words: list[str], longterm: bool, spliced: bool) -> list[str]:
    """Return the flags argument of the pin that replaces a reference.

    Where a macro is spliced in, its expansion is kept together.
    """
    words = list(words)
    if words == ["FOLL_GET"]:
        words = ["0"]
    while "FOLL_GET" in words:
        at = words.index("FOLL_GET")
        drop = slice(at, at + 2) if words[at + 1:at + 2] == ["|"] else (
            slice(at - 1, at + 1))
        if "|" not in words[drop]:
            raise ValueError("an explicit FOLL_GET cannot be taken out")
        del words[drop]
    if not longterm:
        return words
    if words == ["0"]:
        return ["FOLL_LONGTERM"]
    if words == ["1"]:
        return ["FOLL_WRITE", "|", "FOLL_LONGTERM"]
    tail = ["|", "FOLL_LONGTERM"]
    weakest = flag_precedence.weakest(words)
    if spliced:
        return ["(", *words, ")", *tail]
    if weakest in flag_precedence.TRUTH or not weakest and words[0] == "!":
        return ["(", *words, "?", "FOLL_WRITE", ":", "0", ")", *tail]
    if weakest not in ("", "|"):
        return ["(", *words, ")", *tail]
    return [*words, *tail]


@slots_of.register
def _extract(edit: planned.Extract | planned.ExtractAlloc,
             before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    args = before.arguments(anchor)
    if len(args) != (5 if isinstance(edit, planned.Extract) else 4):
        raise ValueError(why)
    slots = [Slot(anchor, anchor + 1, ((edit.new,),), why)]
    ahead: list[str] = []
    if edit.flag:
        ahead = _setting(edit.flag, before.words[slice(*args[0])])
    low, high = args[1]
    if isinstance(edit, planned.Extract):
        last = args[4][0] - 1
        slots.append(Slot(last, last, ((",", "0"),), why))
        if edit.pages == Pages.POINTER:
            slots.append(Slot(low, low, (("&",),), why))
        else:
            local = edit.local
            slots.append(Slot(low, high, (("&", local),), why))
            ahead += [local, "=", *before.words[low:high], ";"]
            top = before.block(anchor)[0] + 1
            slots.append(Slot(
                top, top, (("struct", "page", "*", "*", local, ";"),),
                f"struct page **{local} was not declared"))
    if edit.refusal:
        ahead += _refusal(edit.refusal)
    if ahead:
        slots += _before_statement(before, anchor, ahead, why)
    return slots


def _refusal(refusal: Refusal) -> list[str]:
    """Return what refuses a kvec in front of the statement with the call."""
    ahead = [*Stream(refusal.clear).words, "=", "NULL", ";"] \
        if refusal.clear else []
    ahead += ["if", "(", *Stream(refusal.test).words, ")"]
    if refusal.leave:
        return ahead + Stream(refusal.leave).words
    return [*ahead, *Stream(refusal.result).words, "=", "-", "EFAULT", ";",
            "else"]


def _before_statement(before: Stream, anchor: int, ahead: list[str],
                      why: str) -> list[Slot]:
    """Return statements added before the anchor's, in braces if needed."""
    start = before.statement_start(anchor)
    if not before.is_bare_body(start):
        return [Slot(start, start, (tuple(ahead),), why)]
    end = before.statement_end(start)
    return [Slot(start, start, (("{", *ahead),), why),
            Slot(end, end, (("}",),), why)]


def _statement(before: Stream, anchor: int) -> int:
    """Return where a statement starts that consists only of the call."""
    start = before.statement_start(anchor)
    if start != anchor:
        raise ValueError(f"{before.words[anchor]}() is no statement here")
    return start


@slots_of.register
def _only_if(edit: planned.UnpinIf | planned.Ask,
             before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    start = _statement(before, anchor)
    end = before.words.index(";", anchor) + 1
    name = edit.token if isinstance(edit, planned.Ask) else "unpin_user_page"
    new = ["if", "(", *Stream(edit.flag).words, ")", name,
           *before.words[anchor + 1:end]]
    braced = ("{", *new, "}")
    bare = before.is_bare_body(start)
    return [Slot(start, end, ((braced,) if bare else (tuple(new),)), why)]


@slots_of.register
def _state(edit: planned.State, before: Stream) -> list[Slot]:
    anchor, why = _at(before, edit)
    start = before.statement_start(anchor)
    if start != anchor or before.is_bare_body(start):
        raise ValueError("no place for a statement behind this one")
    end = before.statement_end(start)
    new = _setting(edit.flag, Stream(edit.iterator).words)
    return [Slot(end, end, (tuple(new),), why)]


@slots_of.register
def _pass(edit: planned.Argument | planned.Parameter,
          before: Stream) -> list[Slot]:
    """Return the slot of the pin state as one more argument or parameter."""
    anchor, why = _at(before, edit)
    close = before.match(anchor + 1)
    new = ["bool", edit.name] if isinstance(edit, planned.Parameter) else \
        Stream(edit.state).words
    return [Slot(close, close, ((",", *new),), why)]


def member_place(text: str, edit: planned.Member) -> tuple[int, int]:
    """Find line and column of the member that a new one is added after."""
    stream = Stream(text)
    words = stream.words
    for index in range(len(words) - 2):
        if words[index:index + 3] != ["struct", edit.struct, "{"]:
            continue
        depth = 0
        for k in range(index + 2, stream.match(index + 2)):
            depth += (words[k] in "{(") - (words[k] in "})")
            if depth == 1 and words[k] == edit.after and \
                    words[k + 1] in (";", "[", ":"):
                return stream.place(k)
    raise LedgerMismatch(edit.file, edit.line,
                         f"struct {edit.struct} has no member {edit.after}")
