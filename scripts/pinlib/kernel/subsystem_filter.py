# SPDX-License-Identifier: GPL-2.0-only
"""Check the subsystems that a run is asked for, and match names against them.

A name that no subsystem has is a typing error, and is reported before hours of
work are done for nothing.
"""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pinlib.base.errors import UsageError
from pinlib.kernel.maintainers import Subsystems, read_subsystems

NEAREST = 3
LIKE = 0.6


def matches(name: str, only: str | None) -> bool:
    """Say whether a subsystem is among those asked for."""
    return not only or fnmatch.fnmatch(name.lower(), only.lower())


def check(tree: Path, only: str | None) -> None:
    """Refuse a name that no subsystem of a tree can have."""
    if not only:
        return
    known = read_subsystems(tree)
    if any(matches(name, only) for name in known.names):
        return
    folders = list(_folders(tree, known))
    if any(matches(name, only) for name in folders):
        return
    near = nearest(only, known.names or folders)
    raise UsageError(f"{only}: no subsystem has such a name"
                     + (f"; the nearest: {', '.join(near)}" if near else ""))


def nearest(only: str, names: Iterable[str]) -> list[str]:
    """Return the names that a pattern may have meant, the best first."""
    wanted = re.sub(r"[*?\[\]]+", " ", only.lower()).strip()
    if not wanted:
        return []

    def like(name: str) -> float:
        low = name.lower()
        pieces = [low, low[:len(wanted)], low[:len(wanted) + 1],
                  *low.split()]
        return max(difflib.SequenceMatcher(None, wanted, p).ratio()
                   for p in pieces)
    found = sorted(((like(n), n) for n in dict.fromkeys(names)),
                   key=lambda pair: (-pair[0], pair[1]))
    return [name for score, name in found[:NEAREST] if score >= LIKE]


def _folders(tree: Path, known: Subsystems) -> Iterator[str]:
    """Return names to use for sections where MAINTAINERS has none."""
    for top, folders, files in os.walk(tree):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        below = Path(top).relative_to(tree)
        for name in sorted(files):
            if name.endswith((".c", ".h")):
                yield known.subsystem_of((below / name).as_posix())
