# SPDX-License-Identifier: GPL-2.0-only
"""Represent one function of the tree: its expressions and its conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from pinlib.csource import jumps, masking, parser
from pinlib.csource.expr import Kind, Node
from pinlib.kernel import effects
from pinlib.program.facts import Fact

# What an assignment or a copying call has in its text.
_COPIES = re.compile("|".join(["=", *effects.COPIES]))

_STATIC, _BEGINS_STATIC = re.compile(r"\bstatic\b"), re.compile(r"\s*static\b")
_ELSE, _BRACES = re.compile(r"\s*else\b"), re.compile(r"[{}]")


class Statement:
    """One expression of a function: a statement, condition or declaration.

    start, end: its offsets. Without a tree, that of the fact's text if parse
    says so, once it is asked for.
    """

    __slots__ = ("fact", "function", "start", "end", "_tree", "_parse")

    def __init__(self, fact: Fact, function: Function, tree: Node | None,
                 start: int, end: int, parse: bool = False) -> None:
        self.fact = fact
        self.function = function
        self.start = start
        self.end = end
        self._tree = tree
        self._parse = parse

    @property
    def tree(self) -> Node | None:
        """Return the expression, or None if it is none that can be parsed."""
        if self._parse:
            self._parse = False
            self._tree = parser.parse(self.fact.text)
        return self._tree

    @property
    def line(self) -> int:
        """Return the line on which the expression starts."""
        return self.fact.line

    def nodes(self, word: str = "") -> Iterator[Node]:
        """Iterate over the nodes, if a word is in the text."""
        tree = self.tree if word in self.fact.text else None
        return tree.walk() if tree else iter(())

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


@dataclass(frozen=True, slots=True)
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

    @property
    def addressed(self) -> bool:
        """Say whether the address of the named object is taken."""
        above = self.node.parent
        return above is not None and above.kind == Kind.UNARY and \
            above.value == "&"

    @property
    def stepped(self) -> bool:
        """Say whether ++ or -- changes the named object."""
        above = self.node.parent
        return above is not None and (
            above.kind == Kind.POST
            or above.kind == Kind.UNARY and above.value in ("++", "--"))


class Uses(Mapping[str, list[Use]]):
    """Where names occur in some statements; looked up one by one, or all.

    name_of: gives the name that a node is an occurrence of, or "".
    """

    def __init__(self, statements: list[Statement],
                 name_of: Callable[[Node], str]) -> None:
        self._statements = statements
        self._name_of = name_of
        self._known: dict[str, list[Use]] = {}

    def __getitem__(self, name: str) -> list[Use]:
        if name not in self._known:
            self._known[name] = [
                Use(statement, node) for statement in self._statements
                for node in statement.nodes(name)
                if self._name_of(node) == name]
        if not self._known[name]:
            raise KeyError(name)
        return self._known[name]

    @cached_property
    def _names(self) -> dict[str, None]:
        return dict.fromkeys(filter(None, (
            self._name_of(node) for statement in self._statements
            for node in statement.nodes())))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass
class Body:
    """What a function's head and statements say.

    type: of its result. types: of its parameters and variables. declared: each
    variable's declarations, with where they stand and their types.
    """

    type: str = ""
    params: list[tuple[str, str]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    declared: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


class Function:
    """One definition with its statements, which are read when they are asked for.

    key is (file, name); text, or what gives it, is that of the whole file; read
    gives the body.
    """

    def __init__(self, file: str, name: str, line: int,
                 text: masking.CText | Callable[[], masking.CText],
                 read: Callable[[Function], Body] = lambda _: Body()) -> None:
        self.file = file
        self.name = name
        self.line = line
        self._text = text
        self._read = read

    def __repr__(self) -> str:
        return f"{self.file}:{self.name}"

    @cached_property
    def text(self) -> masking.CText:
        """Return the text of its file."""
        return self._text if isinstance(self._text, masking.CText) \
            else self._text()

    @cached_property
    def _contents(self) -> Body:
        return self._read(self)

    @property
    def type(self) -> str:
        """Return the type of the result."""
        return self._contents.type

    @property
    def params(self) -> list[tuple[str, str]]:
        """Return type and name of each parameter."""
        return self._contents.params

    @property
    def statements(self) -> list[Statement]:
        """Return the expressions, in source order."""
        return self._contents.statements

    @property
    def types(self) -> dict[str, str]:
        """Return the declared types of parameters and variables."""
        return self._contents.types

    @cached_property
    def shadowed(self) -> set[str]:
        """Return the names of which two declarations say different things.

        Blocks beside each other may each have a variable of one name and type:
        what is true of both is said of that name.
        """
        return {name for name, found in self._contents.declared.items()
                if len(found) > 1 and not self._apart(found) or name in [
                    n for _, n in self.params]}

    def _apart(self, declared: list[tuple[int, str]]) -> bool:
        """Say whether declarations are alike, and none sees another."""
        blocks = [self.block_at(offset) for offset, _ in declared]
        return len({kind for _, kind in declared}) == 1 and all(
            one[1] < other[0] or other[1] < one[0]
            for one, other in combinations(blocks, 2))

    @cached_property
    def static(self) -> bool:
        """Say whether the function is static."""
        text = self.text
        before = text.visible[text.offset(max(1, self.line - 1)):text.offset(
            self.line)].rstrip()
        # What ends there is another declaration.
        head = "" if before.endswith((";", "}")) else before
        return bool(_STATIC.search(head + text.code_line(self.line)))

    @cached_property
    def span(self) -> tuple[int, int]:
        """Return the lines of the top-level block around the head."""
        span = self.text.span_at(self.line)
        return span.start, span.end

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the function in the whole tree."""
        return (self.file, self.name)

    @cached_property
    def uses(self) -> Uses:
        """Return the occurrences of each identifier in the function."""
        return Uses(self.statements, lambda node: node.value if node.kind in (
            Kind.ID, Kind.RAWID) else "")

    @cached_property
    def members(self) -> Uses:
        """Return the occurrences of each member name, with the member node."""
        return Uses(self.statements, lambda node: node.value.lstrip("->.")
                    if node.kind == Kind.MEMBER else
                    node.value.rpartition(".")[2] if node.kind == Kind.FIELD
                    else "")

    @cached_property
    def copies(self) -> list[Node]:
        """Return the assignments, and the calls that copy memory."""
        return [node for statement in self.statements
                if _COPIES.search(statement.fact.text)
                for node in statement.nodes()
                if node.kind == Kind.ASSIGN or node.kind == Kind.CALL and
                node.kids[0].value in effects.COPIES]

    @cached_property
    def body(self) -> tuple[int, int]:
        """Return the offsets of the function's opening and closing brace.

        The second is -1 where the branches of an #if each open a brace that is
        closed in another function; both are where there is no brace.
        """
        start = self.text.offset(self.line)
        opening = self.text.code.find("{", start)
        if opening < 0:
            return -1, -1
        close = self.text.matching(opening)
        other = self.text.code.find("\n{", opening + 1, max(0, close))
        return opening, -1 if other >= 0 else close

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """Return the brace pairs of the body, sorted by their opening."""
        stack: list[int] = []
        pairs = []
        low, high = self.body
        for match in _BRACES.finditer(self.text.code[low:high + 1]):
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
        follow = _ELSE.match(code, end)
        if follow:
            yield Guard(follow.end(), self.text.statement_end(follow.end()),
                        statement.tree, False, statement.line)
        elif jumps.ENDS_ARM.fullmatch(code[start:end]):
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
            low < o < high and _BEGINS_STATIC.match(self.text.code_line(
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
