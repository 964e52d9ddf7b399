# SPDX-License-Identifier: GPL-2.0-only
"""Takes the calls of a tree; gives the decision on each, part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from sys import audit

from pinlib.analysis import handwritten_sites
from pinlib.analysis.parts.parts import Parts
from pinlib.base.files import packed
from pinlib.base.progress import Step
from pinlib.base.records import Disposition
from pinlib.decide import pinned
from pinlib.decide.api_forms import Era
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.decide.decide import Decider, Decision
from pinlib.decide.reviewed_answers import Answer, Decisions
from pinlib.flow import call_sites
from pinlib.flow.call_sites import CallSite
from pinlib.flow.iterators import Iterators
from pinlib.kept import inputs
from pinlib.kept.answers import Answers
from pinlib.kernel import effects
from pinlib.program.locations import Location, Resolver
from pinlib.program.macros import KernelMacros, Macro
from pinlib.program.program import Program
from pinlib.program.structures import Common
from pinlib.rewrite.handwritten import Applied

# Nothing is asked about these.
_NO_BUGS = (Disposition.CORE, Disposition.TEST)


class Together(Container[Location]):
    """What the fast calls of a tree fill: all of them pin, or none.

    Who records what is read hears what is asked of it.
    """

    def __init__(self, sites: Iterable[CallSite]) -> None:
        self.filled = frozenset(_said(s.target) for s in sites
                                if s.target and s.api in effects.FAST)

    def __contains__(self, where: object) -> bool:
        found = isinstance(where, Location) and _said(where) in self.filled
        if isinstance(where, Location):
            audit(inputs.TOLD, _said(where), found)
        return found


def _said(where: Location) -> str:
    return packed([where.kind, where.file, where.owner, where.name])


@dataclass(frozen=True)
class Question:
    """What decides on calls, besides their own code.

    iterators: the kinds that the kernel has. listed: the calls to convert;
    watched: those and what pins. together: what the fast calls among them fill.
    """

    iterators: frozenset[str]
    answers: Decisions
    era: Era
    applied: list[Applied]
    listed: tuple[str, ...]
    watched: tuple[str, ...]
    together: Together

    def __str__(self) -> str:
        return packed([sorted(self.iterators), str(self.answers), self.era,
                       self.listed, self.watched, [
                           (a.rule.name, a.refused, a.last)
                           for a in self.applied]])


@dataclass(frozen=True)
class Decided:
    """The decisions on a part's calls, and the reviewed answers they used."""

    decisions: list[Decision]
    used: list[Answer]


def made(resolver: Resolver, cache: Path, now: inputs.Now,
         sites: list[CallSite], jobs: int, question: Question) -> list[Decision]:
    """Return the decision on each site, in their order."""
    found: dict[str, Decision] = {}
    tree = resolver.program.tree
    common = common_to(resolver.program, Answers(cache, tree, now))
    kept = Answers(cache, tree, now, f"{common.digest} {question}",
                   question.together.filled)
    with Step("sites", len(sites)) as step:
        for part in Parts(resolver, kept, common).answers(
                step, sites, jobs, lambda program, own, files: _decide(
                    program, own, files, question)):
            question.answers.use(part.used)
            found |= {d.site.id: d for d in part.decisions}
    return [found[site.id] for site in sites]


def common_to(program: Program, kept: Answers) -> Common:
    """Return what each part would find again."""
    def find() -> tuple[dict[str, list[Macro]], dict[str, set[str]], str]:
        fresh = program.anew()
        macros, whole = fresh.macros.kernel.told(), fresh.included.whole()
        return macros, whole, hashlib.sha256(packed(
            [macros, whole]).encode()).hexdigest()

    macros, whole, digest = kept.once("common", find)
    return Common(KernelMacros(program.tree, program.searches, macros), whole,
                  digest)


def _decide(program: Program, resolver: Resolver, files: list[str],
            question: Question) -> Decided:
    """Decide on the calls in some files."""
    iterators = Iterators(program, resolver, question.iterators)
    answers = question.answers.anew()
    decider = Decider(program, resolver, answers, question.era)
    finder = Finder(program, resolver)
    decisions = []
    for site in call_sites.find(program, resolver, list(question.watched),
                                files=files):
        if site.api in effects.FAST:
            site.converted_together = question.together
        decision = handwritten_sites.decide(question.applied, site) \
            if site.api in question.listed else decider.already(site)
        if decision is None:
            call_sites.trace(program, resolver, iterators, site)
            decision = decider.decide(site)
        elif decision.disposition == Disposition.CONVERTED and \
                site.api in effects.PINNING:
            call_sites.trace(program, resolver, iterators, site)
            pinned.decide(program, resolver, site, decision)
        if decision.disposition not in _NO_BUGS:
            decision.bugs = bugs(finder, decision)
        decisions.append(decision)
    return Decided(decisions, answers.used())


def bugs(finder: Finder, decision: Decision
         ) -> tuple[list[Finding], list[Finding]]:
    """Return what is wrong near a call today, and where its exits leak."""
    site = decision.site
    exits = {leak.line for leak in decision.leaks}
    return finder.at_hand(site), [
        f for f in finder.on_paths(site, True) if f.line in exits
        and f.code.startswith("leak")] if exits else []
