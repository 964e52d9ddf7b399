# SPDX-License-Identifier: GPL-2.0-only
"""Find the #if arms of a text that a kernel certainly does not compile.

A condition is true, false or unknown. This is the text's side of what the
reader says of the same arms, and shares nothing with it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

OPENING = ("if", "ifdef", "ifndef")
CONTINUING = ("elif", "elifdef", "elifndef", "else")
_TOKEN = re.compile(r"(\d\w*)|([A-Za-z_]\w*)|(\S)")
_SIGNS = re.compile(r"<<|>>|<=|>=|==|!=|&&|\|\||[-+<>!&|^?:(),]")
_HEAD = re.compile(r"[ \t]*#[ \t]*\w+")
_VERSION_OF = MappingProxyType({
    "KERNEL_VERSION": (16, 8, 0), "SLE_VERSION": (16, 8, 0),
    "RHEL_RELEASE_VERSION": (8, 0)})
_CODE = "LINUX_VERSION_CODE"

Value = int | None
# Start, end and name of a directive.
Directive = tuple[int, int, str]


def _left(one: int, by: int) -> Value:
    return one << by if 0 <= by < 63 and 0 <= one < 1 << 63 - by else None


def _right(one: int, by: int) -> Value:
    return one >> by if one >= 0 and 0 <= by < 64 else None


_BINARY: Mapping[str, tuple[int, Callable[[int, int], Value]]] = \
    MappingProxyType({
        "<<": (8, _left), ">>": (8, _right),
        "+": (9, lambda a, b: a + b), "-": (9, lambda a, b: a - b),
        "<": (7, lambda a, b: int(a < b)), ">": (7, lambda a, b: int(a > b)),
        "<=": (7, lambda a, b: int(a <= b)),
        ">=": (7, lambda a, b: int(a >= b)),
        "==": (6, lambda a, b: int(a == b)),
        "!=": (6, lambda a, b: int(a != b)),
        "&": (5, lambda a, b: a & b), "^": (4, lambda a, b: a ^ b),
        "|": (3, lambda a, b: a | b)})


class _NotRead(Exception):
    """A condition that is no expression of these."""


@dataclass(frozen=True)
class Known:
    """What is known of the kernel that a tree is compiled for.

    version: its LINUX_VERSION_CODE as "6.1.55", "" for unknown. macros: the
    value of each macro whose definition is known, None for one that is not
    defined, and "" for one that is defined as no number.
    """

    version: str = ""
    macros: tuple[tuple[str, int | str | None], ...] = ()
    _named: dict[str, int | str | None] = field(
        default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._named.update(self.macros)

    @property
    def options(self) -> tuple[str, ...]:
        """Return the same for the reader's command line."""
        given = ["-k", self.version] if self.version else []
        for name, value in self.macros:
            given += ["-U", name] if value is None else [
                "-D", f"{name}={value}" if value != "" else name]
        return tuple(given)

    @functools.cached_property
    def code(self) -> Value:
        """Return LINUX_VERSION_CODE."""
        parts = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", self.version)
        return packed((int(p or 0) for p in parts.groups()), (16, 8, 0)) \
            if parts else None

    def decides(self, text: str) -> bool:
        """Say whether a text may have an arm that is left out."""
        return "#" in text and (
            self.code is not None and _CODE in text or
            any(name in text for name in self._named) or
            re.search(r"#[ \t]*(?:el)?if\b[ \t(!]*\d", text) is not None)

    def defined(self, name: str) -> Value:
        """Return 1 or 0 if it is known whether a macro is defined."""
        if name in self._named:
            return int(self._named[name] is not None)
        return 1 if self.code is not None and name in (
            _CODE, "KERNEL_VERSION") else None

    def value(self, name: str) -> Value:
        """Return the value of a macro in a condition, if it is known."""
        if name in self._named:
            given = self._named[name]
            return 0 if given is None else given \
                if isinstance(given, int) else None
        return self.code if name == _CODE else \
            0 if name == "false" else None


NOTHING = Known()


def packed(parts: Iterable[int], shifts: tuple[int, ...]) -> int:
    """Return a version as one number, as the kernel's macros make it."""
    numbers = list(parts)
    if len(numbers) == 3:
        numbers[2] = min(numbers[2], 255)
    return sum(number << shift for number, shift in zip(numbers, shifts))


def truth(directive: str, known: Known) -> bool | None:
    """Return what is known of a condition, given as its whole directive."""
    head = _HEAD.match(directive)
    word = head.group().strip(" \t#") if head else ""
    rest = directive[head.end():].replace("\\\n", " ") if head else ""
    if word in ("ifdef", "ifndef", "elifdef", "elifndef"):
        name = re.match(r"\s*(\w+)\s*$", rest)
        found = known.defined(name.group(1)) if name else None
        return None if found is None else bool(found) != word.endswith("ndef")
    number = value(rest, known)
    return None if number is None else bool(number)


def value(expression: str, known: Known) -> Value:
    """Return what is known of the value of an expression of a condition."""
    try:
        return _Condition(expression, known).read()
    except _NotRead:
        return None


