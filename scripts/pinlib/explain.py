# SPDX-License-Identifier: GPL-2.0-only
"""Prints everything that is known about one call site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .analysis import Analysis
from .decide import Decision
from .errors import UsageError

if TYPE_CHECKING:
    from .cli import Options


def run(opts: Options, analysis: Analysis) -> None:
    """Print the site that --site names, by id or file:line."""
    if not opts.site:
        raise UsageError("explain: wants --site (an id, or file:line)")
    view = analysis.program.tree
    matches = [d for d in analysis.decisions if opts.site in (
        d.site.id, view.in_text(f"{d.site.file}:{d.site.line}"))]
    if not matches:
        raise UsageError(f"explain: no call site {opts.site}")
    for decision in matches:
        _show(decision)


def _show(decision: Decision) -> None:
    site = decision.site
    print(f"{site.file}:{site.line} {site.function.name}() {site.api}")
    print(f"id: {site.id}")
    print(f"{decision.disposition} [{decision.code}]: {decision.reason}")
    if decision.blocked_by:
        print(f"blocked by: {decision.blocked_by}")
    if site.kinds:
        print(f"iterators: {', '.join(sorted(site.kinds.kinds))}")
        for proof in site.kinds.proof:
            print(f"  {proof}")
    print("pages go through:")
    for location in site.flow.locations:
        print(f"  {location}")
    print("what happens to them:")
    for event in site.flow.events:
        print(f"  {event.place}: {event.kind}: {event.call or event.node}")
    for event, why in decision.left:
        print(f"left: {event.place}: {why}")
    for note in decision.notes:
        print(f"note: {note}")
    if decision.code == "lifetime-unknown":
        print(f'to settle it, add to the decisions file:\n[[decision]]\n'
              f'site = "{site.id}"\nquestion = "longterm"\n'
              'answer = "long" or "short", with kernel, reason, who, when')
