# SPDX-License-Identifier: GPL-2.0-only
"""Runs the reader over files."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import tempfile
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.reader.build import Reader
from pinlib.reader.output import File, Output

# A whole kernel takes some seconds.
TIMEOUT = 120.0
# As many bytes of what was read stay in memory, and what is in use.
AWAKE = 16 << 20


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
          known: Sequence[str] = ()) -> list[File]:
    """Return what is read of some files, with no tokens.

    Nothing of it is left behind. known: as for read().
    """
    names = [str(path) for path in paths]
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
        return _same(read(reader, names, Path("/"), Path(work) / "read",
                          known), names)


def _same(found: Iterable[File], names: list[str]) -> list[File]:
    """Return files that were read, if they are those of some names."""
    made = list(found)
    if [file.path for file in made] != names:
        raise Gup2pinError("the reader did not read what it was given")
    return made


class Session:
    """A reader that is kept, as many files are asked for one by one.

    It writes tokens too. When it fails, the next question starts another.
    known: as for read().
    """

    def __init__(self, reader: Reader, known: Sequence[str] = ()) -> None:
        self._command: list[str | Path] = [
            reader.program, *known, "-t", "--serve"]
        self._process: subprocess.Popen[bytes] | None = None
        self._made: list[Output] = []
        self._awake = 0     # bytes

    def files(self, paths: Iterable[Path]) -> list[File]:
        """Return what is read of some files, of which nothing is left behind."""
        names = [str(path) for path in paths]
        handle, out = tempfile.mkstemp(prefix="gup2pin-")
        os.close(handle)
        try:
            self._ask([out, *names])
            made = Output(Path(out))
            self._keep_asleep(made)
            return _same(made, names)
        finally:
            os.unlink(out)

    def _keep_asleep(self, made: Output) -> None:
        """Let go of the memory of all that was read, once there is more of it.

        It is read again from the file where it is looked at again.
        """
        self._made.append(made)
        self._awake += made.size
        if self._awake > AWAKE:
            self._awake = 0
            for output in self._made:
                output.sleep()

    def _ask(self, names: list[str]) -> None:
        process = self._started()
        assert process.stdin and process.stdout and process.stderr
        try:
            process.stdin.write(b"".join(
                os.fsencode(name) + b"\0" for name in (*names, "")))
            process.stdin.flush()
            if not select.select([process.stdout], [], [], TIMEOUT)[0]:
                raise Gup2pinError(
                    f"the reader did not finish in {TIMEOUT:g} s")
            if process.stdout.read(1) == b"\0":
                return
        except BrokenPipeError:
            pass        # It ended, and says why.
        except BaseException:
            self.close()
            raise
        said = process.stderr.read().decode("utf-8", "replace").strip()
        code = process.wait()
        self.close()
        raise Gup2pinError(f"the reader failed: {said or f'exit {code}'}")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, cwd="/", stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            weakref.finalize(self, _end, self._process)
        return self._process

    def close(self) -> None:
        """End the reader, if it runs."""
        if self._process:
            _end(self._process)
            self._process = None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a reader, which has nothing to lose."""
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait()


def _ended(command: list[str | Path], root: Path,
           given: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, if that comes in time."""
    try:
        return subprocess.run(command, cwd=root, check=False, input=given,
                              capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise Gup2pinError(
            f"the reader did not finish in {TIMEOUT:g} s") from error
