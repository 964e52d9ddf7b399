# SPDX-License-Identifier: GPL-2.0-only
"""Read the reviewed answers to what facts cannot show."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.errors import UsageError
from pinlib.base.resources import REPORTS

OWN = REPORTS / "decisions.toml"
QUESTIONS = {"longterm": ("long", "short")}
_FIELDS = ("kernel", "site", "question", "answer", "reason", "who", "when")


@dataclass(frozen=True)
class Answer:
    """An entry of the decisions file: kernel version, site id, answer."""

    kernel: str
    site: str
    question: str
    answer: str
    reason: str
    who: str
    when: str


class Decisions:
    """The entries that apply to one kernel, and which of them were used."""

    def __init__(self, entries: list[Answer], own: bool = False) -> None:
        self.own = own
        self._entries = {(e.site, e.question): e for e in entries}
        self._used: set[tuple[str, str]] = set()

    def answer(self, site: str, question: str) -> Answer | None:
        """Return the reviewed answer for a site, if there is one."""
        entry = self._entries.get((site, question))
        if entry:
            self._used.add((site, question))
        return entry

    def used(self) -> list[Answer]:
        """Return the entries that decided something, for the report."""
        return [e for k, e in sorted(self._entries.items())
                if k in self._used]

    def unmatched(self, sites: set[str]) -> list[Answer]:
        """Return the entries that name no site of this tree."""
        return [e for e in self._entries.values() if e.site not in sites]

    def check(self, sites: set[str]) -> None:
        """Raise an error for a user's entry that names no site of this tree.

        gup2pin's own are for Debian's trees; another of the same version may
        lack a driver.
        """
        for entry in self.unmatched(sites):
            if not self.own:
                raise UsageError(
                    f"decisions: no call site has the id {entry.site}")


def load(path: Path | None, version: str) -> Decisions:
    """Read the entries whose kernel is a prefix of this version."""
    if path is None:
        return Decisions([])
    try:
        with open(path, "rb") as stream:
            data = tomllib.load(stream)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    known: dict[tuple[str, str], Answer] = {}
    listed = data.get("decision", [])
    if set(data) - {"decision"} or not isinstance(listed, list):
        raise UsageError(f"{path}: only [[decision]] entries are known")
    for number, raw in enumerate(listed, 1):
        where = f"{path}: entry {number}"
        if not isinstance(raw, dict) or set(raw) != set(_FIELDS) or \
                not all(isinstance(v, str) and v for v in raw.values()):
            raise UsageError(f"{where}: wants the texts "
                             f"{', '.join(_FIELDS)}")
        entry = Answer(**raw)
        if entry.question not in QUESTIONS:
            raise UsageError(f"{where}: unknown question {entry.question}")
        if entry.answer not in QUESTIONS[entry.question]:
            raise UsageError(f"{where}: {entry.question} is answered "
                             f"{' or '.join(QUESTIONS[entry.question])}")
        if version != entry.kernel and \
                not version.startswith(entry.kernel + "."):
            continue
        if known.setdefault((entry.site, entry.question),
                            entry) is not entry:
            raise UsageError(f"{where}: {entry.question} of {entry.site} is "
                             "answered twice for this kernel")
    return Decisions(list(known.values()), path == OWN)
