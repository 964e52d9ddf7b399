# SPDX-License-Identifier: GPL-2.0-only
"""The baseline of unconverted sites: what CI holds a tree against.

An entry is a site's id, which names no line, so that code that moves changes
nothing. check only reads; baseline alone writes.
"""

from __future__ import annotations

import collections
import dataclasses
from pathlib import Path
from typing import Any

from pinlib.base.errors import IdentityError, UnconvertedError, UsageError
from pinlib.base.files import read_json, write_json
from pinlib.base.options import Options
from pinlib.base.resources import REPORTS
from pinlib.base.text import printable
from pinlib.kernel import kernel_tree
from pinlib.report import gcc_lines
from pinlib.report.advice import UNCONVERTED, of_site


FORMAT = 1
Report = dict[str, Any]


@dataclasses.dataclass
class Baseline:
    """What a baseline holds: the kind of run, ids, and code not analysed."""

    apis: str
    subsystem: str | None
    sites: list[str]
    unparsed: dict[str, int]

    def as_json(self) -> Report:
        """The file's form; sorted, so that its diffs read well."""
        return {"schema": FORMAT, "apis": self.apis,
                "subsystem": self.subsystem, "sites": sorted(self.sites),
                "unparsed": dict(sorted(self.unparsed.items()))}


def baseline_file(opts: Options) -> Path:
    """The baseline that was named, or the one of this kernel's series."""
    if opts.baseline:
        return opts.baseline
    version = kernel_tree.kernel_version(opts.kernel).split(".")
    return REPORTS / "baseline" / f"{version[0]}.{version[1]}.json"


def snapshot(opts: Options, report: Report) -> Baseline:
    """What a baseline records of a report."""
    return Baseline(opts.apis, opts.subsystem, sorted(
        site["id"] for site in report["sites"]
        if site["disposition"] in UNCONVERTED), tokens_of(report["unparsed"]))


def tokens_of(regions: list[Report]) -> dict[str, int]:
    """How many tokens of each file stand in code that was not analysed."""
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
                    data["unparsed"])


def _check(path: Path, data: Report) -> None:
    def wrong(what: str) -> UsageError:
        return UsageError(f"{path}: not a baseline: {what}")
    kinds: dict[str, tuple[type, ...]] = {
        "apis": (str,), "subsystem": (str, type(None)), "sites": (list,),
        "unparsed": (dict,)}
    for key, kind in kinds.items():
        if not isinstance(data.get(key, 0), kind):
            raise wrong(f"{key} is missing or of a wrong kind")
    unknown = sorted(set(data) - {*kinds, "schema"})
    if unknown:
        raise wrong(f"{unknown[0]} is not known")
    seen = set()
    for number, entry in enumerate(data["sites"], 1):
        if not isinstance(entry, str) or "#" not in entry:
            raise wrong(f"entry {number} of sites, {entry!r}, is no site id")
        if entry in seen:
            raise wrong(f"entry {number} of sites comes twice: {entry}")
        seen.add(entry)
    for name, count in data["unparsed"].items():
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise wrong(f"unparsed {name}: {count!r} is no number of tokens")


def write(opts: Options) -> None:
    """Record today's unconverted sites and unparsed code."""
    path = baseline_file(opts)
    kernel_tree.check_outside(path, [opts.kernel], "the baseline")
    found = snapshot(opts, read_json(opts.out / "report.json"))
    write_json(path, found.as_json())
    print(f"{path}: {len(found.sites)} unconverted sites")


def list_all(opts: Options) -> None:
    """Print the whole report as lines that an editor reads."""
    for text in gcc_lines.lines(read_json(opts.out / "report.json")):
        print(text)


def check(opts: Options) -> None:
    """Compare the report with the baseline; nothing is written."""
    path = baseline_file(opts)
    old = load(path)
    report = read_json(opts.out / "report.json")
    new = snapshot(opts, report)
    for key in ("apis", "subsystem"):
        if getattr(old, key) != getattr(new, key):
            raise UsageError(f"{path}: was written with {key} "
                             f"{getattr(old, key)}, this run has "
                             f"{getattr(new, key)}")
    sites = {site["id"]: site for site in report["sites"]}
    fresh = [sites[name] for name in new.sites if name not in set(old.sites)]
    fresh.sort(key=lambda s: (s["file"], s["line"], s["column"]))
    stale = sorted(set(old.sites) - set(new.sites))
    beyond = {name: count for name, count in new.unparsed.items()
              if count > old.unparsed.get(name, 0)}
    gone = [(name, sites.get(name)) for name in stale]
    for text in _gcc(path, fresh, gone) if opts.format == "gcc" else \
            offenders(fresh, gone):
        print(text)
    for name, count in sorted(beyond.items()):
        print(printable(f"{name}: {count} tokens in code that could not be "
                        f"analysed, {old.unparsed.get(name, 0)} allowed"))
    if beyond:
        raise IdentityError(f"{path}: {len(beyond)} files hold code that "
                            "could not be analysed beyond the recorded "
                            "allowance")
    if fresh or stale:
        raise UnconvertedError(f"{path}: {len(fresh)} new unconverted sites, "
                               f"{len(stale)} stale entries")
    print(f"check: {len(old.sites)} unconverted sites, all in {path}")


def offenders(fresh: list[Report],
              stale: list[tuple[str, Report | None]]) -> list[str]:
    """Each offender with its place, sentence, and what to do about it."""
    made = []
    for site in fresh:
        made += [f"new: {site['file']}:{site['line']}: {site['disposition']} "
                 f"[{site['code']}] {site['reason']}"]
        if site["blocked_by"]:
            made.append(f"    in the way: {site['blocked_by']}")
        made += [f"    to do: {of_site(site)}",
                 "    or, to live with it: add the id by `make baseline`",
                 f"    id: {site['id']}"]
    for name, now in stale:
        made += [f"stale: {_now(now)}",
                 "    to do: take the entry out by `make baseline`",
                 f"    id: {name}"]
    return [printable(line) for line in made]


def _now(site: Report | None) -> str:
    if site is None:
        return "no call site has this id any more"
    return (f"{site['file']}:{site['line']}: {site['disposition']} "
            f"[{site['code']}] {site['reason']}")


def _gcc(path: Path, fresh: list[Report],
         stale: list[tuple[str, Report | None]]) -> list[str]:
    rows = path.read_text("utf-8", "surrogateescape").split("\n")
    made = [gcc_lines.of_site(site) for site in fresh]
    for name, now in stale:
        line = next((n for n, row in enumerate(rows, 1)
                     if row.strip().rstrip(",").strip('"') == name), 1)
        made.append(gcc_lines.line(str(path), line, 1, "stale entry: "
                                   + _now(now), "stale-entry"))
    return made
