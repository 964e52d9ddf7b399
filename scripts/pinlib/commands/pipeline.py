# SPDX-License-Identifier: GPL-2.0-only
"""Run the stages in order, as every target of the command needs them."""

from __future__ import annotations

import collections
import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinlib.analysis import census, release_groups, since, whole_tree
from pinlib.analysis.parts import deciding
from pinlib.audit import mend
from pinlib.base.codes import Code
from pinlib.base.files import write_json
from pinlib.base.options import Options
from pinlib.base.records import Disposition, PatchKind, Release, Series, Site
from pinlib.base.resources import ROOT
from pinlib.commands import allowance
from pinlib.decide import reviewed_answers
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.kept.inputs import Now
from pinlib.kernel import git_checkout, kernel_tree, subsystem_filter
from pinlib.kernel.view import View
from pinlib.report import json_report, pages
from pinlib.report.evidence import read_evidence
from pinlib.report.terminal import NO_PINS
from pinlib.rewrite import apply, ledger
from pinlib.series import commits, reroll
from pinlib.series.writer import write_series


@dataclasses.dataclass
class Result:
    """The results of the stages up to the plan."""

    analysis: whole_tree.Analysis
    groups: list[release_groups.Group]
    started: float
    previous: dict[str, reroll.Old] = dataclasses.field(
        default_factory=dict)

    def sites(self) -> list[Site]:
        """Return every call site, with lines of the tree as it is converted."""
        found = [whole_tree.site_of(d, self.analysis.resolver,
                                    self.analysis.subsystems)
                 for d in self.analysis.decisions]
        by_id = {s: g.id for g in self.groups
                 for s in (d.site.id for d in g.decisions)}
        by_id |= {d.site.id: commits.core_group(d.core["name"])
                  for d in self.analysis.decisions if d.core}
        for site in found:
            if site.disposition == Disposition.CONVERT:
                site.group = by_id.get(site.id)
        return found

    def say(self, opts: Options) -> None:
        """Print how many call sites have which disposition."""
        say(opts, collections.Counter(
            str(d.disposition) for d in self.analysis.decisions),
            self.analysis.pins)

    def core(self) -> list[dict[str, Any]]:
        """Return the core rules, and why one does not serve this tree."""
        return [{"rule": f"cocci/core/{a.rule.name}.toml",
                 "applied": bool(a.states), "reason": a.refused or None}
                for a in self.analysis.core]


def answers(opts: Options) -> Path | None:
    """Return the decisions file that applies: the one given, or the tool's own."""
    if opts.decisions is None and opts.module is None:
        return reviewed_answers.OWN
    return opts.decisions


def lacking(opts: Options) -> commits.Missing:
    """Return the helpers that patches to what is asked about cannot call."""
    return commits.lacking(opts.kernel, opts.module is not None)


def analyse(opts: Options, now: Now | None = None,
            missing: commits.Missing | None = None) -> Result:
    """Run all stages up to the plan.

    now: the machine, if it was looked at. missing: the helpers that are lacking,
    if that was.
    """
    started = time.monotonic()
    subsystem_filter.check(opts.module or opts.kernel, opts.subsystem)
    # Before anything is written: that may replace this series.
    previous = reroll.read(opts.previous) if opts.previous else {}
    change = since.read(opts.module or opts.kernel, opts.since) \
        if opts.since else None
    found = whole_tree.run(opts.kernel, opts.module, opts.jobs, opts.apis,
                           answers(opts), now=now)
    groups = commits.make_plan(found, missing or lacking(opts))
    if change:
        found.decisions = [d for d in found.decisions
                           if since.concerns(change, d)]
    return Result(found, [g for g in groups if g.decisions[0].disposition
                          == Disposition.CONVERT], started, previous)


