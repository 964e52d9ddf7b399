# SPDX-License-Identifier: GPL-2.0-only
"""Build the paths through one function from the structure of its text.

Steps are ranges of the file between which control can branch. Callers look up
what a step contains among the function's facts.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pinlib.csource import jumps
from pinlib.csource.masking import CText, SCOPED
from pinlib.program.function import Function
from pinlib.program.macros import Macro, arguments

_LABEL = re.compile(rf"\s*{jumps.LABEL_HERE.pattern}")
_CASE = re.compile(rf"\s*{jumps.CASE.pattern}")
_HEAD = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")
_WORD = re.compile(r"\s*([A-Za-z_]\w*)\b")
# Such a lock may fail, and then the block is skipped.
_MAY_FAIL = re.compile(r"_(?:try|intr|kill|killable|nowait)\s*$")


class StepKind(enum.StrEnum):
    """The kinds of steps of a function."""

    CODE = "code"
    TEST = "test"
    RETURN = "return"
    END = "end"


@dataclass(eq=False)
class Step:
    """Text from start to end, and the steps that may follow.

    The flag of a follower is the outcome of the test that leads to it; None
    when the outcome says nothing.
    """

    kind: StepKind
    start: int
    end: int
    next: list[tuple[Step, bool | None]] = field(default_factory=list)
    # For a loop's test: the extent of the loop body.
    body: tuple[int, int] | None = None
    # The expanded text of a macro that is used at start.
    unfolded: str | None = None
    # What stands behind `case`, or "default"; of a switch's test, its labels.
    label: str = ""
    cases: list[Step] = field(default_factory=list)

    def words(self, code: str) -> str:
        """Return the text of the step, in a file's code or a macro's."""
        return code[self.start:self.end] if self.unfolded is None \
            else self.unfolded


@dataclass
class _Around:
    """The targets of break and continue, and the cases of a switch."""

    leave: Step | None = None
    again: Step | None = None
    cases: list[Step] = field(default_factory=list)
    default: bool = False


class _Builder:
    """Builds the steps of a text.

    macros: those whose text may leave the function that uses them. outer: the
    builder of the text that uses this one, if this is a macro's.
    """

    def __init__(self, text: CText, macros: Mapping[str, Macro],
                 outer: _Builder | None = None) -> None:
        self.text = text
        self.code = text.code
        self.macros = macros
        self.outer = outer
        self.labels: dict[str, Step] = {}

    def block(self, start: int, end: int, follow: Step,
              around: _Around) -> Step:
        """Return the first step of the statements between two offsets."""
        marks: list[tuple[int, int, str]] = []
        at = start
        while at < end and self.code[at:end].strip():
            case = _CASE.match(self.code, at, end)
            label = None if case else _LABEL.match(self.code, at, end)
            mark = case or label
            if mark:
                kind = "case" if case else "label"
                marks.append((mark.start(), mark.end(), kind))
                at = mark.end()
                continue
            stop = min(max(self.text.statement_end(at), at + 1), end)
            marks.append((at, stop, "statement"))
            at = stop
        for low, high, kind in reversed(marks):
            follow = self._one(low, high, kind, follow, around)
        return follow

    def _one(self, low: int, high: int, kind: str, follow: Step,
             around: _Around) -> Step:
        if kind == "statement":
            return self.statement(low, high, follow, around)
        if kind == "case":
            text = self.code[low:high].strip()[:-1]
            made = Step(StepKind.CODE, high, high, [(follow, None)],
                        label=" ".join(text.removeprefix("case").split()))
            around.cases.append(made)
            around.default |= self.code[low:high].strip().startswith(
                "default")
            return made
        made = self.label(self.code[low:high].strip().rstrip(":").strip())
        made.start = made.end = high
        made.next = [(follow, None)]
        return made

    def label(self, name: str) -> Step:
        """Return the step of a label, which a goto may name before it."""
        if self.outer and not re.search(rf"\b{re.escape(name)}\s*:",
                                        self.code):
            return self.outer.label(name)
        return self.labels.setdefault(name, Step(StepKind.CODE, 0, 0))

    def statement(self, start: int, end: int, follow: Step,
                  around: _Around) -> Step:
        """Return the first step of one statement."""
        while start < end and self.code[start].isspace():
            start += 1
        if start >= end:
            return follow
        if self.code[start] == "{":
            return self.block(start + 1, end - 1, follow, around)
        match = _WORD.match(self.code, start)
        word = match.group(1) if match else ""
        if word in ("if", "while", "for", "switch"):
            return self._headed(word, start, end, follow, around)
        if word == "do":
            return self._do(start, end, follow, around)
        if word == "return":
            return self._used(start, end, Step(StepKind.RETURN, start, end), around)
        if word == "goto":
            return Step(StepKind.CODE, start, end, [(self.label(
                self.code[start + 4:end].strip(" \t\n;")), None)])
        if word in ("break", "continue"):
            to = around.leave if word == "break" else around.again
            return Step(StepKind.CODE, start, end, [(to or follow, None)])
        head = _HEAD.match(self.code, start, end)
        if head:
            close = self.text.matching(head.end() - 1)
            if SCOPED.match(word) and self.text.heads(head.end(1)):
                return self._scoped(head, close, end, follow, around)
            if self.code[close + 1:end].lstrip().startswith("{"):
                # A macro that runs over something.
                test = Step(StepKind.TEST, start, close + 1)
                self._loop(test, close + 1, end, follow, around, test)
                return test
        return Step(StepKind.CODE, start, end, [(self._used(
            start, end, follow, around), None)])

    def _used(self, start: int, end: int, follow: Step,
              around: _Around) -> Step:
        """Return the exits that macros in a statement hide, then follow."""
        for match in re.finditer(r"\b[A-Za-z_]\w*", self.code[start:end]):
            macro = self.macros.get(match[0])
            if macro is None:
                continue
            given = []
            opening = re.compile(r"\s*\(").match(self.code,
                                                 start + match.end())
            if macro.params is not None:
                if opening is None:
                    continue
                given = arguments(self.code[
                    opening.end():self.text.matching(opening.end() - 1)])
            return self._unfold(macro, given, start + match.start(), follow,
                                around)
        return follow

    def _unfold(self, macro: Macro, given: list[str], at: int, follow: Step,
                around: _Around) -> Step:
        """Return the first step of a macro's text, placed where it is used."""
        body = macro.unfold(given)
        value = re.search(r"\(\s*\{", body)
        text = CText(f"{{ {body} ; }}")
        if value and not re.search(r"\b(?:if|for|while|switch)\b",
                                   body[:value.start()]):
            opening = value.end() + 1
            text = CText(text.code[opening:text.matching(opening) + 1])
        last = len(text.code) - 1
        if any(text.code.count(a) != text.code.count(b)
               for a, b in (("(", ")"), ("{", "}"))):
            # A macro that cannot be read may leave, or not.
            return Step(StepKind.CODE, at, at, [
                (follow, None), (Step(StepKind.RETURN, at, at, unfolded="return"),
                                 None)], unfolded="")
        inner = _Builder(text, {n: m for n, m in self.macros.items()
                                if n != macro.name}, self)
        known = [follow, around.leave, around.again, *around.cases]
        first = inner.block(1, last, follow, around)
        _move(first, at, inner, [*known, *_outside(inner)])
        return first

    def _scoped(self, head: re.Match[str], close: int, end: int,
                follow: Step, around: _Around) -> Step:
        """Return the steps of a block that runs once under a guard.

        The block is skipped where the guard cannot be acquired. It is a loop
        underneath: a break in it leaves only the block.
        """
        inner = _Around(follow, follow, around.cases, around.default)
        body = self.statement(close + 1, end, follow, inner)
        step = Step(StepKind.CODE, head.start(1), close + 1, [(body, None)])
        word, start = head.group(1), head.end()
        given = arguments(self.code[start:close])
        if "_cond_" in word and len(given) > 1:
            low = start + len(given[0]) + 1
            step.next.append((self.statement(
                low, low + len(given[1]), follow, inner), None))
        elif _MAY_FAIL.search(given[0]):
            step.next.append((follow, None))
        elif word in self.macros and given[-1].strip().isidentifier():
            # scoped_user_read_access() jumps to a label on a fault.
            step.next.append((self.label(given[-1].strip()), None))
        return step

    def _headed(self, word: str, start: int, end: int, follow: Step,
                around: _Around) -> Step:
        opening = self.code.index("(", start)
        close = self.text.matching(opening)
        if word == "for":
            return self._for(opening, close, end, follow, around)
        test = Step(StepKind.TEST, opening + 1, close)
        if word == "switch":
            inner = _Around(follow, around.again)
            self.statement(close + 1, end, follow, inner)
            test.cases = inner.cases
            test.next = [(c, None) for c in inner.cases]
            if not inner.default:
                test.next.append((follow, None))
            return self._used(opening + 1, close, test, around)
        if word == "while":
            self._loop(test, close + 1, end, follow, around, test)
            return test
        stop = self.text.statement_end(close + 1)
        other = re.compile(r"\s*else\b").match(self.code, stop, end)
        test.next = [
            (self.statement(close + 1, stop, follow, around), True),
            (self.statement(other.end(), end, follow, around)
             if other else follow, False)]
        return self._used(opening + 1, close, test, around)

    def _loop(self, test: Step, start: int, end: int, follow: Step,
              around: _Around, again: Step) -> None:
        test.body = (start, end)
        inner = _Around(follow, again)
        # A case label inside a loop still belongs to the switch around it.
        inner.cases, inner.default = around.cases, around.default
        head = self.code[test.start:test.end].strip()
        test.next = [(self.statement(start, end, again, inner), True)]
        if head not in ("1", "true") and test.kind == StepKind.TEST:
            test.next.append((follow, False))

    def _for(self, opening: int, close: int, end: int, follow: Step,
             around: _Around) -> Step:
        cuts = [m.start() for m in re.finditer(
            ";", self.code[opening:close])][:2]
        if len(cuts) < 2:
            return Step(StepKind.CODE, opening, end, [(follow, None)])
        first, second = (opening + c for c in cuts)
        test = Step(StepKind.TEST if self.code[first + 1:second].strip()
                    else StepKind.CODE, first + 1, second)
        step = Step(StepKind.CODE, second + 1, close, [(test, None)])
        self._loop(test, close + 1, end, follow, around, step)
        return Step(StepKind.CODE, opening + 1, first, [(test, None)])

    def _do(self, start: int, end: int, follow: Step,
            around: _Around) -> Step:
        stop = self.text.statement_end(start + 2)
        opening = self.code.find("(", stop, end)
        if opening < 0:
            return Step(StepKind.CODE, start, end, [(follow, None)])
        test = Step(StepKind.TEST, opening + 1, self.text.matching(opening))
        head = self.code[test.start:test.end].strip()
        body = self.statement(start + 2, stop, test, _Around(follow, test))
        if head not in ("0", "false"):
            test.body = (start + 2, stop)
            test.next = [(body, True)]
        if head not in ("1", "true"):
            test.next.append((follow, False))
        return body


