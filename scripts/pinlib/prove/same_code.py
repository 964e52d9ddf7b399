# SPDX-License-Identifier: GPL-2.0-only
"""Hold the machine code of an object against that of another state of its source.

That code is the same is the strongest proof that a patch changes nothing. Where it
is not the same, the functions that differ are named, for a person to read.
"""

from __future__ import annotations

import enum
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from pinlib.prove.elf import Code, Reference, code_of

_SECTION = re.compile(r"^Disassembly of section (\S+):$")
_FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
_INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t(.*?)\s*$")
_COMMENT = re.compile(r"\s+#\s.*$")
# A place in the code, as objdump shows it.
_PLACE = re.compile(r"\b(?:0x)?[0-9a-f]+ <([^>+]+)(\+0x[0-9a-f]+)?>")
_NUMBER = re.compile(r"\.\d+$")
_IMMEDIATE = re.compile(r"[$#]-?(?:0x)?[0-9a-f]+\b|(?<=,)-?\d+$")
# Where a string has __LINE__ in it.
_SOURCE_LINE = re.compile(r"(?<=\.[ch]:)\d+")
# What fills the room between two functions.
_FILLER = re.compile(r"(?:data16 |cs )*(?:nop[wl]?|int3|nopr|xchg\s+%ax,%ax)\b.*")

# An instruction as text, with the names that the linker fills in.
Line = tuple[str, tuple[tuple[int, str, int], ...]]
Functions = dict[tuple[str, str], list[Line]]


class Same(enum.StrEnum):
    """How the code of an object compares to that of another state."""

    ALL = "same"
    BUT_IMMEDIATES = "same but for immediates"
    NOT = "different"


@dataclass(frozen=True)
class Found:
    """How two objects compare, and what differs."""

    same: Same
    before: int
    after: int
    # What constants became, in order.
    immediates: list[tuple[str, str]] = field(default_factory=list)
    # The functions that differ, with how many instructions they had and have.
    functions: list[tuple[str, int, int]] = field(default_factory=list)


def compare(before: Path, after: Path, cross: str) -> Found:
    """Compare two object files; cross is the prefix of the machine's tools."""
    old, new = code_of(before.read_bytes()), code_of(after.read_bytes())
    sizes = _size(old), _size(new)
    if old == new:
        return Found(Same.ALL, *sizes)
    return judged(functions_of(_listing(before, cross), old),
                  functions_of(_listing(after, cross), new), *sizes)


def judged(old: Functions, new: Functions, before: int, after: int) -> Found:
    """Compare two objects function by function, where their bytes differ."""
    found = Found(Same.NOT, before, after)
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key, []), new.get(key, [])
        pairs = _immediates(one, other)
        if pairs is None:
            found.functions.append((key[1], len(one), len(other)))
        else:
            found.immediates.extend(pairs)
    return found if found.functions else Found(
        Same.BUT_IMMEDIATES, before, after, found.immediates)


def _immediates(one: Sequence[Line], other: Sequence[Line]
                ) -> list[tuple[str, str]] | None:
    """Return the constants that differ, None if anything else does."""
    found = []
    for old, new in zip_longest(one, other):
        if old == new:
            continue
        if old is None or new is None or _bare(old) != _bare(new):
            return None
        found += [pair for pair in zip(_constants(old), _constants(new))
                  if pair[0] != pair[1]]
    return found


def _bare(line: Line) -> Line:
    """Return an instruction without its constants and lines in strings."""
    return _IMMEDIATE.sub("$", line[0]), tuple(
        (at, _SOURCE_LINE.sub("", name), addend) for at, name, addend in line[1])


def _constants(line: Line) -> list[str]:
    return _IMMEDIATE.findall(line[0]) + [
        number for _, name, _ in line[1] for number in _SOURCE_LINE.findall(name)]


def functions_of(listing: str, code: Mapping[str, Code]) -> Functions:
    """Return the instructions of each function that objdump lists."""
    found: Functions = {}
    for section, function, lines in _functions(listing):
        references = code[section].references if section in code else ()
        whole = [_line(text, _within(references, start, end))
                 for (start, text), end in zip(lines, [
                     *[at for at, _ in lines[1:]], lines[-1][0] + 16])]
        while whole and _FILLER.fullmatch(whole[-1][0]):
            whole.pop()
        found[section, _NUMBER.sub("", function)] = whole
    return found


def _functions(listing: str) -> Iterator[tuple[str, str, list[tuple[int, str]]]]:
    """Yield each function with its section and its lines."""
    section, function = "", ""
    lines: list[tuple[int, str]] = []
    for text in listing.splitlines():
        head, name = _SECTION.match(text), _FUNCTION.match(text)
        if (head or name) and lines:
            yield section, function, lines
            lines = []
        if head:
            section, function = head[1], ""
        elif name:
            function = name[1]
        elif match := _INSTRUCTION.match(text):
            lines.append((int(match[1], 16), match[2]))
    if lines:
        yield section, function, lines


def _within(references: Iterable[Reference], start: int, end: int
            ) -> tuple[tuple[int, str, int], ...]:
    return tuple((one.at - start, one.name, one.addend) for one in references
                 if start <= one.at < end)


def _line(text: str, references: tuple[tuple[int, str, int], ...]) -> Line:
    """Return an instruction without what depends on where the function stands."""
    text = _COMMENT.sub("", text)
    # Where the linker fills something in, objdump shows what stands there now.
    text = _PLACE.sub("" if references else _shown, text)
    return " ".join(text.split()), references


def _shown(place: re.Match[str]) -> str:
    return f"<{_NUMBER.sub('', place[1])}{place[2] or ''}>"


def _size(code: Mapping[str, Code]) -> int:
    return sum(len(one.data) for one in code.values())


def _listing(path: Path, cross: str) -> str:
    done = subprocess.run([f"{cross}objdump", "-d", "-z", "--no-show-raw-insn",
                           os.fspath(path)], capture_output=True, check=True)
    return done.stdout.decode("latin-1")
