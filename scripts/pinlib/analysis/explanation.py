# SPDX-License-Identifier: GPL-2.0-only
"""Explain a decision step by step: what was asked, and what proves it.

Nothing is decided here; the words are for what decide.py noted as it went.
"""

from __future__ import annotations

from pinlib.decide import lifetime
from pinlib.decide.decide import Decision
from pinlib.flow.graph import EventKind

# The questions of decide.py, by the name that it notes when one is answered.
PASSED = {
    "call": "The call alone does not decide it.",
    "uses": "Every use is known: {events} events in {holders} holders.",
    "releases": "Releases of these pages: {releases}; left as they are: "
    "{left}. There is a rule for the form of each.",
    "unexplained": "No release or holder nearby is left unexplained.",
    "lifetime": "CASE {case}, FOLL_LONGTERM: {longterm}.",
    "exits": "Every exit gives back what was taken.",
}
# The question whose answer would decide a site, by the code that asks it.
QUESTION_OF = {"lifetime-unknown": "longterm"}


def steps(decision: Decision) -> list[str]:
    """Return the steps of a decision in order; the last says how it ended."""
    facts = {"events": len(decision.site.flow.events),
             "holders": len(decision.site.flow.locations),
             "releases": len(decision.releases), "left": len(decision.left),
             "case": decision.case,
             "longterm": "yes" if decision.longterm else "no"}
    return [PASSED[name].format(**facts) for name in decision.passed] + [
        f"{decision.disposition} [{decision.code}]: {decision.reason}"]


def proof(decision: Decision) -> dict[str, list[str]]:
    """Return the lines that prove the iterators and the CASE of a site."""
    kinds = decision.site.kinds
    return {"iterators": list(dict.fromkeys(kinds.proof)) if kinds else [],
            "case": _case(decision) if decision.case else []}


def _case(decision: Decision) -> list[str]:
    flow = decision.site.flow
    if decision.reviewed:
        return [decision.reviewed.said()]
    if decision.longterm:
        return [f"{e.place}: released in {e.function.name}(), below another "
                "entry point" for e in decision.releases]
    events = lifetime.to_device(decision.site) or flow.of(
        EventKind.CPU, EventKind.LOOK)
    return list(dict.fromkeys(f"{e.place}: {e.call or e.detail or e.node}"
                              for e in events))


def question(decision: Decision) -> str | None:
    """Return the question for the decisions file that would decide a site."""
    return QUESTION_OF.get(decision.code)
