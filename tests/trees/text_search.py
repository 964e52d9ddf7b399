# SPDX-License-Identifier: GPL-2.0-only
"""Text search over a kernel tree, through ripgrep."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from pinlib.base.errors import UsageError

SOURCES = ("*.c", "*.h", "*.S")


@dataclass(frozen=True)
class Hit:
    """One line that matched: what matched on it, line from 1."""

    file: str
    line: int
    text: str


def grep(tree: Path, patterns: Iterable[str],
         words: bool = True) -> list[Hit]:
    """Return matches of any of the patterns, by file and line.

    Links are not followed, so nothing outside the tree is read.
    """
    patterns = sorted(set(patterns))
    if not patterns:
        return []
    return sorted(_hits(_run(tree, patterns, words)),
                  key=lambda h: (h.file, h.line, h.text))


def _run(tree: Path, patterns: Iterable[str], words: bool) -> bytes:
    command = ["rg", "--no-config", "--no-ignore", "--null", "--no-heading",
               "--line-number", "--only-matching", "--with-filename",
               "--text", "--no-messages", "--threads=2"]
    if words:
        command.append("--word-regexp")
    for glob in SOURCES:
        command += ["--glob", glob]
    for pattern in patterns:
        command += ["-e", pattern]
    done = subprocess.run([*command, "--", "."], cwd=tree, check=False,
                          capture_output=True)
    if done.returncode not in (0, 1) and not done.stdout:
        raise UsageError(f"{tree}: text search failed: "
                         f"{done.stderr.decode('latin-1').strip()}")
    return done.stdout


def _hits(output: bytes) -> list[Hit]:
    """Records are file NUL line:text NEWLINE; a file name holds no NUL."""
    hits = []
    at = 0
    while at < len(output):
        nul = output.index(b"\0", at)
        end = output.find(b"\n", nul)
        end = len(output) if end < 0 else end
        number, _, text = output[nul + 1:end].partition(b":")
        file = os.path.normpath(os.fsdecode(output[at:nul]))
        hits.append(Hit(file, int(number), text.decode("latin-1")))
        at = end + 1
    return hits
