# SPDX-License-Identifier: GPL-2.0-only
"""Find bugs of today in the flow of an acquisition's pages.

Each finding names both ends: where the pages are taken, and the line that is
wrong. High: every use of the pages is known, and what is claimed follows from
them. Moderate: one step of it is likely, not proven. Low: some uses are not
known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pinlib.decide.bugs import (asked_flags, atomic, byte_results, chosen_late,
                                dirty_marks, in_callers, lasting, mismatched,
                                remedies, returned_counts, ways)
from pinlib.decide.bugs.counted import (count_as_error, counted_down,
                                        kept_counts, release_counts, units)
from pinlib.decide.bugs.mismatched import pins
from pinlib.decide.bugs.leaks import (
    Leak, doubt, is_local, judge, unregistered, with_pages)
from pinlib.decide.bugs.marks import unmarked, unwritten
from pinlib.decide.bugs.marks.private_mappings import private
from pinlib.decide.hazards import in_two_arms
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.paths.freed_array import FreedArray
from pinlib.paths.held_on_return import abandoned, kept
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Mistake, for_moved, helpers, watch
from pinlib.program.function import Function
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program

SHORT = "short-pin-as-full"
CONFIDENCE = ("High", "Moderate", "Low")
_DIRTIES = re.compile(r"(?:set|mark|unpin|put|release)\w*dirty", re.I)


@dataclass(frozen=True, order=True)
class Finding:
    """A bug: the wrong place, and the acquisition that it is about.

    steps: how it comes about, from the call on. takes, drops: how many pages, by
    the names that the code has. fix: a suggestion, where the shape is plain.
    """

    file: str
    line: int
    function: str
    code: str
    confidence: str
    other: str
    text: str
    steps: tuple[ways.Step, ...] = field(default=(), compare=False)
    takes: str = field(default="", compare=False)
    drops: str = field(default="", compare=False)
    fix: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """Return what identifies a finding in every version of the code."""
        return f"{self.code} {self.file} {self.function}"


class Finder:
    """The search for the bugs of one tree's acquisitions."""

    def __init__(self, program: Program, resolver: Resolver) -> None:
        self.program = program
        self.resolver = resolver
        self._walked: tuple[CallSite, tuple[Walker, list[Mistake]]] | None = None

    def of(self, site: CallSite) -> list[Finding]:
        """Return everything that is wrong with one acquisition."""
        found = {*self.at_hand(site), *self._not_dirtied(site),
                 *self._not_longterm(site), *self._dropped_again(site),
                 *self._sleeps(site), *self._counted_wrongly(site),
                 *self._unwritten(site), *self._chosen_late(site)}
        if site.flow.locations:
            found |= {*self.on_paths(site, True)}
        return sorted(found)

    def at_hand(self, site: CallSite) -> list[Finding]:
        """Return what is wrong, without reading any more callers."""
        if site.pages is not None and site.api in effects.FAST and \
                site.pages.value in ("NULL", "0"):
            return [_made(site, site.function, site.line, "no-pages", "High",
                          f"{site.api}() takes references without an array "
                          "to keep the pages in, so nobody can drop them.")]
        if not site.flow.locations:
            return []
        # Pins that the report follows only so far may be dirtied further on.
        dirty = [] if pins(site) else self._not_dirtied(site)
        return sorted({*self._mismatches(site), *dirty,
                       *self.late(site), *self._unlocked(site),
                       *self.on_paths(site, is_local(site))})

    def _chosen_late(self, site: CallSite) -> list[Finding]:
        """Find releases of these pages that a mark, read too seldom, chooses."""
        return [_made(site, e.function, e.statement.line, "release-chosen-late",
                      _least("Moderate", doubt(site)),
                      f"{e.detail}() is for other pages; {name} tells them apart, "
                      f"and is only set where {member} is, which is not set yet "
                      "where these pages are taken.", event=e)
                for e, name, member in chosen_late.releases(
                    self.program, self.resolver, site)]

    def _unwritten(self, site: CallSite) -> list[Finding]:
        """Find marks on pages that nobody may write to."""
        return [_made(site, e.function, e.statement.line, "dirtied-read-only",
                      _least("High", doubt(site)),
                      "The pages are taken to be read, without FOLL_WRITE, and "
                      "are marked dirty all the same.", event=e)
                for e in unwritten.marked(self.program, site)]

    def _dropped_again(self, site: CallSite) -> list[Finding]:
        """Find counts of entries that a failed call's branch has dropped."""
        return [_made(site, e.function, e.statement.line, "count-not-reset",
                      "Moderate",
                      f"The entries are dropped here and {member} still counts "
                      f"them; {again.function.name}() drops as many once more.",
                      again.place)
                for e, again, member in kept_counts.of(self.program, site)]

    def _counted_wrongly(self, site: CallSite) -> list[Finding]:
        """Find numbers of pages without an offset, or taken for an error."""
        found = [_made(site, e.function, e.statement.line, "offset-left-out",
                       "Moderate",
                       f"The number of pages is that of {length} bytes alone; "
                       "where the first page is entered behind its start, the "
                       "last one is not given back.")
                 for e, length in [*units.short(
                     self.program, self.resolver, site),
                                   *counted_down.short(site)]]
        return found + [
            _made(site, caller, s.line, "count-as-error", "High",
                  f"{site.function.name}() returns how many pages it took, "
                  "never 0: this is not reached, and the pages stay.")
            for caller, s in count_as_error.of(self.program, self.resolver,
                                               site)]

    def _sleeps(self, site: CallSite) -> list[Finding]:
        """Find pages dirtied under their lock where nothing may sleep."""
        return [_made(site, e.function, e.statement.line, "dirty-lock-atomic",
                      "Moderate",
                      f"{e.call.kids[0] if e.call else e.detail}() may sleep, "
                      f"and {use.node.value}() is called where nothing may.",
                      str(use.statement))
                for e, use in atomic.sleeping(self.program, site)]

    def late(self, site: CallSite) -> list[Finding]:
        """Return where pages are marked dirty that were released before."""
        return [_made(site, function, mistake.line, "dirtied-after-put",
                      _least("High", doubt(site)),
                      f"Line {mistake.other} has dropped the pages that are "
                      "marked dirty here; they may belong to somebody else "
                      "by then.", f"{function.file}:{mistake.other}")
                for function, mistake in dirty_marks.late(
                    self.program, self.resolver, site)]

    def _unlocked(self, site: CallSite) -> list[Finding]:
        """Find file pages marked dirty while the file may be truncated."""
        if doubt(site) == "Low":
            # What is marked may be none of these pages.
            return []
        return [_made(site, e.function, e.statement.line, "dirtied-unlocked",
                      "Moderate",
                      f"{e.call.kids[0] if e.call else e.detail}() wants the "
                      "page to be locked, and nobody locks it here; "
                      "set_page_dirty_lock() does.", event=e,
                      fix=remedies.of_dirtied(e))
                for e in dirty_marks.unlocked(site)
                if atomic.handler(self.program, e.function) is None]

    def _mismatches(self, site: CallSite) -> list[Finding]:
        unsure = doubt(site) == "Low"
        took = "pins" if pins(site) else "references"
        # What is dropped out of the array that the call filled is its.
        return [_made(site, e.function, e.statement.line, "mismatch",
                      "Moderate" if unsure else "High",
                      f"{e.detail}() drops what {site.api}() took as "
                      f"{took}.", event=e, fix=""
                      if mismatched.shared(self.resolver, site, e)
                      else remedies.of_mismatch(e))
                for e in mismatched.releases(self.program, self.resolver, site)
                if not unsure or pins(site) and e.location == site.target
                and e.function.key == site.function.key
                and site.target.kind == LocationKind.VAR]

    def on_paths(self, site: CallSite, leaks: bool) -> list[Finding]:
        """Find what is wrong on some path through the acquiring function."""
        walked = self._walk(site)
        if walked is None:
            return []
        walker, mistakes = walked
        # The others are found where the function is left.
        found = [_leak(site, leak) for leak in (
            self.lost(site) if doubt(site) == "Low" or not site.flow.of(
                *RELEASE_KINDS, EventKind.INTO)
            else unregistered(self.resolver, site, *walked))] if leaks else []
        for mistake in mistakes:
            steps = ways.on_path(walker, site, mistake)
            if mistake.kind != "leak":
                found.append(_finding(site, site.function, mistake, steps))
            elif leaks:
                leak = judge(self.program, site, mistake, walker)
                if leak and not leak.by_caller:
                    found.append(_leak(site, leak, steps, ways.end_of(
                        walker, mistake)))
        found += [_finding(site, caller, mistake) for caller, mistake in
                  returned_counts.short(self.program, self.resolver, site,
                                        walker.watch)
                  if walker.short.returned]
        if pins(site) and lasting.over_at_once(self.program, site, walker):
            found.append(_made(
                site, site.function, site.line, "longterm-for-a-moment",
                "Moderate", "FOLL_LONGTERM is given for pins that are dropped "
                "before the function returns; it fails on mappings of files."))
        if whole := byte_results.dropped_as_asked(site):
            found.append(_finding(site, site.function, Mistake(
                "beyond", whole.statement.line, "short")))
        elif byte_results.unasked(site):
            found.append(_finding(site, site.function, Mistake(
                "short", site.line, "part", 0, False)))
        found += [_leak(site, leak, function=caller) for caller, leak in
                  in_callers.lost(self.program, self.resolver, site)]
        # One exit is one finding, however it is reached.
        return list({(f.file, f.line, f.code.split("-")[0]): f
                     for f in reversed(found)}.values())

    def leaks(self, site: CallSite) -> list[Leak]:
        """Find the exits that give back none of the pages held there."""
        walked = self._walk(site)
        if walked is None:
            return []
        walker, mistakes = walked
        return [leak for mistake in mistakes if mistake.kind == "leak"
                and (leak := judge(self.program, site, mistake, walker))]

    def lost(self, site: CallSite) -> list[Leak]:
        """Find the exits that free the array with the pages held in it."""
        walked = self._walk(site)
        if walked is None:
            return []
        walker = FreedArray(self.resolver, walked[0].watch, site)
        walker.run()
        return with_pages(self.program, site, walker)

    def unwalked(self, site: CallSite) -> str:
        """Return why no path through the acquiring function is looked at, or ""."""
        if self.program.is_ambiguous(site.function):
            return "the file has two functions of this name"
        if in_two_arms(site):
            return "the call stands in two arms of an #if"
        walked = self._walk(site)
        return "its function has too many paths" if walked and \
            walked[0].gave_up else ""

    def _walk(self, site: CallSite) -> tuple[Walker, list[Mistake]] | None:
        """Walk the acquiring function once; None if its text cannot be trusted."""
        if self.program.is_ambiguous(site.function) or in_two_arms(site):
            return None
        if self._walked is None or self._walked[0] is not site:
            seen = watch(site, helpers(self.program, site) - for_moved(site))
            seen.counts = release_counts.of(self.program, site)
            walker = Walker(self.resolver, seen)
            self._walked = site, (walker, sorted(walker.run(), key=lambda s: (
                s.line, s.kind, s.path)))
        return self._walked[1]

    def _not_dirtied(self, site: CallSite) -> list[Finding]:
        given = asked_flags.given(self.program, site)
        if site.api in effects.EXTRACT or "extract" in site.api or not any(
                asked_flags.writes(g) for g in given):
            return []
        releases = site.flow.of(*RELEASE_KINDS)
        if not releases or self._dirties(site) or unmarked.numbered(
                self.program, site) or unmarked.needs_none(self.resolver, site) or \
                private(self.program, site):
            return []
        if not site.flow.of(EventKind.CPU, EventKind.DEVICE, EventKind.INTO) \
                and not asked_flags.from_device(site):
            return []
        if abandoned(self.program, self.resolver, site):
            return []
        used = {e.detail for e in site.flow.of(EventKind.CPU, EventKind.DEVICE)}
        confidence = "High" if used - {"flush_dcache_page"} else "Moderate"
        last = max(releases, key=lambda e: (e.function.key !=
                                            site.function.key,
                                            e.statement.start))
        return [_made(site, last.function, last.statement.line, "not-dirtied",
                      _least(confidence, doubt(site)),
                      "The pages are taken to be written to, and are given "
                      "back here without having been marked dirty.", event=last,
                      fix=remedies.of_undirtied(last) if all(
                          asked_flags.writes_always(g) for g in given)
                      and not mismatched.handed_others(
                          self.resolver, site, last) else "")]

    def _dirties(self, site: CallSite) -> bool:
        for event in site.flow.events:
            name = event.detail if event.call is None else str(
                event.call.kids[0])
            if event.kind == EventKind.DIRTY or _DIRTIES.search(name):
                if "lock" in name and event.call is not None and \
                        event.kind != EventKind.DIRTY and \
                        event.call.kids[-1].value in ("false", "0"):
                    continue
                return True
        seen = {e.function.key: e.function for e in site.flow.events}
        # Who has the pages dropped may have dirtied them in a table.
        for event in site.flow.of(*RELEASE_KINDS):
            if event.function.key != site.function.key:
                seen.update((f.key, f) for f, _ in self.program.naming(
                    event.function.name, event.function))
        return any(_DIRTIES.search(name) for function in seen.values()
                   for name in function.uses)

    def _not_longterm(self, site: CallSite) -> list[Finding]:
        given = asked_flags.given(self.program, site)
        if not site.flow.locations or not pins(site) or \
                "extract" in site.api or not given or any(
                    "LONGTERM" in str(g) for g in given) or \
                "FOLL_LONGTERM" in site.function.uses:
            return []
        last = kept(self.program, self.resolver, site)
        if last is None or unmarked.numbered(self.program, site):
            return []
        return [_made(site, site.function, site.line, "not-longterm",
                      _least("High", doubt(site)),
                      "The pins are kept until another entry point drops "
                      "them, and FOLL_LONGTERM is not given.", last.place,
                      last, remedies.of_short_lived(site))]


