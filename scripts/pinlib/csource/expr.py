# SPDX-License-Identifier: GPL-2.0-only
"""Reads the text of one expression, as Coccinelle prints it, into a tree.

Coccinelle has parsed the C; its script rules hand an expression over as
tokens separated by blanks. This reader only gives that text its structure
back, so it refuses (None) what is not an expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterator

_TOKEN = re.compile(
    r'\s+|(?P<str>L?"(?:\\.|[^"\\])*"|L?\'(?:\\.|[^\'\\])*\')'
    r'|(?P<num>\.?\d[\w.]*)|(?P<id>[A-Za-z_]\w*)'
    r'|(?P<op><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||##'
    r'|[-+*/%&|^]=|[-+*/%&|^~!<>=?:,.;(){}\[\]#@\\])')
_TYPE_WORDS = frozenset(
    "struct union enum unsigned signed const volatile void char short int "
    "long float double typeof __typeof__ static register".split())
_TYPEDEF = re.compile(r"^(?:[us](?:8|16|32|64)|__[usbl]e?\d+|bool|\w+_t|"
                      r"u?int\d*|ulong|uint|ushort|__user|__force|gfn)$")
_BINARY = {op: level for level, ops in enumerate((
    "||", "&&", "|", "^", "&", "== !=", "< > <= >=", "<< >>", "+ -",
    "* / %"), 1) for op in ops.split()}
# Calls that give the value of the test they are given.
HINTS = frozenset("likely unlikely WARN_ON WARN_ON_ONCE BUG_ON".split())
_ASSIGN = frozenset("= += -= *= /= %= &= |= ^= <<= >>=".split())


@dataclass
class Node:
    """One node: kind, its operator or name, children, token index."""

    kind: str
    value: str
    kids: list[Node] = field(default_factory=list)
    token: int = -1
    parent: Node | None = field(default=None, repr=False, compare=False)
    _below: list[Node] | None = field(default=None, repr=False,
                                      compare=False)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in source order of their heads."""
        if self._below is None:
            self._below = [self]
            for kid in self.kids:
                self._below.extend(kid.walk())
        return iter(self._below)

    def calls(self, *names: str) -> list[Node]:
        """Return calls below this node of functions with the given names."""
        return [n for n in self.walk() if n.kind == "call"
                and n.kids[0].kind == "id" and n.kids[0].value in names]

    def __str__(self) -> str:
        return render(self)


class _Refused(Exception):
    """The text is not an expression that this reader knows."""


def bare_test(node: Node, holds: bool) -> tuple[Node, bool]:
    """A test without what only hints or warns, and without negations."""
    while True:
        if node.kind == "call" and len(node.kids) == 2 and \
                node.kids[0].value in HINTS:
            node = node.kids[1]
        elif node.kind == "unary" and node.value == "!":
            node, holds = node.kids[0], not holds
        else:
            return node, holds


def conditions(node: Node, holds: bool) -> list[tuple[Node, bool]]:
    """Return the elementary conditions that follow from a test's outcome."""
    node, holds = bare_test(node, holds)
    if node.kind == "binary" and node.value == ("&&" if holds else "||"):
        return [p for k in node.kids for p in conditions(k, holds)]
    return [(node, holds)]


