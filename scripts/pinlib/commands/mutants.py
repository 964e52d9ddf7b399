# SPDX-License-Identifier: GPL-2.0-only
"""Try mutants: build and boot them, check with sparse, scan them again.

One that some workload reaches is booted first; sparse and the scan look at what
the boot does not notice, and at what no workload reaches.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
import time
from collections.abc import Callable
from typing import Any

from pinlib.base.errors import Gup2pinError, ProofError
from pinlib.base.files import write_json
from pinlib.base.options import Options
from pinlib.base.records import Series, Site
from pinlib.boot import boot, mutants, own_failures, reached_sites
from pinlib.boot.kernel_builds import Build, Say
from pinlib.boot.mutants import Mutant
from pinlib.audit import follow
from pinlib.commands import pipeline, rescan
from pinlib.kernel import kernel_tree
from pinlib.kernel.view import prepared
from pinlib.series.scratch.scratch_repo import BASE_REF, Scratch

SECONDS = 2400
DETECTORS = ("boot", "compiler", "sparse", "re-scan")
UNREACHED = "no workload reaches it under UML"


@dataclasses.dataclass
class Trial:
    """How the trial of one mutant ended."""

    mutant: Mutant
    reached: bool       # by a workload
    killed: str         # what noticed, or ""
    reason: str         # how, or why it survived
    seconds: float


class Reader:
    """The report and the audit, on the converted tree and on mutants of it."""

    def __init__(self, opts: Options, result: pipeline.Result,
                 series: list[Series]) -> None:
        self.opts = opts
        self.result = result
        self.series = series
        self.texts = rescan.whole(opts, result, series)
        self._good: dict[frozenset[str], set[tuple[str, ...]]] = {}

    def notice(self, mutant: Mutant, files: frozenset[str]) -> str:
        """Return a finding on the mutant that the tree without it lacks, or ''.

        files hold the calls that take the pages in question.
        """
        texts = self.texts | {mutant.file: mutant.text.encode(
            "utf-8", "surrogateescape").decode("latin-1")}
        try:
            lost = rescan.scan(self.opts, self.result, self.series,
                               pipeline.answers(self.opts), texts)
            if lost:
                return lost[0]
            if files not in self._good:
                self._good[files] = self._findings(self.texts, files)
            more = self._findings(texts, files) - self._good[files]
        except Gup2pinError as error:
            return str(error)
        finally:
            mirror = prepared(self.opts.kernel, texts,
                              kernel_tree.cache_folder()).mirror
            if mirror:
                shutil.rmtree(mirror, ignore_errors=True)
        return ": ".join(min(more)) if more else ""

    def _findings(self, texts: dict[str, str],
                  files: frozenset[str]) -> set[tuple[str, ...]]:
        _, found = follow.look(self.opts.kernel, None, self.opts.jobs,
                               self.opts.apis, texts, files)
        return {(f.file, f.function, f.code, f.confidence,
                 re.sub(r":\d+", "", f.text)) for f in found}


class Lab:
    """The building, booting and reading of mutants of one converted kernel."""

    def __init__(self, machine: boot.Boot, changed: dict[str, bytes | None],
                 good: boot.Guest, sites: list[Site], build: Build,
                 notice: Callable[[Mutant, frozenset[str]], str]) -> None:
        self.machine = machine
        self.changed = changed
        self.good = good
        self.sites = {site.id: site for site in sites}
        self.build = build
        self.notice = notice

    def names(self, mutant: Mutant) -> list[str]:
        """Return the workloads that reach the mutant's sites."""
        return sorted({w for s in mutant.sites if s in self.good.seen
                       and self.good.seen[s].pages + self.good.seen[s].kernel
                       for w in self.good.seen[s].workloads})

    def attempt(self, number: int, mutant: Mutant) -> Trial:
        """Try one mutant until something notices it."""
        start = time.monotonic()
        only = self.names(mutant)
        killed, reason = self._run(number, mutant, only) if only \
            else ("", UNREACHED)
        if not killed:
            said = self.notice(mutant, frozenset(
                self.sites[s].file for s in mutant.sites if s in self.sites))
            if said:
                killed, reason = "re-scan", said
        return Trial(mutant, bool(only), killed, reason,
                     time.monotonic() - start)

    def _run(self, number: int, mutant: Mutant,
             only: list[str]) -> tuple[str, str]:
        """Compile, check and boot a mutant: what noticed it, and how."""
        text = mutant.text.encode("utf-8", "surrogateescape")
        try:
            image, said = self.build(mutant.file, text)
            guest = self.machine.guest(
                f"mutant-{number}", image, {**self.changed, mutant.file: text},
                list(self.sites.values()), only)
        except ProofError as error:
            return "compiler", str(error).split(";", 1)[0]
        found = self._judge(mutant, guest)
        if found:
            return "boot", found
        return next(iter(said.items()), ("", "no workload noticed it"))

    def _judge(self, mutant: Mutant, guest: boot.Guest) -> str:
        """Return how the boot noticed the mutant, or ''."""
        if guest.failures:
            return guest.failures[0].split("; see ")[0]
        for name in mutant.sites:
            if name in self.sites and self._verdict(name, self.good)[0] == \
                    "pass":
                result, reason = self._verdict(name, guest)
                if result != "pass":
                    return reason
        return ""

    def _verdict(self, name: str, guest: boot.Guest) -> tuple[str, str]:
        return reached_sites.verdict(
            self.sites[name], guest.seen.get(name), self.good.seen.get(name),
            compared=False)


