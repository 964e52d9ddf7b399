# SPDX-License-Identifier: GPL-2.0-only
"""Tell how a bug comes about: from the call, step by step, to the wrong place."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event
from pinlib.kernel import effects
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Mistake
from pinlib.program.cfg import Step as Range, StepKind

_LONGEST = 60


@dataclass(frozen=True, order=True)
class Step:
    """One step: what is done with the pages, or where control goes."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def taken(site: CallSite) -> str:
    """Return how many pages a call takes, by the names that the code has."""
    if site.api in effects.EXTRACT or "extract" in site.api:
        return f"those of {site.result or 'the'} bytes"
    node = site.argument(site.shape.count) if site.shape and \
        site.shape.count >= 0 else None
    if node is None or str(node) == "1":
        return "1"
    return f"{site.result} of {node} asked for" if site.result else f"up to {node}"


def of_call(site: CallSite) -> Step:
    """Return the step that takes the pages, and what is held behind it."""
    held = "pins" if site.api in effects.PINNING else "references"
    return Step(site.file, site.line, f"{site.api}() takes {held}: {taken(site)}")


def on_path(walker: Walker, site: CallSite, mistake: Mistake) -> list[Step]:
    """Return the steps of a path through the acquiring function, but the last."""
    way = walker.ways.get(mistake, [])
    start = max((n for n, step in enumerate(way)
                 if step.start <= site.statement.start < step.end
                 and step.unfolded is None), default=0)
    found = [of_call(site)]
    for step, follower in zip(way[start:], way[start + 1:]):
        found += _control(walker, step, follower)
    return [step for n, step in enumerate(found) if step not in found[:n]]


def end_of(walker: Walker, mistake: Mistake) -> int:
    """Return the line that a path ends in, or 0."""
    way = walker.ways.get(mistake)
    return walker.function.text.line_of(way[-1].start) if way else 0


def _control(walker: Walker, step: Range, follower: Range) -> list[Step]:
    """Return where control goes at a step, if it may go elsewhere."""
    function = walker.function
    line = function.text.line_of(step.start)
    words = " ".join(step.words(function.text.code).split())
    if step.kind == StepKind.TEST:
        outcome = next((o for n, o in step.next if n is follower), None)
        if outcome is None or len(step.next) < 2:
            return []
        return [Step(function.file, line, f"{_short(words)} is "
                     f"{'true' if outcome else 'false'}")]
    if walker.loops.about(step).jumps:
        return [Step(function.file, line, _short(words.split(";")[0]))]
    return []


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST - 4] + " ..."


def through(site: CallSite, event: Event) -> list[Step]:
    """Return how the pages come from the call to a place, by what holds them."""
    found: list[Step] = []
    at, seen = event.location, {event.location}
    while (edge := site.flow.edges.get(at)) is not None:
        found.append(Step(edge.function.file, edge.statement.line,
                          f"{edge.source} goes into {at}"))
        if edge.source in seen:
            break
        at = edge.source
        seen.add(at)
    return [of_call(site), *found[::-1]]


def of_event(event: Event) -> list[Step]:
    """Return what is done with the pages at a place."""
    return [Step(event.function.file, event.statement.line,
                 f"{event.call or event.detail}")]


def count_of(event: Event) -> str:
    """Return how many pages a release drops, by the names that the code has."""
    call = event.call
    if call is not None and len(call.kids) > 2:
        return str(call.kids[2])
    heads = {str(s.tree) for s in event.function.statements
             if s.fact.kind in ("for", "while")}
    loops = [g.test for g in event.function.guards_at(event.statement.start)
             if g.holds and str(g.test) in heads]
    return f"1 while {loops[-1]}" if loops else "1"
