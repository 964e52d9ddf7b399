# SPDX-License-Identifier: GPL-2.0-only
"""Build objects of one tree in one configuration, once, and keep them.

A base build holds the untouched tree's objects with what the compiler and sparse
printed about each. Only objects that some patch needs are ever built.
"""

from __future__ import annotations

import dataclasses
import enum
import fcntl
import json
import os
import posixpath
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.files import write_file, write_json
from pinlib.build import make_log
from pinlib.build.configs import Flavour, build_folder, flavour_key
from pinlib.build.mount_namespace import Namespace, build_env

# A run that is interrupted loses no more than one of these.
_CHUNK = 40

Say = Callable[[str], None]


class BuildState(enum.StrEnum):
    """How the build of an object ended."""

    BUILT = "built"
    FAILED = "failed"
    ABSENT = "absent"


@dataclasses.dataclass
class Record:
    """One object in one state of the tree."""

    object: str
    state: BuildState
    log: str = ""
    compiler: list[str] = dataclasses.field(default_factory=list)
    sparse: list[str] | None = None
    deps: dict[str, str] = dataclasses.field(default_factory=dict)
    module: str | None = None   # the module it is a part of
    defined: list[str] = dataclasses.field(default_factory=list)
    undefined: list[str] = dataclasses.field(default_factory=list)
    exported: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0        # its share of the make run


