# SPDX-License-Identifier: GPL-2.0-only
"""Count the member again in the converted tree: only what stays may name it.

The text is searched, not the index of words that the report was made with.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping
from pathlib import Path

from pinlib.base.records import Disposition, PatchKind, Series
from pinlib.csource.masking import CText
from pinlib.engine.found import Found
from pinlib.prove.affected import TreeText
from pinlib.series.scratch.scratch_repo import Scratch

# What the report counts: C that is part of a kernel.
_COUNTED = ("*.c", "*.h", "!/tools/", "!/Documentation/")


def converted(out: Path, made: list[Series]) -> dict[str, str]:
    """Return the text of every file that the series change, all of them applied.

    Each subsystem's patch is on top of the accessors alone, so only what it edits
    itself is taken from its tree.
    """
    scratch = Scratch(out / "scratch.git")
    texts: dict[str, str] = {}
    for patch in (patch for one in made for patch in one.patches):
        for file in patch.files:
            data = scratch.read(patch.commit, file)
            texts[file] = (data or b"").decode("latin-1")
    return texts


def problems(kernel: Path, out: Path, found: Found,
             made: list[Series]) -> list[str]:
    """Return which files name the member more or less often than they should."""
    campaign, texts = found.campaign, converted(out, made)
    member = campaign.counted.name
    done = {site for one in made for p in one.patches for site in p.sites}
    stay = collections.Counter(s.file for s in found.sites if s.id not in done)
    stay[campaign.counted.header] += _own(kernel, out, campaign.counted.header,
                                          member, made)
    renamed = any(p.kind == PatchKind.CONVERT and not p.sites
                  for one in made for p in one.patches)
    left: list[str] = []
    if renamed and campaign.rename:
        left = _wrong(kernel, texts, member, {})
        member = campaign.rename.fields["new"]
    return [*left, *_wrong(kernel, texts, member, stay), *(
        f"{s.file}:{s.line}: {s.disposition}, and not in any patch"
        for s in found.sites if s.id not in done and s.disposition
        == Disposition.CONVERT and renamed)]


def _own(kernel: Path, out: Path, header: str, member: str,
         made: list[Series]) -> int:
    """Return how often the accessors that were added name the member."""
    added = [patch for one in made for patch in one.patches
             if patch.kind == PatchKind.OVERLAY]
    scratch = Scratch(out / "scratch.git")
    return sum(_count((scratch.read(patch.commit, header) or b"").decode("latin-1"),
                      member) for patch in added) - sum(
        _count(_read(kernel / header), member) for _ in added)


def _wrong(kernel: Path, texts: Mapping[str, str], member: str,
           stay: Mapping[str, int]) -> list[str]:
    """Return the files that do not name the member as often as told."""
    names = TreeText(kernel).naming([member], _COUNTED) | {*texts, *stay}
    lines = []
    for file in sorted(names):
        text = texts[file] if file in texts else _read(kernel / file)
        count, wanted = _count(text, member), stay.get(file, 0)
        if count != wanted:
            lines.append(f"{file}: {member} is named {count} times, not {wanted}")
    return lines


def _count(text: str, member: str) -> int:
    code = CText(text)
    return len(code.words.get(member, ())) + len(code.dead_words.get(member, ()))


def _read(path: Path) -> str:
    return path.read_bytes().decode("latin-1") if path.is_file() else ""
