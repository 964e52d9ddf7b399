# SPDX-License-Identifier: GPL-2.0-only
"""Build the kernels to boot: one folder a configuration, one image a series.

The folder holds the objects of the unconverted tree with the overlay and the
test-only interface. Every other image is made of it in a private namespace that
shows the changed files, so that only these are compiled again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pinlib.base.errors import Gup2pinError, ProofError
from pinlib.base.files import write_file
from pinlib.base.resources import OVERLAY
from pinlib.boot import reach
from pinlib.boot.machines import Machine, UML
from pinlib.build import make_log, mount_namespace
from pinlib.build.configs import build_root
from pinlib.kernel.kernel_tree import kernel_version
from pinlib.series.overlay import (GUP, overlay_files, preprocess,
                                   tree_features)

BOOT = OVERLAY / "boot"
TRACE = ("pin_trace.h", "pin_trace_calls.h", "pin_trace.c", "page_counts.c")
TESTS = ("page_extract_kunit.h", "page_extract_kunit.c", "page_extract_model.c",
         "page_extract_user_kunit.c")

# Return addresses become lines by these, and a call in tail position would
# leave the address of somebody else's caller.
KCFLAGS = "-g1 -fno-optimize-sibling-calls"

# sparse checks everything that is compiled.
SPARSE = ("C=1", "CHECK=sparse", "CF=-fmax-warnings=unlimited")

MAKE_SECONDS = 3600
KEPT_IMAGES = 4

Say = Callable[[str], None]
# Builds a kernel with one more file changed; the image, and what the compiler
# or sparse says of that file that it does not say without the change.
Build = Callable[[str, bytes], tuple[Path, dict[str, str]]]


def wrapped(trace: str) -> list[str]:
    """Return the functions that a C text wraps, as __wrap_NAME()."""
    return sorted(set(re.findall(r"\b__wrap_(\w+)\(", trace)))


def traces(machine: Machine) -> tuple[str, ...]:
    """Return the files of the test-only interface that a machine gets."""
    return () if machine.tests_only else (*TRACE, *machine.extra)


def base_files(kernel: Path, machine: Machine = UML) -> dict[str, bytes]:
    """Return what the unconverted kernel gets: overlay, tests, interface."""
    features = tree_features(kernel, booted=True)
    files = dict(overlay_files(kernel))
    if machine.tests_only:
        files.pop(GUP, None)    # which is on trial there
    for name in traces(machine):
        text = (BOOT / "kernel" / name).read_text(encoding="utf-8")
        files[f"lib/{name}"] = preprocess(name, text, features)
    for name in TESTS:
        text = (OVERLAY / "lib" / name).read_text(encoding="utf-8")
        files[f"lib/{name}"] = preprocess(name, text, features)
    files["lib/Makefile"] = boot_makefile(files["lib/Makefile"], machine)
    return {name: text.encode("utf-8", "surrogateescape")
            for name, text in files.items()}


def base_time(mark: Path, data: bytes) -> int:
    """Return the time since when a file of the base has had this text.

    A text that comes back is new again: the objects are of another one.
    """
    text = f"{sha256(data)}\n"
    if not mark.is_file() or mark.read_text(encoding="ascii") != text:
        write_file(mark, text)
    return mark.stat().st_mtime_ns


def boot_makefile(text: str, machine: Machine) -> str:
    """Return lib/Makefile with the interface and the tests in it."""
    names = (*traces(machine), *TESTS)
    objects = " ".join(f"{Path(name).stem}.o" for name in names
                       if name.endswith(".c"))
    line = f"obj-y += {objects}\n"
    return text if line in text else text + line


def digest(files: dict[str, bytes | None]) -> str:
    """Return a short hash of file names and texts."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name}\0{-1 if data is None else len(data)}\0".encode())
        found.update(data or b"")
    return found.hexdigest()[:16]


def fresh(before: make_log.BuildLog, after: make_log.BuildLog
          ) -> dict[str, str]:
    """Return the first message of each tool about some object that is new."""
    found: dict[str, str] = {}
    for name, log in after.objects.items():
        old = before.objects.get(name, make_log.ObjectLog())
        for tool in ("compiler", "sparse"):
            more = make_log.new_diagnostics(getattr(old, tool),
                                            getattr(log, tool))
            if more:
                found.setdefault(tool, more[0])
    return found


def sha256(data: bytes) -> str:
    """Return a short hash of some bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def tree_stamp(kernel: Path) -> str:
    """Return a hash of the names, sizes and times of every file of the tree."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(kernel):
        folders.sort()
        for name in sorted(names):
            info = os.lstat(os.path.join(folder, name))
            found.update(f"{folder}/{name} {info.st_size} "
                         f"{info.st_mtime_ns}\n".encode(
                             "utf-8", "surrogateescape"))
    return found.hexdigest()


def wanted_options(fragment: str) -> dict[str, str]:
    """Return the options that a fragment sets, with their values; n: not set."""
    return {name or unset: value or "n" for name, value, unset in re.findall(
        r"^(?:(CONFIG_\w+)=(\S+)|# (CONFIG_\w+) is not set)$", fragment, re.M)}