class Builder:
    """make on the tree that a namespace shows."""

    def __init__(self, ns: Namespace, flavour: Flavour, jobs: int) -> None:
        self.ns = ns
        self.flavour = flavour
        self.jobs = jobs
        self._listing: dict[str, dict[str, str] | None] = {}

    def make(self, goals: list[str], env: dict[str, str] | None = None,
             jobs: int = 0) -> tuple[int, str, float]:
        """Run make on goals: its status, its output, and its seconds."""
        start = time.monotonic()
        # A newer compiler finds more to warn of in an older kernel's objtool.
        done = subprocess.run(
            self.ns.command(
                ["make", f"O={self.ns.folder}/obj",
                 *self.flavour.variables(), f"-j{jobs or self.jobs}", "-k",
                 "--output-sync=target", "--no-print-directory",
                 "LOCALVERSION=", "WERROR=0", *goals]),
            env=build_env() | (env or {}), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = done.stdout.decode("utf-8", "surrogateescape")
        return done.returncode, text, time.monotonic() - start

    def forget_makefiles(self) -> None:
        """Ask kbuild again: the tree's Makefiles may have changed."""
        self._listing.clear()

    def goal(self, name: str) -> str | None:
        """Return make's goal for an object, None if it is not configured."""
        folders = list(parents(name))
        if folders and folders[0] == "virt/kvm":
            # Built by each architecture's own folder, under a longer name.
            folders.append(f"arch/{self.flavour.srcarch}/kvm")
        for folder in folders:
            if folder not in self._listing:
                self._listing[folder] = self._list(folder)
            listing = self._listing[folder]
            if listing is None:
                return name
            if name in listing:
                return listing[name]
        return None

    def _list(self, folder: str) -> dict[str, str] | None:
        """Ask kbuild what it builds in folder; None if it does not say."""
        if not any(self.ns.path("src", f"{folder}/{name}").exists()
                   for name in ("Makefile", "Kbuild")):
            return {}
        source = f"{self.ns.folder}/src"
        rule = ("gup2pin-list: ; @echo gup2pin: $(real-obj-y) $(real-obj-m) "
                "$(lib-y) $(extra-y)")
        done = subprocess.run(
            self.ns.command(
                ["env", "-C", f"{self.ns.folder}/obj", "make", "-s", "-f",
                 f"{source}/scripts/Makefile.build", f"srctree={source}",
                 "objtree=.", f"VPATH={source}",
                 f"SRCARCH={self.flavour.srcarch}", f"obj={folder}",
                 f"srcroot={source}", f"--eval={rule}", "gup2pin-list"]),
            env=build_env(), stdin=subprocess.DEVNULL, capture_output=True)
        found = re.search(r"^gup2pin:(.*)$",
                          done.stdout.decode("utf-8", "replace"), re.M)
        if done.returncode or not found:
            return None
        return {posixpath.normpath(name): name
                for name in found[1].split()}

    def checks(self) -> list[str]:
        """Return make's variables that run sparse, if there is one."""
        if not shutil.which("sparse") or not self.flavour.sparse:
            return []
        return ["C=2", "CHECK=sparse", "CF=-fmax-warnings=unlimited"]

    def build(self, objects: Iterable[str]) -> dict[str, Record]:
        """Compile and check objects in one make run."""
        goals: dict[str, str] = {}
        records: dict[str, Record] = {}
        for name in sorted(set(objects)):
            goal = self.goal(name)
            if goal is None:
                records[name] = Record(name, BuildState.ABSENT)
            else:
                goals[name] = goal
                # What the compiler says is only seen when it runs.
                self.ns.path("obj", name).unlink(missing_ok=True)
        if not goals:
            return records
        checks = self.checks()
        _, text, seconds = self.make([*checks, *goals.values()],
                                     jobs=int(self.flavour.serial))
        log = make_log.parse(text, f"{self.ns.folder}/src")
        for name in goals:
            records[name] = self._record(name, log, bool(checks))
            records[name].seconds = round(seconds / len(goals), 2)
        return records

    def _record(self, name: str, log: make_log.BuildLog,
                checked: bool) -> Record:
        said = log.objects.get(name, make_log.ObjectLog())
        record = Record(name, BuildState.BUILT, "", said.compiler,
                        said.sparse if checked else None)
        if name in log.failed:
            record.state = BuildState.FAILED
            record.log = said.excerpt() or log.tail()
        elif name in log.unknown:
            record.state = BuildState.ABSENT
        elif not self.ns.path("obj", name).exists():
            record.state = BuildState.FAILED
            record.log = log.tail()
        else:
            self._inspect(record)
        return record

    def _inspect(self, record: Record) -> None:
        """Read kbuild's command file and the symbols of a built object."""
        folder, base = posixpath.split(record.object)
        try:
            text = self.ns.path("obj", f"{folder}/.{base}.cmd").read_text(
                "utf-8", "surrogateescape")
        except OSError as error:
            raise Gup2pinError(f"{record.object}: kbuild left no command "
                               f"file: {error.strerror}") from error
        source = re.escape(f"{self.ns.folder}/src/")
        for name in re.findall(rf"(?:^|\s){source}(\S+)", text):
            record.deps[posixpath.normpath(name)] = ""
        module = re.search(r"-DKBUILD_MODNAME='\"([^\"]+)\"'", text)
        if re.search(r"\s-DMODULE\s", text):
            record.module = module[1] if module else record.object[:-2]
        out = subprocess.run(
            [f"{self.flavour.cross}nm", "-P",
             os.fspath(self.ns.path("obj", record.object))],
            capture_output=True, env=build_env()).stdout
        read_symbols(record, out.decode("utf-8", "replace"))


def parents(name: str) -> Iterator[str]:
    """Return the folders above a file, the nearest first."""
    while "/" in name:
        name = posixpath.dirname(name)
        yield name


def read_symbols(record: Record, text: str) -> None:
    """Fill in the symbols of an object from nm's portable output."""
    defined, undefined, exported = set(), set(), set()
    for line in text.splitlines():
        words = line.split()
        if len(words) < 2:
            continue
        name, kind = words[:2]
        export = re.match(r"__(?:ksymtab|export_symbol)_(.+)", name)
        if export and kind not in "Uw":
            exported.add(export[1])
        elif kind == "U":
            undefined.add(name)
        elif kind.isupper():
            defined.add(name)
    record.defined = sorted(defined)
    record.undefined = sorted(undefined)
    record.exported = sorted(exported)


class Base:
    """The kept build of the untouched tree in one configuration."""

    def __init__(self, kernel: Path, tree: str, flavour: Flavour, jobs: int,
                 say: Say) -> None:
        self.kernel = kernel
        self.flavour = flavour
        self.jobs = jobs
        self.say = say
        self.key = flavour_key(flavour)
        self.folder = build_folder(kernel, tree, flavour, self.key)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seconds = 0.0
        self._stamps: dict[str, str] = {}
        self._known: dict[str, Record] = {}
        # Two runs on one build folder would see each other's objects change.
        self._lock = open(self.folder / "lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run on {self.folder}")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._prepare()

    def close(self) -> None:
        """Let another run have the folder."""
        self._lock.close()

    def _prepare(self) -> None:
        """Configure and prepare the build folder unless that is done."""
        ready = self.folder / "ready.json"
        if ready.exists():
            return
        for name in ("obj", "records"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        self.say(f"prepare: {self.flavour.describe()}")
        start = time.monotonic()
        with Namespace(self.folder, self.kernel, both=False) as ns:
            builder = Builder(ns, self.flavour, self.jobs)
            configure(builder)
            config = ns.path("obj", ".config").read_text("utf-8", "replace")
            goals = ["prepare", *(["modules_prepare"]
                                  if "\nCONFIG_MODULES=y\n" in config else [])]
            must(builder.make(goals), self.flavour, " ".join(goals))
        self.seconds = round(time.monotonic() - start, 1)
        write_json(ready, {"seconds": self.seconds})

    def records(self, objects: Iterable[str]) -> dict[str, Record]:
        """Return the base records of objects, building those it lacks."""
        wanted = sorted(set(objects))
        lacking = [name for name in wanted if not self._load(name)]
        start = time.monotonic()
        if lacking:
            with Namespace(self.folder, self.kernel, both=False) as ns:
                builder = Builder(ns, self.flavour, self.jobs)
                known = [n for n in lacking if builder.goal(n)]
                for name in set(lacking) - set(known):
                    self._keep(Record(name, BuildState.ABSENT, deps={
                        f"{folder}/{file}": "" for folder in parents(name)
                        for file in ("Makefile", "Kbuild")}))
                self._build(builder, known)
        self.seconds += round(time.monotonic() - start, 1)
        return {name: self._known[name] for name in wanted}

    def known(self, name: str) -> Record | None:
        """Return the kept record of an object; build nothing."""
        return self._known[name] if self._load(name) else None

    def _build(self, builder: Builder, names: list[str]) -> None:
        for first in range(0, len(names), _CHUNK):
            chunk = names[first:first + _CHUNK]
            self.say(f"base: {self.flavour.name}: objects {first + 1}-"
                     f"{first + len(chunk)} of {len(names)}")
            for record in builder.build(chunk).values():
                self._keep(record)

    def _keep(self, record: Record) -> None:
        """Remember a record; on disk too unless it may do better again."""
        record.deps = {d: self._stamp(d) for d in record.deps}
        self._known[record.object] = record
        if record.state != BuildState.FAILED:
            write_file(self._file(record.object),
                       json.dumps(dataclasses.asdict(record)))

    def _file(self, name: str) -> Path:
        return self.folder / "records" / f"{name}.json"

    def _load(self, name: str) -> bool:
        """Take a kept record if nothing it was built from has changed."""
        if name in self._known:
            return True
        try:
            record = Record(**json.loads(self._file(name).read_text()))
        except (OSError, ValueError, TypeError):
            return False
        lost = record.state == BuildState.BUILT and \
            not (self.folder / "obj" / name).exists()
        if lost or any(self._stamp(d) != stamp
                       for d, stamp in record.deps.items()):
            return False
        self._known[name] = record
        return True

    def _stamp(self, name: str) -> str:
        """Return size and time of a file of the tree, as one word."""
        if name not in self._stamps:
            try:
                info = (self.kernel / name).stat()
                self._stamps[name] = f"{info.st_size}.{info.st_mtime_ns}"
            except OSError:
                self._stamps[name] = "none"
        return self._stamps[name]


def configure(builder: Builder) -> None:
    """Write the configuration of the builder's flavour into its folder."""
    flavour = builder.flavour
    config = builder.ns.path("obj", ".config")
    if flavour.config:
        config.write_bytes(flavour.config.read_bytes())
        must(builder.make(["olddefconfig"]), flavour, "olddefconfig")
        return
    if flavour.goal.startswith("all") and flavour.fragment:
        # kconfig reads the fragment itself, by a name that it can see.
        copy = builder.ns.folder / "fragment.config"
        copy.write_bytes(flavour.fragment.read_bytes())
        must(builder.make([flavour.goal],
                          {"KCONFIG_ALLCONFIG": os.fspath(copy)}),
             flavour, flavour.goal)
        return
    must(builder.make([flavour.goal]), flavour, flavour.goal)
    if flavour.fragment:
        with open(config, "ab") as stream:
            stream.write(flavour.fragment.read_bytes())
        must(builder.make(["olddefconfig"]), flavour, "olddefconfig")


def must(done: tuple[int, str, float], flavour: Flavour, what: str) -> None:
    """Refuse to go on when a step of the preparation fails."""
    status, text, _ = done
    if status:
        lines = text.strip().splitlines()
        # What make says at the end is only that something failed.
        said = [line for line in lines if re.search(
            r"\berror: |\bcan't open\b|No rule to make", line)]
        raise Gup2pinError(f"{flavour.describe()}: make {what} failed: "
                           + " / ".join((said or lines)[:3] + lines[-1:]))
