# SPDX-License-Identifier: GPL-2.0-only
"""Keep the report of a run for the next one that would make the same.

It is kept with all that the run read. If one byte of that is another one, an
index answers a question otherwise, or the tool or a package has changed, it is
made anew.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from pinlib.base.files import read_json, to_json, write_json
from pinlib.base.options import Options
from pinlib.base.resources import COCCI, OVERLAY, REPORTS, SCRIPTS
from pinlib.kernel import inputs

# Reports of as many trees and options stay.
KEPT = 16
# It changes with every package that is installed or brought up to date.
_PACKAGES = Path("/var/lib/dpkg/status")
# The tool itself, whose digest is part of the name.
TOOL = (SCRIPTS, COCCI, OVERLAY, REPORTS)
# What a report does not depend on.
_NOT_IN_IT = {"out": Path(), "jobs": 0, "baseline": None, "verbose": False,
              "format": "text", "replace": False}


class Kept:
    """The report that was kept for some options, if one was.

    report and plan are what the files of these names hold.
    """

    def __init__(self, opts: Options, cache: Path) -> None:
        self._cache = cache
        self._file = cache / "reports" / _name(opts)

    def find(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return report and plan, if all that they rest on is as it was."""
        try:
            kept = read_json(self._file)
            if not inputs.unchanged(kept["inputs"], self._cache):
                return None
            os.utime(self._file)
            return kept["report"], kept["plan"]
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep(self, read: inputs.Inputs, report: dict[str, Any],
             plan: dict[str, Any]) -> None:
        """Keep report and plan, unless it cannot be known what they rest on."""
        snapshot = read.snapshot()
        if snapshot is None:
            return
        write_json(self._file, {"inputs": snapshot, "report": report,
                                "plan": plan})
        kept = sorted(self._file.parent.iterdir(),
                      key=lambda p: p.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)


def _name(opts: Options) -> str:
    """Return a name for what was asked of this very tool and its packages."""
    made = hashlib.sha256()
    asked = dataclasses.replace(opts, **_NOT_IN_IT)
    spatch = shutil.which("spatch") or ""
    for part in (sys.version, _stamp(_PACKAGES), spatch, _stamp(Path(spatch)),
                 repr(asked), *(
            f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for top in TOOL
            for path in sorted(top.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts)):
        made.update(to_json(part).encode())
    return made.hexdigest()


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
