# SPDX-License-Identifier: GPL-2.0-only
"""Write the report: report.json for programs, report.txt for people."""

from __future__ import annotations

import collections
import dataclasses
import datetime
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema

from pinlib.base.errors import RuleError, UsageError
from pinlib.base.files import read_json, to_json, write_file
from pinlib.base.records import DISPOSITIONS, Disposition, Site
from pinlib.base.resources import REPORTS
from pinlib.report import sarif
from pinlib.report.terminal import render

FORMAT = 1
SCHEMA = REPORTS / "report.schema.json"


def write_report(out: Path, kernel: dict[str, Any], sites: list[Site],
                 findings: list[dict[str, Any]],
                 unparsed: list[dict[str, Any]], census: dict[str, int],
                 decisions: list[dict[str, Any]],
                 core: list[dict[str, Any]] | None = None,
                 patches: list[dict[str, Any]] | None = None,
                 only_read: Mapping[str, int] = MappingProxyType({}),
                 campaign: dict[str, Any] | None = None) -> dict[str, Any]:
    """Write the report in every form; nothing is written that is wrong.

    kernel has version, commit, since and pins, census has tokens and
    accounted. only_read: the calls that Coccinelle does not find, by what
    explains it. campaign: its name, title and what it counts; None for pins.
    """
    report = compose(kernel, sites, findings, unparsed, census, decisions,
                     core or [], patches or [], only_read, campaign)
    write(out, report)
    return report


def write(out: Path, report: dict[str, Any]) -> None:
    """Write a report in every form but the pages, if nothing in it is wrong."""
    validate(report)
    text = render(report)
    alerts = to_json(sarif.compose(report))
    write_file(out / "report.json", to_json(report))
    write_file(out / "report.txt", text)
    write_file(out / "report.sarif", alerts)


def compose(kernel: dict[str, Any], sites: list[Site],
            findings: list[dict[str, Any]], unparsed: list[dict[str, Any]],
            census: dict[str, int], decisions: list[dict[str, Any]],
            core: list[dict[str, Any]], patches: list[dict[str, Any]],
            only_read: Mapping[str, int],
            campaign: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the report in an order that only the tree decides."""
    ordered = sorted(sites, key=lambda s: (s.file, s.line, s.column, s.id))
    return {
        "schema": FORMAT, **({"campaign": campaign} if campaign else {}),
        "since": kernel.get("since"),
        "kernel": {"version": kernel["version"],
                   "commit": kernel.get("commit"),
                   "pins": kernel.get("pins", True)},
        "summary": {
            "sites": len(ordered),
            "by_disposition": by_disposition(ordered),
            "by_rule_kind": by_rule_kind(ordered),
            "census": {key: census[key] for key in ("tokens", "accounted")},
            "only_read": dict(sorted(only_read.items()))},
        "sites": [dataclasses.asdict(site) for site in ordered],
        "findings": _sorted(findings),
        "unparsed": _sorted(unparsed), "patches": patches,
        "decisions": sorted(map(_plain, decisions),
                            key=lambda d: (str(d.get("site")), to_json(d))),
        "core": core}


def by_disposition(sites: list[Site]) -> dict[str, int]:
    """Count the sites of each disposition, those without any too."""
    found: collections.Counter[str] = collections.Counter(
        site.disposition for site in sites)
    return {name: found[name] for name in DISPOSITIONS}


def by_rule_kind(sites: list[Site]) -> dict[str, int]:
    """Count the sites that a patch is made for by the kind of its rule."""
    rules = [site.rule for site in sites
             if site.rule and site.disposition == Disposition.CONVERT]
    core = sum("core/" in rule.split()[0] for rule in rules)
    return {"generic": len(rules) - core, "core": core}


def _sorted(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(map(_plain, items), key=lambda item: (
        str(item.get("file")), int(item.get("line") or 0), to_json(item)))


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return an entry in the form of JSON: a date of TOML becomes its text."""
    return {key: value.isoformat() if isinstance(value, datetime.date)
            else value for key, value in item.items()}


def read(path: Path) -> dict[str, Any]:
    """Read a report that an earlier run wrote, or say what is wrong in it."""
    if not path.is_file():
        raise UsageError(f"{path}: no report lies here; run `make series`")
    again = "; run again to write it anew"
    try:
        found = read_json(path)
    except ValueError as error:
        raise UsageError(f"{path}: not a report: {error}{again}") from error
    if not isinstance(found, dict) or found.get("schema") != FORMAT:
        said = found.get("schema") if isinstance(found, dict) else None
        raise UsageError(f"{path}: not a report of version {FORMAT}: schema "
                         f"is {said!r}{again}")
    try:
        validate(found)
    except RuleError as error:
        raise UsageError(f"{path.parent}/{error}{again}") from error
    return found


def validate(report: dict[str, Any]) -> None:
    """Refuse a report that is not what its schema promises to readers."""
    hold("report.json", report, SCHEMA)
    ids = collections.Counter(site["id"] for site in report["sites"])
    twice = sorted(name for name, count in ids.items() if count > 1)
    if twice:
        raise RuleError(f"report.json: two sites have the id {twice[0]}")


def hold(name: str, made: dict[str, Any], path: Path) -> None:
    """Refuse what is to be written if it is not as its schema says."""
    checker = jsonschema.Draft202012Validator(read_json(path))
    errors = sorted(checker.iter_errors(made),
                    key=lambda e: [str(part) for part in e.absolute_path])
    if errors:
        where = "/".join(map(str, errors[0].absolute_path)) or "top"
        said = errors[0].message
        if len(said) > 200:
            said = f"{said[:80]} ... {said[-110:]}"
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise RuleError(f"{name}: {where}: {said}{more}")
