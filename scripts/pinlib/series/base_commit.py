# SPDX-License-Identifier: GPL-2.0-only
"""Find what a series applies to, for its cover letter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pinlib.base.errors import Gup2pinError, UsageError
from pinlib.kernel import git_checkout, kernel_tree
from pinlib.kernel.git_checkout import find, git
from pinlib.series.scratch.scratch_repo import Scratch


def base_line(tree: Path, scratch: Scratch, base: str, version: str) -> str:
    """Return what a series applies to.

    A commit is named as base only if its files are the ones that were read.
    """
    found = find(tree)
    if found is None or found.commit is None:
        return f"Base: Linux {version}, no git checkout"
    same = _holds(tree, scratch, base, found.commit)
    if same:
        return f"base-commit: {found.commit}"
    said = "with local changes" if same is False else \
        "which git could not read"
    return f"Base: Linux {version}, commit {found.commit}\n{said}"


def describe(kernel: Path, found: git_checkout.Checkout | None
             ) -> dict[str, Any]:
    """Return the version of a kernel and the commit of the tree read."""
    try:
        version = kernel_tree.kernel_version(kernel)
    except (UsageError, OSError):
        version = "of an unknown version"
    return {"version": version, "commit": found.commit if found else None}


def _holds(tree: Path, scratch: Scratch, base: str,
           commit: str) -> bool | None:
    """Say whether a commit has the files of the base; None where git cannot say."""
    wanted = {name: entry.blob for name, entry
              in scratch.entries(base).items()}
    try:
        # In a folder of the repository, names are relative to that folder.
        out = git(tree, "ls-tree", "-z", commit, "--", *wanted)
    except (Gup2pinError, OSError):
        return None
    found: dict[str, str] = {}
    for line in os.fsdecode(out).split("\0"):
        if line:
            meta, name = line.split("\t", 1)
            found[name] = meta.split(" ")[2]
    return found == wanted
