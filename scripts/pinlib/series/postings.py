# SPDX-License-Identifier: GPL-2.0-only
"""Hold what is sent at once, and split what is too long for that."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from pinlib.base.records import Patch, Series
from pinlib.series.recipients import Recipients

MOST_PATCHES = 15


@dataclasses.dataclass
class Mail:
    """One patch with its message, what it changes and who gets it."""

    patch: Patch
    subject: str
    commit: str
    parent: str
    diff: str
    to: Recipients
    author: str             # the sender, "" where nobody is known
    below: str              # what stands between the message and the diffstat


@dataclasses.dataclass
class Posting:
    """What is sent at once: a whole series, or a part of a long one.

    below: the mails of the series that it applies on top of.
    """

    series: Series
    folder: Path
    part: int
    parts: int
    mails: list[Mail]
    below: list[Mail]


def split(patches: Sequence[Patch]) -> list[list[Patch]]:
    """Return the patches in postings, each group whole as far as it can be."""
    groups: list[list[Patch]] = []
    for patch in patches:
        if groups and groups[-1][0].group == patch.group:
            groups[-1].append(patch)
        else:
            groups.append([patch])
    parts: list[list[Patch]] = [[]]
    for group in groups:
        if parts[-1] and len(parts[-1]) + len(group) > MOST_PATCHES:
            parts.append([])
        for patch in group:
            if len(parts[-1]) == MOST_PATCHES:
                parts.append([])
            parts[-1].append(patch)
    return parts
