# SPDX-License-Identifier: GPL-2.0-only
"""Check the overlay as a tree receives it, with kernel-doc and checkpatch.

gcc and sparse see the same files in `make prove`, as the first patch of a
series.
"""

from __future__ import annotations

import difflib
import subprocess
import tempfile
from pathlib import Path

from pinlib.boot.kernel_builds import base_files
from pinlib.boot.machines import QEMU


def problems(kernel: Path) -> list[str]:
    """Return what the tree's own checkers say about the files it would get."""
    found = []
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        # This machine's kernel gets every file that the others' do.
        for file, data in sorted(base_files(kernel, QEMU).items()):
            text = data.decode("utf-8", "surrogateescape")
            if not file.endswith((".c", ".h")):
                continue
            path = Path(name) / Path(file).name
            path.write_text(_added(kernel / file, text), encoding="utf-8",
                            errors="surrogateescape")
            for command in (
                    ["perl", "scripts/kernel-doc", "-Werror", "-none"],
                    ["perl", "scripts/checkpatch.pl", "--strict",
                     "--no-tree", "--terse", "--no-summary", "-f"]):
                done = subprocess.run(
                    [*command, str(path)], cwd=kernel, check=False,
                    capture_output=True, text=True, errors="replace")
                if done.returncode:
                    said = (done.stdout + done.stderr).strip().splitlines()
                    found.append(f"{file}: {said[0] if said else command[1]}")
    return found


def _added(old: Path, text: str) -> str:
    """Return what a file has more than the tree's own, as a file by itself."""
    if not old.is_file():
        return text
    before = old.read_text(encoding="utf-8", errors="surrogateescape")
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), n=0)
    more = [line[1:] for line in lines if line.startswith("+")][1:]
    opens, closes = ("/*", " */") if old.suffix == ".h" else ("//", "")
    return "\n".join([f"{opens} SPDX-License-Identifier: GPL-2.0-only{closes}",
                      *more]).rstrip("\n") + "\n"
