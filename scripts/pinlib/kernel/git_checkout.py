# SPDX-License-Identifier: GPL-2.0-only
"""Find the git repository that a tree is in: its top, and its commit.

A driver is often a folder of its repository, and git am takes paths from the
top. A folder that the repository around it does not track is in none.
"""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.git import SAFE, git_env, run_git
from pinlib.kernel import kernel_tree

PATIENCE = 60.0     # seconds


@dataclasses.dataclass(frozen=True)
class Checkout:
    """A tree in a repository; prefix is its folder there, "" at the top."""

    top: Path
    prefix: str
    commit: str | None


def find(tree: Path) -> Checkout | None:
    """Return the repository that tracks a tree, if one does."""
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
    """Return the commit of the repository that tracks a tree."""
    found = find(tree)
    return found.commit if found else None


def prefix_of(tree: Path) -> str:
    """Return the folder of a tree in its repository."""
    found = find(tree)
    return found.prefix if found else ""


def git(tree: Path, *args: str) -> bytes:
    """Run git on a user's checkout, which is only read."""
    safe = [word for option in SAFE for word in ("-c", option)]
    return run_git([*safe, *args], cwd=tree,
                   more={"GIT_NO_LAZY_FETCH": "1"})


def first_with(tree: Path, text: str, file: str) -> str:
    """Return the commit that brought a text to a file, as Fixes: names it, or "".

    A history that begins with the text does not tell.
    """
    safe = [word for option in SAFE for word in ("-c", option)]
    try:
        done = subprocess.run(
            ["git", "--no-pager", *safe, "log", "--no-show-signature", "--follow",
             "--abbrev=12", "--format=%P%x00%h (\"%s\")", f"-S{text}",
             "--end-of-options", "HEAD", "--", file], cwd=tree,
            env=git_env({"GIT_NO_LAZY_FETCH": "1"}), stdin=subprocess.DEVNULL,
            capture_output=True, check=False, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    parents, _, commit = lines[-1].partition("\0") if lines and \
        not done.returncode else ("", "", "")
    return commit if parents else ""


def _tracked(top: Path, prefix: str) -> bool:
    try:
        return bool(git(top, "ls-files", "-z", "--", prefix))
    except (Gup2pinError, OSError):
        return False
