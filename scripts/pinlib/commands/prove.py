# SPDX-License-Identifier: GPL-2.0-only
"""Prove the series, and render the changelogs that quote the proofs."""

from __future__ import annotations

from pinlib.base.errors import ProofError, UsageError
from pinlib.base.files import write_json
from pinlib.base.options import Options
from pinlib.base.records import PatchKind, Series
from pinlib.commands import pipeline, rescan
from pinlib.prove import prove
from pinlib.report.evidence import read_evidence


def run(opts: Options) -> None:
    """Prove the series, and render the changelogs that quote the proofs."""
    if opts.module is not None:
        raise UsageError("prove: a folder outside the kernel gets a report "
                         "and a series; its own Makefile builds it")
    result, series = pipeline.make_series(opts)
    outcome = prove.prove(opts.kernel, opts.out, opts.jobs, opts.build,
                          [s.slug for s in series] if opts.subsystem
                          else None,
                          say=lambda text: print(text, flush=True))
    pipeline.render(opts, result, series)
    prove.check_mails(opts.kernel, opts.out, opts.jobs)
    lost = rescan.problems(opts, result, series, pipeline.answers(opts))
    note(opts, series, lost)
    pipeline.write_pages(opts)
    result.say(opts)
    say_counts(outcome)
    outcome.raise_if_failed()
    if lost:
        raise ProofError(f"re-scan: {lost[0]}")
    pipeline.end(opts, result)


def say_counts(outcome: prove.Outcome) -> None:
    """Print how many of each proof passed, failed, or were not made."""
    for name, count in sorted(outcome.counts.items()):
        print(f"{name}: " + ", ".join(f"{n} {k}" for k, n in sorted(
            count.items())))


def note(opts: Options, series: list[Series], lost: list[str]) -> None:
    """Put the re-scan among the proofs of each patch that it looked at."""
    path = opts.out / "evidence.json"
    evidence = read_evidence(path)
    for one in series:
        for patch in (p for p in one.patches if p.kind == PatchKind.CONVERT):
            mine = [text for text in lost
                    if text.partition(":")[0] in patch.files]
            evidence.setdefault(patch.tree, {})["rescan"] = {
                "command": patch.rule.replace(" series", " prove"),
                "result": "fail" if mine else "pass",
                "reason": "; ".join(mine)}
    write_json(path, dict(sorted(evidence.items())))
