# SPDX-License-Identifier: GPL-2.0-only
"""Read effects*.toml, and refuse entries that make no sense.

The tables stand beside their reader, not below cocci/: they say what the
kernel does, and no semantic patch reads them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pinlib.base.errors import Gup2pinError

FILES = tuple(Path(__file__).with_name(name)
              for name in ("effects.toml", "effects-memory.toml",
                           "effects-older.toml", "effects-takes.toml"))
TAKES = ("extract", "fast", "other", "pin")
RESULTS = ("page", "sg", "bvec", "addr")
# Each with whether the argument that then holds the page is named too.
KINDS = {**dict.fromkeys((
    "release", "array-release", "dirty", "ref", "look", "cpu", "device",
    "clear-array", "free-array", "fill", "plain-owner", "borrow", "copy",
    "same", "take", "unknown"), False), "into": True, "iterate": True}
TRAITS = ("unpins", "drops", "frees", "counts", "allocates", "zeroes",
          "empties", "gives-page", "number", "address", "from-number",
          "from-address")
# What a trait requires: another trait, or an effect on an argument.
_RESTS_ON = {"unpins": ("release", "array-release"), "drops": ("release",),
             "frees": ("release",), "counts": ("look",),
             "zeroes": ("allocates",)}
_ARGUMENTS = re.compile(r"([0-9])(?:-([0-9]))?")
_TABLES = ("takes", "calls", "methods", "plain-members", "objects", "goes-on",
           "since", "prototypes")
_Members = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """The positions of the arguments of a call that takes pages by address.

    Indexes from 0; -1 stands for none.
    """

    arguments: int
    count: int
    flags: int
    pages: int
    locked: int = -1


@dataclass(frozen=True)
class Effect:
    """What a call does with one argument.

    kind: one of KINDS, or acquire;
    result: category of the value that carries the page on, or "".
    """

    kind: str
    result: str = ""
    into: int = -1


@dataclass(frozen=True)
class Copy:
    """Which argument a call copies an object from, and into which (or -1)."""

    source: int
    target: int = -1


@dataclass(frozen=True)
class Take:
    """A function that takes pages; shape is None where it has an iterator."""

    name: str
    kind: str                       # one of TAKES
    pages: int                      # the argument that is the array, or -1
    shape: Shape | None
    returns: bool                   # whether it returns the page
    source: str


@dataclass(frozen=True)
class Call:
    """What is known of one name."""

    name: str
    effects: Mapping[int, Effect]
    traits: frozenset[str]
    copies: Copy | None
    source: str


@dataclass(frozen=True)
class Counted:
    """An object of the kernel's that goes with its last reference.

    ends: the methods that are called then, each as a structure and a member.
    """

    tag: str
    ends: frozenset[tuple[str, str]]
    puts: frozenset[str]
    gives: frozenset[str]
    lasts: bool                     # for user space, from one call to the next
    source: str


@dataclass(frozen=True)
class Table:
    """The contents of the file, in its order."""

    takes: tuple[Take, ...]
    calls: tuple[Call, ...]
    methods: tuple[Call, ...]
    plain_members: Mapping[tuple[str, str], str]
    objects: tuple[Counted, ...]
    goes_on: Mapping[str, str]
    since: Mapping[str, str]          # functions, each with a release
    # By release: a name's end, with its parameters from that release on.
    prototypes: Mapping[str, Mapping[str, str]]

    def named(self, trait: str) -> tuple[str, ...]:
        """Return the names of the calls that have a trait."""
        return tuple(c.name for c in self.calls if trait in c.traits)


class _Wrong(Exception):
    """An entry that makes no sense."""


def read(*files: Path) -> Table:
    """Read the table, or say which entry is wrong and how."""
    data: dict[str, Any] = {}
    for file in files or FILES:
        try:
            parts = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            # TOML itself refuses a name that occurs twice in one part.
            raise Gup2pinError(f"{file}: {error}") from None
        for part, members in parts.items():
            both = sorted(data.setdefault(part, {}).keys() & members)
            if both:
                raise Gup2pinError(f"{file}: {both[0]} stands in another file")
            data[part] |= members
    try:
        return _table(data)
    except _Wrong as error:
        raise Gup2pinError(f"{file}: {error}") from None


def _table(data: _Members) -> Table:
    if set(data) != set(_TABLES):
        wrong = sorted(set(data) ^ set(_TABLES))[0]
        raise _Wrong(f"[{wrong}] is " + ("unknown" if wrong in data
                                         else "missing"))
    both = sorted(set(data["takes"]) & set(data["calls"]))
    if both:
        raise _Wrong(f"{both[0]} stands in [takes] and in [calls]")
    for part in ("plain-members", "goes-on"):
        for name, source in data[part].items():
            _source({"source": source}, name)
            if part == "plain-members" and name.count(".") != 1:
                raise _Wrong(f"{name}: no STRUCTURE.MEMBER")
    return Table(
        tuple(_take(n, m) for n, m in data["takes"].items()),
        tuple(_call(n, m) for n, m in data["calls"].items()),
        tuple(_call(n, m) for n, m in data["methods"].items()),
        MappingProxyType({(tag, member): source
                          for name, source in data["plain-members"].items()
                          for tag, _, member in [name.partition(".")]}),
        tuple(_counted(n, m) for n, m in data["objects"].items()),
        MappingProxyType(dict(data["goes-on"])),
        MappingProxyType({name: release for release, members
                          in data["since"].items()
                          for name in _functions(release, members)}),
        MappingProxyType({release: _prototypes(release, members)
                          for release, members
                          in data["prototypes"].items()}))


def _counted(tag: str, members: _Members) -> Counted:
    _known(tag, members, ("ends", "puts", "gives", "lasts", "source"))
    ends, puts, gives = (members.get(k, []) for k in ("ends", "puts", "gives"))
    if not (ends and puts and gives):
        raise _Wrong(f"{tag}: ends, puts and gives are all wanted")
    for method in ends:
        if method.count(".") != 1:
            raise _Wrong(f"{tag}: {method} is no STRUCTURE.MEMBER")
    methods = frozenset((table, member) for table, _, member in (
        m.partition(".") for m in ends))
    return Counted(tag, methods, frozenset(puts), frozenset(gives),
                   bool(members.get("lasts", False)), _source(members, tag))


def _prototypes(release: str, members: _Members) -> Mapping[str, str]:
    _release(release)
    _source(members, release)
    made = {name: text for name, text in members.items() if name != "source"}
    for name, text in made.items():
        if not isinstance(text, str) or "*" not in text:
            raise _Wrong(f"{release}: {name} has no parameters")
    return MappingProxyType(made)


def _release(text: str) -> None:
    if not re.fullmatch(r"\d+\.\d+", text):
        raise _Wrong(f"{text!r} is no release")


def _functions(release: str, members: _Members) -> list[str]:
    _known(release, members, ("functions", "source"))
    _source(members, release)
    _release(release)
    return list(members.get("functions", ()))


def _take(name: str, members: _Members) -> Take:
    places = [f.name for f in fields(Shape)]
    _known(name, members, ("kind", "returns", "source", *places))
    kind = members.get("kind")
    if kind not in TAKES:
        raise _Wrong(f"{name}: kind {kind!r} is none of {', '.join(TAKES)}")
    index = {p: _number(name, p, members[p]) if p in members else -1
             for p in places}
    by_address = kind in ("fast", "other")
    if by_address != ("arguments" in members):
        raise _Wrong(f"{name}: arguments is for what takes addresses")
    returns = members.get("returns", False)
    if (index["pages"] < 0) != bool(returns):
        raise _Wrong(f"{name}: either pages or returns is wanted")
    return Take(name, kind, index["pages"],
                Shape(**index) if by_address else None, bool(returns),
                _source(members, name))


def _call(name: str, members: _Members) -> Call:
    numbers = [k for k in members if _ARGUMENTS.fullmatch(k)]
    _known(name, members, ("is", "copies", "source", *numbers))
    effects: dict[int, Effect] = {}
    for key in numbers:
        for argument in _span(name, key):
            if argument in effects:
                raise _Wrong(f"{name}: argument {argument} is given twice")
            effects[argument] = _effect(name, members[key])
    traits = members.get("is", [])
    for trait in traits:
        if trait not in TRAITS:
            raise _Wrong(f"{name}: {trait!r} is none of {', '.join(TRAITS)}")
    has = {*traits, *(e.kind for e in effects.values())}
    for trait, needs in _RESTS_ON.items():
        if trait in traits and not has.intersection(needs):
            raise _Wrong(f"{name}: {trait} contradicts the rest, which has "
                         f"no {' or '.join(needs)}")
    if not has:
        raise _Wrong(f"{name}: nothing is said of it")
    return Call(name, MappingProxyType(effects), frozenset(traits),
                _copy(name, members.get("copies"), effects),
                _source(members, name))


def _span(name: str, key: str) -> Iterator[int]:
    """Yield the arguments that a key names: `2`, or `0-3`."""
    first, _, last = key.partition("-")
    if last and int(last) <= int(first):
        raise _Wrong(f"{name}: {key} is no range of arguments")
    yield from range(int(first), int(last or first) + 1)


def _effect(name: str, text: Any) -> Effect:
    words = str(text).split()
    kind = words[0] if words else ""
    if kind not in KINDS:
        raise _Wrong(f"{name}: {kind!r} is none of {', '.join(KINDS)}")
    result = words[1] if len(words) > 1 else ""
    if result and result not in RESULTS:
        raise _Wrong(f"{name}: {result!r} is none of {', '.join(RESULTS)}")
    if len(words) != 3 if KINDS[kind] else len(words) > 2:
        raise _Wrong(f"{name}: {text!r} has too many words, or too few")
    return Effect(kind, result, _number(name, kind, words[2])) \
        if KINDS[kind] else Effect(kind, result)


def _copy(name: str, given: Any, effects: Mapping[int, Effect]) -> Copy | None:
    if given is None:
        return None
    _known(name, given, ("from", "to"))
    found = Copy(*(_number(name, k, given[k])
                   for k in ("from", "to") if k in given))
    here = effects.get(found.source)
    if "from" not in given or here is None or here.kind != "copy":
        raise _Wrong(f"{name}: copies.from is no argument that is copied")
    return found


def _known(name: str, members: _Members, allowed: tuple[str, ...]) -> None:
    for member in members:
        if member not in allowed:
            raise _Wrong(f"{name}: unknown member {member!r}")


def _number(name: str, member: str, value: Any) -> int:
    if not re.fullmatch(r"[0-9]", str(value)):
        raise _Wrong(f"{name}: {member} {value!r} is no number of an argument")
    return int(value)


def _source(members: _Members, name: str) -> str:
    source = members.get("source")
    if not isinstance(source, str) or not source.strip():
        raise _Wrong(f"{name}: no source")
    return source
