#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs other checkers over the fixtures of tests/recall, for docs/recall.md.

    tests/recall_others.py KERNEL BUILD [CHECKER...]

KERNEL has scripts/coccinelle, BUILD is a folder that is ready for modules
(make O=BUILD allmodconfig modules_prepare). A CHECKER is what kbuild gets as
CHECK, sparse where none is named. Printed is a row for each fixture: what a
checker says of the bug and not of the same code mended, places and names left out.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

RECALL = Path(__file__).resolve().parent / "recall"
FIXED = "-fixed"
_SAID = re.compile(r"^\S*?([\w-]+)\.c:\d+(?::\d+(?:-\d+)?)?:? *(.*)$", re.M)
# What is said of functions that a fixture only calls, or has its own way.
_UNDECLARED = re.compile(
    r"implicit declaration|undefined identifier|was not declared|In function|"
    r"no previous prototype|incomplete type|conflicting types|^note:")
_NAMES = re.compile(r"'[^']*'|‘[^’]*’|\b\w+\(\)|\d+")

Said = dict[str, set[str]]


def said(output: str) -> Said:
    """Return what was said of each fixture, without places and names."""
    found: Said = {}
    for name, text in _SAID.findall(output):
        if not _UNDECLARED.search(text):
            found.setdefault(name, set()).add(_NAMES.sub("…", text).strip())
    return found


def by_kbuild(folder: Path, build: Path, checker: str) -> Said:
    """Run what kbuild runs as CHECK."""
    done = subprocess.run(
        ["make", "-C", build, f"M={folder}", "-k", "C=2", f"CHECK={checker}",
         "modules"], check=False, capture_output=True, text=True)
    if f"{folder}" not in done.stdout + done.stderr:
        raise SystemExit(f"{build}: {done.stderr.strip()[-300:]}")
    return said(done.stdout + done.stderr)


def by_rules(folder: Path, kernel: Path) -> Said:
    """Run each semantic patch of the kernel that can report."""
    found: Said = {}
    files = sorted(map(str, folder.glob("*.c")))
    for rule in sorted((kernel / "scripts/coccinelle").rglob("*.cocci")):
        if "virtual report" not in rule.read_text(encoding="latin-1"):
            continue
        done = subprocess.run(
            ["spatch", "-D", "report", "--very-quiet", "--no-includes",
             "--cocci-file", rule, *files], check=False, capture_output=True,
            text=True)
        for name, texts in said(done.stdout).items():
            found.setdefault(name, set()).update(
                f"{rule.stem}: {text}" for text in texts)
    return found


def rows(found: dict[str, Said], names: list[str]) -> Iterator[str]:
    """Yield a row for each fixture."""
    for name in names:
        for tool, texts in found.items():
            more = texts.get(name, set()) - texts.get(name + FIXED, set())
            yield f"{name}: {tool}: {'; '.join(sorted(more)) or 'nothing'}"


def main(arguments: list[str]) -> int:
    """Run them all, and print what they say."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    kernel, build = Path(arguments[0]), Path(arguments[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fixtures = sorted(RECALL.glob("*/*.c"))
        for path in fixtures:
            (folder / path.name).write_bytes(path.read_bytes())
        (folder / "Makefile").write_text("".join(
            f"obj-m += {path.stem}.o\n" for path in fixtures))
        found = {checker: by_kbuild(folder, build, checker)
                 for checker in arguments[2:] or ["sparse"]}
        found["scripts/coccinelle"] = by_rules(folder, kernel)
    names = [p.stem for p in fixtures if not p.stem.endswith(FIXED)]
    print("\n".join(rows(found, names)))
    for tool, texts in found.items():
        good = sum(bool(texts.get(n, set()) - texts.get(n + FIXED, set()))
                   for n in names)
        print(f"{tool}: speaks of {good} of {len(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
