# SPDX-License-Identifier: GPL-2.0-only
"""Follow every call that takes pages to where they are given back.

Unlike the report it follows the pinning side all the way, takes the tree as it
is (no preparatory patch applied), and decides nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from pinlib.analysis import census, open_program, unread_calls
from pinlib.audit import mend
from pinlib.base.progress import Step
from pinlib.decide import api_forms
from pinlib.decide.bugs import unasked_pins
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind
from pinlib.flow.iterators import Iterators, kinds
from pinlib.kernel import effects, kernel_tree, known_macros
from pinlib.kernel.view import View, prepared
from pinlib.kernel.word_index import Indexes
from pinlib.program.locations import Resolver


@dataclasses.dataclass
class Call:
    """A call that was followed.

    lost: where it could not be followed, and why; a call without, and without
    findings, is clean.
    """

    id: str
    file: str
    line: int
    api: str
    findings: list[Finding]
    lost: str
    mends: list[mend.Mend] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Audit:
    """What an audit followed, found and could not read."""

    tree: View
    calls: list[Call]
    listed: census.Read                     # names that the report lists
    pinning: census.Read

    def found(self) -> list[Finding]:
        """Return every finding once."""
        return sorted({f for call in self.calls for f in call.findings})


def look(kernel: Path, module: Path | None, jobs: int,
         apis: str = "mission", texts: Mapping[str, str | None] | None = None,
         files: frozenset[str] = frozenset()) -> tuple[int, list[Finding]]:
    """Return how many calls were followed, and what is wrong with them."""
    audited = read(kernel, module, jobs, apis, texts, files)
    return len(audited.calls), audited.found()


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
    calls: list[Call] = []
    with Step("audit", len(sites)) as step:
        for number, site in enumerate(sites):
            step.update(number, f"{site.file}:{site.line}")
            if files and site.file not in files or call_sites.is_core(
                    program, site) or call_sites.is_test(site):
                continue
            call_sites.trace(program, resolver, iterators, site)
            calls.append(Call(
                site.id, site.file, site.line, site.api,
                [*finder.of(site), *unasked_pins.of(iterators, site),
                 *unasked_pins.references(iterators, site)],
                _lost(finder, site), mend.of(program, resolver, site)))
        step.update(len(sites))
    return Audit(tree, calls, unread_calls.read(program, sites, list(listed)),
                 unread_calls.read(program, sites, list(effects.PINNING)))


def _lost(finder: Finder, site: CallSite) -> str:
    """Return where the pages of a call get out of sight, and why, or ""."""
    if not site.flow.locations:
        return f"{site.file}:{site.line}: what receives the pages is not known"
    for event in site.flow.of(EventKind.UNKNOWN):
        return f"{event.place}: {event.detail or event.node} does something " \
            "with them that is not known"
    for place, text in site.flow.unclear:
        return f"{place}: {text.rstrip('.')}"
    why = finder.unwalked(site)
    return f"{site.file}:{site.line}: {why}" if why else ""
