# SPDX-License-Identifier: GPL-2.0-only
"""Takes decisions that rest on the reader; leaves what Coccinelle does not find.

Coccinelle makes the edits, and it loses code in silence: it is asked once more
where the calls are that a patch would change. A file where it lacks one is run
again alone, since what it holds for a type in one file it holds for one in the
files after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.base.resources import COCCI
from pinlib.base.why_not import WhyNot
from pinlib.decide.decide import Decision
from pinlib.flow.graph import Event
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.spatch import runner

# What Coccinelle starts with takes as long as reading some files.
BATCH = 10

Place = tuple[str, int, int]        # file, line from 1, column from 0


def ask(tree: View, made: list[Decision], names: Iterable[str],
        jobs: int) -> None:
    """Leave to a person what would change a call that Coccinelle lacks."""
    wanted = {decision: dict(_places(decision)) for decision in made
              if decision.disposition == Disposition.CONVERT
              and decision.core is None}
    files = sorted({place[0] for places in wanted.values()
                    for place in places})
    asked = sorted({*names, *effects.DROPS, *effects.UNPIN, "release_pages"})
    found = _calls(tree, asked, files, jobs, BATCH)
    again = sorted({p[0] for places in wanted.values() for p in places
                    if p not in found})
    found |= _calls(tree, asked, again, jobs, 1)
    for decision, places in wanted.items():
        lacking = [p for p in places if p not in found]
        if lacking:
            file, line, _ = lacking[0]
            decision.leave(WhyNot(
                Code.CALL_NOT_READ, "Coccinelle does not find this call of "
                f"{places[lacking[0]]}(), which a patch would change.",
                f"{file}:{line}"))


def _places(decision: Decision) -> Iterator[tuple[Place, str]]:
    """Yield where the calls are that a patch changes, and their names."""
    site = decision.site
    yield (site.file, site.line, site.column), site.api
    for event in decision.releases:
        place = _named(event)
        if place is not None:
            yield place, event.detail


def _named(event: Event) -> Place | None:
    """Return where the name of a release's function stands."""
    if event.call is None:
        return None
    for use in event.function.uses.get(event.call.kids[0].value, ()):
        if use.node is event.call.kids[0]:
            place = event.function.position(use)
            return (event.function.file, *place) if place else None
    return None


def _calls(tree: View, names: list[str], files: list[str], jobs: int,
           batch: int) -> set[Place]:
    """Return where Coccinelle finds calls of some names."""
    rules = (COCCI / "find" / "acquire.cocci").read_text()
    paths = {str(tree.path(file)): file for file in files}
    outcome = runner.collect(rules, names, [Path(p) for p in paths], jobs,
                             batch)
    return {(paths[fact["file"]], fact["at"][0], fact["at"][1])
            for fact in outcome.facts}
