# SPDX-License-Identifier: GPL-2.0-only
"""What of two builds' results is a change, and what is wording."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

COMMAND = Path(__file__).resolve().parents[1] / "compare_builds.py"
MAIL = """\
From 0000 Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Subject: [PATCH 1/1] {subject}

{body}
---
 a.c | 2 +-

diff --git a/a.c b/a.c
--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-put_page(page);
+{line}
"""


def make(out, subject="a: pin", body="Why.", line="unpin_user_page(page);",
         reason="Known.", code="unpin-always", flags=2, names=("0001-a",)):
    """A folder of results with one site, one edit and some mails."""
    folder = out / "series" / "a"
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}.patch").write_text(MAIL.format(
            subject=subject, body=body, line=line))
    (out / "report.json").write_text(json.dumps({
        "sites": [{"code": code, "reason": reason, "steps": [reason],
                   "graph": [{"text": "x = y;"}]}], "decisions": []}))
    (out / "plan.json").write_text(json.dumps(
        {"g": {"edits": [{"op": "pin", "flags": flags}]}}))
    return out


@pytest.mark.parametrize("other, code, last", [
    ({}, 0, "0 differences, 0 in wording only"),
    ({"reason": "It is known."}, 0, "0 differences, 2 in wording only"),
    ({"subject": "a: extract", "names": ("0001-b",)}, 0,
     "0 differences, 5 in wording only"),
    ({"code": "pin-short"}, 1, "1 differences, 0 in wording only"),
    ({"flags": 3}, 1, "1 differences, 0 in wording only"),
    ({"line": "put_page(page);"}, 1, "5 differences, 0 in wording only"),
    ({"names": ("0001-a", "0002-b")}, 1, "1 differences, 0 in wording only"),
])
def test_a_change_and_wording_are_told_apart(tmp_path, other, code, last):
    done = subprocess.run(
        [COMMAND, make(tmp_path / "one"), make(tmp_path / "two", **other)],
        capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (code, last), \
        done.stdout + done.stderr


def test_without_results_it_says_how_it_is_called(tmp_path):
    done = subprocess.run([COMMAND, tmp_path, tmp_path], text=True,
                          capture_output=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith("usage: ")
