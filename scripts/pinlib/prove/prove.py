# SPDX-License-Identifier: GPL-2.0-only
"""Prove every patch and keep the results.

evidence.json is keyed by tree id, so a patch that did not change is not proven
again; a failure always is.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pinlib.base.errors import Gup2pinError, ProofError
from pinlib.base.files import read_json, write_json
from pinlib.base.options import UserBuild
from pinlib.base.records import Patch, Series
from pinlib.build.configs import Flavour, flavour_key, flavours, tree_key
from pinlib.build.mount_namespace import NamespaceRefused
from pinlib.build.objects import Base, Say
from pinlib.prove import mail_checks
from pinlib.prove.affected import find_scope, Scope, State, TreeText
from pinlib.prove.assign import (assign, conflict_free, exporters,
                                 merge_verdicts, tally)
from pinlib.prove.stage import Stage, differing
from pinlib.prove.wave import Step, Verdict, prove_wave, read_states
from pinlib.report.evidence import Evidence, read_evidence
from pinlib.series.scratch.scratch_repo import BASE_REF, Scratch


# Which objects are built for a patch, of the tree, the patch, the files that
# differ, and the texts after it.
ScopeOf = Callable[[TreeText, Patch, list[str], State], Scope]


def _by_patch(text: TreeText, patch: Patch, files: list[str],
              after: State) -> Scope:
    return find_scope(text, files, patch.symbols, after)


@dataclasses.dataclass(frozen=True)
class Asked:
    """What is built for the patches of a campaign, and where."""

    flavours: Sequence[Flavour]
    scope: ScopeOf = _by_patch
    # Whether each patch is held against the untouched tree, its code too, and not
    # against the patch before it.
    compared: bool = False


@dataclasses.dataclass
class Outcome:
    """The evidence of a run, how it counts, and what failed."""

    evidence: Evidence
    counts: dict[str, dict[str, int]]
    failures: list[str]
    proven: int         # patches built in this run
    kept: int           # patches whose evidence was still valid

    def raise_if_failed(self) -> None:
        """End the run with the exit code of a failed proof."""
        if self.failures:
            more = f" (and {len(self.failures) - 1} more)" \
                if len(self.failures) > 1 else ""
            raise ProofError(f"{self.failures[0]}{more}")


def read_series(out: Path) -> list[Series]:
    """Read the series that the convert stage wrote."""
    path = out / "commits.json"
    try:
        return [Series(item["slug"], item["subsystem"],
                       [Patch(**patch) for patch in item["patches"]])
                for item in read_json(path)]
    except OSError as error:
        raise Gup2pinError(f"{path}: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Gup2pinError(f"{path}: not a list of series: {error}"
                           ) from error


def prove(kernel: Path, out: Path, jobs: int,
          user: UserBuild | None = None, slugs: list[str] | None = None,
          say: Say = lambda text: None, asked: Asked | None = None) -> Outcome:
    """Prove every patch of out's series; write and return the evidence.

    slugs narrows the run to some series; the others' evidence is kept.
    """
    asked = asked or Asked(flavours(user))
    series = [s for s in read_series(out) if slugs is None or s.slug in slugs]
    scratch = Scratch(out / "scratch.git")
    base = scratch.resolve(BASE_REF)
    if base is None:
        raise Gup2pinError(f"{scratch.path}: it has no branch base")
    same_base(scratch, base, kernel)
    prover = _Prover(kernel, out, jobs, asked, scratch, base, say)
    mails(prover, series)
    steps = prover.steps(series)
    kept = len({p.tree for s in series for p in s.patches}) - len(steps)
    if steps:
        say(f"prove: {len(steps)} patches to build, {kept} kept")
        prover.build(steps)
    if slugs is None:
        prover.forget_others(series)
    return prover.outcome(series, len(steps), kept)


def check_mails(kernel: Path, out: Path, jobs: int,
                slugs: list[str] | None = None) -> Outcome:
    """Apply and checkpatch the mails again; no object is built.

    For mails that were rendered again, with the proofs in them.
    """
    series = [s for s in read_series(out) if slugs is None or s.slug in slugs]
    scratch = Scratch(out / "scratch.git")
    base = scratch.resolve(BASE_REF)
    if base is None:
        raise Gup2pinError(f"{scratch.path}: it has no branch base")
    prover = _Prover(kernel, out, jobs, Asked([]), scratch, base,
                     lambda text: None)
    mails(prover, series)
    return prover.outcome(series, 0, 0)


def same_base(scratch: Scratch, base: str, kernel: Path) -> None:
    """Refuse to prove patches that were made for other files."""
    for name, entry in scratch.entries(base).items():
        path = kernel / name
        if entry.mode == "120000":
            continue
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Gup2pinError(f"{path}: {error.strerror}") from error
        text = b"blob %d\0" % len(data) + data
        if hashlib.sha1(text).hexdigest() != entry.blob:
            raise Gup2pinError(f"{path}: changed since the series was made; "
                               "make the series again")


def mails(prover: _Prover, series: list[Series]) -> None:
    """Bring the apply and checkpatch evidence up to date."""
    for one in series:
        if prover.mails_stand(one):
            continue
        found = mail_checks.check_series(prover.kernel, prover.scratch,
                                         prover.base, prover.out, one, prover.jobs)
        for patch, parts in zip(one.patches, found):
            entry = prover.evidence.setdefault(patch.tree, {})
            merge_mail(entry, one.slug, parts)
        prover.save()


def merge_mail(entry: dict[str, Any], slug: str,
               parts: dict[str, Any]) -> None:
    """Put one mail's evidence in; a tree may have mails in several series."""
    mine = entry.setdefault("mails", {})
    mine[slug] = parts
    for part in ("apply", "checkpatch"):
        found = [m[part] for _, m in sorted(mine.items())]
        bad = [f for f in found if f["result"] != "pass"]
        entry[part] = dict((bad or found)[0])


