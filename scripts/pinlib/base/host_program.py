# SPDX-License-Identifier: GPL-2.0-only
"""Build gup2pin's own C programs when they are first needed, and keep them.

Each is kept by what it was made of, so that a change of a source or of the
compiler makes another. The folders of the sources are only read.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinlib.base.errors import Gup2pinError, UsageError

COMPILER = "gcc"
PACKAGES = ("gcc", "libc6-dev", "make")
# What would change how make builds.
_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKEFILES",
            "LDFLAGS")


@dataclass(frozen=True)
class HostProgram:
    """A program, and what it was made of: the same for the same results."""

    path: Path
    digest: str


def build(name: str, folders: Sequence[Path], cache: Path) -> HostProgram:
    """Return the program of this name, which the first folder's Makefile makes.

    The other folders, beside it, hold what it is made of too.
    """
    texts = {f"{folder.name}/{path.name}": path.read_bytes()
             for folder in folders for path in _files(folder)}
    digest = _digest(texts)
    program = cache / "programs" / digest / name
    if not os.access(program, os.X_OK):
        with _alone(folders[0]):
            # It may be there by now.
            if not os.access(program, os.X_OK):
                _build(folders[0].name, texts, program)
    return HostProgram(program, digest)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Have whoever builds from a folder at the same time wait for the block."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _files(folder: Path) -> list[Path]:
    found = sorted([*folder.glob("*.c"), *folder.glob("*.h"),
                    folder / "Makefile"])
    return [path for path in found if path.name != "fuzz.c"]


def _digest(texts: dict[str, bytes]) -> str:
    made_of = hashlib.sha256()
    path = shutil.which(COMPILER) or COMPILER
    version = _version(path, _changed(path))
    for part in (platform.machine().encode(), version.encode(),
                 *(part for name, text in texts.items()
                   for part in (name.encode(), text))):
        made_of.update(len(part).to_bytes(8, "little") + part)
    return made_of.hexdigest()[:32]


@functools.lru_cache(maxsize=8)
def _version(compiler: str, _: int) -> str:
    """Return what a compiler says of itself, asked once while it stays."""
    return _run([compiler, "-v"]).stdout


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _build(folder: str, texts: dict[str, bytes], program: Path) -> None:
    """Build in a folder of its own, and put the program in its place at once."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
        for name, text in texts.items():
            path = Path(work) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text)
        done = _run(["make", "-C", f"{work}/{folder}", "-s", "-j2",
                     f"CC={COMPILER}", "O=out", program.name])
        if done.returncode:
            raise Gup2pinError(f"{program.name} does not build: "
                               f"{_first_error(done.stdout)}")
        _put(Path(work) / folder / "out" / program.name, program)


def _first_error(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    told = [line for line in lines if "error:" in line] or lines
    return told[0] if told else "make failed without a word"


def _put(made: Path, program: Path) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=program.parent,
                                    prefix=f".{program.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(made.read_bytes())
        os.chmod(name, 0o755)
        os.replace(name, program)
    except BaseException:
        os.unlink(name)
        raise


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a tool of the build, away from any make around."""
    env = {name: value for name, value in os.environ.items()
           if name not in _OF_MAKE}
    try:
        return subprocess.run(command, check=False, text=True,
                              errors="replace", env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    except OSError as error:
        raise UsageError(f"{command[0]}: {error.strerror}; install it with: "
                         f"sudo apt-get install -y {' '.join(PACKAGES)}"
                         ) from error
