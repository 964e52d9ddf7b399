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
from pathlib import Path
from typing import Any

from pinlib.base import own_digest
from pinlib.base.files import forget, packed, read_json, write_file
from pinlib.base.options import Options
from pinlib.kept import inputs
from pinlib.series.commits import Missing

# Reports of as many trees and options stay.
KEPT = 16
# What a report does not depend on.
_NOT_IN_IT = {"out": Path(), "jobs": 0, "baseline": None, "verbose": False,
              "format": "text", "replace": False}


class Kept:
    """The report that was kept for some options, if one was.

    report and plan are what the files of these names hold. missing: the helpers
    that are lacking, on which both rest.
    """

    def __init__(self, opts: Options, cache: Path, now: inputs.Now,
                 missing: Missing) -> None:
        self._now = now
        self._tree = opts.module or opts.kernel
        self._file = cache / "reports" / _name(opts, missing)

    def find(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return report and plan, if all that they rest on is as it was."""
        try:
            kept = read_json(self._file)
            if not self._now.holds(kept["inputs"]):
                return None
            os.utime(self._file)
            for group, file in kept["hashed"]:
                kept["plan"][group]["files"][file] = self._hash(file)
            return kept["report"], kept["plan"]
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep(self, read: inputs.Inputs, report: dict[str, Any],
             plan: dict[str, Any]) -> None:
        """Keep report and plan, unless it cannot be known what they rest on."""
        snapshot = read.snapshot(self._now)
        if snapshot is None:
            return
        # They change with the comments of the tree's own files.
        hashed = [(group, file) for group, made in plan.items()
                  for file, was in made["files"].items()
                  if was == self._hash(file)]
        write_file(self._file, packed({"inputs": snapshot, "report": report,
                                       "plan": plan, "hashed": hashed}))
        forget(self._file.parent, KEPT)

    def _hash(self, file: str) -> str:
        """Return the hash by which a plan knows the text of a file."""
        path = self._tree / file
        return hashlib.sha256(path.read_bytes()).hexdigest() \
            if path.is_file() else ""


def _name(opts: Options, missing: Missing) -> str:
    """Return a name for what was asked of this very tool and its packages."""
    names, why = missing
    asked = repr((dataclasses.replace(opts, **_NOT_IN_IT), sorted(names), why))
    return hashlib.sha256(f"{own_digest.digest()} {asked}".encode(
        "utf-8", "surrogateescape")).hexdigest()