class _Prover:
    """One run: the inputs, and the evidence as it grows."""

    def __init__(self, kernel: Path, out: Path, jobs: int,
                 asked: Asked, scratch: Scratch, base: str,
                 say: Say) -> None:
        self.kernel = kernel.resolve()
        self.out = out
        self.jobs = jobs
        self.scratch = scratch
        self.base = base
        self.say = say
        self.text = TreeText(self.kernel)
        self._asked = asked
        self._tree = tree_key(self.kernel)
        self._states: dict[str, State] = {}
        self.evidence = read_evidence(out / "evidence.json")
        self.key = hashlib.sha256("\n".join(
            [self._tree, scratch.tree(base),
             *map(flavour_key, asked.flavours)]).encode()).hexdigest()[:16]

    def save(self) -> None:
        """Write the evidence collected so far."""
        write_json(self.out / "evidence.json",
                   dict(sorted(self.evidence.items())))

    def forget_others(self, series: list[Series]) -> None:
        """Drop the evidence of trees and mails that are no longer made."""
        trees = {p.tree: {s.slug for s in series
                          for q in s.patches if q.tree == p.tree}
                 for one in series for p in one.patches}
        self.evidence = {t: e for t, e in self.evidence.items()
                         if t in trees}
        for tree, entry in self.evidence.items():
            entry["mails"] = {slug: parts for slug, parts
                              in entry["mails"].items()
                              if slug in trees[tree]}

    def mails_stand(self, series: Series) -> bool:
        """Say whether the kept evidence is for these very mails, and good."""
        paths = mail_checks.series_mails(self.out, series)
        if len(paths) != len(series.patches):
            return False
        for patch, path in zip(series.patches, paths):
            kept = self.evidence.get(patch.tree, {}).get(
                "mails", {}).get(series.slug)
            if kept is None or kept["mail"] != mail_checks.mail_hash(path) or \
                    "fail" in (kept["apply"]["result"],
                               kept["checkpatch"]["result"]):
                return False
        return True

    def state(self, tree: str) -> State:
        """Return the files of a tree that differ from the base."""
        if tree not in self._states:
            self._states[tree] = read_states(
                self.scratch.changed(self.base, tree),
                lambda name: self.scratch.read(tree, name))
        return self._states[tree]

    def stands(self, patch: Patch) -> bool:
        """Say whether a patch's build evidence is kept and did not fail."""
        kept = self.evidence.get(patch.tree, {})
        if kept.get("key") != f"{patch.parent}:{self.key}" or (
                self._asked.compared and "code" not in kept):
            return False
        parts = [*kept["compile"], kept["link"], kept["sparse"]]
        return all(item["result"] != "fail" for item in parts)

    def steps(self, series: list[Series]) -> list[Step]:
        """Return the patches that need a build, each tree once."""
        found: dict[str, Step] = {}
        for one in series:
            for number, patch in enumerate(one.patches):
                if patch.tree in found or self.stands(patch):
                    continue
                after = self.state(patch.tree)
                before = {} if self._asked.compared else self.state(patch.parent)
                files = sorted({*patch.files, *differing(before, after)})
                scope = self._asked.scope(self.text, patch, files, after)
                found[patch.tree] = Step(one.slug, number, patch, before, after,
                                         scope, compared=self._asked.compared)
        return list(found.values())

    def build(self, steps: list[Step]) -> None:
        """Compile, link and check the steps, wave by wave."""
        with contextlib.ExitStack() as stack:
            try:
                stages = self._stages(stack, steps)
                for group in conflict_free(steps, self.kernel):
                    self._group(stages, group)
            except NamespaceRefused as refused:
                self._skip([s for s in steps if not self.stands(s.patch)],
                           str(refused))

    def _group(self, openers: dict[str, Callable[[], Stage]],
               steps: list[Step]) -> None:
        """Prove series side by side, one patch of each at a time."""
        waves = collections.defaultdict(list)
        for step in steps:
            waves[step.number].append(step)
        with contextlib.ExitStack() as stack:
            used = {name for step in steps for name in step.objects}
            stages = {name: (stack.enter_context(opener()), opener)
                      for name, opener in openers.items() if name in used}
            for number in sorted(waves):
                self._wave(stages, waves[number])

    def _stages(self, stack: contextlib.ExitStack, steps: list[Step]
                ) -> dict[str, Callable[[], Stage]]:
        """Build the base objects; return how to open each configuration."""
        def open_base(flavour: Flavour) -> Base:
            base = Base(self.kernel, self._tree, flavour, self.jobs, self.say)
            stack.callback(base.close)
            return base
        bases = assign(self.kernel, [*self._asked.flavours], steps, open_base)
        for base in bases.values():
            base.records(exporters(self.text, base.flavour, steps))
        return {name: self._opener(base) for name, base in bases.items()}

    def _opener(self, base: Base) -> Callable[[], Stage]:
        return lambda: Stage(base, self.kernel, self.jobs)

    def _wave(self, stages: dict[str, tuple[Stage, Callable[[], Stage]]],
              steps: list[Step]) -> None:
        found: dict[str, list[Verdict]] = {s.patch.tree: [] for s in steps}
        for name, (stage, opener) in stages.items():
            mine = [s for s in steps if s.objects.get(name)]
            if not mine:
                continue
            self.say(f"prove: {name}: " +
                     ", ".join(f"{s.series}/{s.number + 1}" for s in mine))
            for step, verdict in zip(
                    mine, prove_wave(stage, self.text, mine, opener)):
                found[step.patch.tree].append(verdict)
        for step in steps:
            self._keep(step, merge_verdicts(step, found[step.patch.tree]))
        self.save()

    def _keep(self, step: Step, parts: dict[str, Any]) -> None:
        entry = self.evidence.setdefault(step.patch.tree, {})
        entry.update(parts, key=f"{step.patch.parent}:{self.key}")

    def _skip(self, steps: list[Step], reason: str) -> None:
        """Record that nothing could be built, and why."""
        self.say(f"prove: SKIPPED: {reason}")
        skipped = {"command": "make", "seconds": 0.0, "result": "SKIPPED",
                   "reason": reason}
        for step in steps:
            self._keep(step, {
                "compile": [skipped | {"object": name} for name in
                            step.scope.changed + step.scope.holders],
                "link": dict(skipped), "sparse": dict(skipped)})
            # Mounts may be allowed another time: never keep this result.
            self.evidence[step.patch.tree]["key"] = ""
        self.save()

    def outcome(self, series: list[Series], proven: int,
                kept: int) -> Outcome:
        """Count the evidence of the series that were asked for."""
        self.save()
        mine = {p.tree: (s.slug, n, p) for s in reversed(series)
                for n, p in enumerate(s.patches, 1)}
        counts, failures = tally(
            {t: self.evidence.get(t, {}) for t in mine},
            {t: f"{slug}/{n}: {p.subject}"
             for t, (slug, n, p) in mine.items()})
        return Outcome(self.evidence, counts, failures, proven, kept)