def first_step(function: Function,
               macros: Mapping[str, Macro] | None = None) -> Step:
    """Return the first step of a function's body.

    macros: those whose text may leave the function.
    """
    low, high = function.body
    end = Step(StepKind.END, high, high + 1)
    return _Builder(function.text, macros or {}).block(
        low + 1, high, end, _Around())


def _outside(builder: _Builder) -> list[Step]:
    """Return the labels of the texts that use a macro's text."""
    found: list[Step] = []
    while builder.outer:
        builder = builder.outer
        found += builder.labels.values()
    return found


def _move(first: Step, at: int, inner: _Builder,
          known: list[Step | None]) -> None:
    """Set the place of a macro's steps to where the macro is used."""
    seen = {id(s) for s in known}
    work = [first]
    while work:
        step = work.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        if step.unfolded is None:
            step.unfolded = step.words(inner.code)
        step.start = step.end = at
        step.body = None
        work += [s for s, _ in step.next]


def steps(first: Step) -> set[Step]:
    """Return all steps that can be reached from one."""
    seen: set[Step] = set()
    work = [first]
    while work:
        step = work.pop()
        if step not in seen:
            seen.add(step)
            work += [s for s, _ in step.next]
    return seen


def hidden(function: Function, first: Step) -> set[int]:
    """Return the lines that use a macro which may leave the function."""
    return {function.text.line_of(s.start) for s in steps(first)
            if s.unfolded is not None}


def loops(first: Step) -> list[tuple[int, int]]:
    """Return the extent, test included, of all loops reachable from a step."""
    return sorted((min(s.start, s.body[0]), max(s.end, s.body[1]))
                  for s in steps(first) if s.body)
