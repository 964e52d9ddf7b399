# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree; gives what is decided on each of its calls, and why."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import gc
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinlib.analysis import (census, explanation, flow_for_report,
                             handwritten_sites, macro_sites, open_program,
                             release_groups, resting_on_unread,
                             second_opinion, unread_calls)
from pinlib.analysis.arms import (inactive_calls, kernel_versions,
                                  two_definitions, undeclared)
from pinlib.analysis.parts import deciding
from pinlib.base import records
from pinlib.base.codes import Code
from pinlib.base.files import forget
from pinlib.base.records import Disposition
from pinlib.base.why_not import WhyNot
from pinlib.decide import api_forms
from pinlib.decide.decide import Decision
from pinlib.decide.reviewed_answers import Decisions, load
from pinlib.flow import call_sites, iterators
from pinlib.flow.graph import EventKind
from pinlib.kernel import effects, kernel_tree, known_macros
from pinlib.kernel.maintainers import Subsystems, read_subsystems
from pinlib.kernel.view import View, prepared
from pinlib.kernel.word_index import Indexes
from pinlib.kept.answers import KEPT, Answers
from pinlib.kept.inputs import Now
from pinlib.program.locations import Resolver
from pinlib.program.program import Program
from pinlib.reader import build
from pinlib.rewrite import handwritten

COUNTERPARTS = ("pin_user_pages_fast", "iov_iter_extract_pages",
                "iov_iter_extract_bvecs",
                "iov_iter_extract_pages_alloc",
                "iov_iter_extract_pages_noadvance",
                "iov_iter_extract_pages_alloc_noadvance")


@dataclass
class Analysis:
    """Everything that report and convert need to know of a tree."""

    program: Program
    resolver: Resolver
    decisions: list[Decision]
    answers: Decisions
    tokens: list[census.Token]
    unparsed: list[dict[str, Any]]
    subsystems: Subsystems
    native: bool
    pins: bool      # whether the tree has pins at all
    core: list[handwritten.Applied]
    module: Path | None = None
    timings: dict[str, float] = field(default_factory=dict)
    # The same for this kernel, where names that nobody knows decide what it
    # compiles of a module, and for each other kernel that it is written for.
    same: list[Analysis] = field(default_factory=list)
    others: list[Analysis] = field(default_factory=list)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Turn off the collector, as all that an analysis makes stays to its end."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_uncollected()
def run(kernel: Path, module: Path | None, jobs: int, apis: str,
        decisions: Path | None,
        converted: Mapping[str, str | None] | None = None,
        now: Now | None = None) -> Analysis:
    """Analyse a kernel tree, or a module's folder against one.

    With converted, the tree as it is with these texts of files; None stands
    for a file that is no longer there. now: the machine, if it was looked at.
    """
    cache = kernel_tree.cache_folder()
    now = now or Now(Indexes(cache))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        # Nothing needs the reader yet; if it does not build, who does will say.
        pool.submit(build.ensure, cache)
        applied = [] if module or converted else \
            handwritten.apply_all(kernel, cache, Answers(cache, View(kernel), now))
    tree = prepared(module or kernel, converted or {
        f: t for a in applied if not a.rule.converts
        for f, t in a.last.items()}, cache, kernel if module else None,
        known_macros.of(kernel, module, cache))
    answers = load(decisions, kernel_tree.kernel_version(kernel))
    era = api_forms.read(kernel, module is not None)
    found = _analyse(kernel, tree, now, jobs, apis, answers, era, applied)
    if module:
        implied = undeclared.implied(found.program, era)
        if implied:
            tree = dataclasses.replace(
                tree, known=undeclared.known_with(tree.known, *implied))
            found = _analyse(kernel, tree, now, jobs, apis, answers, era,
                             applied)
        ways = kernel_versions.ways(found.program, found.decisions, era)
        found.same = [_analyse(kernel, dataclasses.replace(tree, known=known),
                               now, jobs, apis, answers, era, [])
                      for known in ways.kernels]
        theirs = answers.for_other_kernels(
            (d.site, d.releases) for one in (found.same or [found])
            for d in one.decisions if d.disposition == Disposition.CONVERT)
        others = [] if converted else kernel_versions.others(
            kernel, cache, era,
            (*ways.names, *(name for name, _ in implied)), [
                (one.program, one.decisions) for one in found.same or [found]])
        found.others = [
            _analyse(kernel, dataclasses.replace(tree, known=known), now,
                     jobs, apis, theirs, declares, [])
            for known, declares in others]
        _agree(found)
    elif not converted:
        answers.check({d.site.id for d in found.decisions})
    for name in ("parts", "second"):
        forget(cache / name, KEPT)
    return found


def _agree(found: Analysis) -> None:
    """Take what is decided where a kernel's unknown names are known.

    A site is convertible if it is however they are defined.
    """
    known: dict[tuple[str, int, int], list[Decision]] = {}
    never: dict[tuple[str, int, int], Decision] = {}
    for analysis in found.same:
        for decision in analysis.decisions:
            if decision.disposition != Disposition.INACTIVE:
                known.setdefault(decision.site.place, []).append(decision)
            else:
                never[decision.site.place] = decision
    while any([_as_the_other(made) for made in known.values()]):
        for analysis in found.same:
            disentangle(analysis.decisions)
    for number, decision in enumerate(found.decisions):
        made = known.get(decision.site.place, [])
        for one in made:
            # The number in an id counts the calls that are compiled.
            one.site.id = decision.site.id
        if made:
            found.decisions[number] = made[0]
        elif not made and decision.site.place in never:
            found.decisions[number] = never[decision.site.place]