def dropped_options(fragment: str, config: str) -> list[str]:
    """Return the options of which .config has another value than the fragment."""
    got = wanted_options(config)
    return [name for name, value in wanted_options(fragment).items()
            if got.get(name, "n") != value]


class Kernels:
    """The images of one tree in one configuration."""

    def __init__(self, kernel: Path, jobs: int, say: Say,
                 machine: Machine = UML) -> None:
        self.kernel = kernel
        self.machine = machine
        self.config = machine.config.read_bytes()
        self.jobs = jobs
        self.say = say
        self.base = base_files(kernel, machine)
        self.wraps = wrapped("".join(
            self.base[f"lib/{name}"].decode()
            for name in traces(machine) if name.endswith(".c")))
        self.stamp = tree_stamp(kernel)
        self.folder = self._folder()
        (self.folder / "images").mkdir(parents=True, exist_ok=True)
        self._lock = open(self.folder / "lock", "w", encoding="ascii")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let another run have the folder."""
        self._lock.close()

    def _folder(self) -> Path:
        gcc = subprocess.run([f"{self.machine.cross}gcc", "--version"],
                             capture_output=True, check=True).stdout
        key = hashlib.sha256(b"\0".join(
            [gcc, KCFLAGS.encode(), os.fspath(self.kernel).encode()])
            ).hexdigest()
        version = re.sub(r"[^\w.+-]", "_", kernel_version(self.kernel))
        name = f"{version}-{self.machine.name}-{key[:16]}"
        return (build_root() / name).resolve()

    def _files(self, changes: dict[str, bytes | None]
               ) -> dict[str, bytes | None]:
        """Return what a kernel with some changes differs in from the tree."""
        both = sorted(self.base.keys() & changes.keys())
        if both:
            raise ProofError(f"boot: {both[0]}: a patch changes what the tests "
                             "need as it is")
        return {**self.base, **changes}

    def _image(self, files: dict[str, bytes | None]) -> Path:
        name = hashlib.sha256(
            f"{self.stamp}{digest(files)}{sha256(self.config)}"
            .encode()).hexdigest()[:16]
        return self.folder / "images" / name / "linux"

    def image(self, changes: dict[str, bytes | None]) -> Path:
        """Return the kernel with some files changed, built or kept."""
        files = self._files(changes)
        path = self._image(files)
        if path.is_file():
            os.utime(path.parent)
            return path
        self._build_base()
        if files != self.base:
            self._build(files, path)
        else:
            self._keep(self.folder / "obj" / self.machine.image, path)
        self._forget_old()
        return path

    def _make_args(self, *goals: str) -> list[str]:
        return ["nice", "-n", "5", "make", f"O={self.folder}/obj",
                f"ARCH={self.machine.arch}",
                f"-j{self.jobs}", "--output-sync=target",
                "LOCALVERSION=", f"KCFLAGS={KCFLAGS}",
                *self.machine.link(self.wraps),
                *([f"CROSS_COMPILE={self.machine.cross}"]
                  if self.machine.cross else []),
                *([f"CC={shutil.which('ccache')} {self.machine.cross}gcc"]
                  if shutil.which("ccache") else []), *goals]

    def _make(self, ns: mount_namespace.Namespace, *goals: str) -> None:
        """Run make; its output is kept, and shown in part when it fails."""
        log = self.folder / "make.log"
        with open(log, "wb") as stream:
            make = subprocess.Popen(
                ns.command(self._make_args(*goals)),
                env=mount_namespace.build_env(), stdin=subprocess.DEVNULL,
                stdout=stream, stderr=subprocess.STDOUT,
                start_new_session=True)
            try:
                code = make.wait(timeout=MAKE_SECONDS)
            except subprocess.TimeoutExpired:
                raise ProofError(f"make {' '.join(goals)}: not finished after "
                                 f"{MAKE_SECONDS} s; see {log}") from None
            finally:
                # Otherwise the processes that make started go on without it.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(make.pid, signal.SIGTERM)
        if code:
            text = log.read_text(encoding="utf-8", errors="replace")
            errors = [line for line in text.splitlines()
                      if re.search(r"\berror\b|undefined|\*\*\*", line)]
            raise ProofError(f"make {' '.join(goals)}: "
                             f"{errors[0] if errors else 'failed'}; see {log}")

    def _build_base(self) -> None:
        """Bring the unconverted kernel's objects up to date."""
        ready = self.folder / "ready"
        key = f"{self.stamp} {digest(dict(self.base))} " \
              f"{sha256(self.config)}\n"
        if ready.is_file() and ready.read_text(encoding="ascii") == key:
            return
        self.say("boot: building the unconverted kernel")
        start = time.monotonic()
        ready.unlink(missing_ok=True)
        with mount_namespace.Namespace(self.folder, self.kernel, both=False) as ns:
            self._write(ns, dict(self.base))
            self._renew(ns)
            self._configure(ns)
            self._make(ns, self.machine.goal)
        write_file(ready, key)
        self.say(f"boot: built in {time.monotonic() - start:.0f} s")

    def _configure(self, ns: mount_namespace.Namespace) -> None:
        """Write .config, unless it was made of the same fragment."""
        made_of = self.folder / "fragment.config"
        if made_of.is_file() and \
                made_of.read_bytes() == self.config:
            return
        made_of.unlink(missing_ok=True)
        self._make(ns, self.machine.base)
        with open(self.folder / "obj" / ".config", "ab") as stream:
            stream.write(self.config)
        self._make(ns, "olddefconfig")
        made_of.write_bytes(self.config)

    def options(self) -> dict[str, str]:
        """Return the options that the kernels are built with."""
        return wanted_options(self._configured())

    def dropped(self) -> list[str]:
        """Return what this tree makes of the options that it does not obey."""
        config = self._configured()
        got = wanted_options(config)
        return [f"{name} stays {got[name]}" if got.get(name, "n") != "n"
                else f"{name} is not available"
                for name in dropped_options(self.config.decode(), config)]

    def _configured(self) -> str:
        return (self.folder / "obj" / ".config").read_text(encoding="utf-8")

    def unbuilt(self, file: str) -> str:
        """Return why a source file is not in these kernels, or ''."""
        return reach.unbuilt(self.kernel, self.folder / "obj", file,
                             self.machine)

    def _write(self, ns: mount_namespace.Namespace,
               files: dict[str, bytes | None]) -> None:
        """Show files in the namespace; what the base has keeps its time.

        kbuild goes by it. All else is newer than any object of the base.
        """
        for name, data in files.items():
            ns.write(name, data)
            if data is not None and data == self.base.get(name):
                time_ns = base_time(self.folder / "times" / name, data)
                os.utime(ns.path("src", name), ns=(time_ns, time_ns))

    def _renew(self, ns: mount_namespace.Namespace) -> None:
        """Let files that an earlier base had be compiled as the tree has them."""
        for mark in filter(Path.is_file, (self.folder / "times").rglob("*")):
            name = mark.relative_to(self.folder / "times").as_posix()
            if name not in self.base:
                mark.unlink()
                with contextlib.suppress(FileNotFoundError):
                    os.utime(ns.path("src", name))

    def _build(self, files: dict[str, bytes | None], path: Path) -> None:
        start = time.monotonic()
        with mount_namespace.Namespace(self.folder, self.kernel, both=True) as ns:
            self._write(ns, files)
            self._make(ns, self.machine.goal)
            self._keep(ns.path("obj", self.machine.image), path)
        self.say(f"boot: {len(files) - len(self.base)} changed files built "
                 f"in {time.monotonic() - start:.0f} s")

    @contextlib.contextmanager
    def variants(self, changes: dict[str, bytes | None],
                 broken: set[str]) -> Iterator[Build]:
        """Yield a function that builds the changed kernel with one more change.

        The objects of the changed kernel are shared by all of them, and its
        image is kept. Each other image is replaced by the next. broken has the
        files that are going to be changed.
        """
        self._build_base()
        files = self._files(changes)
        path = self.folder / "images" / "passing" / "linux"
        with mount_namespace.Namespace(self.folder, self.kernel, both=True) as ns:
            self._write(ns, files)

            def build(name: str, text: bytes) -> tuple[Path, dict[str, str]]:
                shutil.rmtree(path.parent, ignore_errors=True)
                ns.write(name, text)
                try:
                    self._make(ns, *SPARSE, self.machine.goal)
                    self._keep(ns.path("obj", self.machine.image), path)
                finally:
                    # With a new time: the object there is of another text.
                    ns.write(name, files[name])
                return path, fresh(good, self._said())

            self._make(ns, self.machine.goal)
            self._keep(ns.path("obj", self.machine.image), self._image(files))
            good = self._checked(ns, broken)
            yield build

    def _checked(self, ns: mount_namespace.Namespace,
                 files: set[str]) -> make_log.BuildLog:
        """Return the messages about these files as they are, if built."""
        objects = [ns.path("obj", name).with_suffix(".o")
                   for name in sorted(files)]
        objects = [path for path in objects if path.exists()]
        for path in objects:
            path.unlink()
        top = ns.path("obj")
        if objects:
            self._make(ns, *SPARSE, *(str(p.relative_to(top))
                                      for p in objects))
        return self._said()

    def _said(self) -> make_log.BuildLog:
        """Return what the last run of make printed."""
        text = (self.folder / "make.log").read_text("utf-8", "replace")
        return make_log.parse(text, f"{self.folder}/src")

    def _keep(self, built: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        try:
            shutil.copy2(built, part)
        except OSError as error:
            raise Gup2pinError(f"{built}: {error.strerror}") from error
        part.rename(path)

    def _forget_old(self) -> None:
        images = sorted((self.folder / "images").iterdir(),
                        key=lambda p: p.stat().st_mtime, reverse=True)
        for old in images[KEPT_IMAGES:]:
            shutil.rmtree(old)
