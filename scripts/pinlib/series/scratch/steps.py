# SPDX-License-Identifier: GPL-2.0-only
"""Commit what the patches of one series change, in a scratch repository."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from pinlib.base.errors import RuleError
from pinlib.base.records import Patch, Series
from pinlib.series.scratch.scratch_repo import Scratch


@dataclass(frozen=True)
class Step:
    """A commit to be made: the new texts, and the patch but for its ids."""

    patch: Patch
    contents: dict[str, bytes]


def committed(scratch: Scratch, base: str, slug: str, subsystem: str,
              steps: Sequence[Step], on_top_of: Sequence[str] = ()) -> Series:
    """Commit the steps of one subsystem on top of a commit.

    on_top_of: the slugs of the series that this has.
    """
    parent = base
    patches: list[Patch] = []
    owner: dict[str, str] = {}
    for step in steps:
        for file in step.contents:
            if owner.setdefault(file, step.patch.group) != step.patch.group:
                raise RuleError(f"{file}: two groups change one file")
        made = scratch.commit(parent, step.contents, step.patch.group)
        patches.append(dataclasses.replace(
            step.patch, tree=made.tree, parent=made.parent_tree,
            commit=made.commit))
        parent = made.commit
    return Series(slug, subsystem, patches, [*on_top_of])
