# SPDX-License-Identifier: GPL-2.0-only
"""The stages in order, for each target of the command."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

from pinlib.analysis import census, fixed_point, release_groups, since
from pinlib.base.errors import ProofError, UsageError
from pinlib.base.files import to_json, write_file, write_json
from pinlib.base.options import Options
from pinlib.base.records import Release, Series, Site
from pinlib.base.resources import ROOT
from pinlib.commands import allowance
from pinlib.decide import reviewed_answers
from pinlib.decide.bugs.findings import Finder, Finding
from pinlib.kernel import git_checkout, kernel_tree, subsystem_filter
from pinlib.kernel.view import View
from pinlib.report.evidence import read_evidence
from pinlib.report.terminal import NO_PINS
from pinlib.rewrite import apply
from pinlib.series import commits, reroll


@dataclasses.dataclass
class Result:
    """What the stages up to the plan made of a tree."""

    analysis: fixed_point.Analysis
    groups: list[release_groups.Group]
    started: float
    previous: dict[str, reroll.Old] = dataclasses.field(
        default_factory=dict)

    def sites(self) -> list[Site]:
        """Every call site, with lines of the tree as it is converted."""
        found = [fixed_point.site_of(d, self.analysis.resolver,
                                     self.analysis.subsystems)
                 for d in self.analysis.decisions]
        by_id = {s: g.id for g in self.groups
                 for s in (d.site.id for d in g.decisions)}
        by_id |= {d.site.id: commits.core_group(d.core["name"])
                  for d in self.analysis.decisions if d.core}
        for site in found:
            if site.disposition == "convert":
                site.group = by_id.get(site.id)
        return found

    def core(self) -> list[dict[str, Any]]:
        """The core rules, and why one does not serve this tree."""
        return [{"rule": f"cocci/core/{a.rule.name}.toml",
                 "applied": bool(a.states), "reason": a.refused or None}
                for a in self.analysis.core]


def answers(opts: Options) -> Path | None:
    """The decisions file that counts: the one given, or the tool's own."""
    if opts.decisions is None and opts.module is None:
        return reviewed_answers.OWN
    return opts.decisions


def _analyse(opts: Options) -> Result:
    started = time.monotonic()
    subsystem_filter.check(opts.module or opts.kernel, opts.subsystem)
    # Before anything is written: it may be the series that is replaced.
    previous = reroll.read(opts.previous) if opts.previous else {}
    change = since.read(opts.module or opts.kernel, opts.since) \
        if opts.since else None
    found = fixed_point.run(opts.kernel, opts.module, opts.jobs, opts.apis,
                            answers(opts))
    groups = commits.make_plan(found)
    why = commits.no_helpers(opts.kernel, opts.module is not None)
    if why:
        commits.refuse_helpers(groups, why)
    if change:
        found.decisions = [d for d in found.decisions
                           if since.concerns(change, d)]
    return Result(found, [g for g in groups if g.decisions[0].disposition
                          == "convert"], started, previous)


def _write(opts: Options, result: Result, sites: list[Site],
           finished: str, series: list[Series] | None = None) -> None:
    from pinlib.report import json_report, pages
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
        result.core(), _patches(result, series or []))
    pages.write(opts.out, made, read_evidence(
        opts.out / "evidence.json") if series else {})
    write_json(opts.out / "plan.json", {
        g.id: {"files": g.hashes, "edits": g.edits} for g in result.groups})
    timings = {**found.timings, finished: time.monotonic() - result.started}
    write_json(opts.out / "timings.json",
               {k: round(v, 3) for k, v in timings.items()})


def as_checked_out(site: Site, view: View) -> Site:
    """A site with its lines as the checkout has them.

    A preparatory patch moves lines; what it adds stands at the line before.
    """
    def place(item: Any) -> Any:
        extra = {}
        if isinstance(item, Release) and view.is_new(item.file, item.line):
            extra["form"] = f"{item.form} [added by a preparatory patch]"
        return dataclasses.replace(
            item, line=view.original(item.file, item.line), **extra)
    return dataclasses.replace(
        site, line=view.original(site.file, site.line),
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
            "line": view.original(finding["file"], finding["line"])}


