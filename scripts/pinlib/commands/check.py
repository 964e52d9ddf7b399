# SPDX-License-Identifier: GPL-2.0-only
"""Compare the report with a baseline of unconverted sites, or record one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pinlib.audit import follow, known
from pinlib.base.errors import (IdentityError, UnconvertedError, UnreadError,
                                UsageError)
from pinlib.base.files import read_json, write_json
from pinlib.base.options import Options
from pinlib.base.text import printable
from pinlib.commands import report
from pinlib.commands.campaign import report as campaign_report
from pinlib.commands.baseline import Baseline, baseline_file, load, snapshot
from pinlib.decide.bugs.findings import Finding
from pinlib.engine.declared import PINS
from pinlib.kernel import kernel_tree
from pinlib.report import gcc_lines
from pinlib.report.advice import of_site

Report = dict[str, Any]


def run(opts: Options) -> None:
    """Write the report and compare it with the baseline."""
    unread = _written(opts)
    check(opts)
    if unread:
        raise unread


def record(opts: Options) -> None:
    """Write the report and record what it leaves unconverted."""
    unread = _written(opts)
    write(opts)
    if unread:
        raise unread


def _written(opts: Options) -> UnreadError | None:
    """Write the report of the campaign; what could not be read, if too much."""
    return report.write(opts) if opts.campaign == PINS \
        else campaign_report.write(opts)


def write(opts: Options) -> None:
    """Record today's unconverted sites, unparsed code and, if asked, findings.

    Those of an earlier run stay otherwise.
    """
    path = baseline_file(opts)
    kernel_tree.check_outside(path, [opts.kernel], "the baseline")
    found = snapshot(opts, read_json(opts.out / "report.json"))
    if opts.findings:
        found.findings = list(_findings(opts))
    elif path.exists():
        found.findings = load(path).findings
    write_json(path, found.as_json())
    print(f"{path}: {len(found.sites)} unconverted sites"
          + (f", {len(found.findings or ())} findings" if opts.findings else ""))


def _findings(opts: Options) -> dict[str, Finding]:
    """Return what an audit finds that nobody has accepted, by id."""
    accepted = known.load(opts.decisions).entries
    audited = follow.read(opts.kernel, opts.module, opts.jobs, opts.apis)
    return {name: item for name, item in known.named(audited.found()).items()
            if name not in accepted}


def check(opts: Options) -> None:
    """Compare the report with the baseline; nothing is written."""
    path = baseline_file(opts)
    old = load(path)
    made = read_json(opts.out / "report.json")
    new = snapshot(opts, made)
    for key in ("campaign", "apis", "subsystem"):
        if getattr(old, key) != getattr(new, key):
            raise UsageError(f"{path}: was written with {key} "
                             f"{getattr(old, key)}, this run has "
                             f"{getattr(new, key)}")
    sites = {site["id"]: site for site in made["sites"]}
    fresh = [sites[name] for name in new.sites if name not in set(old.sites)]
    fresh.sort(key=lambda s: (s["file"], s["line"], s["column"]))
    stale = sorted(set(old.sites) - set(new.sites))
    beyond = {name: count for name, count in new.unparsed.items()
              if count > old.unparsed.get(name, 0)}
    gone = [(name, sites.get(name)) for name in stale]
    for text in _gcc(path, fresh, gone) if opts.format == "gcc" else \
            offenders(fresh, gone, new.campaign):
        print(text)
    for name, count in sorted(beyond.items()):
        print(printable(f"{name}: {count} tokens in code that could not be "
                        f"analysed, {old.unparsed.get(name, 0)} allowed"))
    bugs, mended = _ratchet(opts, path, old)
    if beyond:
        raise IdentityError(f"{path}: {len(beyond)} files hold code that "
                            "could not be analysed beyond the recorded "
                            "allowance")
    if fresh or stale or bugs or mended:
        more = f", {bugs} new findings" if opts.findings else ""
        raise UnconvertedError(f"{path}: {len(fresh)} new unconverted sites"
                               f"{more}, {len(stale) + mended} stale entries")
    more = f" and {len(old.findings or ())} findings" if opts.findings else ""
    print(f"check: {len(old.sites)} unconverted sites{more}, all in {path}")


def _ratchet(opts: Options, path: Path, old: Baseline) -> tuple[int, int]:
    """Print findings that are not in the baseline, and entries without one.

    Returns how many of each.
    """
    if not opts.findings:
        return 0, 0
    if old.findings is None:
        raise UsageError(f"{path}: has no findings; `gup2pin baseline --findings` "
                         "(make baseline FINDINGS=1) records them")
    now, then = _findings(opts), set(old.findings)
    for name, item in now.items():
        if name in then:
            continue
        if opts.format == "gcc":
            print(gcc_lines.line(item.file, item.line, 1, item.text, item.code))
            continue
        print(printable(f"new: {item.file}:{item.line}: {item.confidence} "
                        f"[{item.code}] {item.text}"))
        for row in (*item.steps, *(f"to do: {fix}" for fix in [item.fix] if fix),
                    "or, to accept it: a [[finding]] entry in DECISIONS",
                    f"id: {name}"):
            print(printable(f"    {row}"))
    stale = sorted(then - set(now))
    for name in stale:
        print(printable(f"stale: no finding has the id {name} any more"))
    return len(set(now) - then), len(stale)


def offenders(fresh: list[Report],
              stale: list[tuple[str, Report | None]],
              campaign: str = PINS) -> list[str]:
    """Return each offender with its place, sentence, and what to do about it."""
    made = []
    for site in fresh:
        todo = of_site(site, "" if campaign == PINS else campaign)
        made += [f"new: {site['file']}:{site['line']}: {site['disposition']} "
                 f"[{site['code']}] {site['reason']}"]
        if site["blocked_by"]:
            made.append(f"    obstacle: {site['blocked_by']}")
        made += [f"    to do: {todo}",
                 "    or, to accept it: add the id with `make baseline`",
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
