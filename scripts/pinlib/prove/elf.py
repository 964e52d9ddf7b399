# SPDX-License-Identifier: GPL-2.0-only
"""Read the machine code of an object file, with what it refers to by name.

The file's own tables are read, so that one reader serves every architecture. What a
reference to a string means is the string, wherever in its section it stands.
"""

from __future__ import annotations

import bisect
import re
import struct
from dataclasses import dataclass
from types import MappingProxyType

from pinlib.base.errors import Gup2pinError

_EXECUTED, _STRINGS = 4, 0x20
_SYMBOLS, _WITH_ADDEND, _WITHOUT = 2, 4, 9
_SECTION, _FUNCTION = 3, 2
# The compiler numbers what it names itself, and each static of a function.
_NUMBER = re.compile(r"\.\d+$")
# References that count from behind the place, by machine and kind: how far behind.
_BEHIND = MappingProxyType({(62, 2): 4, (62, 4): 4, (22, 19): 2, (22, 20): 2})


@dataclass(frozen=True)
class Reference:
    """One place of a section that the linker fills in."""

    at: int
    kind: int
    name: str
    addend: int


@dataclass(frozen=True)
class Code:
    """The bytes of one section that is executed, and its references."""

    data: bytes
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class _Section:
    name: str
    kind: int
    flags: int
    data: bytes
    link: int
    info: int


@dataclass(frozen=True)
class _Symbol:
    name: str
    kind: int
    section: int
    value: int


def code_of(data: bytes) -> dict[str, Code]:
    """Return the sections of an object that are executed, by name.

    Raises Gup2pinError if it is no object file.
    """
    try:
        return _File(data).code()
    except (struct.error, IndexError, ValueError) as error:
        raise Gup2pinError(f"not an object file: {error}") from error


class _File:
    """An ELF file of either size and byte order."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"\x7fELF":
            raise ValueError("it does not begin as one")
        self.data = data
        self.wide = data[4] == 2
        self.order = "<" if data[5] == 1 else ">"
        self.machine, = self._unpack("H", data, 18)
        self.sections = self._sections()
        self.symbols = self._symbols()
        self._functions: dict[int, list[tuple[int, str]]] = {}
        for one in self.symbols:
            if one.kind == _FUNCTION:
                self._functions.setdefault(one.section, []).append(
                    (one.value, one.name))
        for each in self._functions.values():
            each.sort()

    def code(self) -> dict[str, Code]:
        """Return the executed sections with their references."""
        filled = {one.info: one for one in self.sections
                  if one.kind in (_WITH_ADDEND, _WITHOUT)}
        return {one.name: Code(one.data, self._references(filled.get(number)))
                for number, one in enumerate(self.sections)
                if one.flags & _EXECUTED and one.data}

    def _sections(self) -> list[_Section]:
        form = "IIQQQQIIQQ" if self.wide else "10I"
        size = struct.calcsize(self.order + form)
        first, = self._unpack("Q" if self.wide else "I", self.data,
                              0x28 if self.wide else 0x20)
        count, names = self._unpack("HH", self.data, 0x3c if self.wide else 0x30)
        heads = [self._unpack(form, self.data, first + n * size)
                 for n in range(count)] if first else []
        # Of more sections than a half-word counts, the first says how many.
        if first and not count:
            head = self._unpack(form, self.data, first)
            heads = [self._unpack(form, self.data, first + n * size)
                     for n in range(head[5])]
            names = head[6] if names == 0xffff else names
        start = heads[names][4] if heads else 0
        return [_Section(_text(self.data, start + head[0]), head[1], head[2],
                         b"" if head[1] == 8 else
                         self.data[head[4]:head[4] + head[5]], head[6], head[7])
                for head in heads]

    def _symbols(self) -> list[_Symbol]:
        table = next((s for s in self.sections if s.kind == _SYMBOLS), None)
        if table is None:
            return []
        names = self.sections[table.link].data
        found = []
        for entry in struct.iter_unpack(
                self.order + ("IBBHQQ" if self.wide else "IIIBBH"), table.data):
            name, info, section, value = (
                (entry[0], entry[1], entry[3], entry[4]) if self.wide else
                (entry[0], entry[3], entry[5], entry[1]))
            found.append(_Symbol(_text(names, name), info & 15, section, value))
        return found

    def _references(self, table: _Section | None) -> tuple[Reference, ...]:
        if table is None:
            return ()
        form = ("QQq" if self.wide else "IIi") if table.kind == _WITH_ADDEND \
            else ("QQ" if self.wide else "II")
        found = []
        for entry in struct.iter_unpack(self.order + form, table.data):
            symbol, kind = (entry[1] >> 32, entry[1] & 0xffffffff) if self.wide \
                else (entry[1] >> 8, entry[1] & 0xff)
            addend = entry[2] if len(entry) > 2 else 0
            found.append(Reference(entry[0], kind, *self._named(
                self.symbols[symbol], addend,
                _BEHIND.get((self.machine, kind), 0))))
        return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.name)))

    def _named(self, symbol: _Symbol, addend: int, behind: int) -> tuple[str, int]:
        """Return what a reference names, and how far from there it is."""
        if symbol.kind != _SECTION:
            return _NUMBER.sub("", symbol.name), addend
        section, at = self.sections[symbol.section], addend + behind
        if section.flags & _STRINGS and 0 <= at < len(section.data):
            return repr(_text(section.data, at)), 0
        functions = self._functions.get(symbol.section, [])
        number = bisect.bisect_right(functions, (at, "\x7f")) - 1
        if number >= 0:
            start, name = functions[number]
            return _NUMBER.sub("", name), at - start
        return section.name, at

    def _unpack(self, form: str, data: bytes, at: int) -> tuple[int, ...]:
        return struct.unpack_from(self.order + form, data, at)


def _text(data: bytes, at: int) -> str:
    return data[at:data.index(b"\0", at)].decode("latin-1")
