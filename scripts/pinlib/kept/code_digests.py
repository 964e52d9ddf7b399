# SPDX-License-Identifier: GPL-2.0-only
"""Takes files of C; gives what tells the code of each from any other, in batches.

scripts/digest reads them: that is quicker for a file than to open it in Python.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pinlib.base import host_program
from pinlib.base.errors import Gup2pinError
from pinlib.base.resources import SCRIPTS

SOURCES = (SCRIPTS / "digest",)


def of(paths: Sequence[str], cache: Path) -> dict[str, str | None]:
    """Return a digest of the code of each file; None where none is read."""
    program = host_program.build("digest", SOURCES, cache)
    done = subprocess.run(
        [program.path], check=False, capture_output=True,
        input=b"".join(os.fsencode(path) + b"\0" for path in paths))
    made = done.stdout.decode("ascii").split("\n")[:-1]
    if done.returncode or len(made) != len(paths):
        raise Gup2pinError(done.stderr.decode("utf-8", "replace").strip()
                           or "the digests of files could not be made")
    return {path: digest or None for path, digest in zip(paths, made)}
