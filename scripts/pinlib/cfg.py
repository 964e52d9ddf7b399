# SPDX-License-Identifier: GPL-2.0-only
"""The ways through one function, from the structure of its text.

Steps are stretches of the file between which control can branch. What
stands in a step is for the caller to look up among the function's facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .function import Function

_LABEL = re.compile(r"\s*(?!default\b)[A-Za-z_]\w*[ \t]*:(?!:)")
_CASE = re.compile(r"\s*(?:case\b[^:?]*(?:::[^:?]*)*|default\s*):")
_HEAD = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")
_WORD = re.compile(r"\s*([A-Za-z_]\w*)\b")


@dataclass(eq=False)
class Step:
    """Text from start to end, and the steps that may follow.

    kind: code | test | return | end. The flag of a follower is the outcome
    of the test that leads to it; None when the outcome says nothing.
    """

    kind: str
    start: int
    end: int
    next: list[tuple[Step, bool | None]] = field(default_factory=list)
    # A loop's test: the text of its body.
    body: tuple[int, int] | None = None


@dataclass
class _Around:
    """Where break and continue lead, and the cases of a switch."""

    leave: Step | None = None
    again: Step | None = None
    cases: list[Step] = field(default_factory=list)
    default: bool = False


class _Builder:
    def __init__(self, function: Function) -> None:
        self.text = function.text
        self.code = function.text.code
        self.labels: dict[str, Step] = {}

    def block(self, start: int, end: int, follow: Step,
              around: _Around) -> Step:
        """The first step of the statements between two offsets."""
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
            made = Step("code", high, high, [(follow, None)])
            around.cases.append(made)
            around.default |= self.code[low:high].strip().startswith(
                "default")
            return made
        made = self.label(self.code[low:high].strip().rstrip(":").strip())
        made.start = made.end = high
        made.next = [(follow, None)]
        return made

    def label(self, name: str) -> Step:
        """The step of a label, which a goto may name before it is met."""
        return self.labels.setdefault(name, Step("code", 0, 0))

    def statement(self, start: int, end: int, follow: Step,
                  around: _Around) -> Step:
        """The first step of one statement."""
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
            return Step("return", start, end)
        if word == "goto":
            return Step("code", start, end, [(self.label(
                self.code[start + 4:end].strip(" \t\n;")), None)])
        if word in ("break", "continue"):
            to = around.leave if word == "break" else around.again
            return Step("code", start, end, [(to or follow, None)])
        head = _HEAD.match(self.code, start, end)
        if head:
            close = self.text.matching(head.end() - 1)
            if self.code[close + 1:end].lstrip().startswith("{"):
                # A macro that runs over something.
                test = Step("test", start, close + 1)
                self._loop(test, close + 1, end, follow, around, test)
                return test
        return Step("code", start, end, [(follow, None)])

    def _headed(self, word: str, start: int, end: int, follow: Step,
                around: _Around) -> Step:
        opening = self.code.index("(", start)
        close = self.text.matching(opening)
        if word == "for":
            return self._for(opening, close, end, follow, around)
        test = Step("test", opening + 1, close)
        if word == "switch":
            inner = _Around(follow, around.again)
            self.statement(close + 1, end, follow, inner)
            test.next = [(c, None) for c in inner.cases]
            if not inner.default:
                test.next.append((follow, None))
            return test
        if word == "while":
            self._loop(test, close + 1, end, follow, around, test)
            return test
        stop = self.text.statement_end(close + 1)
        other = re.compile(r"\s*else\b").match(self.code, stop, end)
        test.next = [
            (self.statement(close + 1, stop, follow, around), True),
            (self.statement(other.end(), end, follow, around)
             if other else follow, False)]
        return test

    def _loop(self, test: Step, start: int, end: int, follow: Step,
              around: _Around, again: Step) -> None:
        test.body = (start, end)
        inner = _Around(follow, again)
        # A case label inside a loop still belongs to the switch around it.
        inner.cases, inner.default = around.cases, around.default
        head = self.code[test.start:test.end].strip()
        test.next = [(self.statement(start, end, again, inner), True)]
        if head not in ("1", "true") and test.kind == "test":
            test.next.append((follow, False))

    def _for(self, opening: int, close: int, end: int, follow: Step,
             around: _Around) -> Step:
        cuts = [m.start() for m in re.finditer(
            ";", self.code[opening:close])][:2]
        if len(cuts) < 2:
            return Step("code", opening, end, [(follow, None)])
        first, second = (opening + c for c in cuts)
        test = Step("test" if self.code[first + 1:second].strip()
                    else "code", first + 1, second)
        step = Step("code", second + 1, close, [(test, None)])
        self._loop(test, close + 1, end, follow, around, step)
        return Step("code", opening + 1, first, [(test, None)])

    def _do(self, start: int, end: int, follow: Step,
            around: _Around) -> Step:
        stop = self.text.statement_end(start + 2)
        opening = self.code.find("(", stop, end)
        if opening < 0:
            return Step("code", start, end, [(follow, None)])
        test = Step("test", opening + 1, self.text.matching(opening))
        head = self.code[test.start:test.end].strip()
        body = self.statement(start + 2, stop, test, _Around(follow, test))
        if head not in ("0", "false"):
            test.body = (start + 2, stop)
            test.next = [(body, True)]
        if head not in ("1", "true"):
            test.next.append((follow, False))
        return body


def ways(function: Function) -> Step:
    """The first step of a function's body."""
    low, high = function.body
    end = Step("end", high, high + 1)
    return _Builder(function).block(low + 1, high, end, _Around())


def loops(first: Step) -> list[tuple[int, int]]:
    """All loops that can be reached from a step, each with its test."""
    seen: set[Step] = set()
    work = [first]
    while work:
        step = work.pop()
        if step not in seen:
            seen.add(step)
            work += [s for s, _ in step.next]
    return sorted((min(s.start, s.body[0]), max(s.end, s.body[1]))
                  for s in seen if s.body)
