# SPDX-License-Identifier: GPL-2.0-only
"""Represent one function of the tree: its expressions and its conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Iterator

from pinlib.csource import jumps, masking
from pinlib.csource.expr import Kind, Node
from pinlib.kernel import effects
from pinlib.program.facts import Fact, Span


@dataclass(eq=False)
class Statement:
    """One expression of a function: a statement, condition or declaration."""

    fact: Fact
    function: Function
    tree: Node | None
    start: int
    end: int

    @property
    def line(self) -> int:
        """Return the line on which the expression starts."""
        return self.fact.line

    def __str__(self) -> str:
        return f"{self.fact.file}:{self.fact.line}"


@dataclass(frozen=True)
class Guard:
    """A condition known to be true, or false, over a range of text."""

    start: int
    end: int
    test: Node
    holds: bool
    line: int


@dataclass(frozen=True)
class Use:
    """One occurrence of a name in a statement."""

    statement: Statement
    node: Node

    @property
    def call(self) -> Node | None:
        """Return the call of the named function, or None for any other use."""
        above = self.node.parent
        return above if above is not None and above.kind == Kind.CALL and \
            above.kids[0] is self.node else None

    def argument(self, index: int) -> Node | None:
        """Return the argument that a call of this name passes, or None."""
        call = self.call
        return call.kids[index + 1] if call is not None and \
            index + 1 < len(call.kids) else None

    @property
    def setting(self) -> Node | None:
        """Return the assignment to the named object, or None."""
        above = self.node.parent
        return above if above is not None and above.kind == Kind.ASSIGN and \
            above.kids[0] is self.node else None


@dataclass(eq=False)
class Function:
    """One definition with its statements; key is (file, name)."""

    file: str
    name: str
    line: int
    type: str
    span: Span
    text: masking.CText
    params: list[tuple[str, str]]
    statements: list[Statement] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    static: bool = False
    shadowed: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the function in the whole tree."""
        return (self.file, self.name)

    @cached_property
    def uses(self) -> dict[str, list[Use]]:
        """Return the occurrences of each identifier in the function."""
        found: dict[str, list[Use]] = {}
        for statement in self.statements:
            if statement.tree is None:
                continue
            for node in statement.tree.walk():
                if node.kind in (Kind.ID, Kind.RAWID):
                    found.setdefault(node.value, []).append(
                        Use(statement, node))
        return found

    @cached_property
    def members(self) -> dict[str, list[Use]]:
        """Return the occurrences of each member name, with the member node."""
        found: dict[str, list[Use]] = {}
        for statement in self.statements:
            for node in statement.tree.walk() if statement.tree else ():
                if node.kind == Kind.MEMBER:
                    name = node.value.lstrip("->.")
                    found.setdefault(name, []).append(Use(statement, node))
                elif node.kind == Kind.FIELD:
                    found.setdefault(node.value, []).append(
                        Use(statement, node))
        return found

    @cached_property
    def copies(self) -> list[Node]:
        """Return the assignments, and the calls that copy memory."""
        return [node for statement in self.statements
                for node in (statement.tree.walk() if statement.tree else ())
                if node.kind == Kind.ASSIGN or node.kind == Kind.CALL and
                node.kids[0].value in effects.COPIES]

    @cached_property
    def body(self) -> tuple[int, int]:
        """Return the offsets of the function's opening and closing brace.

        The second is -1 where the branches of an #if each open a brace that is
        closed in another function.
        """
        start = self.text.offset(self.line)
        opening = self.text.code.find("{", start)
        close = self.text.matching(opening)
        other = self.text.code.find("\n{", opening + 1, max(0, close))
        return opening, -1 if other >= 0 else close

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """Return the brace pairs of the body, sorted by their opening."""
        stack: list[int] = []
        pairs = []
        low, high = self.body
        for match in re.finditer(r"[{}]", self.text.code[low:high + 1]):
            at = low + match.start()
            if match.group() == "{":
                stack.append(at)
            elif stack:
                pairs.append((stack.pop(), at))
        return sorted(pairs)

    def block_at(self, offset: int) -> tuple[int, int]:
        """Return the innermost braces around an offset."""
        around = [b for b in self.blocks if b[0] < offset < b[1]]
        return max(around) if around else self.body

    @cached_property
    def guards(self) -> list[Guard]:
        """Return the conditions, each with the text over which it is known."""
        found: list[Guard] = []
        for statement in self.statements:
            kind = statement.fact.kind
            if statement.tree is None or kind not in ("if", "while", "for"):
                continue
            close = self.text.code.find(")", statement.end)
            if kind == "for":
                opening = self.text.code.rfind(
                    "for", 0, statement.start)
                opening = self.text.code.find("(", opening)
                close = self.text.matching(opening)
            end = self.text.statement_end(close + 1)
            found.append(Guard(close + 1, end, statement.tree, True,
                               statement.line))
            if kind == "if":
                found += self._otherwise(statement, close + 1, end)
        return found

    def _otherwise(self, statement: Statement, start: int,
                   end: int) -> Iterator[Guard]:
        code = self.text.code
        assert statement.tree is not None
        follow = re.compile(r"\s*else\b").match(code, end)
        if follow:
            yield Guard(follow.end(), self.text.statement_end(follow.end()),
                        statement.tree, False, statement.line)
        elif jumps.ENDS_ARM.search(code[start:end]):
            limit = self.block_at(end)[1] if end < self.body[1] else end
            label = jumps.LABEL.search(code, end, limit)
            yield Guard(end, label.start() if label else limit,
                        statement.tree, False, statement.line)

    def guards_at(self, offset: int) -> list[Guard]:
        """Return the conditions known at an offset, outermost first."""
        return [g for g in self.guards if g.start <= offset < g.end]

    def within(self, one: int, other: int) -> bool:
        """Say whether the block around one place contains the other."""
        low, high = self.block_at(one)
        return low < other < high and all(
            g.start <= other < g.end for g in self.guards_at(one))

    def first(self, one: Statement, other: Statement) -> bool:
        """Say whether a statement precedes another wherever it is compiled."""
        return one.start < other.start and not self.text.left_out(
            one.start, other.start)

    def is_local(self, name: str) -> bool:
        """Say whether a name is a variable created anew by each call."""
        low, high = self.body
        return name in self.types and name not in [
            n for _, n in self.params] and not any(
            low < o < high and re.match(r"\s*static\b", self.text.line(
                self.text.line_of(o))) for o in self.text.words.get(name, ()))

    def position(self, use: Use) -> tuple[int, int] | None:
        """Return the line and column of an occurrence in the file's own text.

        The n-th occurrence in the fact's text is the n-th in the file, as long
        as both have the same number; otherwise a macro or a region that was
        left out interferes, and the result is None.
        """
        statement, node = use.statement, use.node
        if statement.tree is None:
            return None
        name = node.value.lstrip("->.")
        mine = sorted(n.token for n in statement.tree.walk()
                      if n.value.lstrip("->.") == name
                      and n.kind in (Kind.ID, Kind.RAWID, Kind.MEMBER))
        text = [o for o in self.text.words.get(name, [])
                if statement.start <= o < statement.end]
        if len(mine) != len(text) or node.token not in mine:
            return None
        return self.text.place_of(text[mine.index(node.token)])
