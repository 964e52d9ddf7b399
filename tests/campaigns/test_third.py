# SPDX-License-Identifier: GPL-2.0-only
"""A third campaign costs what CONTRIBUTING shows: four files and no Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pinlib.base.files import read_json
from pinlib.base.resources import ROOT
from trees import lab

FILES = dict(re.findall(r"<!-- campaign: (\S+) -->\n```\w+\n(.*?)```",
                        (ROOT / "CONTRIBUTING.md").read_text(), re.S))
RING = lab.c("""struct ring;
void *ring_slot(struct ring *ring, unsigned int n);
""")
USER = lab.c("""#include <linux/ring.h>

void *first(struct ring *ring)
{
    /* ring_slot() of the first */
    return ring_slot(ring, 0);
}

void *(*how(void))(struct ring *ring, unsigned int n)
{
    return ring_slot;
}
""")
CALLER = lab.c("""#include <linux/ring.h>

int has(struct ring *ring, unsigned int n)
{
    return n && ring_slot(ring, n - 1) != NULL;
}
""")


@pytest.fixture(name="tool", scope="module")
def _tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another gup2pin, with the files of the example in it."""
    top = tmp_path_factory.mktemp("tool")
    for name in ("scripts", "cocci", "reports", "kernel-overlay"):
        shutil.copytree(ROOT / name, top / name, ignore=shutil.ignore_patterns(
            "__pycache__"))
    for name, text in FILES.items():
        path = top / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return top


def run(tool: Path, tree: Path, target: str, out: Path, *more: str,
        code: int = 0) -> str:
    """What a target of the other gup2pin says."""
    done = subprocess.run(
        [sys.executable, tool / "scripts/gup2pin", target, "--campaign=slots",
         f"--kernel={tree}", f"--out={out}", "--no-install", *more], check=False,
        text=True, capture_output=True, env={
            **os.environ, "GUP2PIN_CACHE": lab.cold_cache(out.parent / "cache")})
    assert done.returncode == code, done.stderr
    return done.stdout


def test_a_call_behind_a_helper(tool: Path, tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/ring.h": RING, "drivers/user.c": USER,
        "lib/caller.c": CALLER})
    out = tmp_path / "out"
    said = run(tool, tree, "series", out)
    assert "series/00-slots: 1 patch" in said
    sites = {(s["file"], s["line"]): s for s in read_json(
        out / "report.json")["sites"]}
    assert {place: site["disposition"] for place, site in sites.items()} == {
        ("include/linux/ring.h", 2): "core", ("drivers/user.c", 6): "convert",
        ("drivers/user.c", 11): "manual", ("lib/caller.c", 5): "convert"}
    assert sites["drivers/user.c", 11]["blocked_by"] == "drivers/user.c:11"
    mails = "\n".join(path.read_text() for path in sorted(
        (out / "series").rglob("*.patch")))
    assert "-\treturn ring_slot(ring, 0);\n+\treturn ring_at(ring, 0);\n" in mails
    assert "+\treturn n && ring_at(ring, n - 1) != NULL;\n" in mails
    assert "+\treturn ring_slot(ring, n);\n" in mails
    assert "-\t/* ring_slot() of the first */" not in mails
    assert "Subject: [PATCH] ring: add ring_at()" in mails


def test_a_new_call_is_noticed(tool: Path, tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/ring.h": RING, "drivers/user.c": USER})
    known = f"--baseline={tmp_path / 'known.json'}"
    run(tool, tree, "baseline", tmp_path / "out", known)
    assert read_json(tmp_path / "known.json")["campaign"] == "slots"
    run(tool, tree, "check", tmp_path / "out", known)
    (tree / "lib").mkdir(exist_ok=True)
    (tree / "lib/caller.c").write_text(CALLER)
    said = run(tool, tree, "check", tmp_path / "out", known, code=1)
    assert "new: lib/caller.c:5: convert [" in said and "pin" not in said
