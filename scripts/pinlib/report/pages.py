# SPDX-License-Identifier: GPL-2.0-only
"""Write the report for a browser: OUT/report.html and a page for each subsystem.

Everything is read from the report, the evidence and the series; nothing is
decided here. A page loads nothing, and its policy lets nothing else run.
"""

from __future__ import annotations

import base64
import collections
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pinlib.base import edits
from pinlib.base.errors import UsageError
from pinlib.base.files import read_json, write_file
from pinlib.base.resources import REPORTS
from pinlib.kernel.maintainers import slug
from pinlib.report import html_diff, terminal, wording
from pinlib.report.html_links import (Linker, Note, ShownHunk, ShownPatch,
                                      place_anchor, site_anchor)
from pinlib.series import mail_reader
from pinlib.series.mail_reader import Row

TEMPLATES = REPORTS / "html"
FRONT = "report.html"
FOLDER = "html"
BAR = 14        # pixels of a bar for one site
Report = dict[str, Any]
Evidence = dict[str, dict[str, Any]]
PROOFS = ("apply", "compile", "link", "sparse", "checkpatch", "rescan", "run")


def write(out: Path, report: Report, evidence: Evidence) -> None:
    """Write the front page and the subsystems' pages of a report."""
    site = Site(out, report, evidence)
    pages = {f"{FOLDER}/{site.page[name]}": site.subsystem(name)
             for name in site.page}
    front = site.front()
    work = Path(tempfile.mkdtemp(dir=out, prefix=f".{FOLDER}-"))
    try:
        (work / FOLDER).mkdir()
        for name, text in pages.items():
            write_file(work / name, text)
        if os.path.lexists(out / FOLDER):
            os.rename(out / FOLDER, work / "old")
        os.rename(work / FOLDER, out / FOLDER)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    write_file(out / FRONT, front)


def environment(words: wording.Words) -> jinja2.Environment:
    """Return templates that escape, after control characters are spelled out."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        autoescape=True, finalize=plain)
    style = (TEMPLATES / "style.css").read_text("ascii")
    script = (TEMPLATES / "script.js").read_text("ascii")
    made.globals.update(
        style=Markup(style), script=Markup(script), advice=words.advice,
        todo=words.todo, words=words,
        policy=f"default-src 'none'; base-uri 'none'; img-src data:; style-src "
        f"'{_sha256(style)}'; script-src '{_sha256(script)}'",
        meanings=words.meanings)
    return made


def plain(value: Any) -> Any:
    """Return what a template prints, without control characters."""
    if type(value) is not str:  # pylint: disable=unidiomatic-typecheck
        return value
    return "\n".join(html_diff.shown(line) for line in value.split("\n"))


def _sha256(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


class Site:
    """The pages that are made of one report."""

    def __init__(self, out: Path, report: Report, evidence: Evidence) -> None:
        self.report = report
        self.evidence = evidence
        self.templates = environment(wording.of(report))
        self.again = _again(out)
        self.links = Linker(report)
        self.by_name = terminal.by_subsystem(report)
        self.page = _pages([*self.by_name, *(
            p["subsystem"] for p in report["patches"])])
        self.patches = self._patches(out)

    def _patches(self, out: Path) -> dict[str, list[ShownPatch]]:
        """Return every mail that the report lists, by subsystem."""
        found: dict[str, list[ShownPatch]] = {}
        before: dict[str, list[mail_reader.Mail]] = {}
        for entry in self.report["patches"]:
            path = out / entry["mail"]
            if not path.is_file():
                raise UsageError(f"{path}: report.json lists this patch, but "
                                 "it is not there; run `make series` again")
            mail = mail_reader.read(path)
            for diff in mail.files:
                # A mail names files from the top of the repository.
                diff.path = next((f for f in entry["files"] if f"/{diff.path}"
                                  .endswith(f"/{f}")), diff.path)
            mine = found.setdefault(entry["subsystem"], [])
            done = before.setdefault(entry["series"], [])
            mine.append(self.links.patch(
                len(mine) + 1, entry, mail, done,
                self.page[entry["subsystem"]]))
            done.append(mail)
        return found

    def front(self) -> str:
        """Return the page with the state of the tree."""
        report = self.report
        groups: dict[tuple[str, str], list[Report]] = {}
        for site in report["sites"]:
            if site["disposition"] in ("manual", "blocked", "mismatch"):
                groups.setdefault((site["disposition"], site["code"]),
                                  []).append(site)
        return self.templates.get_template("front.html.j2").render(
            title=terminal.title(report),
            notice=terminal.notice(report), report=report,
            accounts=terminal.accounts(report),
            total=[(name, count) for name, count in
                   report["summary"]["by_disposition"].items() if count],
            rows=[(name, self.page[name], _counts(sites))
                  for name, sites in self.by_name.items()],
            bar=bar, unit=max(2, 800 // max(1, report["summary"]["sites"])),
            left=sorted(groups.items()), href=self.front_href,
            regions=[terminal.region(r, wording.of(report))
                     for r in report["unparsed"]])

    def front_href(self, site: Report) -> str:
        """Return a link from the front page to a site's own section."""
        return f"{FOLDER}/{self.page[site['subsystem']]}#{site_anchor(site)}"

    def subsystem(self, name: str) -> str:
        """Return the page of one subsystem."""
        mine = self.page[name]
        return self.templates.get_template("subsystem.html.j2").render(
            title=name, heading=terminal.title(self.report),
            sites=self.by_name.get(name, []), front=f"../{FRONT}",
            patches=self.patches.get(name, []), bar=bar,
            counts=_counts(self.by_name.get(name, [])),
            proofs=self._proofs, code=code, path=path,
            site_anchor=site_anchor,
            parameters=parameters, linked=lambda kind, item: self._linked(
                mine, kind, item), href=lambda s: self._href(mine, s))

    def _href(self, here: str, site: Report) -> str:
        there = self.page[site["subsystem"]]
        return f"{'' if there == here else there}#{site_anchor(site)}"

    def _linked(self, here: str, kind: str, item: Report) -> str:
        """Return where a place is shown in a patch, "" when no patch shows it."""
        name = place_anchor(kind, item)
        there = self.links.page.get(name)
        if there is None:
            return ""
        return f"{'' if there == here else there}#{name}"

    def _proofs(self, patch: ShownPatch) -> list[Report]:
        """Return the proofs of a patch in order; one never made is `not run`."""
        entry = self.evidence.get(patch.entry["tree"], {})
        found = []
        for name in PROOFS:
            part = entry.get(name)
            items = part if isinstance(part, list) else [part] if part else []
            for item in items:
                what, command = item.get("object", ""), item.get("command", "")
                if name == "run":
                    # Its evidence says in words what was run, and how.
                    again = self.again.get(item.get("machine", ""), "boot")
                    what, command = command, patch.entry["command"].replace(
                        "gup2pin series", f"gup2pin {again}")
                found.append({"name": name, "what": what, "command": command,
                              "result": str(item.get("result", "")),
                              "reason": item.get("reason", "")})
            if not items:
                found.append({"name": name, "what": "", "result": "not run",
                              "reason": "", "command": ""})
        return found