def _patches(result: Result, series: list[Series]) -> list[dict[str, Any]]:
    """The mails of a run with what each of them edits."""
    view = result.analysis.program.tree
    edits = {g.id: [{**e, "line": e["line"] and view.original(
        e["file"], e["line"])}
                    for e in g.edits] for g in result.groups}
    rules = {g: [str(r.relative_to(ROOT)) for r in apply.rules_for(e)]
             for g, e in edits.items()}
    rules |= {commits.core_group(a.rule.name): [
        f"cocci/core/{a.rule.name}.toml"] for a in result.analysis.core}
    return [{
        "series": one.slug, "subsystem": one.subsystem, "mail": patch.mail,
        "kind": patch.kind, "group": patch.group, "command": patch.rule,
        "rules": rules.get(patch.group, [])
        if patch.kind == "convert" else [],
        "files": patch.files, "sites": patch.sites, "tree": patch.tree,
        "edits": edits.get(patch.group, [])
        if patch.kind == "convert" else []}
        for one in series for patch in one.patches]


def findings(result: Result) -> list[dict[str, Any]]:
    """Bugs of today that the facts at hand show; `audit` asks for more."""
    found = result.analysis
    finder = Finder(found.program, found.resolver)
    made: set[Finding] = set()
    for decision in found.decisions:
        site = decision.site
        if decision.disposition in ("core", "test") or \
                decision.code == "call-not-read":
            continue
        made |= set(finder.at_hand(site))
        exits = {leak.line for leak in decision.leaks}
        if exits:
            made |= {dataclasses.replace(f, confidence="Moderate")
                     for f in finder.ways(site, True) if f.line in exits
                     and f.code.startswith("leak") and f not in made}
    return [dataclasses.asdict(f) for f in made]


def run_report(opts: Options) -> None:
    """Census to decide, and the report."""
    result = _analyse(opts)
    _write(opts, result, result.sites(), "report")
    _say(opts, result)
    _end(opts, result)


def _end(opts: Options, result: Result) -> None:
    """End with the exit code for code that could not be read, if any was."""
    found = result.analysis
    counts = census.Read(found.tokens, found.unparsed).counts()
    allowance.end(opts, counts, found.unparsed, [
        {"id": d.site.id, "file": d.site.file, "line": d.site.line,
         "code": d.code, "reason": d.reason} for d in found.decisions])


def _say(opts: Options, result: Result) -> None:
    if opts.format == "gcc":
        return
    counts: dict[str, int] = {}
    for decision in result.analysis.decisions:
        counts[decision.disposition] = counts.get(decision.disposition, 0) + 1
    if not result.analysis.pins:
        print(NO_PINS)
    print(f"{opts.out / 'report.txt'}: {len(result.analysis.decisions)} call "
          "sites: " + ", ".join(f"{n} {k}" for k, n in sorted(
              counts.items())))


def _series(opts: Options) -> tuple[Result, list[Series]]:
    result = _analyse(opts)
    series = commits.convert(opts.module or opts.kernel, opts.out,
                             result.analysis, result.groups, opts.subsystem)
    write_json(opts.out / "commits.json", series)
    _render(opts, result, series)
    return result, series


def _render(opts: Options, result: Result, series: list[Series]) -> None:
    from pinlib.series.writer import write_series
    evidence = read_evidence(opts.out / "evidence.json")
    sites = result.sites()
    patches = write_series(opts.kernel, opts.out, series, sites, evidence,
                           result.previous, opts.module,
                           lambda name: opts.replace or subsystem_filter.matches(
                               name, opts.subsystem),
                           lambda text: print(text, flush=True))
    trees = {s: p.tree for one in series for p in one.patches
             for s in p.sites}
    for site in sites:
        site.patch = patches.get(site.id)
        site.evidence = evidence.get(trees.get(site.id, ""), {})
    _write(opts, result, sites, "series", series)


def run_series(opts: Options) -> None:
    """The report, and the patches by subsystem."""
    result, series = _series(opts)
    _say(opts, result)
    for one in series:
        print(f"{opts.out / 'series' / one.slug}: {len(one.patches)} "
              "patches")
    if opts.subsystem and not series:
        print(f"{opts.subsystem}: no call site to convert")
    found = git_checkout.find(opts.module or opts.kernel)
    top = found.top if found else opts.module or opts.kernel
    gone = result.previous.keys() - {s.slug for s in series}
    for slug in sorted(gone if not opts.subsystem else ()):
        for mail in result.previous[slug].mails:
            why = "merged" if reroll.merged(mail, top) else \
                "not made any more"
            print(f"series/{slug} is dropped: {mail.subject}: {why}")
    _end(opts, result)


