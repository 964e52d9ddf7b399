# SPDX-License-Identifier: GPL-2.0-only
"""Compile patches of independent series together, and judge each on its own.

One make run over many objects costs a fraction of one run each. Patches of
several series stand in the tree at the same time; what kbuild recorded of each
object shows whether it saw a file of another series. Where it did, or where
anything failed, the patch is compiled again on its own.
"""

from __future__ import annotations

import dataclasses
import os
import posixpath
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pinlib.base.records import Patch
from pinlib.build import make_log
from pinlib.build.objects import BuildState, Record
from pinlib.prove import link_check, same_code
from pinlib.prove.affected import Scope, State, TreeText
from pinlib.prove.stage import Stage, differing, inputs

NewStage = Callable[[], Stage]


@dataclasses.dataclass
class Step:
    """One patch to prove: its series, and the tree before and after it."""

    series: str
    number: int
    patch: Patch
    before: State
    after: State
    scope: Scope
    objects: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    unbuilt: dict[str, str] = dataclasses.field(default_factory=dict)
    # Whether its objects' code is held against that of the untouched tree.
    compared: bool = False


@dataclasses.dataclass
class Verdict:
    """The result for one patch in one configuration."""

    compile: list[dict[str, Any]]
    link: dict[str, Any]
    sparse: dict[str, Any]
    code: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def failed(self) -> bool:
        """Say whether any part of it failed."""
        return any(item["result"] == "fail"
                   for item in [*self.compile, self.link, self.sparse])


def union(states: Iterable[State]) -> State:
    """Return all the changes of states at once."""
    merged: State = {}
    for state in states:
        merged.update(state)
    return merged


def foreign(record: Record, tree: State, own: State) -> bool:
    """Say whether an object saw a change that is not the patch's own."""
    others = differing(tree, own)
    if any(posixpath.basename(f).startswith("Kconfig") for f in others):
        return True
    return bool(inputs(record) & others)


def prove_wave(stage: Stage, text: TreeText, steps: list[Step],
               new_stage: NewStage) -> list[Verdict]:
    """Prove one patch of each of several series in one configuration."""
    name = stage.base.flavour.name
    wanted = {o for step in steps for o in step.objects[name]}
    stage.switch(union(step.before for step in steps))
    before = stage.need(wanted)
    before_tree = dict(stage.state)
    stage.switch(union(step.after for step in steps))
    after = stage.need(wanted)
    verdicts = []
    for step in steps:
        mine = step.objects[name]
        mixed = any(foreign(before[o], before_tree, step.before) or
                    foreign(after[o], stage.state, step.after) for o in mine)
        verdict = judge(stage, text, step, before, after)
        if len(steps) > 1 and (mixed or verdict.failed()):
            with new_stage() as alone:
                verdict = prove_alone(alone, text, step)
        verdicts.append(verdict)
    return verdicts


def prove_alone(stage: Stage, text: TreeText, step: Step) -> Verdict:
    """Prove one patch on its own."""
    mine = step.objects[stage.base.flavour.name]
    stage.switch(step.before)
    before = stage.need(mine)
    stage.switch(step.after)
    return judge(stage, text, step, before, stage.need(mine))


def judge(stage: Stage, text: TreeText, step: Step,
          before: dict[str, Record], after: dict[str, Record]) -> Verdict:
    """Compare the two sides of a patch, object by object."""
    mine = step.objects[stage.base.flavour.name]
    old = {name: before[name] for name in mine}
    new = {name: after[name] for name in mine}
    link: dict[str, Any] = {"command": "nm", "seconds": 0.0,
                            "result": "SKIPPED",
                            "reason": "no object was built"}
    if any(record.state == BuildState.BUILT for record in new.values()):
        link = linked(stage, text, step.after, old, new)
    return Verdict([compiled(stage, old[name], new[name]) for name in mine],
                   link, checked(stage, old, new),
                   [compared(stage, new[name]) for name in mine
                    if new[name].state == BuildState.BUILT]
                   if step.compared else [])