def write_results(opts: Options, result: Result, sites: list[Site],
                  finished: str, series: list[Series] | None = None
                  ) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the report, the plan and the times of a run into OUT.

    Returns what report.json and plan.json hold.
    """
    found = result.analysis
    view = found.program.tree
    made = json_report.write_report(
        opts.out, {"version": kernel_tree.kernel_version(opts.kernel),
                   "commit": git_checkout.commit_of(opts.kernel),
                   "since": opts.since, "pins": found.pins},
        [as_checked_out(s, view) for s in sites],
        [_moved(f, view) for f in findings(result)], found.unparsed,
        census.Read(found.tokens, found.unparsed).counts(),
        [dataclasses.asdict(a) for a in found.answers.used()],
        result.core(), _patches(result, series or []), collections.Counter(
            why for d in found.decisions for why in d.only_read))
    plan = {g.id: {"files": g.hashes, "edits": [
        e.to_json() for e in release_groups.as_checked_out(view, g.edits)],
        **({"kernels": {o.version: o.to_json() for o in g.others}}
           if g.others else {})} for g in result.groups}
    write_json(opts.out / "plan.json", plan)
    timings = {**found.timings, finished: time.monotonic() - result.started}
    write_json(opts.out / "timings.json",
               {k: round(v, 3) for k, v in timings.items()})
    return made, plan


def as_checked_out(site: Site, view: View) -> Site:
    """Return a site with its lines as they are in the checkout.

    A preparatory patch moves lines; what it adds is given the line before.
    """
    def place(item: Any) -> Any:
        extra = {}
        if isinstance(item, Release) and view.is_new(item.file, item.line):
            extra["form"] = f"{item.form} [added by a preparatory patch]"
        return dataclasses.replace(
            item, line=view.original(item.file, item.line), **extra)
    return dataclasses.replace(
        site, line=view.original(site.file, site.line),
        column=view.column(site.file, site.line, site.column),
        releases=[place(r) for r in site.releases],
        handoffs=[place(h) for h in site.handoffs],
        graph=[place(n) for n in site.graph],
        left=[dataclasses.replace(place(e), why=view.in_text(e.why))
              for e in site.left],
        steps=[view.in_text(s) for s in site.steps],
        proof={k: [view.in_text(s) for s in v]
               for k, v in site.proof.items()},
        reason=view.in_text(site.reason),
        blocked_by=site.blocked_by and view.in_text(site.blocked_by))


def _moved(finding: dict[str, Any], view: View) -> dict[str, Any]:
    return {**finding, "other": view.in_text(finding["other"]),
            "line": view.original(finding["file"], finding["line"]),
            "steps": [{**step, "line": view.original(step["file"], step["line"])}
                      for step in finding["steps"]]}


def _patches(result: Result, series: list[Series]) -> list[dict[str, Any]]:
    """Return the mails of a run with what each of them edits."""
    view = result.analysis.program.tree
    edits = {g.id: [dataclasses.replace(
        e, line=e.line and view.original(e.file, e.line),
        column=e.line and view.column(e.file, e.line, e.column)).to_json()
        for e in g.edits] for g in result.groups}
    rules = {g.id: [str(r.relative_to(ROOT)) for r in
                    apply.rules_for(g.edits)] for g in result.groups}
    rules |= {commits.core_group(a.rule.name): [
        f"cocci/core/{a.rule.name}.toml"] for a in result.analysis.core}
    return [{
        "series": one.slug, "subsystem": one.subsystem, "mail": patch.mail,
        "kind": patch.kind, "group": patch.group, "command": patch.rule,
        "rules": rules.get(patch.group, [])
        if patch.kind == PatchKind.CONVERT else [],
        "files": patch.files, "sites": patch.sites, "tree": patch.tree,
        "edits": edits.get(patch.group, [])
        if patch.kind == PatchKind.CONVERT else []}
        for one in series for patch in one.patches]


def findings(result: Result) -> list[dict[str, Any]]:
    """Return existing bugs near the calls that were decided; audit finds more."""
    found = result.analysis
    finder = Finder(found.program, found.resolver)
    made: set[Finding] = set()
    for decision in found.decisions:
        if decision.disposition in (
                Disposition.CORE, Disposition.TEST, Disposition.INACTIVE) or \
                decision.code == Code.CALL_NOT_READ:
            continue
        near, leaks = decision.bugs or deciding.bugs(finder, decision)
        made |= set(near)
        made |= {dataclasses.replace(f, confidence="Moderate")
                 for f in leaks if f not in made}
    return [dataclasses.asdict(f) for f in made]


def end(opts: Options, result: Result) -> None:
    """End with the exit code for code that could not be read, if any was."""
    found = result.analysis
    counts = census.Read(found.tokens, found.unparsed).counts()
    allowance.end(opts, counts, found.unparsed, [
        {"id": d.site.id, "file": d.site.file, "line": d.site.line,
         "code": d.code, "reason": d.reason} for d in found.decisions])


def say(opts: Options, counts: Mapping[str, int], pins: bool,
        sites: str = "call sites") -> None:
    """Print how many sites have which disposition.

    pins: whether the tree has pins at all. sites: what they are.
    """
    if opts.format == "gcc":
        return
    if not pins:
        print(NO_PINS)
    print(f"{opts.out / 'report.txt'}: {sum(counts.values())} {sites}: " +
          ", ".join(f"{n} {k}" for k, n in sorted(counts.items()) if n))


def make_series(opts: Options) -> tuple[Result, list[Series]]:
    """Run all stages up to the mails, with the proofs that are kept."""
    with ledger.built_aside():
        result = analyse(opts)
        series = commits.convert(opts.module or opts.kernel, opts.out,
                                 result.analysis, result.groups,
                                 opts.subsystem, opts.jobs, opts.standalone)
    write_json(opts.out / "commits.json", series)
    render(opts, result, series)
    return result, series


def render(opts: Options, result: Result, series: list[Series]) -> None:
    """Write the mails and the report, with what has been proven so far."""
    evidence = read_evidence(opts.out / "evidence.json")
    sites = result.sites()
    patches = write_series(opts.kernel, opts.out, series, sites, evidence,
                           result.previous, opts.module, opts.signoff,
                           lambda name: opts.replace or not name.startswith(
                               mend.FIXES) and subsystem_filter.matches(
                                   name, opts.subsystem),
                           lambda text: print(text, flush=True), opts.jobs)
    trees = {s: p.tree for one in series for p in one.patches
             for s in p.sites}
    for site in sites:
        site.patch = patches.get(site.id)
        site.evidence = evidence.get(trees.get(site.id, ""), {})
    made, _ = write_results(opts, result, sites, "series", series)
    pages.write(opts.out, made, evidence)


def write_pages(opts: Options) -> None:
    """Write the pages for a browser, from the results in OUT."""
    pages.write(opts.out, json_report.read(opts.out / "report.json"),
                read_evidence(opts.out / "evidence.json"))
