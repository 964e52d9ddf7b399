# SPDX-License-Identifier: GPL-2.0-only
"""Boot the series: KUnit, and workloads that count pages exactly."""

from __future__ import annotations

from pinlib.base.options import Options
from pinlib.boot import boot, machines, without_mmu
from pinlib.commands import allowance, pipeline
from pinlib.report import json_report


def run(opts: Options) -> None:
    """Run the series: KUnit, and workloads that count pages exactly."""
    machine = machines.MACHINES[opts.machine]
    key = boot.state_key(opts.kernel, opts.subsystem, opts.apis,
                         pipeline.answers(opts))
    kept = boot.kept_summary(opts.out, key, machine)
    if kept:
        print(f"{kept} (kept: nothing has changed)")
        allowance.end_of(opts, json_report.read(opts.out / "report.json"))
        return
    result, series = pipeline.make_series(opts)
    view = result.analysis.program.tree
    sites = [pipeline.as_checked_out(s, view) for s in result.sites()]
    outcome = without_mmu.run(
        opts.kernel, opts.out, opts.jobs, series, _say, machine) \
        if machine.tests_only else boot.run(
            opts.kernel, opts.out, opts.jobs, series, sites, _say, machine)
    boot.attach(opts.out, series, outcome)
    pipeline.render(opts, result, series)
    result.say(opts)
    print(outcome.summary())
    outcome.raise_if_failed()
    boot.keep(opts.out, key, outcome)
    pipeline.end(opts, result)


def _say(text: str) -> None:
    print(text, flush=True)
