# SPDX-License-Identifier: GPL-2.0-only
"""Takes the paths of an acquiring function; gives the exits that leak pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.csource.expr import Kind
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Mistake, helpers
from pinlib.program.locations import LocationKind
from pinlib.program.program import Program


@dataclass(frozen=True)
class Leak:
    """An exit that leaves pages which are held there."""

    line: int
    held: str                         # part, full, one, or old: an earlier call's
    confidence: str
    hidden: bool                      # the text of a macro leaves here
    by_caller: bool                   # a caller may well give them back
    later: bool                       # in a round after that which took them

    @property
    def after(self) -> str:
        """Name the result after which the function leaves."""
        return {"part": "a short result", "old": "a later error"}.get(
            self.held, "this error")

    def blocks(self) -> bool:
        """Tell whether a conversion has to wait until this is mended.

        Who takes pages round by round and fails in a later one leaves them to
        a caller, where that one gives them back.
        """
        return not (self.by_caller and self.later)


def judge(program: Program, site: CallSite, mistake: Mistake,
          walker: Walker) -> Leak | None:
    """Return what a leak on some path amounts to; None if it is none."""
    if not site.flow.of(*RELEASE_KINDS, EventKind.INTO):
        return None
    if doubt(site) == "Low" and not is_local(site) or _unexplained(
            program, site):
        return None
    sibling = bool(walker.gave_back)
    proven = (mistake.sure and sibling or mistake.hidden) and doubt(site) == "High"
    cleaned = not is_local(site) and _callers_release(program, site)
    return Leak(mistake.line, mistake.path,
                "High" if proven and not cleaned else "Moderate", mistake.hidden,
                cleaned and (not sibling or mistake.hidden and not mistake.sure),
                mistake.path == "old" or mistake.line < site.line)


def doubt(site: CallSite) -> str:
    """Return the best confidence that uses of unknown effect leave."""
    return "Low" if site.flow.of(EventKind.UNKNOWN) or site.flow.unclear \
        else "High"


def is_local(site: CallSite) -> bool:
    """Tell whether only the acquiring function can find the pages again.

    Not if its variable points into what a member has.
    """
    assert site.target is not None
    if site.target.kind != LocationKind.VAR or site.target.name in [
            n for _, n in site.function.params] or any(
            value.kind != Kind.CALL and any(
                n.kind == Kind.MEMBER for n in value.walk())
            for _, value in values(site.function, site.target.name)):
        return False
    return not re.search(r"\bstatic\b[^;]*\b" + site.target.name + r"\b",
                         site.function.text.code[slice(
                             *site.function.body)])


def _unexplained(program: Program, site: CallSite) -> bool:
    """Tell whether the function drops pages that the flow knows nothing of.

    By itself, or by a macro of its driver that is not read as a function.
    """
    known = {id(e.statement) for e in site.flow.events}
    if any(id(u.statement) not in known for name, uses in
           site.function.uses.items() if effects.releases(name)
           for u in uses):
        return True
    return any(name in site.function.uses and not program.definition(
        name, site.file) for name in program.macros.having(
            site.file, effects.RELEASES))


def _callers_release(program: Program, site: CallSite) -> bool:
    """Tell whether a caller may drop the pages when the function fails."""
    names = helpers(program, site)
    work = [site.function]
    seen = {site.function.key}
    while work and len(seen) < 12:
        callee = work.pop()
        for caller, use in program.naming(callee.name, callee):
            parent = use.node.parent
            if parent is None or parent.kind != Kind.CALL:
                return True
            if any(name in caller.uses for name in names):
                return True
            if caller.key not in seen and caller.static:
                seen.add(caller.key)
                work.append(caller)
    return False
