# SPDX-License-Identifier: GPL-2.0-only
"""Tell this very tool, with the packages that it uses, from any other."""

from __future__ import annotations

import functools
import hashlib
import shutil
import sys
from pathlib import Path

from pinlib.base.files import to_json
from pinlib.base.resources import COCCI, OVERLAY, REPORTS, SCRIPTS

# What the tool consists of.
TOOL = (SCRIPTS, COCCI, OVERLAY, REPORTS)
# It changes with every package that is installed or brought up to date.
_PACKAGES = Path("/var/lib/dpkg/status")


@functools.cache
def digest() -> str:
    """Return a digest of what the same results are made by."""
    made = hashlib.sha256()
    for part in (sys.version, _stamp(_PACKAGES), spatch(), *(
            f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for top in TOOL
            for path in sorted(top.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts)):
        made.update(to_json(part).encode())
    return made.hexdigest()


def spatch() -> str:
    """Return what tells the spatch that is found from any other."""
    path = shutil.which("spatch") or ""
    return f"{path} {_stamp(Path(path))}"


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
