# SPDX-License-Identifier: GPL-2.0-only
"""Write the patch series of a campaign that is declared in cocci/campaigns."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from pinlib.base.files import write_json
from pinlib.base.options import Options
from pinlib.base.records import Series
from pinlib.commands.campaign import report
from pinlib.engine import series, words
from pinlib.engine.found import Found
from pinlib.kept.inputs import Now
from pinlib.kernel import kernel_tree, subsystem_filter
from pinlib.kernel.word_index import Indexes
from pinlib.report import pages
from pinlib.report.evidence import read_evidence
from pinlib.series import reroll
from pinlib.series.writer import write_series


@dataclass(frozen=True)
class Made:
    """What was found, the series of it, and those that they follow."""

    found: Found
    series: list[Series]
    previous: dict[str, reroll.Old]


def make(opts: Options) -> Made:
    """Run all stages up to the mails, with the proofs that are kept."""
    started = time.monotonic()
    subsystem_filter.check(opts.kernel, opts.subsystem)
    # Before anything is written: that may replace this series.
    previous = reroll.read(opts.previous) if opts.previous else {}
    result = report.analyse(opts, Now(Indexes(kernel_tree.cache_folder())))
    made = series.make(opts.kernel, opts.out, result, opts.subsystem, opts.jobs)
    write_json(opts.out / "commits.json", made)
    done = Made(result, made, previous)
    render(opts, done)
    report.write_times(opts, {**result.timings,
                              "series": time.monotonic() - started})
    return done


def render(opts: Options, done: Made) -> None:
    """Write the mails, and the report with them, with the proofs that are kept."""
    result, made = done.found, done.series
    evidence = read_evidence(opts.out / "evidence.json")
    patches = write_series(
        opts.kernel, opts.out, made, result.sites, evidence, done.previous, None,
        opts.signoff, lambda name: opts.replace or subsystem_filter.matches(
            name, opts.subsystem), lambda text: print(text, flush=True),
        opts.jobs, words.of(result.campaign))
    trees = {s: p.tree for one in made for p in one.patches for s in p.sites}
    for site in result.sites:
        site.patch = patches.get(site.id)
        site.evidence = evidence.get(trees.get(site.id, ""), {})
    written = report.write_results(opts, result, _patches(result, made))
    pages.write(opts.out, written, evidence)
    write_json(opts.out / "plan.json", report.plan_of(result))


def _patches(result: Found, made: list[Series]) -> list[dict[str, Any]]:
    """Return the mails of a run with what each of them edits."""
    edits = {site: edit.to_json() for group in result.groups
             for site, edit in zip(group.sites, group.edits)}
    rules = {site.id: str(site.rule) for site in result.sites}
    return [{
        "series": one.slug, "subsystem": one.subsystem, "mail": patch.mail,
        "kind": patch.kind, "group": patch.group, "command": patch.rule,
        "rules": sorted({rules[s] for s in patch.sites}),
        "files": patch.files, "sites": patch.sites, "tree": patch.tree,
        "edits": [edits[s] for s in patch.sites]}
        for one in made for patch in one.patches]


def run(opts: Options) -> None:
    """Write the report, and the patches by subsystem."""
    done = make(opts)
    for one in done.series:
        print(f"{opts.out / 'series' / one.slug}: {len(one.patches)} "
              f"patch{'es' * (len(one.patches) > 1)}")
    if opts.subsystem and not done.series:
        print(f"{opts.subsystem}: nothing to convert")
    unread = report.lost(done.found.unparsed)
    if unread:
        raise unread
