# SPDX-License-Identifier: GPL-2.0-only
"""Audit every call that takes pages, followed to their release.

Unlike the report it follows the pinning side all the way, takes the tree as it
is (no preparatory patch applied), and decides nothing.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping
from pathlib import Path

from pinlib.analysis import open_program, census, unread_calls
from pinlib.base.files import write_file
from pinlib.base.options import Options
from pinlib.base.progress import Step
from pinlib.base.text import printable, wrap
from pinlib.commands import allowance
from pinlib.decide import api_forms
from pinlib.decide.bugs import unasked_pins
from pinlib.decide.bugs.findings import CONFIDENCE, Finder, Finding
from pinlib.flow import call_sites
from pinlib.flow.iterators import Iterators, kinds
from pinlib.kernel import effects, kernel_tree, known_macros
from pinlib.kernel.view import prepared
from pinlib.kernel.word_index import Indexes
from pinlib.program.locations import Resolver
from pinlib.report.terminal import region


@dataclasses.dataclass
class Audit:
    """What an audit followed, found and could not read."""

    findings: dict[str, list[Finding]]      # by the site's id
    listed: census.Read                     # names that the report lists
    pinning: census.Read

    def found(self) -> list[Finding]:
        """Return every finding once."""
        return sorted({f for some in self.findings.values() for f in some})


def look(kernel: Path, module: Path | None, jobs: int,
         apis: str = "mission", texts: Mapping[str, str | None] | None = None,
         files: frozenset[str] = frozenset()) -> tuple[int, list[Finding]]:
    """Return how many calls were followed, and what is wrong with them."""
    audited = read(kernel, module, jobs, apis, texts, files)
    return len(audited.findings), audited.found()


def read(kernel: Path, module: Path | None, jobs: int,
         apis: str = "mission", texts: Mapping[str, str | None] | None = None,
         files: frozenset[str] = frozenset()) -> Audit:
    """Follow every call that takes pages.

    With texts, the tree as it is with these; with files, only calls there.
    """
    cache = kernel_tree.cache_folder()
    tree = prepared(module or kernel, texts or {}, cache,
                    kernel if module else None,
                    known_macros.of(kernel, module, cache))
    known = api_forms.read(kernel)
    listed = known.listed(apis)
    names = [*listed, *effects.PINNING]
    program = open_program.as_written(tree, cache, Indexes(cache), names,
                                      listed, known)
    resolver = Resolver(program)
    iterators = Iterators(program, resolver, kinds(kernel))
    finder = Finder(program, resolver)
    sites = call_sites.find(program, resolver, names)
    found: dict[str, list[Finding]] = {}
    with Step("audit", len(sites)) as step:
        for number, site in enumerate(sites):
            step.update(number, f"{site.file}:{site.line}")
            if files and site.file not in files or call_sites.is_core(
                    program, site) or call_sites.is_test(site):
                continue
            call_sites.trace(program, resolver, iterators, site)
            found[site.id] = [*finder.of(site),
                              *unasked_pins.of(iterators, site)]
        step.update(len(sites))
    return Audit(found, unread_calls.read(program, sites, list(listed)),
                 unread_calls.read(program, sites, list(effects.PINNING)))


def render(version: str, count: int, found: list[Finding],
           unread_code: list[str] | None = None) -> str:
    """Return audit.txt: a summary, every finding, and what was not looked at."""
    title = f"gup2pin audit of Linux {version}"
    more = unread_code or []
    lines = [title, "=" * len(title), "", wrap(
        f"{count} calls that take pages were followed to where the pages "
        f"are given back; {len(found)} findings: {summary(found)}."
        + (f" Not looked at: {len(more)}, see the end." if more else ""))]
    for name in CONFIDENCE:
        mine = [f for f in found if f.confidence == name]
        if mine:
            lines += ["", "", name, "-" * len(name)]
        for item in mine:
            lines += ["", wrap(f"{printable(item.file)}:{item.line} "
                               f"{item.function}()", 4),
                      wrap(f"    [{item.code}], the other end is "
                           f"{printable(item.other)}", 6),
                      wrap(f"    {item.text}", 4)]
    if more:
        lines += ["", "", "Not looked at", "-" * len("Not looked at")]
        for text in more:
            lines += ["", *text.split("\n")]
    return "\n".join(lines) + "\n"


def unread_places(audited: Audit) -> list[str]:
    """Return each place that was not looked at, and why, as in audit.txt."""
    made = []
    for part in (audited.listed, audited.pinning):
        made += [(r["file"], r["line"], region(r)) for r in part.regions]
        made += [(t.file, t.line, _place(
            t.file, t.line, f"a macro names {t.name}() here; who uses the "
            "macro is not followed"))
            for t in part.tokens if t.kind == "macro"]
    return [f"{wrap(text['head'], 4)}\n"
            f"{wrap('    ' + text['text'], 4)}"
            for _, _, text in sorted(made, key=lambda m: m[:2])]


def _place(file: str, line: int, text: str) -> dict[str, str]:
    return {"head": f"{printable(file)}:{line}", "text": text}


def summary(found: list[Finding]) -> str:
    """Return how many findings there are of each confidence."""
    counts = collections.Counter(f.confidence for f in found)
    return ", ".join(f"{counts[name]} {name}" for name in CONFIDENCE)


def run(opts: Options) -> None:
    """Write audit.txt and say in one line what it holds."""
    audited = read(opts.kernel, opts.module, opts.jobs, opts.apis)
    count, found = len(audited.findings), audited.found()
    more = unread_places(audited)
    path = opts.out / "audit.txt"
    write_file(path, render(kernel_tree.kernel_version(opts.kernel), count,
                            found, more))
    print(f"{path}: {count} calls, {len(found)} findings: {summary(found)}"
          + (f"; not looked at: {len(more)}" if more else ""))
    allowance.end(opts, audited.listed.counts(), audited.listed.regions, [])
