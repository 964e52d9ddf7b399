# SPDX-License-Identifier: GPL-2.0-only
"""Read what a campaign declares in cocci/campaigns/NAME.toml.

Nothing here knows a campaign: what one means by an idiom is its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinlib.base.codes import Code
from pinlib.base.edit.declared import declared, Declared
from pinlib.base.errors import UsageError
from pinlib.base.resources import CAMPAIGNS, ROOT

# The campaign that needs no declaration.
PINS = "pins"
STEPS = ("accessors", "subsystems", "rename")
# What code may do with a member but read, write or name it.
ASKS = ("layout",)
# What mails say: of what is added first, of each subsystem, of a rename at the end.
WORDS = ("accessors", "plan", "subject", "why")
WORDS_OF_A_RENAME = ("rename", "renamed", "dropped")
_TOP = ("name", "title", "counted", "core", "idioms", "kept", "rename", "series",
        "words")


@dataclass(frozen=True)
class Counted:
    """The name whose tokens are counted, and where it is declared.

    struct: the structure that it is a member of; "" for a function that is called.
    """

    name: str
    struct: str
    header: str

    @property
    def shown(self) -> str:
        """Return the name for people."""
        return self.name if self.struct else f"{self.name}()"


@dataclass(frozen=True)
class Idiom:
    """One form of code: its rule, its operation, and what its slots are given.

    rule: "" where code is edited as text.
    """

    name: str
    rule: str
    op: str
    fields: Mapping[str, str]

    def edit(self, file: str, line: int, column: int, token: str) -> Declared:
        """Return the edit of a token that this makes."""
        return declared((file, line, column, token), self.op, Path(self.rule).stem,
                        **self.fields)


@dataclass(frozen=True)
class Kept:
    """What stays: an object of another type, or code that asks something else."""

    type: str
    asks: str
    code: Code
    reason: str


@dataclass(frozen=True)
class Campaign:
    """What one campaign declares."""

    name: str
    title: str
    counted: Counted
    core: tuple[str, ...]           # files with the accessors' own code
    idioms: Mapping[str, Idiom]
    kept: tuple[Kept, ...]
    rename: Idiom | None
    order: tuple[str, ...]          # of the patches
    words: Mapping[str, str]

    @property
    def other_types(self) -> frozenset[str]:
        """Return the names of types whose objects are none of the campaign's."""
        return frozenset(kept.type for kept in self.kept if kept.type)

    def of_type(self, name: str) -> Kept | None:
        """Return why objects of a type stay, if they do."""
        return next((k for k in self.kept if k.type and k.type == name), None)

    def asking(self, what: str) -> Kept | None:
        """Return why code that asks something stays, if it does."""
        return next((k for k in self.kept if k.asks and k.asks == what), None)


def names(folder: Path = CAMPAIGNS) -> list[str]:
    """Return the campaigns that there are, pins first."""
    return [PINS, *sorted(path.stem for path in folder.glob("*.toml"))]


def load(name: str, folder: Path = CAMPAIGNS) -> Campaign:
    """Return a campaign by its name."""
    if name == PINS or name not in names(folder):
        raise UsageError(f"{name}: no such campaign; there are " +
                         ", ".join(names(folder)))
    return read(folder / f"{name}.toml")


def read(path: Path) -> Campaign:
    """Read the file of a campaign."""
    shown = str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown}: not TOML: {error}") from error
    return _Reader(shown).campaign(raw, path.stem)


