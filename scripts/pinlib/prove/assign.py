# SPDX-License-Identifier: GPL-2.0-only
"""Choose which patches are compiled together, and in which configuration.

An object is built in the first configuration that builds it untouched; one that
none builds is named with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pinlib.build.configs import Flavour
from pinlib.build.objects import Base, BuildState
from pinlib.prove.affected import TreeText, object_of, words_of
from pinlib.prove.wave import Step, Verdict, exists

OpenBase = Callable[[Flavour], Base]


def assign(kernel: Path, chosen: list[Flavour], steps: list[Step],
           open_base: OpenBase) -> dict[str, Base]:
    """Fill in the objects of every step by configuration."""
    changed = {o for s in steps for o in s.scope.changed}
    pending = changed | {o for s in steps for o in s.scope.holders}
    where: dict[str, str] = {}
    why: dict[str, str] = {}
    bases: dict[str, Base] = {}
    for flavour in chosen:
        if flavour.asked:
            continue
        asked = {o for o in pending if flavour.covers(o)
                 and _worth_configuring(o, flavour, chosen[0], changed)}
        if not asked:
            continue
        lacks = flavour.missing()
        if lacks:
            why |= {o: f"{flavour.describe()}: {lacks}" for o in asked}
            continue
        base = bases[flavour.name] = open_base(flavour)
        new = {o for o in asked if not exists(kernel, o)}
        for name, record in base.records(asked - new).items():
            if record.state == BuildState.BUILT:
                where[name] = flavour.name
            else:
                why[name] = _unbuilt(flavour, record.state)
        where |= {name: flavour.name for name in new}
        pending -= where.keys()
    _record(steps, where, why, [f.describe() for f in chosen if not f.asked])
    for flavour in chosen:
        mine = [s for s in steps if flavour.asked
                and s.patch.also_in == flavour.name]
        if mine:
            bases |= _besides(kernel, flavour, mine, open_base)
    return bases


def _besides(kernel: Path, flavour: Flavour, steps: list[Step],
             open_base: OpenBase) -> dict[str, Base]:
    """Add the objects of steps that ask for a configuration of their own."""
    lacks = flavour.missing()
    if not (kernel / "arch" / flavour.srcarch / "configs"
            / flavour.goal).is_file():
        lacks = "the tree does not have it"
    base = None if lacks else open_base(flavour)
    for step in steps:
        found = base.records(set(step.scope.changed)) if base else {}
        for name in step.scope.changed:
            record = found.get(name)
            if record and record.state == BuildState.BUILT:
                step.objects.setdefault(flavour.name, []).append(name)
            else:
                step.unbuilt[f"{name} ({flavour.name})"] = \
                    _unbuilt(flavour, record.state) if record else \
                    f"{flavour.describe()}: {lacks}"
    return {flavour.name: base} if base else {}


def _worth_configuring(name: str, flavour: Flavour, first: Flavour,
                       changed: set[str]) -> bool:
    """Say whether to make a whole configuration for a file: not for a mere user."""
    return flavour == first or name in changed or name.startswith("arch/")


def _unbuilt(flavour: Flavour, state: str) -> str:
    what = "does not build it" if state == "absent" \
        else "does not compile before the patch either"
    return f"{flavour.describe()}: {what}"


def _record(steps: list[Step], where: dict[str, str], why: dict[str, str],
            tried: list[str]) -> None:
    for step in steps:
        for name in step.scope.changed + step.scope.holders:
            if name in where:
                step.objects.setdefault(where[name], []).append(name)
            else:
                step.unbuilt[name] = why.get(
                    name, "no configuration for its architecture among: "
                    + "; ".join(tried))


def exporters(text: TreeText, flavour: Flavour,
              steps: list[Step]) -> set[str]:
    """Return the objects that export what the patches newly name.

    They are asked in the link check; built with the base, they are kept.
    """
    names: set[str] = set()
    for step in steps:
        if not step.objects.get(flavour.name):
            continue
        for file in step.patch.files:
            if file.endswith(".c"):
                names |= words_of(step.after.get(file)) - words_of(
                    step.before.get(file, _read(text.kernel / file)))
    return {object_of(e.file) for name in names
            for e in text.exports.get(name, ())
            if flavour.covers(e.file) and e.file.endswith(".c")}


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def conflict_free(steps: list[Step], kernel: Path | None = None
                  ) -> list[list[Step]]:
    """Return the steps in groups whose series never disagree on a file.

    One that changes a header of all the kernel stands apart from those that do not:
    most of their objects would see it, and be built again.
    """
    texts: dict[str, dict[str, set[bytes | None]]] = {}
    for step in steps:
        mine = texts.setdefault(step.series, {})
        for state in (step.before, step.after):
            for name, data in state.items():
                mine.setdefault(name, set()).add(data)
    groups: list[list[str]] = []
    for slug in texts:
        for group in groups:
            if all(_agree(texts[slug], texts[other]) and not any(
                    kernel and name.startswith("include/") and
                    (kernel / name).exists() for name in
                    texts[slug].keys() ^ texts[other].keys())
                    for other in group):
                group.append(slug)
                break
        else:
            groups.append([slug])
    return [[s for s in steps if s.series in group] for group in groups]


def _agree(one: dict[str, set[bytes | None]],
           other: dict[str, set[bytes | None]]) -> bool:
    return all(len(one[name] | other[name]) == 1
               for name in one.keys() & other.keys())


def merge_verdicts(step: Step, verdicts: list[Verdict]) -> dict[str, Any]:
    """Return the build evidence of a patch over all configurations."""
    compiled = [item for v in verdicts for item in v.compile]
    compiled += [{"object": name, "command": "make", "seconds": 0.0,
                  "result": "SKIPPED", "reason": reason}
                 for name, reason in sorted(step.unbuilt.items())]
    if step.scope.left_out:
        compiled.append({
            "object": f"{step.scope.left_out} more", "command": "make",
            "seconds": 0.0, "result": "SKIPPED",
            "reason": step.scope.reason})
    found = {"compile": compiled,
             "link": _merge([v.link for v in verdicts], "symbols"),
             "sparse": _merge([v.sparse for v in verdicts], "new")}
    if step.compared:
        found["code"] = [item for v in verdicts for item in v.code]
    return found


def _merge(parts: list[dict[str, Any]], listed: str) -> dict[str, Any]:
    """Join one part of the evidence; the worst result stands."""
    if not parts:
        return {"command": "make", "seconds": 0.0, "result": "SKIPPED",
                "reason": "no object of this patch is built"}
    results = [part["result"] for part in parts]
    merged: dict[str, Any] = {
        "command": "; ".join(dict.fromkeys(p["command"] for p in parts)),
        "seconds": round(sum(p["seconds"] for p in parts), 2),
        "result": "fail" if "fail" in results else
                  "pass" if "pass" in results else "SKIPPED",
        listed: [item for p in parts for item in p.get(listed, [])]}
    for count in ("before", "after"):
        if any(count in part for part in parts):
            merged[count] = sum(part.get(count, 0) for part in parts)
    reasons = [part["reason"] for part in parts if "reason" in part]
    if reasons:
        merged["reason"] = "; ".join(reasons)
    return merged


def tally(evidence: dict[str, dict[str, Any]], titles: dict[str, str]
          ) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Return the results of every part, counted, and every failure."""
    counts: dict[str, dict[str, int]] = {}
    failures: list[str] = []
    for tree, entry in evidence.items():
        for part in ("apply", "compile", "link", "sparse", "checkpatch"):
            found = entry.get(part)
            if found is None:
                continue
            for item in found if isinstance(found, list) else [found]:
                line = counts.setdefault(
                    part, {"pass": 0, "fail": 0, "SKIPPED": 0})
                line[item["result"]] += 1
                if item["result"] == "fail":
                    name = item.get("object", "")
                    failures.append(f"{titles[tree]}: {part} failed: "
                                    f"{name + ': ' if name else ''}"
                                    f"{item.get('reason', '')}")
    return counts, sorted(failures)
