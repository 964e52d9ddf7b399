# SPDX-License-Identifier: GPL-2.0-only
"""The C files of a tree: all, or some that are the same ones each time."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from pinlib.kernel.kernel_tree import cache_folder
from pinlib.reader import build

Compare = Callable[[build.Reader, Path, "list[str]"], Iterator[tuple[str, str]]]

SEED = 6


def every(tree: Path, under: list[str] | None = None) -> list[str]:
    """Every C file below the folders, in order."""
    return sorted(
        os.path.relpath(os.path.join(folder, name), tree)
        for top in under or ["."] for folder, _, names in os.walk(tree / top)
        for name in names if name.endswith((".c", ".h")) and
        not os.path.islink(os.path.join(folder, name)))


def some(tree: Path, number: int) -> list[str]:
    """As many of them."""
    return sorted(random.Random(SEED).sample(every(tree), number))


def tell(compare: Compare, explained: Callable[[str], bool],
         arguments: list[str]) -> int:
    """Print what a comparison finds in a tree, by kind; an exit code.

    compare: yields a kind and a place, or "both" and a number.
    """
    verbose = "-v" in arguments
    tree, *under = [a for a in arguments if a != "-v"]
    counts: Counter[str] = Counter()
    for kind, where in compare(build.ensure(cache_folder()), Path(tree),
                               every(Path(tree), under)):
        counts[kind] += int(where) if kind == "both" else 1
        if verbose and kind != "both":
            print(f"{kind}: {where}")
    for kind, count in sorted(counts.items()):
        print(f"{count:10} {kind}")
    return int(not all(map(explained, counts)))
