# SPDX-License-Identifier: GPL-2.0-only
"""Small kernel trees for the analysis: a base, and the C of one test."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from pinlib.analysis import whole_tree
from pinlib.decide.decide import Decision
from pinlib.reader import build

TREES = Path(__file__).resolve().parent
# The protocol of `reader --serve`, with a script that does what it is for; it
# is all there is to `reader -o OUT`.
SERVER = """#!/usr/bin/python3
import os, subprocess, sys, tempfile

def take():
    found = bytearray()
    while (byte := sys.stdin.buffer.read(1)) not in (b"", b"\\0"):
        found += byte
    return bytes(found)

served = sys.argv[-1] == "--serve"
while out := os.fsencode(sys.argv[-1]) if not served else take():
    with tempfile.NamedTemporaryFile() as names:
        while name := take():
            names.write(name + b"\\0")
        names.flush()
        code = subprocess.run(["sh", f"{sys.argv[0]}.sh", names.name,
                               *(["-t", "-o", out] if served else sys.argv[1:])],
                              stdin=subprocess.DEVNULL).returncode
    if code < 0:
        os.kill(os.getpid(), -code)
    if code or not served:
        sys.exit(code)
    sys.stdout.write("\\0")
    sys.stdout.flush()
"""


def make(tree: Path, files: dict[str, str] | None = None,
         *folders: str) -> Path:
    """A copy of the base tree with folders of tests/trees and files in it."""
    for name in ("base", *folders):
        shutil.copytree(TREES / name, tree, dirs_exist_ok=True)
    for name, text in (files or {}).items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1")
    return tree


def analyse(tree: Path, decisions: Path | None = None,
            apis: str = "mission") -> whole_tree.Analysis:
    """The analysis as the report runs it."""
    return whole_tree.run(tree, None, 2, apis, decisions)


def programs() -> Path:
    """The cache folder with our programs, built once for a run of tests."""
    return Path(os.environ["GUP2PIN_TEST_CACHE"])


def share_cache(patch: pytest.MonkeyPatch) -> None:
    """Let this test use one cache folder with others of this run.

    Not for tests of the cache, nor of what a cold run answers.
    """
    patch.setenv("GUP2PIN_CACHE", str(programs()))


def shared(tree: Path, apis: str = "mission") -> whole_tree.Analysis:
    """The analysis of a tree for all tests of a module, in that cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        share_cache(patch)
        return analyse(tree, apis=apis)


def shared_module(kernel: Path, module: Path) -> whole_tree.Analysis:
    """The same of a module's folder against a kernel."""
    with pytest.MonkeyPatch.context() as patch:
        share_cache(patch)
        return whole_tree.run(kernel, module, 1, "mission", None)


def cold_cache(folder: Path) -> str:
    """Make a cache folder with nothing in it but our programs, which take long."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "programs").exists():
        (folder / "programs").symlink_to(programs() / "programs")
    return str(folder)


def fake_reader(patch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Put a shell script in the reader's place, for each time that it is asked.

    $REAL is the true one, $LIST holds what is to be read, and the output is
    wanted in $OUT.
    """
    real = build.ensure(programs())
    path = folder / "reader"
    path.write_text(SERVER)
    path.with_suffix(".sh").write_text(
        f"REAL='{real.program}'\nLIST=$1\nshift\nfor OUT; do :; done\n"
        f"{script}\n")
    path.chmod(0o755)
    patch.setattr(build, "ensure", lambda cache: build.Reader(
        path, real.digest))


def in_file(found: whole_tree.Analysis, file: str) -> list[Decision]:
    """The decisions on the calls of one file, in source order."""
    return [d for d in found.decisions if d.site.file == file]


def only(found: whole_tree.Analysis, file: str) -> Decision:
    """The decision on the one call of a file."""
    [decision] = in_file(found, file)
    return decision


def line(tree: Path, file: str, text: str) -> int:
    """The line of a file that holds a text; it must be the only one."""
    rows = (tree / file).read_text(encoding="latin-1").split("\n")
    [number] = [n for n, row in enumerate(rows, 1) if text in row]
    return number


def releases(decision: Decision) -> list[str]:
    """Where the releases to convert stand, as file:line."""
    return sorted({e.place for e in decision.releases})


def marked(tree: Path, folder: str, mark: str) -> list[str]:
    """file:line of every line below a folder that carries `@mark`."""
    found = []
    for path in sorted((tree / folder).rglob("*.[ch]")):
        name = str(path.relative_to(tree))
        for number, row in enumerate(path.read_text().split("\n"), 1):
            if f"@{mark}" in row:
                found.append(f"{name}:{number}")
    return found


def mixed(found: whole_tree.Analysis, name: str) -> None:
    """Hold that a driver's release may drop other pages, and stands in the way."""
    decision = only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == (
        "manual", "other-origin"), decision.reason
    assert [decision.blocked_by] == marked(
        found.program.tree.root, f"drivers/{name}", "release")


def c(text: str) -> str:
    """C written with four blanks for a tab, so that Python stays tidy."""
    return re.sub("^(?:    )+", lambda m: "\t" * (len(m.group()) // 4), text,
                  flags=re.M)
