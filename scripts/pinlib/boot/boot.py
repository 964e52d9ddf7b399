# SPDX-License-Identifier: GPL-2.0-only
"""Boot the converted kernel, and the unconverted one for comparison.

The unconverted kernel is the control: its workloads must get to the same call
sites, with no pin where the converted one has them; what fails there anyhow is the
tree's own. What was kept of an earlier run stands as long as the tree, the series
and everything in the guest are the same.
"""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from pinlib.base.errors import ProofError
from pinlib.base.files import read_json, write_file, write_json
from pinlib.base.records import PatchKind, Series, Site
from pinlib.base.resources import OVERLAY
from pinlib.boot import (console, guest_run, kunit_tests, own_failures,
                         reached_sites, text_report)
from pinlib.boot.kernel_builds import Kernels, Say, digest, tree_stamp
from pinlib.boot.machines import MACHINES, Machine, UML
from pinlib.boot.reached_sites import Seen
from pinlib.build.configs import build_root
from pinlib.kernel.kernel_tree import kernel_version
from pinlib.series.overlay import GUP
from pinlib.series.scratch.scratch_repo import Scratch

MOST_NAMES = 4          # of workloads, in a changelog


@dataclasses.dataclass
class Guest:
    """One kernel's run, and what it shows of each site."""

    output: console.ConsoleLog
    seen: dict[str, Seen]
    failures: list[str]


@dataclasses.dataclass
class Booted:
    """What one kernel printed; name is for messages."""

    name: str
    image: Path
    output: console.ConsoleLog
    problem: str        # why it is of no use, or ""


@dataclasses.dataclass
class Outcome:
    """The result of the boot: by site, in sum, and what failed."""

    machine: Machine
    sites: dict[str, dict[str, Any]]
    workloads: dict[str, int]
    kunit: dict[str, int]
    failures: list[str]
    counters: str = ""
    own: dict[str, str] = dataclasses.field(default_factory=dict)
    # What KUnit says without the patch that it is there for.
    control: dict[str, int] = dataclasses.field(default_factory=dict)

    def summary(self) -> str:
        """Return what the terminal shows."""
        if self.machine.tests_only:
            return f"boot: {kunit_words(self.kunit, self.control)}"
        return (f"boot: KUnit {listed(self.kunit)}; workloads "
                f"{listed(self.workloads)}; call sites "
                f"{listed(count(s['result'] for s in self.sites.values()))}. "
                f"{text_report.own_failures(self.own)}{self.counters}").rstrip()

    def raise_if_failed(self) -> None:
        """End the run with the exit code of a failed proof."""
        if self.failures:
            more = f" (and {len(self.failures) - 1} more)" \
                if len(self.failures) > 1 else ""
            raise ProofError(f"boot: {self.failures[0]}{more}")


def state_key(kernel: Path, subsystem: str | None, apis: str,
              answers: Path | None) -> str:
    """Return a hash of all that decides how a boot comes out."""
    root = OVERLAY.parent
    mine = {p.relative_to(root).as_posix(): p.read_bytes()
            for folder in ("scripts", "cocci", "kernel-overlay", "reports")
            for p in sorted((root / folder).rglob("*"))
            if p.is_file() and p.suffix not in (".pyc", ".md")}
    mine["answers"] = answers.read_bytes() if answers else b""
    mine["asked"] = f"{subsystem} {apis} {guest_run.tools()}".encode()
    return f"{tree_stamp(kernel)} {digest(dict(mine))}"


def kept_summary(out: Path, key: str, machine: Machine) -> str:
    """Return the summary of an earlier run that is still valid, or ''."""
    try:
        found = read_json(out / machine.file("boot-passed.json"))
        return str(found["summary"]) if found["key"] == key else ""
    except (OSError, ValueError, KeyError):
        return ""


def keep(out: Path, key: str, outcome: Outcome) -> None:
    """Remember a run without failures."""
    write_json(out / outcome.machine.file("boot-passed.json"),
               {"key": key, "summary": outcome.summary()})


def series_files(out: Path, series: list[Series]
                 ) -> dict[str, bytes | None]:
    """Return the files that all series together change, after the last patch.

    Not what adds the helpers: the unconverted kernel has them all, for the tests.
    """
    scratch = Scratch(out / "scratch.git")
    found: dict[str, bytes | None] = {}
    for one in series:
        mine = [p for p in one.patches if p.kind != PatchKind.OVERLAY]
        if not mine:
            continue
        base, tree = mine[0].parent, mine[-1].tree
        for name in scratch.changed(base, tree):
            new, old = scratch.read(tree, name), scratch.read(base, name)
            other = found.get(name, old)
            found[name] = new if other == old else \
                merge(name, new or b"", old or b"", other or b"")
    return found


def merge(name: str, mine: bytes, base: bytes, other: bytes) -> bytes:
    """Return a file that two series change, with what both do."""
    if mine == other:
        return mine
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as folder:
        paths = [Path(folder) / side for side in ("mine", "base", "other")]
        for path, text in zip(paths, (mine, base, other)):
            path.write_bytes(text)
        done = subprocess.run(["git", "merge-file", "-p", *paths],
                              capture_output=True, check=False)
    if done.returncode:
        raise ProofError(f"{name}: two series change the same lines")
    return done.stdout