def linked(stage: Stage, text: TreeText, own: State,
           old: dict[str, Record], new: dict[str, Record]
           ) -> dict[str, Any]:
    """Return the link evidence of one patch."""
    start = time.monotonic()
    linker = link_check.Linker(stage, text, own, new)
    symbols, problems = linker.check(old, new)
    return link_check.evidence(
        f"{stage.base.flavour.cross}nm, before and after",
        round(time.monotonic() - start, 2), symbols, problems)


def compiled(stage: Stage, before: Record, after: Record) -> dict[str, Any]:
    """Return the compile evidence of one object."""
    flavour = stage.base.flavour
    found: dict[str, Any] = {
        "object": after.object, "config": flavour.describe(),
        "command": " ".join(["make", *flavour.variables(), after.object]),
        "before": before.state, "after": after.state,
        "seconds": after.seconds}
    warnings = make_log.new_diagnostics(before.compiler, after.compiler)
    if after.state == BuildState.BUILT and not warnings:
        return found | {"result": "pass"}
    if after.state == BuildState.BUILT and before.state != BuildState.FAILED:
        return found | {
            "result": "fail", "log": "\n".join(warnings),
            "reason": f"{len(warnings)} new compiler warnings: "
                      f"{warnings[0]}"}
    if after.state == BuildState.BUILT:
        return found | {"result": "pass"}
    if after.state == BuildState.FAILED and before.state != BuildState.FAILED:
        first = next((w for w in after.compiler if "error: " in w),
                     "see the log")
        return found | {"result": "fail", "log": after.log,
                        "reason": f"does not compile: {first}"}
    if before.state == BuildState.BUILT:
        return found | {"result": "fail",
                        "reason": "is no longer built after the patch"}
    why = "does not compile before the patch either" \
        if after.state == BuildState.FAILED else \
        "is not built in this configuration"
    found |= {"result": "SKIPPED", "reason": why}
    return found | ({"log": after.log} if after.log else {})


def compared(stage: Stage, after: Record) -> dict[str, Any]:
    """Return how the code of an object compares to that of the untouched tree."""
    flavour = stage.base.flavour
    found: dict[str, Any] = {
        "object": after.object, "config": flavour.describe(),
        "command": f"{flavour.cross}objdump -d, of the untouched tree and after"}
    was = stage.base.known(after.object)
    if was is None or was.state != BuildState.BUILT:
        return found | {"result": "SKIPPED",
                        "reason": "the untouched tree does not build it"}
    return found | {"result": "pass"} | dataclasses.asdict(same_code.compare(
        stage.base.folder / "obj" / after.object,
        stage.ns.path("obj", after.object), flavour.cross))


def checked(stage: Stage, before: dict[str, Record],
            after: dict[str, Record]) -> dict[str, Any]:
    """Return the sparse evidence of one patch."""
    command = " ".join(["make", *stage.base.flavour.variables(),
                        "C=2", "CHECK=sparse", *sorted(after)])
    found: dict[str, Any] = {
        "command": command,
        "seconds": round(sum(r.seconds for r in after.values()), 2)}
    pairs = [(before[n].sparse or [], r.sparse) for n, r in after.items()
             if r.state == BuildState.BUILT and r.sparse is not None]
    if not pairs:
        why = "sparse is not installed: apt-get install sparse" \
            if stage.base.flavour.sparse \
            else "sparse does not take this compiler's options"
        if all(r.state != BuildState.BUILT for r in after.values()):
            why = "no object was built"
        return found | {"result": "SKIPPED", "reason": why}
    new = [line for old, now in pairs
           for line in make_log.new_diagnostics(old, now)]
    found |= {"before": sum(len(old) for old, _ in pairs),
              "after": sum(len(now) for _, now in pairs), "new": new,
              "result": "fail" if new else "pass"}
    if new:
        found["reason"] = f"{len(new)} new: {new[0]}"
    return found


def read_states(changed: dict[str, str], read: Callable[[str], bytes | None]
                ) -> State:
    """Return the texts of the changed files of one tree."""
    return {name: None if kind == "D" else read(name)
            for name, kind in changed.items()}


def exists(kernel: Path, name: str) -> bool:
    """Say whether the tree has a source for an object."""
    stem = posixpath.splitext(name)[0]
    return any(os.path.lexists(kernel / f"{stem}{suffix}")
               for suffix in (".c", ".S"))