def run_prove(opts: Options) -> None:
    """The series with its proofs, and the changelogs that quote them."""
    from pinlib.commands import rescan
    from pinlib.prove import prove
    if opts.module is not None:
        raise UsageError("prove: a folder outside the kernel gets a report "
                         "and a series; its own Makefile builds it")
    result, series = _series(opts)
    outcome = prove.prove(opts.kernel, opts.out, opts.jobs, opts.build,
                          [s.slug for s in series] if opts.subsystem
                          else None,
                          say=lambda text: print(text, flush=True))
    _render(opts, result, series)
    prove.check_mails(opts.kernel, opts.out, opts.jobs)
    lost = rescan.problems(opts, result, series, answers(opts))
    _note_rescan(opts, series, lost)
    draw(opts)
    _say(opts, result)
    for name, count in sorted(outcome.counts.items()):
        print(f"{name}: " + ", ".join(f"{n} {k}" for k, n in sorted(
            count.items())))
    outcome.raise_if_failed()
    if lost:
        raise ProofError(f"re-scan: {lost[0]}")
    _end(opts, result)


def run_audit(opts: Options) -> None:
    """What is wrong today with every call that takes pages."""
    from pinlib.commands import audit
    audit.run(opts)


def _note_rescan(opts: Options, series: list[Series],
                 lost: list[str]) -> None:
    """Put the re-scan among the proofs of each patch that it looked at."""
    path = opts.out / "evidence.json"
    evidence = read_evidence(path)
    for one in series:
        for patch in (p for p in one.patches if p.kind == "convert"):
            mine = [text for text in lost
                    if text.partition(":")[0] in patch.files]
            evidence.setdefault(patch.tree, {})["rescan"] = {
                "command": patch.rule.replace(" series", " prove"),
                "result": "fail" if mine else "pass",
                "reason": "; ".join(mine)}
    write_json(path, dict(sorted(evidence.items())))


def draw(opts: Options) -> None:
    """The pages for a browser, from what OUT holds."""
    from pinlib.report import json_report, pages
    pages.write(opts.out, json_report.read(opts.out / "report.json"),
                read_evidence(opts.out / "evidence.json"))


def run_boot(opts: Options) -> None:
    """Run the series: KUnit, and workloads that count pages exactly."""
    from pinlib.boot import boot, machines
    from pinlib.report import json_report
    machine = machines.MACHINES[opts.machine]
    key = boot.state_key(opts.kernel, opts.subsystem, opts.apis,
                         answers(opts))
    kept = boot.stands(opts.out, key, machine)
    if kept:
        print(f"{kept} (kept: nothing has changed)")
        allowance.end_of(opts, json_report.read(opts.out / "report.json"))
        return
    result, series = _series(opts)
    view = result.analysis.program.tree
    sites = [as_checked_out(s, view) for s in result.sites()]
    outcome = boot.run(opts.kernel, opts.out, opts.jobs, series, sites,
                       lambda text: print(text, flush=True), machine)
    boot.attach(opts.out, series, outcome)
    _render(opts, result, series)
    _say(opts, result)
    print(outcome.summary())
    outcome.raise_if_failed()
    boot.keep(opts.out, key, outcome)
    _end(opts, result)


def run_mutants(opts: Options) -> None:
    """Break each patch on purpose and see whether that is noticed."""
    from pinlib.commands import mutants
    result, series = _series(opts)
    view = result.analysis.program.tree
    sites = [as_checked_out(s, view) for s in result.sites()]
    mutants.run(opts, result, series, sites,
                lambda text: print(text, flush=True))
    _end(opts, result)


def run_explain(opts: Options) -> None:
    """Everything known about one site."""
    from pinlib.commands import explain
    result = _analyse(opts)
    explain.run(opts, result.analysis)
    _end(opts, result)


def run_stage(opts: Options, name: str) -> None:
    """One stage alone, with the file it leaves."""
    if name == "convert":
        _end(opts, _series(opts)[0])
        return
    if name == "render":
        draw(opts)
        return
    result = _analyse(opts)
    found = result.analysis
    if name == "census":
        write_json(opts.out / "census.json", found.tokens)
    elif name == "facts":
        lines = "".join(
            to_json(f).replace("\n", "") + "\n"
            for file in sorted({k[0] for k in found.program.functions})
            for f in found.program.store.whole(file))
        write_file(opts.out / "facts.jsonl", lines)
    elif name == "pair":
        write_json(opts.out / "sites.json", {
            d.site.id: [{"kind": e.kind, "place": e.place, "what": str(
                e.call or e.node)} for e in d.site.flow.events]
            for d in found.decisions})
    else:
        _write(opts, result, result.sites(), "decide")
    _end(opts, result)
