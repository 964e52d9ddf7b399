# SPDX-License-Identifier: GPL-2.0-only
"""The C files of a tree: all, or some that are the same ones each time."""

from __future__ import annotations

import os
import random
from pathlib import Path

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
