# SPDX-License-Identifier: GPL-2.0-only
"""The report run again on the converted copy: nothing lost, nothing left."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import api, ctext
from .model import Series
from .scratch import Scratch

if TYPE_CHECKING:
    from .cli import Options
    from .pipeline import Result

_NEW = ("pin_user_pages_fast", "iov_iter_extract_pages",
        "iov_iter_extract_pages_alloc")


def problems(opts: Options, result: Result,
             series: list[Series]) -> list[str]:
    """What a second look at the converted files finds wrong.

    In every file, as many calls of the old interfaces must be gone as were
    converted, and as many of the new ones have come.
    """
    found = []
    scratch = Scratch(opts.out / "scratch.git")
    counts: dict[str, int] = {}
    for group in result.groups:
        for decision in group.decisions:
            if decision.disposition == "convert":
                file = decision.site.file
                counts[file] = counts.get(file, 0) + 1
    for one in series:
        for patch in one.patches:
            if patch.kind != "convert":
                continue
            with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
                copy = Path(name)
                scratch.export(patch.commit, patch.files, copy)
                for file in patch.files:
                    done = _calls(copy / file, _NEW) - _calls(
                        opts.kernel / file, _NEW)
                    gone = _calls(opts.kernel / file, api.MISSION) - _calls(
                        copy / file, api.MISSION)
                    if done != counts.get(file, 0) or gone != done:
                        found.append(f"{file}: {gone} old calls gone, {done} "
                                     f"new calls, {counts.get(file, 0)} "
                                     "planned")
    return found


def _calls(path: Path, names: tuple[str, ...]) -> int:
    text = ctext.load(path)
    return sum(len(text.words.get(n, ())) for n in names)
