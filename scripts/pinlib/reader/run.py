# SPDX-License-Identifier: GPL-2.0-only
"""Runs the reader over files."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.reader.build import Reader
from pinlib.reader.output import File, Output

# A whole kernel takes some seconds.
TIMEOUT = 120.0


def read(reader: Reader, paths: Iterable[str], root: Path, into: Path,
         known: Sequence[str] = (), tokens: bool = False) -> Output:
    """Read files, named from a root, and leave what was read in a file.

    known: the reader's options that say what decides conditions.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=into.parent, prefix=f".{into.name}.")
    os.close(handle)
    try:
        done = _ended(
            [reader.program, *known, *(["-t"] if tokens else []),
             "-o", os.path.abspath(name)],
            root, b"".join(os.fsencode(path) + b"\0" for path in paths))
        if done.returncode:
            raise Gup2pinError("the reader failed: " + (
                done.stderr.decode("utf-8", "replace").strip() or
                f"exit {done.returncode}"))
        os.replace(name, into)
    except BaseException:
        os.unlink(name)
        raise
    return Output(into)


def files(reader: Reader, paths: Iterable[Path],
          tokens: bool = False, known: Sequence[str] = ()) -> list[File]:
    """Return what is read of some files, of which nothing is left behind."""
    names = [str(path) for path in paths]
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
        found = list(read(reader, names, Path("/"), Path(work) / "read",
                          known, tokens))
    if [file.path for file in found] != names:
        raise Gup2pinError("the reader did not read what it was given")
    return found


def _ended(command: list[str | Path], root: Path,
           given: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, if that comes in time."""
    try:
        return subprocess.run(command, cwd=root, check=False, input=given,
                              capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise Gup2pinError(
            f"the reader did not finish in {TIMEOUT:g} s") from error