def _least(one: str, other: str) -> str:
    return max(one, other, key=CONFIDENCE.index)


def _made(site: CallSite, function: Function, line: int, code: str,
          confidence: str, text: str, other: str = "",
          event: Event | None = None, fix: str = "") -> Finding:
    """Make a finding; event: the place that the pages come to."""
    steps = ways.through(site, event) if event else [ways.of_call(site)]
    ends = ways.of_event(event) if event else []
    return Finding(function.file, line, function.name, code, confidence,
                   other or f"{site.file}:{site.line}", text,
                   (*steps, *ends), ways.taken(site),
                   ways.count_of(event) if event and event.kind in RELEASE_KINDS
                   else "", fix)


def _leak(site: CallSite, leak: Leak, steps: Sequence[ways.Step] = (),
          end: int = 0, function: Function | None = None) -> Finding:
    """Make the finding of an exit that leaks; end: the line that leaves.

    function: the one that leaks, where it is not the acquiring one.
    """
    where = function or site.function
    made = _made(site, where, leak.line, *_told(site, leak),
                 fix="" if function or leak.partly else
                 remedies.of_leak(site, leak.held))
    last = ways.Step(where.file, end or leak.line, "leaves with " + {
        "part": "the pages of a short result", "old": "those of an earlier round",
        }.get(leak.held, "the pages") + " held")
    return replace(made, steps=(*(steps or made.steps), last), drops="0")


