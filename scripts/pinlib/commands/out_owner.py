# SPDX-License-Identifier: GPL-2.0-only
"""Keep the results of one tree and version in OUT, and refuse any other's.

Two checkouts of one version have the same OUT unless they are told apart, and a
typing error in KERNEL= would put one tree's results in the place of another's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

from pinlib.base.errors import UsageError
from pinlib.base.files import read_json, write_json
from pinlib.engine.declared import PINS

RECORD = ".tree.json"
# The results in OUT, without the series, which may have been edited.
RESULTS = ("report.*", "html", "audit.*", "boot*", "evidence.json",
           "plan.json", "commits.json", "timings.json", "census.json",
           "facts.jsonl", "sites.json", "mutants.json")


def claim(out: Path, version: str, kernel: str, module: Path | None,
          replace: bool, campaign: str = PINS) -> bool:
    """Refuse the results of another tree or campaign, or take their place.

    kernel is the folder of the tree, or the package that it comes of. Says
    whether there were such results.
    """
    whose = other(out, version, kernel, module, campaign)
    if whose and not replace:
        raise UsageError(f"{out}: it holds the results of {whose}; choose "
                         "another OUT, or replace them (--replace, make "
                         "REPLACE=1)")
    for path in [p for glob in RESULTS for p in out.glob(glob)] \
            if whose else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    write_json(out / RECORD, {
        "version": version, "kernel": kernel,
        "module": os.fspath(module) if module else None,
        **({"campaign": campaign} if campaign != PINS else {})})
    return bool(whose)


def other(out: Path, version: str, kernel: str, module: Path | None,
          campaign: str = PINS) -> str:
    """Return the other tree or campaign whose results lie in a folder, or "".

    A run that ended before it wrote any has left nothing to lose.
    """
    if not any(True for glob in (*RESULTS, "series") for _ in out.glob(glob)):
        return ""
    known = _read(out / RECORD)
    if not known:
        # Results of an older version name no tree, but its kernel's version.
        report = _read(out / "report.json")
        kept = report.get("kernel")
        was = kept.get("version") if isinstance(kept, dict) else None
        if was and was != version:
            return f"Linux {was}"
        return f"the campaign {PINS}" if report and campaign != PINS else ""
    place = str(known.get("kernel", kernel))
    if known.get("version", version) != version:
        return f"Linux {known['version']} ({place})"
    if not _same(place, kernel):
        return place
    mine = os.fspath(module) if module else None
    theirs = known.get("module")
    if theirs != mine and not (
            theirs and mine and _same(theirs, mine)
            and Path(theirs).name == Path(mine).name):
        return f"the module {theirs}" if theirs else f"{place} without M"
    was = known.get("campaign", PINS)
    return f"the campaign {was}" if was != campaign else ""


def _same(one: str, two: str) -> bool:
    """Say whether two folders are one, or the first was moved away."""
    if one == two:
        return True
    if not os.path.isabs(one):
        return False
    with contextlib.suppress(OSError):
        return not os.path.isdir(one) or os.path.samefile(one, two)
    return False


def _read(path: Path) -> dict[str, Any]:
    try:
        found = read_json(path)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
