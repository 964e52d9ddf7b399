# SPDX-License-Identifier: GPL-2.0-only
"""Takes a file as it was read; gives its functions, with their statements.

The heads of all functions are known at once; what one consists of is worked out
when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pinlib.csource import masking, parser
from pinlib.program.facts import Fact
from pinlib.program.function import Body, Function, Statement
from pinlib.program.read_files import Element, ReadFile

_PARAMETER = re.compile(r"(.*?)(\w+)((?:\s*\[[^]]*\])*)\s*$", re.S)
_CALLBACK = re.compile(r"\(\s*\*\s*(\w+)\s*\)")
# Facts that are no statements.
_OTHER = frozenset(("function", "prototype", "struct", "call"))

Built = tuple[dict[Function, Body], list[Statement]]


class Source:
    """The functions of one file, and its statements outside of them.

    spelled: gives a type as this file writes it, with tags for typedefs.
    promised: functions of it that were known before, by name and line.
    """

    def __init__(self, name: str, read: ReadFile | None, text: masking.CText,
                 spelled: Callable[[str], str],
                 promised: Mapping[tuple[str, int], Function]) -> None:
        self.name = name
        self.text = text
        self.functions: list[Function] = []
        self.named: dict[str, list[Function]] = {}
        self.ambiguous: set[tuple[str, str]] = set()
        self._read = read
        self._spelled = spelled
        self._heads: dict[Element, dict[tuple[int, int], Function]] = {}
        self._element: dict[Function, Element] = {}
        self._built: dict[Element, Built] = {}
        left = dict(promised)
        for head in read.heads if read else ():
            self._add_function(left, *head)

    def _add_function(self, left: dict[tuple[str, int], Function],
                      element: Element, name: str, line: int,
                      column: int) -> None:
        """Add a function; the second of two of a name gets its line.

        There is one per branch of an #ifdef.
        """
        known = f"{name}@{line}" if name in self.named else name
        made = left.pop((known, line), None) or Function(
            self.name, known, line, self.text, self.body)
        self.functions.append(made)
        if known != name:
            self.ambiguous |= {self.named[name][0].key, made.key}
        self.named[known] = [made]
        self._heads.setdefault(element, {})[line, column] = made
        self._element[made] = element

    def mentioning(self, word: str) -> list[Function]:
        """Return the functions that have a word, in source order."""
        return [function for element in self._elements(word)
                for function in self._heads.get(element, {}).values()]

    def top_statements(self, word: str) -> list[Statement]:
        """Return statements outside of functions, near a word."""
        return [statement for element in self._elements(word)
                for statement in self._build(element)[1]]

    def facts(self, word: str) -> list[Fact]:
        """Return the facts near a word."""
        return [fact for element in self._elements(word) if self._read
                for fact in self._read.facts(element)]

    def facts_of(self, function: Function) -> list[Fact]:
        """Return the facts of a function's declaration."""
        element = self._element.get(function)
        return self._read.facts(element) if self._read and element else []

    def _elements(self, word: str) -> Iterator[Element]:
        """Yield the elements in which a word stands, each once."""
        last = None
        for offset in self.text.words.get(word, ()) if self._read else ():
            assert self._read is not None
            element = self._read.around(offset)
            if element is not None and element is not last:
                yield element
            last = element

    def body(self, function: Function) -> Body:
        """Return what a function consists of: nothing if it is none of these."""
        return self._build(self._element[function])[0][function] \
            if function in self._element else Body()

    def _build(self, element: Element) -> Built:
        """Give each function of an element its statements."""
        if element in self._built:
            return self._built[element]
        assert self._read is not None
        heads = self._heads.get(element, {})
        facts = self._read.facts(element)
        bodies = {function: Body() for function in heads.values()}
        bodies |= {heads[fact.line, fact.column]: self._begin(fact)
                   for fact in facts if fact.kind == "function"
                   and (fact.line, fact.column) in heads}
        top: list[Statement] = []
        around = [(*function.body, function) for function in heads.values()]
        for fact in facts:
            if fact.kind in _OTHER:
                continue
            at = self.text.offset(fact.line, fact.column)
            owner = next((function for low, high, function in around
                          if low <= at <= high), None)
            self._add(fact, at, owner, bodies[owner] if owner else None, top)
        self._built[element] = bodies, top
        return bodies, top

    def _begin(self, head: Fact) -> Body:
        """Return what the head of a function says."""
        params = []
        for written in head.params:
            match = _PARAMETER.match(written)
            callback = _CALLBACK.search(written)
            if callback:
                params.append(("function", callback.group(1)))
            elif match:
                params.append((self._spelled(match.group(1).strip()) +
                               match.group(3), match.group(2)))
        return Body(self._spelled(head.type), params,
                    types={name: kind for kind, name in params})

    def _add(self, fact: Fact, start: int, owner: Function | None,
             body: Body | None, top: list[Statement]) -> None:
        """Add the statement of a fact to its function, or to the top."""
        end = self.text.offset(fact.line_end, fact.column_end)
        if fact.kind == "iterate":
            opening = self.text.code.find("(", start)
            end = max(end, self.text.matching(opening) + 1)
        if fact.kind in ("if", "while") and not self.text.code[
                max(0, start - 40):start].rstrip().endswith("("):
            return
        tree = None
        if fact.kind == "declare":
            spelled = self._spelled(fact.type)
            if spelled != fact.type:
                fact = fact._replace(type=spelled)
            tree = parser.parse(fact.text) if fact.text else None
            if body:
                body.declared.setdefault(fact.name, []).append(
                    (start, fact.type))
                body.types.setdefault(fact.name, fact.type)
            if tree is None:
                return      # it says nothing but the type
            end = self.text.statement_end(start)
        home = owner or Function(self.name, "", fact.line, self.text)
        (body.statements if body else top).append(Statement(
            fact, home, tree, start, end, fact.kind != "declare"))