class Boot:
    """The kernels of one tree, with the earlier results that are still valid."""

    def __init__(self, kernel: Path, out: Path, jobs: int, say: Say,
                 machine: Machine = UML) -> None:
        self.kernel = kernel
        self.out = out
        self.jobs = jobs
        self.say = say
        self.machine = machine
        self.kernels = Kernels(kernel, jobs, say, machine)
        (out / "boot").mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Let another run have the build folder."""
        self.kernels.close()

    def guest(self, name: str, image: Path, changes: dict[str, bytes | None],
              sites: list[Site], only: list[str] | None = None) -> Guest:
        """Boot a kernel that was built with changes, and read what it shows."""
        return self.read(self.start(name, image, only), changes, sites, {})

    def start(self, name: str, image: Path,
              only: list[str] | None = None) -> Booted:
        """Boot a kernel, or take what one printed that nothing was wrong with."""
        archive = guest_run.program(build_root() / "boot")
        log = self.log(name)
        here = Path()
        start = self.machine.command(here, here, here, [], [])
        key = hashlib.sha256(
            f"{image} {archive} {only} {start}".encode()).hexdigest()[:16]
        kept = image.parent / f"{key}.log"
        if kept.is_file():
            text = kept.read_text(encoding="utf-8", errors="replace")
            log.write_text(text, encoding="utf-8")
            return Booted(name, image, console.parse(text), "")
        run = guest_run.boot(image, log, only, self.machine)
        self.say(f"boot: {name}: {len(run.output.workloads)} workloads in "
                 f"{run.seconds:.0f} s")
        booted = Booted(name, image, run.output, run.problem)
        if not self._failures(booted, {}):
            kept.write_bytes(log.read_bytes())
        return booted

    def read(self, booted: Booted, changes: dict[str, bytes | None],
             sites: list[Site], own: dict[str, str]) -> Guest:
        """Return what a kernel shows, less the workloads that fail anyhow."""
        workloads = [w for w in booted.output.workloads.values()
                     if w.name not in own]
        places = reached_sites.resolve(booted.image, {
            c.address for w in workloads for c in w.calls})
        lines = reached_sites.lines_in(self.kernel, changes, sites)
        return Guest(booted.output,
                     reached_sites.seen(workloads, places, sites, lines),
                     self._failures(booted, own))

    def log(self, name: str) -> Path:
        """Return where the console of a guest is kept."""
        return self.out / "boot" / self.machine.file(f"{name}.log")

    def _failures(self, booted: Booted, own: dict[str, str]) -> list[str]:
        found = list(booted.output.trouble)
        for workload in booted.output.workloads.values():
            why = reached_sites.failures(workload)
            if why and workload.name not in own:
                found.append(f"{workload.name}: {why}")
        found += [booted.problem] if booted.problem else []
        return [f"{booted.name}: {text}; see {self.log(booted.name)}"
                for text in found]


@dataclasses.dataclass
class Runs:
    """What both kernels did, and what is known of how they were built."""

    control: Guest
    converted: Guest
    changes: dict[str, bytes | None]
    own: dict[str, str]     # workloads that fail by the tree's fault, and why
    cases: list[kunit_tests.Case]
    options: dict[str, str]
    unbuilt: dict[str, str]     # why the kernels do not have a file, or ""

    def failures(self, sites: list[Site]) -> list[str]:
        """Return what failed apart from the call sites."""
        return [
            *kunit_tests.failures(self.cases),
            *self.control.failures, *self.converted.failures,
            *reached_sites.taken_away(self.converted.output.workloads, sites,
                                      self.options)]


def both_kernels(boot: Boot, series: list[Series], sites: list[Site]) -> Runs:
    """Build and boot the control and the converted kernel, and run KUnit."""
    kernels, hosted = boot.kernels, boot.machine.hosted
    control = boot.start("control", kernels.image({}))
    changes = series_files(boot.out, series)
    image = kernels.image(changes)
    cases = kunit_tests.run(boot.kernel, image, boot.log("kunit")) \
        if hosted else []
    converted = boot.start("converted", image)
    if not hosted:
        cases = kunit_tests.cases_in_log(boot.log("converted"))
    for text in kernels.dropped():
        boot.say(f"boot: {text} in this tree")
    own = own_failures.of_tree(control.output.workloads,
                               converted.output.workloads)
    return Runs(boot.read(control, {}, sites, own),
                boot.read(converted, changes, sites, own), changes, own, cases,
                kernels.options(),
                {f: kernels.unbuilt(f) for f in {s.file for s in sites}})


def run(kernel: Path, out: Path, jobs: int, series: list[Series],
        sites: list[Site], say: Say, machine: Machine = UML) -> Outcome:
    """Run KUnit, the control and the converted kernel; write evidence."""
    boot = Boot(kernel, out, jobs, say, machine)
    try:
        runs = both_kernels(boot, series, sites)
    finally:
        boot.close()
    failures = runs.failures(sites)
    found: dict[str, dict[str, Any]] = {}
    for site in sites:
        entry = evidence(site, runs.converted.seen.get(site.id),
                         runs.control.seen.get(site.id), machine,
                         runs.unbuilt[site.file])
        found[site.id] = entry
        if entry["result"] == "fail":
            failures.append(f"{site.file}:{site.line} {site.function}(): "
                            f"{entry['reason']}")
    ran = runs.converted.output.workloads
    write_json(out / machine.file("boot.json"), {
        "machine": machine.title, "changes": digest(runs.changes),
        "sites": found,
        "workloads": {n: [dataclasses.asdict(g.output.workloads[n])
                          for g in (runs.control, runs.converted)
                          if n in g.output.workloads] for n in ran},
        "kunit": [dataclasses.asdict(c) for c in runs.cases],
        "own": runs.own, "failures": failures})
    outcome = Outcome(machine, found, count(w.result for w in ran.values()),
                      count(c.result for c in runs.cases), failures,
                      text_report.counters(ran.values()), runs.own)
    write_file(out / machine.file("boot.txt"), text_report.render(
        f"gup2pin boot of Linux {kernel_version(kernel)} under "
        f"{machine.title}", outcome.summary(), sites, found, ran, runs.own))
    return outcome


def count(words: Any) -> dict[str, int]:
    """Return how often each word comes."""
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))


def evidence(site: Site, here: Seen | None, control: Seen | None,
             machine: Machine = UML, unbuilt: str = "") -> dict[str, Any]:
    """Return what the runs show of one site, as it is in evidence.json.

    unbuilt says why the kernels do not have its file, if they do not.
    """
    result, reason = reached_sites.verdict(site, here, control,
                                           machine=machine.title)
    if result == "SKIPPED" and unbuilt:
        reason = unbuilt
    entry: dict[str, Any] = {"machine": machine.title, "result": result}
    if reason:
        entry["reason"] = reason
    if here:
        entry |= {"workloads": here.workloads, "pages": here.pages,
                  "pinned": here.pinned, "kernel_pages": here.kernel,
                  "bytes": here.bytes}
    if control:
        entry["control"] = {"pages": control.pages, "pinned": control.pinned}
    return entry


def attach(out: Path, series: list[Series], outcome: Outcome) -> None:
    """Put what was run into evidence.json, under each patch's tree."""
    path = out / "evidence.json"
    try:
        found = read_json(path)
    except (OSError, ValueError):
        found = {}
    for one in series:
        for patch in one.patches:
            if patch.kind == PatchKind.OVERLAY:
                items = [tested(outcome)]
            elif outcome.machine.tests_only:
                continue
            else:
                items = [outcome.sites[s] | {"site": s} for s in patch.sites]
            entry = found.setdefault(patch.tree, {})
            entry["run"] = both(entry.get("run", []), [
                item if "command" in item else
                item | {"command": sentence(item)} for item in items],
                outcome.machine)
    write_json(path, dict(sorted(found.items())))


