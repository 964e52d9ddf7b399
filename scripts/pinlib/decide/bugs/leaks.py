# SPDX-License-Identifier: GPL-2.0-only
"""Takes the paths of an acquiring function; gives the exits that leak pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.calls.set_callbacks import SetCallbacks
from pinlib.paths.freed_array import FreedArray
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Mistake, helpers
from pinlib.program.function import Function, Statement
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program


_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_NEAR = 12
_GIVES = r"(?:put|unpin|releas|free|drop|giv|clean)"
# A comment that says why the pages are kept, in one sentence.
_MEANT = re.compile(
    r"\b(?:leak|keep|kept|stay|remain)\w*\b[^.;:]*\b(?:page|pin|reference)|"
    r"\b(?:page|pin|reference)\w*\b[^.;:]*\b(?:leak|keep|kept|stay|remain)|"
    r"\b(?:not|without|never|cannot|\w+n't|no need to)\s+(?:safe(?:ly)? )?"
    rf"(?:to )?{_GIVES}\w*\b|"
    rf"\bcallers?\b[^.;:]*\b{_GIVES}", re.I)


@dataclass(frozen=True)
class Leak:
    """An exit that leaves pages which are held there."""

    line: int
    held: str                         # part, full, one, or old: an earlier call's
    confidence: str
    hidden: bool                      # the text of a macro leaves here
    by_caller: bool                   # a caller may well give them back
    later: bool                       # in a round after that which took them
    # Some of them may be dropped by then, or a caller drops them.
    partly: bool = False

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
    kept = _kept_otherwise(site)
    if kept and (mistake.path == "old" or mistake.line > kept) or _meant(
            site.function, mistake.line):
        return None
    sibling = bool(walker.gave_back)
    proven = (mistake.sure and sibling or mistake.hidden) and doubt(site) == "High"
    cleaned = not is_local(site) and _callers_release(program, site)
    return Leak(mistake.line, mistake.path,
                "High" if proven and not cleaned else "Moderate", mistake.hidden,
                cleaned and (not sibling or mistake.hidden and not mistake.sure),
                mistake.path == "old" or mistake.line < site.line,
                partly(program, site, walker, mistake.line))


def partly(program: Program, site: CallSite, walker: Walker, line: int) -> bool:
    """Tell whether others may drop some of the pages that an exit leaks.

    On another way to it, or in a caller: what drops all here drops those twice.
    """
    drops = {e.function.key for e in site.flow.of(*RELEASE_KINDS)}
    return walker.loops.drops_before(line) or not is_local(site) and any(
        f.key in drops for f, _ in program.naming(site.function.name,
                                                  site.function))


def unregistered(resolver: Resolver, site: CallSite, walker: Walker,
                 mistakes: Iterable[Mistake]) -> list[Leak]:
    """Find the exits on which a callback was set that then never runs.

    The others are found where the function is left.
    """
    waiting = SetCallbacks(resolver, walker.watch, site)
    waiting.run()
    function, offset = site.function, site.function.text.offset
    blocks = {function.block_at(offset(m.line)) for m in mistakes
              if m.kind == "leak"} - {function.body}
    lines = {m.line for m in mistakes if m.kind == "leak"}
    return [leak for leak in with_pages(resolver.program, site, waiting)
            if leak.line not in lines
            and function.block_at(offset(leak.line)) not in blocks]


def with_pages(program: Program, site: CallSite, walker: FreedArray) -> list[Leak]:
    """Return what a walk found freed with the pages held in it."""
    return [Leak(line, held, "High", False, False, held == "old",
                 partly(program, site, walker, line))
            for line, held in sorted(walker.lost.items())]


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


def _meant(function: Function, line: int) -> bool:
    """Say whether a comment at an exit states that the pages are kept.

    In the block that ends there, or right before it.
    """
    text = function.text
    end = text.offset(line)
    block = function.block_at(end)
    start = max(block[0] + 1, text.offset(max(1, line - _NEAR)))
    code = text.code[start:end].rstrip()
    if block == function.body or not code.endswith((";", "}")):
        start += len(code)
    told = " ".join(_COMMENT.findall(text.written(start, end)))
    return bool(_MEANT.search(re.sub(r"[\s*]+", " ", told)))


def _kept_otherwise(site: CallSite) -> int:
    """Return the line that keeps the page by its number or address, or 0.

    The file makes such a one into the page again, where it is dropped.
    """
    function = site.function
    if not (effects.FROM_NUMBER | effects.FROM_ADDRESS).intersection(
            function.text.words):
        return 0
    return min((line for e in site.flow.of(
        EventKind.LOOK, EventKind.CPU, EventKind.DEVICE)
        if e.call is not None and e.function.key == function.key
        and e.detail in effects.NUMBERED | effects.ADDRESSED
        if (line := _stored(function, e.statement, e.call))), default=0)


def _stored(function: Function, statement: Statement, node: Node) -> int:
    """Return the line that stores a value where others find it, or 0.

    At once, or by way of a local variable.
    """
    above = node.parent
    while above is not None and above.kind in (Kind.CAST, Kind.BINARY):
        node, above = above, above.parent
    if above is None and statement.fact.kind == "declare":
        name = statement.fact.name
    elif above is None or above.kind != Kind.ASSIGN or \
            above.kids[1] is not node:
        return 0
    elif above.kids[0].kind != Kind.ID:
        return statement.line
    else:
        name = above.kids[0].value
    return min((line for u in function.uses.get(name, ())
                if function.is_local(name) and not u.setting
                and u.statement.start > statement.start
                if (line := _stored(function, u.statement, u.node))), default=0)


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
