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
from pinlib.analysis.parts import deciding
from pinlib.analysis.parts.parts import Parts
from pinlib.audit import mend, without_mmu
from pinlib.audit.plain.mend import Mend
from pinlib.base.files import forget, packed
from pinlib.base.progress import Step
from pinlib.decide import api_forms
from pinlib.decide.bugs import unasked_pins
from pinlib.decide.bugs.counted import one_of_many, too_few
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind
from pinlib.flow.iterators import Iterators, kinds
from pinlib.kept.answers import Answers, KEPT
from pinlib.kept.inputs import Now
from pinlib.kernel import effects, kernel_tree, known_macros
from pinlib.kernel.view import View, prepared
from pinlib.kernel.word_index import Indexes
from pinlib.program.locations import Resolver
from pinlib.program.program import Program


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
    mends: list[Mend] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Audit:
    """What an audit followed, found and could not read.

    of_all: what is wrong with all calls that pin.
    """

    tree: View
    calls: list[Call]
    listed: census.Read                     # names that the report lists
    pinning: census.Read
    of_all: list[Finding] = dataclasses.field(default_factory=list)

    def found(self) -> list[Finding]:
        """Return every finding once."""
        return sorted({*self.of_all, *(
            f for call in self.calls for f in call.findings)})


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
    known, now = api_forms.read(kernel), Now(Indexes(cache))
    listed = known.listed(apis)
    names = [*listed, *effects.PINNING]
    program = open_program.as_written(tree, cache, now.indexes, names, listed,
                                      known)
    resolver = Resolver(program)
    sites = call_sites.find(program, resolver, names)
    wanted = [s for s in sites if (not files or s.file in files)
              and not call_sites.is_core(program, s) and not call_sites.is_test(s)]
    common = deciding.common_to(program, Answers(cache, tree, now))
    kept = Answers(cache, tree, now, packed(
        ["audit", common.digest, sorted(kinds(kernel)), known, listed, names]))
    found: dict[str, Call] = {}
    with Step("audit", len(wanted)) as step:
        for part in Parts(resolver, kept, common).answers(
                step, wanted, jobs, lambda own, its, theirs: _calls(
                    own, its, theirs, names, kinds(kernel))):
            found |= {call.id: call for call in part}
    forget(cache / "parts", KEPT)
    return Audit(tree, [found[site.id] for site in wanted],
                 unread_calls.read(program, sites, list(listed)),
                 unread_calls.read(program, sites, list(effects.PINNING)),
                 [] if module or files else without_mmu.found(kernel, [
                     (s.file, s.line, s.api) for s in wanted
                     if s.api in effects.PINNING]))


def _calls(program: Program, resolver: Resolver, files: list[str],
           names: list[str], known: frozenset[str]) -> list[Call]:
    """Follow the calls in some files; known: the iterators of the kernel."""
    iterators = Iterators(program, resolver, known)
    finder = Finder(program, resolver)
    calls = []
    for site in call_sites.find(program, resolver, names, files=files):
        if call_sites.is_core(program, site) or call_sites.is_test(site):
            continue
        call_sites.trace(program, resolver, iterators, site)
        found = [*finder.of(site), *unasked_pins.of(iterators, site),
                 *unasked_pins.references(iterators, site),
                 *unasked_pins.late(iterators, program, site),
                 *too_few.found(site), *one_of_many.found(resolver, site)]
        calls.append(Call(site.id, site.file, site.line, site.api, found,
                          _lost(finder, site), mend.of(finder, site, found)))
    return calls


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
