# SPDX-License-Identifier: GPL-2.0-only
"""Read the reviewed answers to what facts cannot show.

An answer holds for the code that was read, whatever the version: an entry with
`code` is used where the code is the same, token by token, and only there. One
without is used for the versions that it names.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinlib.base.codes import QUESTIONS
from pinlib.base.errors import UsageError
from pinlib.base.resources import REPORTS
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, RELEASE_KINDS
from pinlib.program.function import Function

OWN = REPORTS / "decisions.toml"
_TOKEN = re.compile(r"\w+|[^\w\s]")
_FIELDS = ("kernel", "site", "question", "answer", "reason", "who", "when")


@dataclass(frozen=True)
class Answer:
    """An entry of the decisions file.

    kernel: a version, or the beginning of some. code: as code_of() has it, ""
    for none.
    """

    kernel: str
    site: str
    question: str
    answer: str
    reason: str
    who: str
    when: str
    code: str = ""

    def names(self, version: str) -> bool:
        """Say whether it is for a version of the kernel."""
        return version == self.kernel or version.startswith(self.kernel + ".")

    def said(self) -> str:
        """Return who decided what, as a sentence."""
        return f"Decided by {self.who}, {self.when}: {self.reason}"


class Decisions:
    """The entries that may apply to one kernel, and which of them were used."""

    def __init__(self, entries: list[Answer], version: str = "",
                 own: bool = False) -> None:
        self.own = own
        self._version = version
        self._entries = entries
        self._used: set[Answer] = set()
        self._by_releases: dict[frozenset[str], Answer] = {}

    def anew(self) -> Decisions:
        """Return the same, of which none was used."""
        made = Decisions(self._entries, self._version, self.own)
        made._by_releases = self._by_releases
        return made

    def answer(self, site: CallSite, question: str,
               releases: Iterable[Event] = ()) -> Answer | None:
        """Return the reviewed answer for a site, if there is one.

        releases: what drops its pages; if the same code drops those of a site of
        another kernel that is answered, the answer is its own too.
        """
        found = next((e for e in self.all_for(site.id, question) if
                      not e.code or e.code == code_of(site, e.answer)),
                     self._by_releases.get(_places(releases)))
        if found:
            self._used.add(found)
        return found

    def for_other_kernels(self, sites: Iterable[tuple[CallSite, list[Event]]]
                          ) -> Decisions:
        """Return the same with the answers of this kernel's sites, by releases."""
        made = Decisions(self._entries, self._version, self.own)
        for site, releases in sites:
            found = self.answer(site, "longterm")
            if found and releases:
                made._by_releases[_places(releases)] = found
        return made

    def all_for(self, site: str, question: str) -> list[Answer]:
        """Return the entries on a question, be the code theirs or not."""
        return [e for e in self._entries
                if (e.site, e.question) == (site, question)]

    def elsewhere(self, site: str, question: str) -> str:
        """Return sentences on the answers that were given for other code."""
        return "".join(
            f" The answer `{e.answer}` was given for other code, in Linux "
            f"{e.kernel}." for e in self.all_for(site, question))

    def used(self) -> list[Answer]:
        """Return the entries that decided something, for the report."""
        return sorted(self._used, key=lambda e: (e.site, e.question))

    def use(self, answers: Iterable[Answer]) -> None:
        """Count entries as used, which decided something in another process."""
        self._used |= set(answers)

    def __str__(self) -> str:
        return repr((self.own, self._version, self._entries, sorted(
            (sorted(places), answer.site)
            for places, answer in self._by_releases.items())))

    def unmatched(self, sites: set[str]) -> list[Answer]:
        """Return this version's entries that name no site of this tree."""
        return [e for e in self._entries
                if e.site not in sites and e.names(self._version)]

    def check(self, sites: set[str]) -> None:
        """Raise an error for a user's entry that names no site of this tree.

        gup2pin's own are for Debian's trees; another of the same version may
        lack a driver.
        """
        for entry in self.unmatched(sites):
            if not self.own:
                raise UsageError(
                    f"decisions: no call site has the id {entry.site}")


def _places(releases: Iterable[Event]) -> frozenset[str]:
    return frozenset(event.place for event in releases)


def code_of(site: CallSite, answer: str) -> str:
    """Return a digest of the code that an answer on a site rests on.

    `long` rests on the functions that take and release the pages, `short` on
    all that these pass through: whoever keeps them makes it wrong.
    """
    functions = {site.function.key: site.function} | {
        e.function.key: e.function for e in site.flow.events
        if answer != "long" or e.kind in RELEASE_KINDS}
    return hashlib.sha256("\n".join(
        f"{file} {name} {_tokens(function)}"
        for (file, name), function in sorted(functions.items())
    ).encode("latin-1")).hexdigest()[:16]


def _tokens(function: Function) -> str:
    """Return a function without its comments and blanks."""
    text, (first, last) = function.text, function.span
    lines = text.whole.split("\n")[first - 1:last]
    return " ".join(_TOKEN.findall("\n".join(lines)))


def entries(path: Path, kind: str) -> list[Any]:
    """Read what a decisions file has of a kind of entry: decision or finding."""
    try:
        with open(path, "rb") as stream:
            data = tomllib.load(stream)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    if set(data) - {"decision", "finding"} or not all(
            isinstance(listed, list) for listed in data.values()):
        raise UsageError(f"{path}: only [[decision]] and [[finding]] entries are "
                         "known")
    found: list[Any] = data.get(kind, [])
    return found


def load(path: Path | None, version: str) -> Decisions:
    """Read the entries that may hold for a version of the kernel."""
    if path is None:
        return Decisions([])
    known: dict[tuple[str, str, str], Answer] = {}
    for number, raw in enumerate(entries(path, "decision"), 1):
        where = f"{path}: entry {number}"
        if not isinstance(raw, dict) or set(raw) - {"code"} != set(
                _FIELDS) or not all(isinstance(v, str) and v for v in raw.values()):
            raise UsageError(f"{where}: wants the texts "
                             f"{', '.join(_FIELDS)}")
        entry = Answer(**raw)
        if entry.question not in QUESTIONS:
            raise UsageError(f"{where}: unknown question {entry.question}")
        if entry.answer not in QUESTIONS[entry.question]:
            raise UsageError(f"{where}: {entry.question} is answered "
                             f"{' or '.join(QUESTIONS[entry.question])}")
        if not entry.code and not entry.names(version):
            continue
        if known.setdefault((entry.site, entry.question, entry.code),
                            entry) is not entry:
            raise UsageError(f"{where}: {entry.question} of {entry.site} is "
                             "answered twice for this "
                             f"{'code' if entry.code else 'kernel'}")
    return Decisions(list(known.values()), version, path == OWN)
