# SPDX-License-Identifier: GPL-2.0-only
"""The reader in C, built when it is first needed, and kept.

It is kept by what it was made of, so that a change of a source or of the
compiler makes another. The folder of the sources is only read.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pinlib import host_packages
from pinlib.base.errors import Gup2pinError
from pinlib.base.resources import SCRIPTS

SOURCES = SCRIPTS / "reader"
COMPILER = "gcc"
NEEDS = ("gcc", "libc6-dev", "make")
# What would change how make builds.
_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKEFILES",
            "LDFLAGS")


@dataclass(frozen=True)
class Reader:
    """The program, and what it was made of: the same for the same results."""

    program: Path
    digest: str


def ensure(cache: Path, may_install: bool = False,
           sources: Path = SOURCES) -> Reader:
    """Return the reader of these sources, from the cache or built now."""
    if not shutil.which(COMPILER) or not shutil.which("make"):
        host_packages.ensure(NEEDS, may_install)
    texts = {path.name: path.read_bytes() for path in _files(sources)}
    digest = _digest(texts)
    program = cache / "reader" / digest / "reader"
    if not os.access(program, os.X_OK):
        _build(texts, program)
    return Reader(program, digest)


def _files(sources: Path) -> list[Path]:
    found = sorted([*sources.glob("*.c"), *sources.glob("*.h"),
                    sources / "Makefile"])
    return [path for path in found if path.name != "fuzz.c"]


def _digest(texts: dict[str, bytes]) -> str:
    made_of = hashlib.sha256()
    version = subprocess.run([COMPILER, "-v"], check=False,
                             stdin=subprocess.DEVNULL, capture_output=True)
    for part in (platform.machine().encode(), version.stderr,
                 *(part for name, text in texts.items()
                   for part in (name.encode(), text))):
        made_of.update(len(part).to_bytes(8, "little") + part)
    return made_of.hexdigest()[:32]


def _build(texts: dict[str, bytes], program: Path) -> None:
    """Build in a folder of its own, and put the program in its place at once.

    Two runs that build the same at a time both put the same there.
    """
    env = {name: value for name, value in os.environ.items()
           if name not in _OF_MAKE}
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
        for name, text in texts.items():
            (Path(work) / name).write_bytes(text)
        done = subprocess.run(
            ["make", "-C", work, "-s", "-j2", f"CC={COMPILER}", "O=out",
             "reader"], check=False, text=True, errors="replace", env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        if done.returncode:
            raise Gup2pinError("the reader does not build: " +
                               _first_error(done.stdout))
        _put(Path(work) / "out" / "reader", program)


def _first_error(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    told = [line for line in lines if "error:" in line] or lines
    return told[0] if told else "make failed without a word"


def _put(made: Path, program: Path) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=program.parent, prefix=".reader.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(made.read_bytes())
        os.chmod(name, 0o755)
        os.replace(name, program)
    except BaseException:
        os.unlink(name)
        raise