def _again(out: Path) -> dict[str, str]:
    """Return the target that boots each machine again, by the machine's title."""
    found = {}
    for path in out.glob("boot-*.json"):
        machine = path.stem.removeprefix("boot-")
        try:
            title = read_json(path).get("machine")
        except (OSError, ValueError):
            continue
        if title:
            found[title] = f"boot --machine {machine}"
    return found


def _pages(names: list[str]) -> dict[str, str]:
    """Return a different file name for each subsystem."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        stem, number = slug(name), 1
        while f"{stem}.html" in found.values():
            number += 1
            stem = f"{slug(name)}-{number}"
        found[name] = f"{stem}.html"
    return found


def _counts(sites: list[Report]) -> list[tuple[str, int]]:
    counts = collections.Counter(s["disposition"] for s in sites)
    return [(name, counts[name]) for name in wording.PINS
            if counts[name]]


def bar(counts: list[tuple[str, int]], unit: int = BAR) -> Markup:
    """Draw sites by disposition as one bar of SVG; the words stand beside it."""
    at = 0
    parts = []
    for name, count in counts:
        parts.append(f'<rect class="{name}" x="{at}" y="0" '
                     f'width="{count * unit - 1}" height="14">'
                     f"<title>{count} {name}</title></rect>")
        at += count * unit
    said = ", ".join(f"{count} {name}" for name, count in counts)
    return Markup(f'<svg class="bar" role="img" aria-label="{said}" width='
                  f'"{at}" height="14" viewBox="0 0 {at} 14">'
                  f'{"".join(parts)}</svg>')


def code(one: ShownHunk) -> tuple[Markup, Markup]:
    """Return both views of a hunk, with a mark on each line that has a note."""
    text = html_diff.colours(one.hunk)
    numbers: dict[int, list[tuple[int, Note]]] = {}
    for number, note in enumerate(one.notes, 1):
        numbers.setdefault(id(note.row), []).append((number, note))

    def mark(row: Row) -> Markup:
        return Markup("").join(
            Markup(' <a class="mark" href="#{}" aria-label="note {}">{}</a>')
            .format(note.anchor, number, number)
            for number, note in numbers.get(id(row), []))
    return (html_diff.side_by_side(one.hunk, text, mark),
            html_diff.unified(one.hunk, text, mark))


def path(site: Report, via: int | None) -> list[Report]:
    """Return the holders from the acquisition to one of the graph's nodes."""
    found: list[Report] = []
    while via is not None:
        found.append(site["graph"][via])
        via = site["graph"][via]["source"]
    return found[::-1]


def parameters(edit: Report) -> str:
    """Return what a rule was given beside the place of an edit."""
    return ", ".join(f"{key}={value}" for key, value in edit.items()
                     if key not in edits.COMMON and value not in ("", False))
