# SPDX-License-Identifier: GPL-2.0-only
"""Text search over a kernel tree, through ripgrep."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable

from pinlib.base.errors import UsageError

SOURCES = ("*.c", "*.h", "*.S")


@dataclass(frozen=True)
class Hit:
    """One line that matched: what matched on it, line from 1."""

    file: str
    line: int
    text: str


def grep(tree: Path, patterns: Iterable[str], words: bool = True,
         globs: Iterable[str] = SOURCES,
         under: Iterable[str] = (".",)) -> list[Hit]:
    """Return matches of any of the patterns, by file and line.

    Links are not followed, so nothing outside the tree is read.
    """
    patterns = sorted(set(patterns))
    if not patterns:
        return []
    found = _run(tree, patterns, words, globs, under, subprocess.PIPE)
    return _sorted(found)


def save(tree: Path, patterns: Iterable[str], into: Path,
         under: Iterable[str] = (".",)) -> None:
    """Leave the matches of a search in a file, for saved() to search."""
    with open(into, "wb") as out:
        _run(tree, patterns, False, SOURCES, under, out)


def saved(source: Path, patterns: Iterable[str]) -> list[Hit]:
    """Return those matches that save() left whose text the patterns match."""
    done = subprocess.run(
        ["rg", "--no-config", "--text", "--no-filename", "--no-line-number",
         *(f"--regexp={p}" for p in patterns), "--", str(source)],
        check=False, capture_output=True)
    return _sorted(done.stdout)


def _run(tree: Path, patterns: Iterable[str], words: bool,
         globs: Iterable[str], under: Iterable[str], out: Any) -> bytes:
    command = ["rg", "--no-config", "--no-ignore", "--null", "--no-heading",
               "--line-number", "--only-matching", "--with-filename",
               "--text", "--no-messages", "--threads=2"]
    if words:
        command.append("--word-regexp")
    for glob in globs:
        command += ["--glob", glob]
    for pattern in patterns:
        command += ["-e", pattern]
    done = subprocess.run([*command, "--", *under], cwd=tree, check=False,
                          stdout=out, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1) and not done.stdout:
        raise UsageError(f"{tree}: text search failed: "
                         f"{done.stderr.decode('latin-1').strip()}")
    return done.stdout or b""


def _sorted(output: bytes) -> list[Hit]:
    return sorted(_hits(output), key=lambda h: (h.file, h.line, h.text))


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