def _as_the_other(made: list[Decision]) -> bool:
    """Leave what is not convertible in each way; say whether there was any."""
    other = next((d for d in made if d.disposition != Disposition.CONVERT),
                 None)
    left = [d for d in made if d.disposition == Disposition.CONVERT] \
        if other else []
    for decision in left:
        assert other is not None
        decision.leave(WhyNot(other.code, other.reason,
                              other.blocked_by or ":".join(
                                  map(str, other.site.place[:2]))))
    return bool(left)


def _analyse(kernel: Path, tree: View, now: Now, jobs: int, apis: str,
             answers: Decisions, known: api_forms.Era,
             applied: list[handwritten.Applied]) -> Analysis:
    """Decide on the calls of a tree as one kernel compiles it."""
    cache = kernel_tree.cache_folder()
    listed = known.listed(apis)
    names = list(listed)
    watched = names + list(COUNTERPARTS) + (
        sorted(set(effects.PIN_OF.values()) - set(COUNTERPARTS))
        if apis == "all" else [])
    start = time.monotonic()
    program = open_program.with_macros(tree, cache, now, watched, listed,
                                       known)
    tree = program.tree
    resolver = Resolver(program)
    kinds = iterators.kinds(kernel)
    sites = call_sites.find(program, resolver, watched)
    timings = {"census": time.monotonic() - start}
    made = deciding.made(resolver, cache, now, sites, jobs, deciding.Question(
        kinds, answers, known, applied, listed, tuple(watched),
        deciding.Together(sites)))
    disentangle(made)
    with second_opinion.asked(tree, made, watched, jobs, cache) as compare:
        # These decide on other calls.
        hidden = macro_sites.decide(
            program, resolver, iterators.Iterators(program, resolver, kinds),
            known, watched, Answers(cache, tree, now))
        compare()
    if tree.kernel is not None:
        two_definitions.leave(program, made)
    disentangle(made)
    read = unread_calls.read(program, [d.site for d in made], names)
    _account(program, known, read.tokens, made)
    made += hidden + unread_calls.pointers(program, known, read.tokens, made)
    made += inactive_calls.decide(
        program, watched, tree.known.version or kernel_tree.kernel_version(
            kernel), made)
    timings["facts"] = time.monotonic() - start - timings["census"]
    return Analysis(program, resolver, made, answers, read.tokens,
                    read.regions, read_subsystems(tree.root), known.native,
                    known.pins, applied, tree.root if tree.kernel else None,
                    timings)


def disentangle(made: list[Decision]) -> None:
    """Leave what shares a release with a call that stays as it is."""
    while pairs := release_groups.entangled(made):
        for decision, other in pairs:
            decision.leave(WhyNot(
                Code.SHARES_RELEASE, "It shares a release with a call that stays "
                f"as it is ({other.code}).",
                f"{other.site.file}:{other.site.line}"))


def _account(program: Program, known: api_forms.Era, tokens: list[census.Token],
             made: list[Decision]) -> None:
    """Let what was not read cost its own sites, and those that rest on it."""
    gaps = resting_on_unread.gaps(program, tokens)
    if gaps:
        unread_calls.account(program, known, tokens, made)
        resting_on_unread.leave_dependent_sites(program, gaps, made)
        disentangle(made)


def site_of(decision: Decision, resolver: Resolver,
            subsystems: Subsystems) -> records.Site:
    """Return the report's record of a decision."""
    site = decision.site
    if decision.core:
        program = resolver.program
        return handwritten_sites.describe(
            decision, subsystems.subsystem_of(site.file),
            {r["file"]: program.text(r["file"]) for key in (
                "releases", "handoffs") for r in decision.core.get(key, [])})
    shown = flow_for_report.Graph(site.flow, site.function, site.statement)
    releases = [shown.release(e) for e in decision.releases]
    handoffs = [shown.handoff(e) for e in site.flow.of(
        EventKind.INTO, *([] if decision.disposition == Disposition.CONVERT
                          else [EventKind.PLAIN_OWNER]))]
    converts = decision.disposition == Disposition.CONVERT
    return records.Site(
        site.id, site.file, site.line, site.column, site.function.name,
        site.api, subsystems.subsystem_of(site.file),
        sorted(decision.iterators), decision.case,
        records.Pages(*call_sites.pages_kind(resolver, site)),
        _unique(releases), _unique(handoffs), decision.disposition,
        decision.needs_flag, decision.code, decision.reason,
        decision.blocked_by, release_groups.rule(site) if converts else None,
        graph=shown.nodes, left=[shown.left(*pair) for pair in decision.left],
        blocked_via=shown.at(site.flow, decision.blocked_by),
        steps=explanation.steps(decision), settle=explanation.question(decision),
        proof=explanation.proof(decision), told_by=decision.told_by)


def _unique(items: list[Any]) -> list[Any]:
    found = {(i.file, i.line, str(i)): i for i in items}
    return [found[k] for k in sorted(found)]