def _told(site: CallSite, leak: Leak) -> tuple[str, str, str]:
    code = "leak-short-pin" if leak.held == "part" else "leak-error"
    who = "the macro used here" if leak.hidden else "this exit"
    return (code, leak.confidence, f"After {leak.after} {who} leaves pages that "
            f"{site.api}() took, and nobody gives them back.")


def _finding(site: CallSite, function: Function, mistake: Mistake,
             steps: Sequence[ways.Step] = ()) -> Finding:
    other = f"{site.file}:{mistake.other}" if mistake.other else ""
    text = {
        "negative": f"The count is the error code of {site.api}() here.",
        "beyond": "After a short result this drops as many pages as were "
                  "asked for.",
        "twice": f"Line {mistake.other} has given these pages back already.",
        "short": f"A short result of {site.api}() passes for a full one "
                 "here, so entries that it never took are used and dropped.",
        "moved": f"Line {mistake.other} has given these pages to another "
                 "owner."}[mistake.kind]
    code = {"negative": "negative-count", "beyond": "count-not-taken",
            "short": SHORT, "twice": "double-release",
            "moved": "release-after-move"}
    made = _made(site, function, mistake.line, code[mistake.kind],
                 _least("High" if mistake.sure else "Moderate", doubt(site)),
                 text, other, fix=remedies.of_count(site, mistake.kind))
    return replace(made, steps=(*(steps or made.steps), ways.Step(
        function.file, mistake.line, text)))