def run(opts: Options) -> None:
    """Break each patch on purpose and see whether that is noticed."""
    result, series = pipeline.make_series(opts)
    view = result.analysis.program.tree
    sites = [pipeline.as_checked_out(s, view) for s in result.sites()]
    try_all(opts, result, series, sites,
            lambda text: print(text, flush=True))
    pipeline.end(opts, result)


def try_all(opts: Options, result: pipeline.Result, series: list[Series],
            sites: list[Site], say: Say) -> None:
    """Draw, try and judge mutants; fails if too many survive."""
    scratch = Scratch(opts.out / "scratch.git")
    if scratch.resolve(BASE_REF) is None:
        raise ProofError("mutants: there is no series")
    drawn = mutants.draw(series, scratch)
    tried: list[Trial] = []
    machine = boot.Boot(opts.kernel, opts.out, opts.jobs, say)
    try:
        changed = boot.series_files(opts.out, series)
        reader = Reader(opts, result, series)
        control = machine.start("control", machine.kernels.image({}))
        with machine.kernels.variants(
                changed, {m.file for m in drawn}) as build:
            booted = machine.start("converted", machine.kernels.image(changed))
            good = machine.read(booted, changed, sites, own_failures.of_tree(
                control.output.workloads, booted.output.workloads))
            if good.failures:
                raise ProofError(f"mutants: {good.failures[0]}")
            lab = Lab(machine, changed, good, sites, build, reader.notice)
            start = time.monotonic()
            for number, mutant in enumerate(drawn, 1):
                if opts.mutants != "all" and \
                        time.monotonic() - start > SECONDS:
                    break
                tried.append(lab.attempt(number, mutant))
                say(line(tried[-1]))
    finally:
        machine.close()
    write_json(opts.out / "mutants.json", [plain(t) for t in tried])
    judge(tried, len(drawn), say)


def line(tried: Trial) -> str:
    """Return one mutant and how its trial ended, as one line."""
    m = tried.mutant
    end = f"killed by {tried.killed}: {tried.reason}" if tried.killed \
        else f"SURVIVED: {tried.reason}"
    return f"{m.file}:{m.line} {m.kind}: {end} ({tried.seconds:.0f} s)"


def judge(tried: list[Trial], drawn: int, say: Say) -> None:
    """Print the table and the survivors; fail if there are too many."""
    say(f"{'':28}{'killed by':>38}{'survived':>10}")
    say(f"{'':28}" + "".join(f"{k:>10}" for k in DETECTORS)
        + f"{'reached':>10}{'not':>6}")
    for kind in (*sorted({t.mutant.kind for t in tried}), "all"):
        rows = [t for t in tried if kind in (t.mutant.kind, "all")]
        left = [t.reached for t in rows if not t.killed]
        say(f"{kind:28}" + "".join(
            f"{sum(t.killed == k for t in rows):10}" for k in DETECTORS)
            + f"{left.count(True):10}{left.count(False):6}")
    say(f"mutants: {len(tried)} of {drawn} drawn by hash")
    reached = [t for t in tried if t.reached]
    alive = [t for t in reached if not t.killed]
    for one in alive:
        say(line(one))
    if not reached or len(alive) * 10 > len(reached):
        raise ProofError(f"mutants: {len(alive)} of {len(reached)} that UML "
                         "reaches survived")


def plain(tried: Trial) -> dict[str, Any]:
    """Return the entry of mutants.json: all but the text of a whole file."""
    found = dataclasses.asdict(tried)
    found["mutant"].pop("text")
    return found
