# SPDX-License-Identifier: GPL-2.0-only
"""Run the overlay's KUnit tests with the tree's own kunit.py under UML.

On another machine the kernel runs them itself, before the workloads.
"""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import tempfile
from pathlib import Path

from pinlib.base.errors import ProofError
from pinlib.base.files import write_file
from pinlib.build import mount_namespace

SUITES = ("page_extract", "page_extract_user")
RUN_SECONDS = 60

_RESULT = re.compile(r"^(?P<indent>\s*)(?P<ok>ok|not ok) \d+ (?:- )?"
                     r"(?P<name>[\w.-]+)(?:\s+# (?P<note>.*))?$")


@dataclasses.dataclass(frozen=True)
class Case:
    """One test case of a KTAP log."""

    suite: str
    name: str
    result: str     # pass | fail | skip
    log: str        # the lines before the result


def parse(text: str) -> list[Case]:
    """Return the cases of a KTAP log; a suite cut short has a failed case."""
    cases: list[Case] = []
    suite, planned, seen = "", 0, 0
    said: list[str] = []
    for line in text.splitlines():
        opened = re.match(r"\s*# Subtest: (\S+)", line)
        plan = re.match(r"\s+1\.\.(\d+)", line)
        match = _RESULT.match(line)
        if opened:
            cases += _unreported(suite, planned, seen, said)
            suite, planned, seen, said = opened[1], 0, 0, []
        elif plan and suite:
            planned = int(plan[1])
        elif match and match["indent"] and suite:
            note = (match["note"] or "").upper()
            result = "skip" if note.startswith("SKIP") else \
                "pass" if match["ok"] == "ok" else "fail"
            cases.append(Case(suite, match["name"], result, "\n".join(said)))
            seen, said = seen + 1, []
        elif match and match["name"] == suite:
            cases += _unreported(suite, planned, seen, said)
            suite, said = "", []
        else:
            said.append(line.strip())
    return cases + _unreported(suite, planned, seen, said)


def failures(cases: list[Case]) -> list[str]:
    """Return what to say of each case that failed."""
    return [f"KUnit: {case.suite}.{case.name}: "
            + (case.log.splitlines() or ["failed"])[0]
            for case in cases if case.result == "fail"]


def _unreported(suite: str, planned: int, seen: int, said: list[str]) -> list[Case]:
    """Return cases that were planned and never reported."""
    if not suite or seen >= planned:
        return []
    return [Case(suite, f"case {number}", "fail", "\n".join(said[-20:]))
            for number in range(seen + 1, planned + 1)]


def run(kernel: Path, image: Path, log: Path) -> list[Case]:
    """Run the tests in a built kernel, unless they passed in it before."""
    kept = image.parent / "kunit.log"
    if kept.is_file():
        text = kept.read_text(encoding="utf-8")
    else:
        text = _kunit(kernel, image)
    write_file(log, text)
    cases = cases_in_log(log)
    if all(case.result == "pass" for case in cases):
        write_file(kept, text)
    return cases


def cases_in_log(log: Path) -> list[Case]:
    """Return the test cases in a log, which must have all of their suites."""
    cases = parse(log.read_text(encoding="utf-8", errors="replace"))
    missing = set(SUITES) - {case.suite for case in cases}
    if missing:
        raise ProofError(f"KUnit: {sorted(missing)[0]} did not run; see {log}")
    return cases


def _kunit(kernel: Path, image: Path) -> str:
    """Let kunit.py boot the kernel; return its KTAP output."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-kunit-") as folder:
        # kunit.py looks for the kernel by this name in a build folder.
        os.symlink(image, f"{folder}/linux")
        command = ["python3", "tools/testing/kunit/kunit.py", "exec",
                   f"--build_dir={folder}", f"--timeout={RUN_SECONDS}",
                   "--raw_output=kunit", "page_extract*"]
        try:
            done = subprocess.run(
                command, cwd=kernel, stdin=subprocess.DEVNULL, check=False,
                env=mount_namespace.build_env() | {"TMPDIR": folder},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=2 * RUN_SECONDS)
        except subprocess.TimeoutExpired:
            raise ProofError("KUnit: kunit.py did not end after "
                             f"{2 * RUN_SECONDS} s") from None
    return done.stdout.decode("utf-8", "replace")
