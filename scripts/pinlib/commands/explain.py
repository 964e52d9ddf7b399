# SPDX-License-Identifier: GPL-2.0-only
"""Print everything that is known about one call site, and what would decide it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pinlib.analysis import whole_tree
from pinlib.base.codes import QUESTIONS
from pinlib.base.errors import UsageError
from pinlib.base.options import Options
from pinlib.base.text import printable
from pinlib.commands import pipeline
from pinlib.decide.decide import Decision
from pinlib.decide.reviewed_answers import code_of
from pinlib.kernel import kernel_tree
from pinlib.report import advice


def run(opts: Options) -> None:
    """Print everything that is known about one site."""
    result = pipeline.analyse(opts)
    show(opts, result.analysis)
    pipeline.end(opts, result)


def show(opts: Options, found: whole_tree.Analysis) -> None:
    """Print the site that --site names, by id or file:line."""
    if not opts.site:
        raise UsageError("explain: wants --site (an id, or file:line)")
    view = found.program.tree
    matches = [d for d in found.decisions if opts.site in (
        d.site.id, view.in_text(f"{d.site.file}:{d.site.line}"))]
    if not matches:
        file = opts.site.partition(":")[0]
        near = [view.in_text(f"{d.site.file}:{d.site.line}")
                for d in found.decisions if d.site.file == file]
        there = f"; {file} has {', '.join(near)}" if near else ""
        raise UsageError(f"explain: no call site {opts.site}{there}")
    version = kernel_tree.kernel_version(opts.kernel).split(".")
    for decision in matches:
        site = dataclasses.asdict(pipeline.as_checked_out(whole_tree.site_of(
            decision, found.resolver, found.subsystems), view))
        lines = [*outline(site), *map(view.in_text, events(decision)),
                 *paths(site), *answer_entry(site, ".".join(version[:2]), {
                     a: code_of(decision.site, a) for a in QUESTIONS.get(
                         site["settle"], ())})]
        print("\n".join(map(printable, lines)))


def outline(site: dict[str, Any]) -> list[str]:
    """Return what was decided, step by step, and the lines that prove it."""
    made = ["{file}:{line} {function}() {api}".format(**site),
            f"id: {site['id']}", "", "decision, step by step:"]
    made += [f"  {n}. {step}" for n, step in enumerate(site["steps"], 1)]
    if site["blocked_by"]:
        made.append(f"obstacle: {site['blocked_by']}")
        made += walk(site, site["blocked_via"])
    for name, what in (("iterators", ", ".join(site["iterators"])),
                       ("case", str(site["case"] or ""))):
        if what:
            made.append(f"{name}: {what}")
            made += [f"  {line}" for line in site["proof"][name]]
    return made


def events(decision: Decision) -> list[str]:
    """Return the facts: every occurrence of a holder, and its kind."""
    flow = decision.site.flow
    if not flow.locations:
        return ["", "its pages were not followed"]
    made = ["", "what happens to the pages:"]
    made += [f"  {e.place}: {e.kind}: {e.call or e.node} ({e.location})"
             for e in flow.events]
    made += [f"  {place}: {text}" for place, text in flow.unclear]
    answers = [decision.reviewed.said()] if decision.reviewed else []
    return made + [f"note: {note}" for note in answers + decision.notes]


def paths(site: dict[str, Any]) -> list[str]:
    """Return how the pages reach each release, and which releases are left."""
    made = []
    for item in site["releases"]:
        made.append("released at {file}:{line} {function}(): {form}"
                    .format(**item))
        made += walk(site, item["via"])
    for left in site["left"]:
        made.append("left as it is: {file}:{line} {form}: {why}"
                    .format(**left))
    return ["", *made] if made else []


def walk(site: dict[str, Any], via: int | None) -> list[str]:
    """Return the graph's path from the acquisition to one holder."""
    made: list[str] = []
    while via is not None:
        node = site["graph"][via]
        made.append("    {name} <- {file}:{line} {text}".format(**node))
        via = node["source"]
    return made[::-1]


def answer_entry(site: dict[str, Any], kernel: str,
                 code: Mapping[str, str]) -> list[str]:
    """Return the decisions entry that would decide a site, or what else to do.

    code: what each answer rests on.
    """
    if site["settle"] is None:
        return ["", f"to do: {advice.of_site(site)}"]
    return ["", "to settle it, add this to the decisions file, filled in:",
            "", *advice.entry(site, kernel),
            "# For every version whose code is the same:",
            *(f'# code = "{digest}"  # if the answer is "{answer}"'
              for answer, digest in code.items())]
