# SPDX-License-Identifier: GPL-2.0-only
"""Keep the baseline of unconverted sites that CI compares a tree with.

An entry is a site's id, which names no line, so that code that moves changes
nothing. check only reads; baseline alone writes.
"""

from __future__ import annotations

import collections
import dataclasses
from pathlib import Path
from typing import Any

from pinlib.base.errors import UsageError
from pinlib.base.files import read_json
from pinlib.base.options import Options
from pinlib.base.resources import REPORTS
from pinlib.engine.declared import PINS
from pinlib.kernel import kernel_tree
from pinlib.report.advice import UNCONVERTED


FORMAT = 1
Report = dict[str, Any]


@dataclasses.dataclass
class Baseline:
    """A baseline: the kind of run, ids, and code not analysed.

    findings: the ids of the audit's, if they are watched.
    """

    apis: str
    subsystem: str | None
    sites: list[str]
    unparsed: dict[str, int]
    findings: list[str] | None = None
    campaign: str = PINS

    def as_json(self) -> Report:
        """Return the file's form; sorted, so that its diffs read well."""
        watched = {} if self.findings is None else {
            "findings": sorted(self.findings)}
        named = {} if self.campaign == PINS else {"campaign": self.campaign}
        return {"schema": FORMAT, **named, "apis": self.apis,
                "subsystem": self.subsystem, "sites": sorted(self.sites),
                "unparsed": dict(sorted(self.unparsed.items())), **watched}


def baseline_file(opts: Options) -> Path:
    """Return the baseline that was named, or the one of this kernel's series."""
    if opts.baseline:
        return opts.baseline
    version = kernel_tree.kernel_version(opts.kernel).split(".")
    more = "" if opts.campaign == PINS else f"-{opts.campaign}"
    return REPORTS / "baseline" / f"{version[0]}.{version[1]}{more}.json"


def snapshot(opts: Options, report: Report) -> Baseline:
    """Return what a baseline records of a report."""
    return Baseline(opts.apis, opts.subsystem, sorted(
        site["id"] for site in report["sites"]
        if site["disposition"] in UNCONVERTED), tokens_of(report["unparsed"]),
        campaign=opts.campaign)


def tokens_of(regions: list[Report]) -> dict[str, int]:
    """Count the tokens of each file that are in code that was not analysed."""
    found: dict[str, int] = collections.Counter()
    for region in regions:
        tokens = region["tokens"]
        count = tokens if isinstance(tokens, int) else len(tokens)
        if count:
            found[region["file"]] += count
    return found


def load(path: Path) -> Baseline:
    """Read a baseline, or say which of its entries is not one."""
    if not path.exists():
        raise UsageError(f"{path}: no such baseline; `make baseline` "
                         "writes it")
    try:
        data = read_json(path)
    except ValueError as error:
        raise UsageError(f"{path}: not a baseline: {error}") from error
    if not isinstance(data, dict):
        raise UsageError(f"{path}: not a baseline: it wants an object")
    if data.get("schema") != FORMAT:
        raise UsageError(f"{path}: not a baseline of version {FORMAT}: "
                         f"schema is {data.get('schema')!r}; `make baseline` "
                         "writes it anew")
    _check(path, data)
    return Baseline(data["apis"], data["subsystem"], data["sites"],
                    data["unparsed"], data.get("findings"),
                    data.get("campaign", PINS))


def _check(path: Path, data: Report) -> None:
    def wrong(what: str) -> UsageError:
        return UsageError(f"{path}: not a baseline: {what}")
    kinds: dict[str, tuple[type, ...]] = {
        "apis": (str,), "subsystem": (str, type(None)), "sites": (list,),
        "unparsed": (dict,)}
    for key, kind in kinds.items():
        if not isinstance(data.get(key, 0), kind):
            raise wrong(f"{key} is missing or of a wrong kind")
    if not isinstance(data.get("campaign", PINS), str):
        raise wrong("campaign is of a wrong kind")
    unknown = sorted(set(data) - {*kinds, "schema", "findings", "campaign"})
    if unknown:
        raise wrong(f"{unknown[0]} is not known")
    if not isinstance(data.get("findings", []), list):
        raise wrong("findings is of a wrong kind")
    for key, what in ("sites", "site"), ("findings", "finding"):
        seen = set()
        for number, entry in enumerate(data.get(key, ()), 1):
            if not isinstance(entry, str) or "#" not in entry:
                raise wrong(f"entry {number} of {key}, {entry!r}, is no {what} id")
            if entry in seen:
                raise wrong(f"entry {number} of {key} comes twice: {entry}")
            seen.add(entry)
    for name, count in data["unparsed"].items():
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise wrong(f"unparsed {name}: {count!r} is no number of tokens")
