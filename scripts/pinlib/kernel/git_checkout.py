# SPDX-License-Identifier: GPL-2.0-only
"""The git repository that a tree lies in: its top, and the commit it is at.

A driver is often a folder of its repository, and git am takes paths from the
top. A folder that the repository around it does not track is in none.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.git import SAFE, run_git
from pinlib.kernel import kernel_tree
from pinlib.series.scratch_repo import Scratch


@dataclasses.dataclass(frozen=True)
class Checkout:
    """A tree in a repository; prefix is its folder there, "" at the top."""

    top: Path
    prefix: str
    commit: str | None


def find(tree: Path) -> Checkout | None:
    """The repository that tracks a tree, if one does."""
    tree = tree.resolve()
    for top in (tree, *tree.parents):
        if not kernel_tree.has_git(top):
            continue
        prefix = "" if top == tree else tree.relative_to(top).as_posix()
        if prefix and not _tracked(top, prefix):
            return None
        return Checkout(top, prefix, kernel_tree.commit_id(top))
    return None


def commit_of(tree: Path) -> str | None:
    """The commit of the repository that tracks a tree."""
    found = find(tree)
    return found.commit if found else None


def prefix_of(tree: Path) -> str:
    """The folder of a tree in its repository."""
    found = find(tree)
    return found.prefix if found else ""


def git(tree: Path, *args: str) -> bytes:
    """Run git on a user's checkout, which is only read."""
    safe = [word for option in SAFE for word in ("-c", option)]
    return run_git([*safe, *args], cwd=tree,
                   more={"GIT_NO_LAZY_FETCH": "1"})


def _tracked(top: Path, prefix: str) -> bool:
    try:
        return bool(git(top, "ls-files", "-z", "--", prefix))
    except (Gup2pinError, OSError):
        return False


def base_line(tree: Path, scratch: Scratch, base: str, version: str) -> str:
    """What a series applies to.

    A commit is named as base only if its files are the ones that were read.
    """
    found = find(tree)
    prefix = found.prefix if found else ""
    files = f"tree {scratch.nested(scratch.tree(base), prefix)} of the " \
        "files touched"
    if found is None or found.commit is None:
        return f"Base: Linux {version}, no git checkout,\n{files}"
    same = _holds(tree, scratch, base, found.commit)
    if same:
        return f"base-commit: {found.commit}"
    said = "with local changes" if same is False else \
        "which git could not read"
    return (f"Base: Linux {version}, commit {found.commit}\n"
            f"{said}, {files}")


def _holds(tree: Path, scratch: Scratch, base: str,
           commit: str) -> bool | None:
    """Has a commit the files of the base? None where git cannot tell."""
    wanted = {name: entry.blob for name, entry
              in scratch.entries(base).items()}
    try:
        # From a folder of the repository, names are of that folder.
        out = git(tree, "ls-tree", "-z", commit, "--", *wanted)
    except (Gup2pinError, OSError):
        return None
    found: dict[str, str] = {}
    for line in os.fsdecode(out).split("\0"):
        if line:
            meta, name = line.split("\t", 1)
            found[name] = meta.split(" ")[2]
    return found == wanted
