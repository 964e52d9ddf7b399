# SPDX-License-Identifier: GPL-2.0-only
"""Check the kernel tree that is read, and the folders that are written.

Nothing of the tree is executed, git least of all: a checkout's own configuration
can name commands that git would run.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pinlib.base.errors import UsageError
from pinlib.csource.written.heard import is_file
from pinlib.base.progress import Step

SOURCES = Path("/usr/src")
HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
HOPS = 5


def cache_folder() -> Path:
    """Return where unpacked sources, facts and finished builds are kept."""
    given = os.environ.get("GUP2PIN_CACHE")
    return (Path(given) if given else
            Path.home() / ".cache" / "gup2pin").absolute()


def kernel_version(tree: Path) -> str:
    """Return the version in a tree's Makefile, EXTRAVERSION included."""
    text = _small_text(tree / "Makefile")
    found = dict(re.findall(
        r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*=[ \t]*(\S*)",
        text, re.MULTILINE))
    numbers = [found.get(key, "") for key in ("VERSION", "PATCHLEVEL",
                                              "SUBLEVEL")]
    if not all(re.fullmatch(r"[0-9]+", number) for number in numbers):
        raise UsageError(f"{tree}: not a kernel tree: its Makefile names no "
                         "VERSION, PATCHLEVEL and SUBLEVEL")
    # The version becomes a folder name, so only plain characters of it count.
    extra = re.match(r"[\w.+~-]*", found.get("EXTRAVERSION", ""), re.ASCII)
    return ".".join(numbers) + (extra.group() if extra else "")


def validate(tree: Path) -> None:
    """Refuse a folder that is not a kernel tree or that cannot be read."""
    if not tree.exists():
        raise UsageError(f"{tree}: no such folder")
    if not tree.is_dir():
        raise UsageError(f"{tree}: not a folder")
    if not os.access(tree, os.R_OK | os.X_OK):
        raise UsageError(f"{tree}: no permission to read it")
    for name in ("Makefile", "include/linux/mm.h"):
        path = tree / name
        try:
            if not path.is_file():
                raise UsageError(f"{tree}: not a kernel tree: no {name}")
        except PermissionError as error:
            raise UsageError(f"{path}: no permission to read it") from error
        if not os.access(path, os.R_OK):
            raise UsageError(f"{path}: no permission to read it")
    kernel_version(tree)


def commit_id(tree: Path) -> str | None:
    """Return the commit that a git checkout is at; None for anything else."""
    try:
        own = _git_folder(tree)
        if own is None:
            return None
        shared = own
        if is_file(own / "commondir"):
            shared = own / _small_text(own / "commondir").strip()
        text = _small_text(own / "HEAD").strip()
        for _ in range(HOPS):
            if HASH.fullmatch(text):
                return text
            name = text.removeprefix("ref: ").strip()
            if name == text or not _is_ref(name):
                return None
            text = _ref(own, shared, name)
    except OSError:
        return None
    return None


def has_git(tree: Path) -> bool:
    """Say whether a tree is the top of a git checkout."""
    try:
        own = _git_folder(tree)
        return own is not None and is_file(own / "HEAD")
    except OSError:
        return False


def _git_folder(tree: Path) -> Path | None:
    """Return a checkout's git folder; a worktree has a file that names it."""
    path = tree / ".git"
    if is_file(path / "HEAD"):
        return path
    if not is_file(path):
        return None
    text = _small_text(path).strip()
    name = text.removeprefix("gitdir: ")
    return None if name == text else tree / name


def _is_ref(name: str) -> bool:
    return name.startswith("refs/") and ".." not in name.split("/")


def _ref(own: Path, shared: Path, name: str) -> str:
    """Return what a ref holds; "" when neither a file nor packed-refs has it."""
    for folder in (own, shared):
        if is_file(folder / name):
            return _small_text(folder / name).strip()
    packed = shared / "packed-refs"
    if is_file(packed):
        with open(packed, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.rstrip("\n").endswith(" " + name):
                    return line.split(" ", 1)[0]
    return ""


def _small_text(path: Path) -> str:
    """Read the first part of a plain file: a Makefile's head, or a ref.

    Anything but a plain file is refused, for a pipe would block for ever.
    """
    if not is_file(path):
        raise FileNotFoundError(2, "no such file", str(path))
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        return stream.read(65536)


def debian_tree(package: str, version: str) -> Path:
    """Return Debian's kernel source, unpacked once for each package version.

    Unpacked beside its place and renamed, so that a tree is whole or absent; a
    lock keeps two runs from unpacking at once.
    """
    cache = cache_folder()
    tree = cache / f"{package}_{re.sub(r'[^A-Za-z0-9.+~-]', '_', version)}"
    if (tree / "Makefile").is_file():
        return tree
    archive = SOURCES / f"{package}.tar.xz"
    if not archive.is_file():
        raise UsageError(f"{archive}: no such file, though {package} "
                         f"{version} is installed")
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / ".unpack.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in cache.glob(".unpack-*"):
            shutil.rmtree(left, ignore_errors=True)
        if not (tree / "Makefile").is_file():
            _unpack(archive, tree)
    return tree


def _unpack(archive: Path, tree: Path) -> None:
    with Step(f"unpack {archive.name}"), tempfile.TemporaryDirectory(
            dir=tree.parent, prefix=".unpack-") as name:
        done = subprocess.run(
            ["tar", "--extract", "--use-compress-program=xz -T0",
             f"--file={archive}", f"--directory={name}", "--no-same-owner"],
            check=False, capture_output=True, text=True, errors="replace")
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["tar failed"])[0]
            raise UsageError(f"{archive}: cannot unpack into {tree.parent}: "
                             f"{last}")
        inside = list(Path(name).iterdir())
        if len(inside) != 1:
            raise UsageError(f"{archive}: holds {len(inside)} folders, not "
                             "one kernel tree")
        os.rename(inside[0], tree)


def check_outside(folder: Path, read_only: Iterable[Path], what: str) -> None:
    """Refuse to write below a tree that is only ever read."""
    place = folder.resolve()
    for tree in read_only:
        if place.is_relative_to(tree.resolve()):
            raise UsageError(f"{folder}: {what} lies inside {tree}, which is "
                             "only read; choose another folder")


@contextlib.contextmanager
def output_folder(out: Path) -> Iterator[None]:
    """Make OUT, prove that it can be written, and keep other runs out of it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(f"{out}: cannot write results here: "
                         f"{error.strerror}; choose another OUT") from error
    try:
        _take(lock, out)
        yield
    finally:
        os.close(lock)


def _take(lock: int, out: Path) -> None:
    """Hold the lock and leave the holder's process id in it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.truncate(lock, 0)
        os.write(lock, b"%d\n" % os.getpid())
    except BlockingIOError as error:
        raise UsageError(f"{out}: another run is writing here; wait for it "
                         "or choose another OUT") from error
    except OSError as error:
        raise UsageError(f"{out}: cannot write results here: "
                         f"{error.strerror}") from error
