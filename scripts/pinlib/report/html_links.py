# SPDX-License-Identifier: GPL-2.0-only
"""Find which line of which mail belongs to which acquisition and release.

The report names lines of the tree; a mail's left side is the tree after the
mails before it. Every place that both name gets a note beside its hunk, and a
name that the other notes, on this page or another, link to.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import Any

from pinlib.series.mail_reader import FileDiff, Hunk, Mail, Row

REACH = 8       # lines from a statement's start to the word that changes
Report = dict[str, Any]


def anchor(kind: str, *words: object) -> str:
    """Return a name for a place on a page that only its words decide."""
    seed = "\n".join(map(str, words)).encode("utf-8", "surrogateescape")
    return f"{kind}-{hashlib.sha256(seed).hexdigest()[:10]}"


def site_anchor(site: Report) -> str:
    """Return the name of a site's own section."""
    return anchor("s", site["id"])


@dataclasses.dataclass
class Note:
    """A note beside one line of a hunk."""

    anchor: str
    kind: str               # acquisition | release
    row: Row
    site: Report            # the first of the sites it belongs to
    item: Report            # the site itself, or its release
    sites: list[Report] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ShownHunk:
    """A hunk with the notes beside it."""

    anchor: str
    file: FileDiff
    hunk: Hunk
    notes: list[Note]


@dataclasses.dataclass
class ShownPatch:
    """A mail of the report with its hunks."""

    number: int
    entry: Report
    mail: Mail
    hunks: list[ShownHunk]


def base_line(line: int, file: str, before: list[Mail]) -> int:
    """Return the line of the tree that a line after some mails was, or follows.

    The report names what an earlier mail adds by the line before it.
    """
    for mail in reversed(before):
        for diff in mail.files:
            if diff.path == file:
                line = _back(line, diff)
    return line


def _back(line: int, diff: FileDiff) -> int:
    shift = 0
    for hunk in diff.hunks:
        if line < next((r.new for r in hunk.rows if r.new), 0):
            break
        last = line + shift
        for row in hunk.rows:
            last = row.old or last
            if row.new == line:
                return last
            shift += {"+": -1, "-": 1}.get(row.sign, 0)
    return line + shift


class Linker:
    """The notes of every patch, and the page that each name is on."""

    def __init__(self, report: Report) -> None:
        self.sites = {site["id"]: site for site in report["sites"]}
        self.page: dict[str, str] = {}      # anchor: the page it is on

    def patch(self, number: int, entry: Report, mail: Mail,
              before: list[Mail], page: str) -> ShownPatch:
        """Return a mail with the notes beside its hunks."""
        hunks = [ShownHunk(f"p{number}-h{n}", diff, hunk, [])
                 for n, (diff, hunk) in enumerate(
                     ((d, h) for d in mail.files for h in d.hunks), 1)]
        for one in hunks:
            self.page.setdefault(one.anchor, page)
        found: dict[str, Note] = {}
        for name in entry["sites"]:
            site = self.sites.get(name)
            if site is None:
                continue
            self._note(hunks, before, "acquisition", site, site, found, page)
            for item in site["releases"]:
                self._note(hunks, before, "release", site, item, found, page)
        return ShownPatch(number, entry, mail, hunks)

    def _note(self, hunks: list[ShownHunk], before: list[Mail], kind: str,
              site: Report, item: Report, found: dict[str, Note],
              page: str) -> None:
        name = place_anchor(kind, item)
        if name in found:
            found[name].sites.append(site)
            return
        word = re.match(r"\w*", site["api"] if kind == "acquisition"
                        else item["form"])
        where = _row(hunks, before, item["file"], item["line"],
                     word[0] if word else "")
        if where:
            found[name] = Note(name, kind, where[1], site, item, [site])
            where[0].notes.append(found[name])
            where[0].notes.sort(key=lambda n: (n.row.old, n.anchor))
            self.page[name] = page


def place_anchor(kind: str, item: Report) -> str:
    """Return the name of an acquisition's or release's place."""
    if kind == "acquisition":
        return anchor("a", item["id"])
    return anchor("r", item["file"], item["line"], item["form"])


def _row(hunks: list[ShownHunk], before: list[Mail], file: str, line: int,
         word: str) -> tuple[ShownHunk, Row] | None:
    """Return the row that removes a call, else the one that shows it as it was.

    word: what the statement calls; it may stand some lines below its start.
    """
    best: tuple[int, ShownHunk, Row] | None = None
    for one in hunks:
        for row in one.hunk.rows if one.file.path == file else ():
            if row.sign == "+" or word not in row.text:
                continue
            off = base_line(row.old, file, before) - line
            if not 0 <= off <= (REACH if row.sign == "-" else 0):
                continue
            rank = off + (REACH + 1) * (row.sign == " ")
            if best is None or rank < best[0]:
                best = (rank, one, row)
    return (best[1], best[2]) if best else None
