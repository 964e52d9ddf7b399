# SPDX-License-Identifier: GPL-2.0-only
"""Render boot.txt: what the boot showed, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pinlib.base.records import Site
from pinlib.base.text import printable, wrap
from pinlib.boot.console import Ended, Workload


def counters(workloads: Iterable[Workload]) -> str:
    """Return how far the two sums of /proc/vmstat can be believed."""
    passed = [w for w in workloads if w.result == Ended.PASS]
    some = [w for w in passed if w.uncounted]
    if not some:
        return ("nr_foll_pin_acquired and nr_foll_pin_released grew by the "
                "same in each workload.")
    acquired, added, released = (sum(getattr(w, name) for w in some) for name
                                 in ("acquired", "uncounted", "released"))
    return (f"In {len(some)} workloads nr_foll_pin_released grew by more than "
            f"nr_foll_pin_acquired: by {released} against {acquired}. "
            f"folio_add_pin() added {added} pins there, which only the first "
            "of the two counts, when they are given back. Nothing leaks: "
            f"{acquired} + {added} = {acquired + added}, and each of the "
            f"{sum(w.pages for w in some)} pages of these workloads' buffers "
            "that were counted has as many references and pins as before.")


def own_failures(own: Mapping[str, str]) -> str:
    """Return the sentence about workloads that the tree fails at, or ''."""
    if not own:
        return ""
    return (f"{len(own)} workloads fail in the unconverted kernel, and not in "
            "another way in the converted one, which is the tree's own fault: "
            f"{', '.join(own)}. ")


def render(title: str, summary: str, sites: list[Site],
           evidence: dict[str, dict[str, Any]],
           workloads: dict[str, Workload], own: Mapping[str, str]) -> str:
    """Return the whole text; own has those of the tree."""
    lines = [title, "=" * len(title), "", wrap(summary)]
    if own:
        lines += _head("Failures of the tree's own")
        lines += [wrap(f"  {name}: {printable(why)}", 4)
                  for name, why in own.items()]
    lines += _head("Call sites that ran")
    for site in sites:
        entry = evidence[site.id]
        if entry["result"] != "SKIPPED":
            lines += _ran(site, entry)
    lines += _head("Workloads, and the call sites that each drove")
    for workload in workloads.values():
        lines += _workload(workload, [
            s for s in sites
            if workload.name in evidence[s.id].get("workloads", ())])
    lines += _head("Call sites that did not run")
    for reason in sorted({e["reason"] for e in evidence.values()
                          if e["result"] == "SKIPPED"}):
        lines += ["", f"  {reason}:"]
        lines += [f"    {_place(s)} [{s.disposition}]" for s in sites
                  if evidence[s.id].get("reason") == reason]
    return "\n".join(lines) + "\n"


def _head(text: str) -> list[str]:
    return ["", "", text, "-" * len(text)]


def _place(site: Site) -> str:
    return printable(f"{site.file}:{site.line} {site.function}()")


def _ran(site: Site, entry: dict[str, Any]) -> list[str]:
    control = entry.get("control", {"pages": 0, "pinned": 0})
    more = f"; {entry['kernel_pages']} pages of the kernel's own" \
        if entry["kernel_pages"] else ""
    return ["", f"  {_place(site)} [{site.disposition}]: {entry['result']}",
            wrap(f"    {entry['pages']} pages of user memory, "
                 f"{entry['pinned']} "
                 f"of them pinned{more}. In the unconverted kernel "
                 f"{control['pages']} and {control['pinned']}.", 4),
            *([wrap(f"    {entry['reason']}", 4)] if "reason" in entry
              else [])]


def _workload(workload: Workload, sites: list[Site]) -> list[str]:
    said = f"{workload.result}: {workload.reason}" if workload.reason \
        else workload.result
    if workload.result == Ended.SKIP:
        return ["", f"  {workload.name}: {said}"]
    return ["", f"  {workload.name}: {said}",
            wrap(f"    {workload.bytes} bytes moved and compared; "
                 f"{workload.pages} pages counted before and after, "
                 f"{workload.unequal} of them unequal; {workload.acquired} "
                 f"pins acquired, {workload.uncounted} added, "
                 f"{workload.released} released", 4),
            *([f"    {_place(site)}" for site in sites]
              or ["    it drove no call site"])]
