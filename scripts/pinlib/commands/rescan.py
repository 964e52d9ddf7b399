# SPDX-License-Identifier: GPL-2.0-only
"""Run the report again on the converted copy: nothing lost, nothing left."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pinlib.analysis import whole_tree
from pinlib.base.options import Options
from pinlib.base.records import Disposition, PatchKind, Series
from pinlib.commands.pipeline import Result
from pinlib.decide.decide import Decision
from pinlib.series.scratch.scratch_repo import BASE_REF, Scratch


def problems(opts: Options, result: Result, series: list[Series],
             answers: Path | None) -> list[str]:
    """Return what is wrong in a report on the converted tree.

    A converted call is there under its new name, as one that pins and releases
    to match; every other call is as it was; and nothing more can be converted.
    """
    texts = whole(opts, result, series)
    return scan(opts, result, series, answers, texts) if texts else []


def whole(opts: Options, result: Result,
          series: list[Series]) -> dict[str, str]:
    """Return the texts that make the converted tree of the checkout."""
    texts = converted(opts, series)
    # A site that was not asked for stands as its preparatory patch leaves it.
    view = result.analysis.program.tree.plain
    return {f: view.path(f).read_text(encoding="latin-1")
            for f in view.files} | texts if texts else {}


def scan(opts: Options, result: Result, series: list[Series],
         answers: Path | None, texts: dict[str, str]) -> list[str]:
    """Return the problems of the checkout with these texts."""
    again = whole_tree.run(opts.kernel, opts.module, opts.jobs, opts.apis,
                           answers, texts)
    done = {i for s in series for p in s.patches if p.kind == PatchKind.CONVERT
            for i in p.sites}
    # A call in the helpers is no call site of the tree.
    own = {f for s in series for p in s.patches if p.kind == PatchKind.OVERLAY
           for f in p.files}
    known = {d.site.id for d in result.analysis.decisions}
    return compare(result.analysis.decisions,
                   [d for d in again.decisions if d.site.file not in own
                    or d.site.id in known],
                   done)


def converted(opts: Options, series: list[Series]) -> dict[str, str]:
    """Return the text of every file that the series change or add."""
    scratch = Scratch(opts.out / "scratch.git")
    texts = {}
    for one in series:
        last = one.patches[-1].commit
        for file in scratch.changed(BASE_REF, last):
            data = scratch.read(last, file)
            if data is not None:
                texts[file] = data.decode("latin-1")
    return texts


def compare(before: list[Decision], after: list[Decision],
            done: set[str]) -> list[str]:
    """Compare the decisions on a converted tree with those before."""
    found = []
    old = {d.site.id: d for d in before}
    new = {d.site.id: d for d in after}
    for key in sorted(done):
        if key in new:
            found.append(f"{old[key].site.file}:{old[key].site.line}: "
                         f"{old[key].site.api}() is still called")
    for key in sorted(old.keys() - new.keys() - done):
        found.append(f"{old[key].site.file}:{old[key].site.line}: the call "
                     f"of {old[key].site.api}() is lost")
    for key in sorted(old.keys() & new.keys() - done):
        was, now = old[key], new[key]
        if was.core:
            # No core rule is applied again, on its subsystem or another.
            continue
        if (was.disposition, was.code) != (now.disposition, now.code):
            found.append(f"{now.site.file}:{now.site.line}: {was.disposition}"
                         f" [{was.code}] became {now.disposition} "
                         f"[{now.code}]")
    fresh = [new[k] for k in sorted(new.keys() - old.keys())]
    for decision in fresh:
        if decision.disposition != Disposition.CONVERTED:
            found.append(f"{decision.site.file}:{decision.site.line}: "
                         f"{decision.site.api}() is {decision.disposition} "
                         f"[{decision.code}], not converted")
    wanted = Counter(_function(old[key]) for key in done)
    have = Counter(map(_function, fresh))
    for place in sorted(wanted.keys() | have.keys()):
        if wanted[place] != have[place]:
            found.append(f"{place[0]}: {place[1]}() has {have[place]} new "
                         f"calls for {wanted[place]} old ones")
    return found


def _function(decision: Decision) -> tuple[str, str]:
    return decision.site.file, decision.site.function.name
