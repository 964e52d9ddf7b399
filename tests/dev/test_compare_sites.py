# SPDX-License-Identifier: GPL-2.0-only
"""The script that holds a kernel's report against what a person read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "compare_sites.py"
API = "get_user_pages_fast"
ROW = """\
[[site]]
file = "drivers/tug.c"
line = 7
api = "get_user_pages_fast"
disposition = "convert"
fallback = "keep"
needs_flag = false
longterm = "decide"
decision = "long"
releases = ["drivers/tug.c:9 put_page"]
"""
SITE: dict[str, Any] = {
    "file": "drivers/tug.c", "line": 7, "api": API, "disposition": "convert",
    "code": "pin-longterm", "needs_flag": False, "blocked_by": None,
    "releases": [{"file": "drivers/tug.c", "line": 9,
                  "form": "put_page(page)"}]}


@pytest.mark.parametrize("change, word, code", [
    ({}, "agrees", 0),
    ({"disposition": "keep"}, "safe", 0),
    ({"disposition": "manual"}, "less", 0),
    ({"disposition": "blocked"}, "wrong", 1),
    ({"releases": []}, "wrong", 1),
    ({"code": "pin-short"}, "wrong", 1),
    ({"needs_flag": True}, "wrong", 1),
    ({"line": 8}, "extra", 1),
    ({"api": "pin_user_pages"}, "lost", 1)])
def test_each_answer_gets_a_word(tmp_path: Path, change: dict[str, Any],
                                 word: str, code: int) -> None:
    (tmp_path / "table.toml").write_text(ROW)
    (tmp_path / "report.json").write_text(json.dumps(
        {"sites": [{**SITE, **change}]}))
    done = subprocess.run([SCRIPT, tmp_path / "table.toml", tmp_path],
                          check=False, capture_output=True, text=True)
    assert done.returncode == code
    assert f"{word} 1" in done.stdout.splitlines()[-1]