def both(kept: list[dict[str, Any]], new: list[dict[str, Any]],
         machine: Machine) -> list[dict[str, Any]]:
    """Return what one machine showed, with what was shown on others.

    A site is listed as not run only where no machine ran it.
    """
    order = [m.title for m in MACHINES.values()]
    found = [i for i in kept if i["machine"] != machine.title] + new
    ran = {i.get("site") for i in found if i["result"] != "SKIPPED"}
    return sorted((i for i in found if i["result"] != "SKIPPED"
                   or i.get("site") not in ran),
                  key=lambda i: order.index(i["machine"]))


def tested(outcome: Outcome) -> dict[str, Any]:
    """Return what the tests of the helpers say of the patches that add them."""
    return {"machine": outcome.machine.title,
            "command": f"under {outcome.machine.title}: "
                       + kunit_words(outcome.kunit, outcome.control),
            "result": "fail" if "fail" in outcome.kunit else "pass"}


def kunit_words(cases: dict[str, int], control: dict[str, int]) -> str:
    """Return the words for what KUnit says, and without the patch, if it ran so."""
    return f"KUnit: {listed(cases)}" + (
        f"; with {GUP} as it was: {listed(control)}" if control else "")


def listed(counts: dict[str, int]) -> str:
    """Return counts of results in words."""
    return ", ".join(f"{n} {k}" for k, n in counts.items())


def sentence(item: dict[str, Any]) -> str:
    """Return the words of a changelog about one site that was run."""
    if item["result"] == "SKIPPED":
        return str(item.get("reason", ""))
    size = item["bytes"]
    amount = f"{size >> 10} KiB" if size >= 1024 else f"{size} bytes"
    names = item["workloads"]
    if len(names) > MOST_NAMES + 1:
        names = [*names[:MOST_NAMES], f"{len(names) - MOST_NAMES} others"]
    return (f"under {item['machine']}: {', '.join(names)}: "
            f"{amount} moved and compared, {item['pinned']} pins taken and "
            "given back")