class _Condition:
    """Reads an expression of the preprocessor, and says its value."""

    def __init__(self, text: str, known: Known) -> None:
        self._words = _words(text)
        self._at = 0
        self._known = known

    def read(self) -> Value:
        """Return the value of the whole text."""
        value = self._choice()
        if self._at != len(self._words):
            raise _NotRead
        return value

    def _next(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _take(self, word: str) -> bool:
        if self._next() != word:
            return False
        self._at += 1
        return True

    def _must(self, word: str) -> None:
        if not self._take(word):
            raise _NotRead

    def _choice(self) -> Value:
        test = self._either()
        if not self._take("?"):
            return test
        one = self._choice()
        self._must(":")
        other = self._choice()
        return None if test is None else one if test else other

    def _either(self) -> Value:
        value = self._both()
        while self._take("||"):
            value = _enough(value, self._both(), True)
        return value

    def _both(self) -> Value:
        value = self._binary(3)
        while self._take("&&"):
            value = _enough(value, self._binary(3), False)
        return value

    def _binary(self, least: int) -> Value:
        left = self._unary()
        while self._next() in _BINARY and _BINARY[self._next()][0] >= least:
            precedence, apply = _BINARY[self._next()]
            self._at += 1
            right = self._binary(precedence + 1)
            left = None if left is None or right is None else apply(
                left, right)
        return left

    def _unary(self) -> Value:
        if self._take("!"):
            value = self._unary()
            return None if value is None else int(not value)
        if self._take("-"):
            value = self._unary()
            return None if value is None else -value
        if self._take("("):
            value = self._choice()
            self._must(")")
            return value
        word = self._next()
        self._at += 1
        number = re.fullmatch(r"(0[xX][\da-fA-F]+|\d+)[lL]*", word)
        if number:
            digits = number.group(1)
            return int(digits, 8 if re.fullmatch(r"0\d+", digits) else 0)
        if not re.fullmatch(r"[A-Za-z_]\w*", word):
            raise _NotRead
        return self._defined() if word == "defined" else self._call(word) \
            if self._next() == "(" else self._known.value(word)

    def _defined(self) -> Value:
        inside = self._take("(")
        name = self._next()
        self._at += 1
        if inside:
            self._must(")")
        return self._known.defined(name)

    def _call(self, name: str) -> Value:
        """Return the value of a macro with arguments, if it is a version."""
        self._must("(")
        shifts, parts = _VERSION_OF.get(name, ()), []
        if not shifts:
            self._skip()
            return None
        while not self._take(")"):
            parts.append(self._choice())
            if self._next() != ")":
                self._must(",")
        numbers = [part for part in parts if part is not None]
        return packed(numbers, shifts) if len(numbers) == len(parts) == len(
            shifts) else None

    def _skip(self) -> None:
        """Go behind the parenthesis that closes an open one."""
        depth = 1
        while depth:
            word = self._next()
            if not word:
                raise _NotRead
            depth += (word == "(") - (word == ")")
            self._at += 1


def _words(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = _SIGNS.match(text, at) or _TOKEN.match(text, at)
        if match:
            found.append(match.group())
        at = match.end() if match else at + 1
    return found


def _enough(a: Value, b: Value, enough: bool) -> Value:
    """Return the value of || or &&, for which one side can be enough."""
    if any(value is not None and bool(value) == enough for value in (a, b)):
        return int(enough)
    return None if a is None or b is None else int(not enough)


@dataclass(frozen=True)
class Group:
    """An #if whose line the kernel's preprocessor comes to.

    lines: where each of its directives begins and ends, #endif too. values:
    what is known of each arm, whether it is compiled.
    """

    lines: tuple[tuple[int, int], ...]
    values: tuple[bool | None, ...]

    @property
    def decided(self) -> bool:
        """Say whether it is known of each arm."""
        return None not in self.values

    @property
    def out(self) -> list[tuple[int, int]]:
        """Return where each arm begins and ends that is left out."""
        return [(self.lines[n][1], self.lines[n + 1][0])
                for n, value in enumerate(self.values) if value is False]

    @property
    def stripped(self) -> list[tuple[int, int]]:
        """Return what the preprocessor takes away: also lines, if decided."""
        if not self.decided:
            return self.out
        found: list[tuple[int, int]] = []
        for start, end in sorted([*self.lines, *self.out]):
            if found and found[-1][1] == start:
                start = found.pop()[0]
            found.append((start, end))
        return found


@dataclass
class _Open:
    """An #if that is not closed; taken: what is known of its arms so far."""

    lines: list[tuple[int, int]]
    values: list[bool | None]
    taken: bool | None

    def add(self, line: tuple[int, int], own: bool | None) -> None:
        """Add an arm whose condition has a value."""
        self.lines.append(line)
        self.values.append(False if self.taken is True or own is False else
                           None if self.taken is None else own)
        if own is True:
            self.taken = True
        elif own is None and self.taken is False:
            self.taken = None


def groups(text: str, directives: Iterable[Directive],
           known: Known) -> list[Group]:
    """Return the #ifs of a text, less those in arms that are left out."""
    found: list[Group] = []
    around: list[_Open] = []
    depth = 0       # of #ifs that are in such an arm
    for start, end, name in directives:
        line = (start, end)
        if name in OPENING:
            if depth or around and around[-1].values[-1] is False:
                depth += 1
                continue
            around.append(_Open([], [], False))
            around[-1].add(line, truth(text[start:end], known))
        elif name == "endif" and depth:
            depth -= 1
        elif depth or not around:
            continue
        elif name == "endif":
            last = around.pop()
            found.append(Group((*last.lines, line), tuple(last.values)))
        elif name in CONTINUING:
            around[-1].add(line, name == "else" or truth(
                text[start:end], known))
    return sorted(found, key=lambda group: group.lines)