def tokenize(text: str) -> list[tuple[str, str]]:
    """Split text into (kind, token) pairs: str, num, id or op."""
    tokens = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise _Refused(text)
        if match.lastgroup:
            tokens.append((match.lastgroup, match.group()))
        at = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index][1] if index < len(self.tokens) else ""

    def kind(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise _Refused(f"{wanted} at {self.at}")
        self.at += 1
        return token

    def comma(self) -> Node:
        left = self.assign()
        while self.peek() == ",":
            at = self.at
            self.take()
            left = Node("comma", ",", [left, self.assign()], at)
        return left

    def assign(self) -> Node:
        left = self.conditional()
        if self.peek() in _ASSIGN:
            at = self.at
            operator = self.take()
            return Node("assign", operator, [left, self.assign()], at)
        return left

    def conditional(self) -> Node:
        test = self.binary(1)
        if self.peek() != "?":
            return test
        at = self.at
        self.take("?")
        middle = test if self.peek() == ":" else self.comma()
        self.take(":")
        kids = [test, self.conditional()] if middle is test else [
            test, middle, self.conditional()]
        return Node("cond", "?", kids, at)

    def binary(self, level: int) -> Node:
        left = self.unary()
        while _BINARY.get(self.peek(), 0) >= level:
            at = self.at
            operator = self.take()
            right = self.binary(_BINARY[operator] + 1)
            left = Node("binary", operator, [left, right], at)
        return left

    def unary(self) -> Node:
        at = self.at
        token = self.peek()
        if token in ("&", "*", "!", "~", "-", "+", "++", "--", "&&"):
            self.take()
            return Node("unary", token, [self.unary()], at)
        if token in ("sizeof", "typeof", "__typeof__", "__alignof__"):
            return self.sizeof()
        if token == "(":
            if self.peek(1) == "{":
                return self.postfix(self.raw("stmtexpr", "(", ")"))
            if self.is_cast():
                kind = self.raw("type", "(", ")")
                if self.peek() == "{":
                    return self.postfix(self.braces())
                return Node("cast", kind.value, [self.unary()], at)
        return self.postfix(self.primary())

    def sizeof(self) -> Node:
        at = self.at
        name = self.take()
        if self.peek() == "(":
            return Node("sizeof", name,
                        [self.raw("type", "(", ")")], at)
        return Node("sizeof", name, [self.unary()], at)

    def is_cast(self) -> bool:
        """At an opening parenthesis: does a type name stand in it?"""
        if self.peek(1) in _TYPE_WORDS:
            return True
        if self.kind(1) != "id":
            return False
        ahead = 2
        while self.peek(ahead) in ("*", "__user", "__force", "const",
                                   "__iomem"):
            ahead += 1
        if self.peek(ahead) != ")":
            return False
        if ahead > 2 or _TYPEDEF.match(self.peek(1)):
            return True
        return self.kind(ahead + 1) in ("id", "num", "str")

    def raw(self, kind: str, opening: str, closing: str) -> Node:
        """Return a bracketed stretch kept as text, its names as children."""
        at = self.at
        depth = 0
        names = []
        while True:
            if self.kind() == "id":
                names.append(Node("rawid", self.peek(), [], self.at))
            token = self.take()
            depth += (token == opening) - (token == closing)
            if not depth:
                break
        text = " ".join(t for _, t in self.tokens[at + 1:self.at - 1])
        return Node(kind, text, names, at)

    def braces(self) -> Node:
        """Return an initialiser list; designators become `field` nodes."""
        at = self.at
        self.take("{")
        kids = []
        while self.peek() != "}":
            kids.append(self.element())
            if self.peek() == ",":
                self.take()
        self.take("}")
        return Node("init", "{", kids, at)

    def element(self) -> Node:
        at = self.at
        if self.peek() in (".", "["):
            name = ""
            while self.peek() != "=":
                name += self.take()
            self.take("=")
            value = (self.braces() if self.peek() == "{"
                     else self.assign())
            return Node("field", name.lstrip("."), [value], at)
        return self.braces() if self.peek() == "{" else self.assign()

    def primary(self) -> Node:
        at = self.at
        kind = self.kind()
        if self.peek() == "(":
            self.take()
            inner = self.comma()
            self.take(")")
            return inner
        if self.peek() == "{":
            return self.braces()
        if self.peek() in ("struct", "union", "enum", "unsigned", "const"):
            return self.type_words()
        if kind in ("id", "num", "str"):
            token = self.take()
            while kind == "str" and self.kind() in ("str", "id") and (
                    self.peek() not in _ASSIGN):
                self.take()
            return Node("id" if kind == "id" else "const", token, [], at)
        raise _Refused(f"at {self.at}")

    def type_words(self) -> Node:
        at = self.at
        words = []
        while self.kind() == "id" or self.peek() == "*":
            words.append(self.take())
        return Node("type", " ".join(words), [], at)

    def postfix(self, left: Node) -> Node:
        while True:
            at = self.at
            token = self.peek()
            if token == "[":
                self.take()
                left = Node("index", "[", [left, self.comma()], at)
                self.take("]")
            elif token == "(":
                left = Node("call", "(", [left, *self.arguments()], at)
            elif token in (".", "->"):
                self.take()
                at = self.at
                if self.kind() != "id":
                    raise _Refused("member")
                left = Node("member", token + self.take(), [left], at)
            elif token in ("++", "--"):
                self.take()
                left = Node("post", token, [left], at)
            else:
                return left

    def arguments(self) -> list[Node]:
        self.take("(")
        found: list[Node] = []
        while self.peek() != ")":
            found.append(self.argument())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return found

    def argument(self) -> Node:
        """An argument; what is no expression (a type) is kept as text."""
        start = self.at
        try:
            node = self.assign()
            if self.peek() in (",", ")"):
                return node
        except _Refused:
            pass
        self.at = start
        depth = 0
        names = []
        while depth or self.peek() not in (",", ")"):
            if self.kind() == "id":
                names.append(Node("rawid", self.peek(), [], self.at))
            token = self.take()
            depth += (token in "([{") - (token in ")]}")
        text = " ".join(t for _, t in self.tokens[start:self.at])
        return Node("type", text, names, start)


def _adopt(node: Node) -> None:
    for kid in node.kids:
        kid.parent = node
        _adopt(kid)


def parse(text: str) -> Node | None:
    """The tree of an expression or initialiser, or None if it is neither."""
    try:
        reader = _Reader(tokenize(text))
        node = reader.comma()
        if reader.at != len(reader.tokens):
            return None
    except _Refused:
        return None
    _adopt(node)
    return node


def render(node: Node) -> str:
    """Return the C text of a tree, with kernel spacing."""
    kids = [render(k) for k in node.kids]
    if node.kind in ("id", "const", "type", "rawid"):
        return node.value
    if node.kind == "call":
        return f"{kids[0]}({', '.join(kids[1:])})"
    if node.kind == "index":
        return f"{kids[0]}[{kids[1]}]"
    if node.kind == "member":
        base = node.kids[0]
        if base.kind in ("unary", "cast"):
            return f"({kids[0]}){node.value}"
        return _tight(base, kids[0]) + node.value
    if node.kind == "post":
        return kids[0] + node.value
    if node.kind == "unary":
        return node.value + _tight(node.kids[0], kids[0])
    if node.kind == "cast":
        return f"({node.value}){_tight(node.kids[0], kids[0])}"
    if node.kind in ("binary", "assign"):
        return f"{_tight(node.kids[0], kids[0])} {node.value} " \
               f"{_tight(node.kids[1], kids[1])}"
    if node.kind == "comma":
        return f"{kids[0]}, {kids[1]}"
    if node.kind == "cond":
        return " ? : ".join(kids) if len(kids) == 2 else \
            f"{kids[0]} ? {kids[1]} : {kids[2]}"
    if node.kind == "sizeof":
        return f"{node.value}({node.kids[0].value})"
    if node.kind == "stmtexpr":
        return f"({node.value})"
    if node.kind == "field":
        return f".{node.value} = {kids[0]}"
    return "{ " + ", ".join(kids) + " }"


def _tight(node: Node, text: str) -> str:
    if node.kind in ("binary", "assign", "cond", "comma"):
        return f"({text})"
    return text
