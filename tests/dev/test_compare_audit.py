# SPDX-License-Identifier: GPL-2.0-only
"""The script that holds an audit against what a person read."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path

import pytest

from pinlib.decide.bugs.findings import Finding

SCRIPT = Path(__file__).resolve().parents[1] / "compare_audit.py"
PAGE = """\
# Audit

## Findings

### leak-error drivers/tug/a_rather_long_name_of_a_file.c tug_take_all_the_pages

**High, true.** It leaves.

### mismatch drivers/tug/b.c tug_drop

**Low, false.** It does not.
"""
LEAK = Finding("drivers/tug/a_rather_long_name_of_a_file.c", 7,
               "tug_take_all_the_pages", "leak-error", "High",
               "drivers/tug/a_rather_long_name_of_a_file.c:3", "Why.")
WRONG = Finding("drivers/tug/b.c", 9, "tug_drop", "mismatch", "Low",
                "drivers/tug/b.c:2", "Why.")
OTHER = Finding("drivers/tug/c.c", 4, "tug_mark", "not-dirtied", "High",
                "drivers/tug/c.c:2", "Why.")
SURER = Finding("drivers/tug/b.c", 8, "tug_drop", "mismatch", "Moderate",
                "drivers/tug/b.c:2", "Why.")


@pytest.mark.parametrize("found, rows", [
    ([LEAK, WRONG], []),
    ([LEAK, WRONG, OTHER],
     ["no entry   High not-dirtied drivers/tug/c.c tug_mark"]),
    ([LEAK], ["not found  Low, false: mismatch drivers/tug/b.c tug_drop"]),
    # The surest finding of a function is what the entry speaks of.
    ([LEAK, SURER, WRONG],
     ["confidence Moderate, not Low: mismatch drivers/tug/b.c tug_drop"])])
def test_each_difference_is_a_row(tmp_path: Path, found: list[Finding],
                                  rows: list[str]) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "audit.json").write_text(json.dumps(
        {"findings": [dataclasses.asdict(f) for f in found]}))
    done = subprocess.run([SCRIPT, tmp_path / "page.md", tmp_path],
                          check=False, capture_output=True, text=True)
    assert done.stdout.splitlines()[:-1] == rows
    assert done.returncode == bool(rows)
    assert done.stdout.splitlines()[-1] == \
        "High 1 true of 1, Moderate 0 true of 0, Low 0 true of 1"
