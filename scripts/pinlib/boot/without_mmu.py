# SPDX-License-Identifier: GPL-2.0-only
"""Run KUnit in kernels without an MMU: with the series' mm/gup.c, and the tree's.

The helpers and the tests are the same in both. Where a series changes what a pin
is there, the tests must not pass without it.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pinlib.base.files import write_file, write_json
from pinlib.base.records import PatchKind, Series
from pinlib.boot import guest_run, kunit_tests
from pinlib.boot.boot import Outcome, count
from pinlib.boot.kernel_builds import Kernels, Say
from pinlib.boot.kunit_tests import Case
from pinlib.boot.machines import Machine
from pinlib.kernel.kernel_tree import kernel_version
from pinlib.series.overlay import GUP
from pinlib.series.scratch.scratch_repo import Scratch


def run(kernel: Path, out: Path, jobs: int, series: list[Series], say: Say,
        machine: Machine) -> Outcome:
    """Run the tests in one kernel or two; write what they said."""
    changes = _changes(out, series)
    (out / "boot").mkdir(parents=True, exist_ok=True)
    kernels = Kernels(kernel, jobs, say, machine)
    try:
        control = _cases(kernels, {}, out, "control") if changes else []
        cases = _cases(kernels, changes, out, "converted")
    finally:
        kernels.close()
    failures = kunit_tests.failures(cases)
    if control and not any(c.result == "fail" for c in control):
        failures.append(f"the tests pass with {GUP} as it is too")
    outcome = Outcome(machine, {}, {}, count(c.result for c in cases), failures,
                      control=count(c.result for c in control))
    write_json(out / machine.file("boot.json"), {
        "machine": machine.title, "failures": failures,
        "kunit": [dataclasses.asdict(c) for c in cases],
        "control": [dataclasses.asdict(c) for c in control]})
    write_file(out / machine.file("boot.txt"), _text(
        f"gup2pin boot of Linux {kernel_version(kernel)} under {machine.title}",
        outcome, cases, control))
    return outcome


def _changes(out: Path, series: list[Series]) -> dict[str, bytes | None]:
    """Return the series' mm/gup.c, if one of its patches is about that."""
    scratch = Scratch(out / "scratch.git")
    for patch in (p for one in series for p in one.patches):
        if patch.kind == PatchKind.OVERLAY and GUP in patch.files:
            return {GUP: scratch.read(patch.tree, GUP)}
    return {}


def _cases(kernels: Kernels, changes: dict[str, bytes | None], out: Path,
           name: str) -> list[Case]:
    """Return what the tests say in a kernel with some files changed."""
    image = kernels.image(changes)
    log = out / "boot" / kernels.machine.file(f"{name}.log")
    problem = guest_run.tests(image, log, kernels.machine)
    return kunit_tests.cases_in_log(log) + (
        [Case("boot", name, "fail", problem)] if problem else [])


def _text(title: str, outcome: Outcome, cases: list[Case],
          control: list[Case]) -> str:
    before = {(c.suite, c.name): c.result for c in control}
    lines = [title, "=" * len(title), "", outcome.summary(), ""]
    for case in cases:
        was = before.get((case.suite, case.name), "not run" if control else "")
        lines.append(f"  {case.suite}.{case.name}: {case.result}"
                     + (f", {was} without the patch of {GUP}" if was else ""))
    return "\n".join(lines) + "\n"