class _Reader:
    """Takes the tables of one file apart; messages name it and the key."""

    def __init__(self, file: str) -> None:
        self.file = file

    def campaign(self, raw: Mapping[str, Any], stem: str) -> Campaign:
        """Return what a whole file declares."""
        self._only(raw, "", _TOP)
        name = self._text(raw, "", "name")
        if name != stem:
            raise self._wrong("name", f"{name!r} is not the file's name")
        counted = self._table(raw, "", "counted")
        core = self._table(raw, "", "core")
        self._only(core, "core", ("files",))
        idioms = self._table(raw, "", "idioms")
        series = self._table(raw, "", "series")
        self._only(series, "series", ("order",))
        words = self._table(raw, "", "words")
        self._only(words, "words", [*WORDS, *(WORDS_OF_A_RENAME if "rename" in raw
                                              else ())])
        return Campaign(
            name, self._text(raw, "", "title"),
            self._counted(counted), self._texts(core, "core", "files"),
            {key: self._converting(idioms, key) for key in idioms},
            self._kept(raw.get("kept", [])),
            self._idiom(raw, "", "rename") if "rename" in raw else None,
            self._order(series), {key: self._text(words, "words", key) for key in (
                *WORDS, *(WORDS_OF_A_RENAME if "rename" in raw else ()))})

    def _counted(self, counted: Mapping[str, Any]) -> Counted:
        """Return what is counted: a member, or the calls of a function."""
        keys = ("call", "header") if "call" in counted else (
            "member", "struct", "header")
        self._only(counted, "counted", keys)
        name, *struct, header = (self._text(counted, "counted", key)
                                 for key in keys)
        return Counted(name, struct[0] if struct else "", header)

    def _converting(self, idioms: Mapping[str, Any], key: str) -> Idiom:
        made = self._idiom(idioms, "idioms", key)
        if not made.rule:
            raise self._wrong(f"idioms.{key}.rule", "is missing")
        return made

    def _idiom(self, table: Mapping[str, Any], above: str, key: str) -> Idiom:
        one = self._table(table, above, key)
        where = _joined(above, key)
        values = {name: self._text(one, where, name) for name in one}
        for name in ("op", "new"):
            self._text(one, where, name)
        return Idiom(key, values.pop("rule", ""), values.pop("op"), values)

    def _kept(self, found: Any) -> tuple[Kept, ...]:
        if not isinstance(found, list):
            raise self._wrong("kept", "wants tables, [[kept]]")
        made = []
        for number, one in enumerate(found, 1):
            where = f"kept {number}"
            self._only(one, where, ("type", "asks", "code", "reason"))
            code = self._text(one, where, "code")
            if code not in set(Code):
                raise self._wrong(_joined(where, "code"), f"no such code: {code}")
            if ("type" in one) == ("asks" in one):
                raise self._wrong(where, "wants either type or asks")
            asks = self._text(one, where, "asks") if "asks" in one else ""
            if asks and asks not in ASKS:
                raise self._wrong(_joined(where, "asks"), f"{asks!r} is none of "
                                  + ", ".join(ASKS))
            made.append(Kept(
                self._text(one, where, "type") if "type" in one else "", asks,
                Code(code), self._text(one, where, "reason")))
        return tuple(made)

    def _order(self, series: Mapping[str, Any]) -> tuple[str, ...]:
        order = self._texts(series, "series", "order")
        for step in order:
            if step not in STEPS:
                raise self._wrong("series.order", f"{step!r} is none of " +
                                  ", ".join(STEPS))
        if order != tuple(step for step in STEPS if step in order):
            raise self._wrong("series.order", "can only be " + ", ".join(STEPS))
        return order

    def _only(self, table: Any, where: str, known: Sequence[str]) -> None:
        """Refuse a key that nobody reads: it is a typing error."""
        if not isinstance(table, dict):
            raise self._wrong(where, "wants a table")
        for key in table:
            if key not in known:
                raise self._wrong(_joined(where, key), "no such key; there are "
                                  + ", ".join(known))

    def _table(self, table: Mapping[str, Any], above: str,
               key: str) -> Mapping[str, Any]:
        found = self._given(table, above, key)
        if not isinstance(found, dict) or not found:
            raise self._wrong(_joined(above, key), "wants a table with keys")
        return found

    def _text(self, table: Mapping[str, Any], above: str, key: str) -> str:
        found = self._given(table, above, key)
        if not isinstance(found, str) or not found:
            raise self._wrong(_joined(above, key), "wants a text that is not empty")
        return found

    def _texts(self, table: Mapping[str, Any], above: str,
               key: str) -> tuple[str, ...]:
        found = self._given(table, above, key)
        if not isinstance(found, list) or not found or not all(
                isinstance(text, str) and text for text in found):
            raise self._wrong(_joined(above, key), "wants texts, at least one")
        return tuple(found)

    def _given(self, table: Mapping[str, Any], above: str, key: str) -> Any:
        if key not in table:
            raise self._wrong(_joined(above, key), "is missing")
        return table[key]

    def _wrong(self, key: str, text: str) -> UsageError:
        return UsageError(f"{self.file}: {key}: {text}")


def _joined(above: str, key: str) -> str:
    return f"{above}.{key}" if above else key
