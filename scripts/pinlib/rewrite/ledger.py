# SPDX-License-Identifier: GPL-2.0-only
"""Edits performed must equal edits planned, or the whole group is dropped.

Old and new text are read as tokens. For each planned edit, the tokens that may
take its place are worked out here, from the old text alone; everywhere else
every token, comment and directive must be the same in the same order. So a
position that is off by one line discards the group, and so does a brace that
would attach an else to another if.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pinlib.base.errors import RuleError
from pinlib.csource.lexer import Stream, hidden, normal
from pinlib.kernel import effects, flag_precedence
from pinlib.rewrite import release_forms

__all__ = ["LedgerMismatch", "check", "hidden", "member_place"]

ANCHORS = {"pin": tuple(effects.PIN_OF),
           "extract": ("iov_iter_get_pages", "iov_iter_get_pages2"),
           "extract-alloc": ("iov_iter_get_pages_alloc",
                             "iov_iter_get_pages_alloc2"),
           "drop": ("put_page",), "fewer": effects.COUNTS,
           "unpin": release_forms.DROPS, "unpin-if": release_forms.DROPS,
           "unpin-told": (*release_forms.DROPS, "release_pages"),
           "unpin-pages": ("release_pages",)}


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


def check(file: str, old: str, new: str, edits: list[dict[str, Any]]) -> None:
    """Raise LedgerMismatch unless new is old with exactly these edits."""
    before, after = Stream(old), Stream(new)
    slots: list[Slot] = []
    indexes: set[tuple[int, int, str]] = set()
    for edit in edits:
        try:
            slots += _slots(before, edit)
        except ValueError as error:
            raise LedgerMismatch(file, edit["line"], str(error)) from error
        if edit["op"] == "unpin":
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


def _anchor(before: Stream, edit: dict[str, Any]) -> int:
    """Return the token that a planned edit refers to."""
    index = before.at(edit["line"], edit["column"])
    word = before.words[index] if index is not None else ""
    names = ANCHORS.get(edit["op"])
    if index is None or (names and word not in names) or (
            edit.get("token") and word != edit["token"]):
        raise ValueError(f"the plan expects '{edit.get('token')}' here")
    return index


def _slots(before: Stream, edit: dict[str, Any]) -> list[Slot]:
    op = edit["op"]
    if op == "member":
        index = before.at(edit["line"], edit["column"])
        end = before.words.index(";", index or 0) + 1
        return [Slot(end, end, (("bool", edit["name"], ";"),),
                     f"the member {edit['name']} was not added")]
    anchor = _anchor(before, edit)
    why = f"the planned {op} of {before.words[anchor]}() was not made"
    if op == "pin":
        return _pin(before, anchor, edit, why)
    if op in ("extract", "extract-alloc"):
        return _extract(before, anchor, edit, why)
    if op in ("argument", "parameter", "state"):
        return [_pass(before, anchor, edit, why)]
    if op == "unpin-pages":
        return [Slot(anchor, anchor + 1, (("unpin_user_pages",),), why)]
    if op == "unpin-told":
        close = before.match(anchor + 1)
        return [Slot(anchor, anchor + 1, ((edit["new"],),), why),
                Slot(close, close, ((",", *Stream(edit["flag"]).words),),
                     why)]
    if op == "unpin":
        return [Slot(*release_forms.release(before, anchor), why)]
    if op == "drop":
        start = _statement(before, anchor)
        if before.is_bare_body(start):
            raise ValueError("nothing else is done under the condition here")
        return [Slot(start, before.statement_end(start), ((),), why)]
    if op == "fewer":
        most = before.match(anchor + 1) + 2
        if before.words[most - 1] != "<":
            raise ValueError("no number is compared with here")
        return [Slot(most, most + 1, ((edit["limit"],),), why)]
    if op == "set":
        return _before_statement(before, anchor, [
            *Stream(edit["flag"]).words, "=", "iov_iter_extract_will_pin",
            "(", *Stream(edit["iterator"]).words, ")", ";"], why)
    return _only_if(before, anchor, edit, why)


def _pin(before: Stream, anchor: int, edit: dict[str, Any],
         why: str) -> list[Slot]:
    args = before.arguments(anchor)
    if len(args) != edit["args"]:
        raise ValueError(why)
    low, high = args[edit["flags"]]
    flags = _flags(before.words[low:high], bool(edit["longterm"]),
                   bool(edit.get("spliced")))
    return [Slot(anchor, anchor + 1, ((edit["new"],),), why),
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


def _extract(before: Stream, anchor: int, edit: dict[str, Any],
             why: str) -> list[Slot]:
    alloc = edit["op"] == "extract-alloc"
    args = before.arguments(anchor)
    if len(args) != (4 if alloc else 5):
        raise ValueError(why)
    slots = [Slot(anchor, anchor + 1, ((edit["new"],),), why)]
    ahead: list[str] = []
    if edit.get("flag"):
        iterator = before.words[slice(*args[0])]
        ahead = [*Stream(edit["flag"]).words, "=",
                 "iov_iter_extract_will_pin", "(", *iterator, ")", ";"]
    low, high = args[1]
    if not alloc:
        last = args[4][0] - 1
        slots.append(Slot(last, last, ((",", "0"),), why))
        if edit["pages"] == "pointer":
            slots.append(Slot(low, low, (("&",),), why))
        else:
            local = edit["local"]
            slots.append(Slot(low, high, (("&", local),), why))
            ahead += [local, "=", *before.words[low:high], ";"]
            top = before.block(anchor)[0] + 1
            slots.append(Slot(
                top, top, (("struct", "page", "*", "*", local, ";"),),
                f"struct page **{local} was not declared"))
    if edit.get("refuse"):
        ahead += _refusal(edit)
    if ahead:
        slots += _before_statement(before, anchor, ahead, why)
    return slots


def _refusal(edit: dict[str, Any]) -> list[str]:
    """Return the code that refuses a kvec ahead of the call's statement."""
    ahead = [*Stream(edit["clear"]).words, "=", "NULL", ";"] \
        if edit.get("clear") else []
    ahead += ["if", "(", *Stream(edit["refuse"]).words, ")"]
    if edit.get("leave"):
        return ahead + Stream(edit["leave"]).words
    return [*ahead, *Stream(edit["result"]).words, "=", "-", "EFAULT", ";",
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


def _only_if(before: Stream, anchor: int, edit: dict[str, Any],
             why: str) -> list[Slot]:
    start = _statement(before, anchor)
    end = before.words.index(";", anchor) + 1
    name = "unpin_user_page" if edit["op"] == "unpin-if" else edit["token"]
    new = ["if", "(", *Stream(edit["flag"]).words, ")", name,
           *before.words[anchor + 1:end]]
    braced = ("{", *new, "}")
    bare = before.is_bare_body(start)
    return [Slot(start, end, ((braced,) if bare else (tuple(new),)), why)]


def _pass(before: Stream, anchor: int, edit: dict[str, Any],
          why: str) -> Slot:
    """Return the pin state as one more argument, parameter or assignment."""
    if edit["op"] == "state":
        start = before.statement_start(anchor)
        if start != anchor or before.is_bare_body(start):
            raise ValueError("no place for a statement after this one")
        end = before.statement_end(start)
        new = [*Stream(edit["flag"]).words, "=", "iov_iter_extract_will_pin",
               "(", *Stream(edit["iterator"]).words, ")", ";"]
        return Slot(end, end, (tuple(new),), why)
    close = before.match(anchor + 1)
    new = [",", *Stream(edit["state"]).words] \
        if edit["op"] == "argument" else [",", "bool", edit["name"]]
    return Slot(close, close, (tuple(new),), why)


def member_place(text: str, edit: dict[str, Any]) -> tuple[int, int]:
    """Return line and column of the member that a new one is added after."""
    stream = Stream(text)
    words = stream.words
    for index in range(len(words) - 2):
        if words[index:index + 3] != ["struct", edit["struct"], "{"]:
            continue
        depth = 0
        for k in range(index + 2, stream.match(index + 2)):
            depth += (words[k] in "{(") - (words[k] in "})")
            if depth == 1 and words[k] == edit["after"] and \
                    words[k + 1] in (";", "[", ":"):
                return stream.place(k)
    raise LedgerMismatch(edit["file"], edit.get("line", 1),
                         f"struct {edit['struct']} has no member "
                         f"{edit['after']}")
