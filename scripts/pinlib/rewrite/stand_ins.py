# SPDX-License-Identifier: GPL-2.0-only
"""Give Coccinelle text that it can read in place of code that it loses.

Where it meets one of the constructs below, it drops the function around it,
or all functions behind it, and says nothing. In the copy that it is given each
has a stand-in of the same length and the same lines, so that no position
changes. A stand-in carries a comment that is found nowhere else in the file. By
that it is found again, wherever an edit has moved it, and the construct put
back. One that is gone or there twice means that an edit has touched it, and
discards the group.

Coccinelle 1.1.1 was tried on each construct by itself:

    T v __free(x) = e;      the function is lost, and x a type from there on
    f(...) __attribute(x) { the function is lost, for most names
    case A...B:             the function is lost, unless there are spaces
    typeof_unqual(e)        the function is lost
    asm goto, asm inline    the function is lost
    goto *e;                the function is lost
    scoped_x(...) { }       the function is lost, for names not in macros.h
    x(..., return n) { }    the function is lost
    MACRO(...) v;           the function is lost, where v is declared so
    MACRO(...) { }          the function is lost; SYSCALL_DEFINE() is not

It reads one arm of an #if after another, whatever the conditions say. Of an arm
that the kernel leaves out it is given nothing. Where it is to edit some functions,
it need not see what is in the others: it holds each rule against each of them.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.csource.arms import Known, NOTHING
from pinlib.csource.masking import CText, SCOPED
from pinlib.kernel.kernel_tree import cache_folder
from pinlib.reader import build, run
from pinlib.reader.output import File, MACRO, Node
from pinlib.rewrite.ledger import LedgerMismatch

LEFT_OUT = "an arm of an #if that the kernel leaves out"
OTHER = "the body of a function without an edit"

# Code between directives, from its first word to its last.
_BETWEEN = re.compile(r"\S(?:[^\n]|\n(?![ \t]*#))*(?<=\S)")
_DIGITS = string.digits + string.ascii_letters
_JUMPS = frozenset(("return", "goto", "break", "continue"))
_KNOWN_HEAD = re.compile(r"SYSCALL_DEFINE[1-6]$")


@dataclass(frozen=True)
class StandIn:
    """A construct that was found in a file, and what stands in for it."""

    start: int
    line: int
    construct: str
    old: str
    new: str

    @property
    def end(self) -> int:
        """Return the offset behind its last byte."""
        return self.start + len(self.old)


@dataclass(frozen=True)
class Edited:
    """What is edited in a file: lines from 1, and names that rules look for."""

    lines: frozenset[int]
    names: frozenset[str]

    def concerns(self, text: str, start: int, end: int) -> bool:
        """Say whether a range of a text has an edit, or one of the names."""
        first = text.count("\n", 0, start) + 1
        lines = range(first, first + text.count("\n", start, end) + 1)
        return not self.lines.isdisjoint(lines) or not self.names.isdisjoint(
            re.findall(r"\w+", text[start:end]))


@dataclass(frozen=True)
class _Lost:
    """Text that Coccinelle cannot read, and what takes its place.

    The code comes first, and a comment fills the rest. A # in the code becomes
    the number of the stand-in.
    """

    start: int
    end: int
    construct: str
    code: str = ""


def find(paths: Sequence[Path], known: Known = NOTHING,
         edited: Sequence[Edited] = ()) -> list[list[StandIn]]:
    """Return, for each file, what must stand in for what.

    It is nothing if the reader fails: what Coccinelle then loses, it does not
    edit, and the group is refused. edited: of each file, to have the bodies of
    all other functions left out.
    """
    reader = build.ensure(cache_folder())
    try:
        read = run.files(reader, paths, known=known.options)
    except Gup2pinError:
        return [[] for _ in paths]
    texts = [path.read_bytes().decode("latin-1") for path in paths]
    return [_chosen(text, [
        *_lost(text, file), *_left_out(text, known),
        *(_others(text, file, edited[number]) if edited else ())])
        for number, (text, file) in enumerate(zip(texts, read))]


def put(text: str, found: Sequence[StandIn]) -> str:
    """Return a text with every stand-in in its place."""
    for one in found:
        text = text[:one.start] + one.new + text[one.end:]
    return text


def taken_out(file: str, text: str, found: Sequence[StandIn]) -> str:
    """Return a text in which every construct is back in its place."""
    for one in found:
        count = text.count(one.new)
        if count != 1:
            raise LedgerMismatch(
                file, one.line, f"{one.construct}: what stood in for it is "
                f"there {count} times" if count else
                f"{one.construct}: what stood in for it is gone")
        text = text.replace(one.new, one.old)
    return text


def _chosen(text: str, candidates: Sequence[_Lost]) -> list[StandIn]:
    """Return the stand-ins of a file, in order.

    The shortest has the first number, since it has the least room.
    """
    lost: list[_Lost] = []
    for one in sorted(set(candidates), key=lambda x: (x.start, -x.end)):
        inside = lost and one.start < lost[-1].end
        directive = one.construct != LEFT_OUT and re.search(
            r"[\r\n][ \t]*#", text[one.start:one.end])
        if not inside and not directive:
            lost.append(one)
    numbers = (n for n in _numbers() if f"/*{n}" not in text)
    made = [_stand_in(text, one, number) for one, number in zip(
        sorted(lost, key=lambda x: (x.end - x.start, x.start)), numbers)]
    found = [one for one in made if one]
    if sum(one.construct == LEFT_OUT for one in found) < sum(
            one.construct == LEFT_OUT for one in lost):
        # An #if without its #endif would be worse than both.
        found = [one for one in found if one.construct != LEFT_OUT]
    return sorted(found, key=lambda x: x.start)


def _numbers() -> Iterator[str]:
    for length in itertools.count(1):
        yield from map("".join, itertools.product(_DIGITS, repeat=length))


def _stand_in(text: str, lost: _Lost, number: str) -> StandIn | None:
    """Return what stands in for a piece of text, or None if it has no room."""
    old = text[lost.start:lost.end]
    blank = re.sub(r"[^\r\n]", " ", old)
    head = f"{lost.code.replace('#', number)}/*{number}"
    close = blank.rfind("  ")
    if close < len(head) or blank[:len(head)].strip(" "):
        return None
    return StandIn(lost.start, text.count("\n", 0, lost.start) + 1,
                   lost.construct, old,
                   head + blank[len(head):close] + "*/" + blank[close + 2:])


def _lost(text: str, file: File) -> Iterator[_Lost]:
    """Yield what Coccinelle cannot read in the code of a file."""
    takes = [_TAKES.get(kind) for kind in file.names.kinds]
    for declaration in file.declarations:
        if declaration.kind == "define":
            continue
        root = declaration.root
        for index in range(file.firsts[root.index], root.index + 1):
            take = takes[file.kinds[index]]
            if take is not None:
                yield from take(text, Node(file, index))


def _left_out(text: str, known: Known) -> Iterator[_Lost]:
    """Yield the code of arms that the kernel leaves out, and what they need.

    Those that none compiles Coccinelle leaves out by itself.
    """
    always = CText(text).groups
    whole = CText(text).whole
    for group in CText(text, known).groups:
        if group in always:
            continue
        for start, end in group.stripped:
            if group.decided:
                yield _Lost(start, end, LEFT_OUT)
                continue
            for piece in _BETWEEN.finditer(whole, start, end):
                if piece.group().strip():
                    yield _Lost(*piece.span(), LEFT_OUT)


def _others(text: str, file: File, edited: Edited) -> Iterator[_Lost]:
    """Yield the statements of the functions that no edit concerns."""
    for declaration in file.declarations:
        body = declaration.root.children[-1:]
        if declaration.kind == "function" and body and body[0].children and \
                body[0].kind == "block" and not edited.concerns(
                    text, declaration.start, declaration.end):
            yield _Lost(body[0].children[0].start, body[0].children[-1].end,
                        OTHER)


def _attribute(text: str, node: Node) -> Iterator[_Lost]:
    if "(" in text[node.start:node.end]:
        yield _Lost(node.start, node.end, "an attribute")


def _case(text: str, node: Node) -> Iterator[_Lost]:
    """Take the second value of a range."""
    for value in node.children:
        if value.kind == "range":
            first, last = value.children
            yield _Lost(first.end, last.end, "a range of cases")


def _typeof(text: str, node: Node) -> Iterator[_Lost]:
    match = re.match(r"(__)?typeof_unqual(__)?", text[node.start:node.end])
    if match:
        yield _Lost(node.start, node.start + match.end(), "typeof_unqual",
                    "typeof")


def _asm(text: str, node: Node) -> Iterator[_Lost]:
    """Take the words between asm and its parenthesis, but for volatile."""
    head = re.match(r"\w+([^(]*)", text[node.start:node.end])
    if head:
        for word in re.finditer(r"\s*\b(goto|(?:__)?inline(?:__)?)\b",
                                head.group(1)):
            at = node.start + head.start(1)
            yield _Lost(at + word.start(), at + word.end(),
                        f"asm {word.group(1).strip('_')}")


def _goto(text: str, node: Node) -> Iterator[_Lost]:
    """Take a jump to a computed place; its semicolon stays one."""
    if any(child.kind != "name" for child in node.children):
        yield _Lost(node.start, node.end, "a computed goto", ";")


def _iteration(text: str, node: Node) -> Iterator[_Lost]:
    """Take the head of a block that is no loop: a loop is given no jump.

    No loop has a name for its body, either: that is declared by a macro's type.
    """
    head, *body = node.children
    name = re.match(r"\w*", text[head.start:head.end])
    if head.kind == "call" and name and (
            SCOPED.match(name.group()) or any(
                child.kind in _JUMPS for arg in head.children[1:]
                for child in arg.children)):
        yield _Lost(head.start, head.end, "a scoped_*() block", "if(1)")
    elif head.kind == "call" and body and body[0].kind == "expression" and [
            child.kind for child in body[0].children] == ["name"]:
        yield _Lost(head.start, head.end, "a type that a macro makes", "int")


def _function(text: str, node: Node) -> Iterator[_Lost]:
    """Take the head of a function that a macro makes."""
    if not node.flags & MACRO:
        return
    for head in node.children:
        name = re.match(r"\w*", text[head.start:head.end])
        if head.kind in ("call", "declarator") and name and \
                not _KNOWN_HEAD.match(name.group()):
            yield _Lost(head.start, head.end, "a function that a macro makes",
                        "int f#(void)")


_TAKES: dict[str, Callable[[str, Node], Iterator[_Lost]]] = {
    "attribute": _attribute, "case": _case, "typeof": _typeof, "asm": _asm,
    "goto": _goto, "iteration": _iteration, "function": _function}
