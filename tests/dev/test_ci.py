# SPDX-License-Identifier: GPL-2.0-only
""".ci/run counts what its steps say, and prints how long each took."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

# What stands for each command: its output and exit code by first argument.
COMMANDS = {
    "bin/apt-get": "exit 0", "bin/sudo": "exit 0",
    "scripts/gup2pin": "exit 0",
    "bin/make": 'case $1 in\nlint) echo "11 passed, 0 failed";;\n'
                'test) sleep 1; echo "5 passed, 1 failed, 2 skipped"; exit 1;;\n'
                "prove) exit 5;;\nesac",
    "tests/fuzz": 'echo "$1 for $2 s"',
}


def run_ci(root: Path, top: Path, **other: str) -> subprocess.CompletedProcess[str]:
    """Run a copy where nothing is what it says."""
    for name, script in {**COMMANDS, **other}.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    (top / ".ci").mkdir()
    shutil.copy(root / ".ci" / "run", top / ".ci" / "run")
    return subprocess.run(
        [top / ".ci" / "run"], check=False, text=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PATH": f"{top}/bin:{os.environ['PATH']}"})


def test_counts_and_times(root: Path, tmp_path: Path) -> None:
    done = run_ci(root, tmp_path)
    lines = done.stdout.splitlines()
    # lint 11, test 5 and 1, series, prove failed, boot, two that fuzz
    assert lines[-1] == "20 passed, 2 failed, 2 skipped"
    assert done.returncode == 1
    assert "reader for 60 s" in lines and "ledger for 60 s" in lines
    rows = [re.fullmatch(r" *(\d+) s  (.*)", line) for line in lines[-10:-1]]
    times = {row[2]: int(row[1]) for row in rows if row}
    assert list(times) == [
        "install", "make lint", "make test", "make series", "make prove",
        "make boot", "tests/fuzz reader 60", "tests/fuzz ledger 60", "in all"]
    assert times["make test"] >= 1
    # Each is told in whole seconds.
    steps = sum(times.values()) - times["in all"]
    assert steps <= times["in all"] <= steps + len(times)


def test_a_crash_that_fuzzing_finds(root: Path, tmp_path: Path) -> None:
    well = {"bin/make": 'echo "1 passed, 0 failed"'}
    assert run_ci(root, tmp_path / "a", **well).returncode == 0
    done = run_ci(root, tmp_path / "b", **well,
                  **{"tests/fuzz": '[ "$1" = ledger ]'})
    assert done.stdout.splitlines()[-1] == "6 passed, 1 failed"
    assert done.returncode == 1
