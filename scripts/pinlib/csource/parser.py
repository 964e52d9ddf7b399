# SPDX-License-Identifier: GPL-2.0-only
"""Parse the text of one expression, as a fact gives it, into a tree.

That is tokens separated by blanks, of C that was parsed before, so what is not an
expression is refused (None).
"""

from __future__ import annotations

import functools
import re
import sys

from pinlib.csource.expr import Kind, Node

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
_PREFIXES = frozenset("& * ! ~ - + ++ -- &&".split())
_SUFFIXES = frozenset("[ ( . -> ++ --".split())
_SIZES = frozenset("sizeof typeof __typeof__ __alignof__".split())
_TYPE_HEADS = frozenset("struct union enum unsigned const".split())
_ASSIGN = frozenset("= += -= *= /= %= &= |= ^= <<= >>=".split())


class _Refused(Exception):
    """The text is not an expression that this reader knows."""


def _split(text: str) -> list[tuple[str, str]]:
    tokens = []
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() != at:
            break
        if match.lastgroup:
            # Most of them stand in many places.
            tokens.append((match.lastgroup, sys.intern(match.group())))
        at = match.end()
    if at < len(text):
        raise _Refused(text)
    return tokens


@functools.lru_cache(maxsize=1 << 14)
def _of_word(word: str) -> tuple[tuple[str, str], ...]:
    return tuple(_split(word))


def tokenize(text: str) -> list[tuple[str, str]]:
    """Split text into (kind, token) pairs: str, num, id or op."""
    if '"' in text or "'" in text:
        return _split(text)
    # No other token has a blank in it, and most words were split before.
    return [token for word in text.split() for token in _of_word(word)]


class _Reader:
    """Reads tokens; behind the last there are two that are empty."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.words = [word for _, word in tokens] + ["", ""]
        self.at = 0

    def kind(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.words[self.at]
        if not token or (wanted and token != wanted):
            raise _Refused(f"{wanted} at {self.at}")
        self.at += 1
        return token

    def comma(self) -> Node:
        left = self.assign()
        while self.words[self.at] == ",":
            at = self.at
            self.take()
            left = Node(Kind.COMMA, ",", [left, self.assign()], at)
        return left

    def assign(self) -> Node:
        left = self.conditional()
        at = self.at
        operator = self.words[at]
        if operator in _ASSIGN:
            self.at += 1
            return Node(Kind.ASSIGN, operator, [left, self.assign()], at)
        return left

    def conditional(self) -> Node:
        test = self.binary(1)
        if self.words[self.at] != "?":
            return test
        at = self.at
        self.take("?")
        middle = test if self.words[self.at] == ":" else self.comma()
        self.take(":")
        kids = [test, self.conditional()] if middle is test else [
            test, middle, self.conditional()]
        return Node(Kind.COND, "?", kids, at)

    def binary(self, level: int) -> Node:
        left = self.unary()
        while True:
            at = self.at
            operator = self.words[at]
            rank = _BINARY.get(operator, 0)
            if rank < level:
                return left
            self.at += 1
            left = Node(Kind.BINARY, operator, [
                left, self.binary(rank + 1)], at)

    def unary(self) -> Node:
        at = self.at
        token = self.words[self.at]
        if token in _PREFIXES:
            self.at += 1
            return Node(Kind.UNARY, token, [self.unary()], at)
        if token in _SIZES:
            return self.sizeof()
        if token == "(":
            if self.words[self.at + 1] == "{":
                return self.postfix(self.raw(Kind.STMTEXPR, "(", ")"))
            if self.is_cast():
                kind = self.raw(Kind.TYPE, "(", ")")
                if self.words[self.at] == "{":
                    return self.postfix(self.braces(kind.value))
                return Node(Kind.CAST, kind.value, [self.unary()], at)
        return self.postfix(self.primary())

    def sizeof(self) -> Node:
        at = self.at
        name = self.take()
        if self.words[self.at] == "(":
            return Node(Kind.SIZEOF, name,
                        [self.raw(Kind.TYPE, "(", ")")], at)
        return Node(Kind.SIZEOF, name, [self.unary()], at)

    def is_cast(self) -> bool:
        """Say whether a type name stands in the parenthesis that opens here."""
        if self.words[self.at + 1] in _TYPE_WORDS:
            return True
        if self.kind(1) != "id":
            return False
        ahead = 2
        while self.words[self.at + ahead] in (
                "*", "__user", "__force", "const", "__iomem"):
            ahead += 1
        if self.words[self.at + ahead] != ")":
            return False
        if ahead > 2 or _TYPEDEF.match(self.words[self.at + 1]):
            return True
        return self.kind(ahead + 1) in ("id", "num", "str")

    def raw(self, kind: Kind, opening: str, closing: str) -> Node:
        """Read a bracketed text without parsing it; the names are its children."""
        at = self.at
        depth = 0
        names = []
        while True:
            if self.kind() == "id":
                names.append(Node(Kind.RAWID, self.words[self.at], (), self.at))
            token = self.take()
            depth += (token == opening) - (token == closing)
            if not depth:
                break
        text = " ".join(t for _, t in self.tokens[at + 1:self.at - 1])
        return Node(kind, text, names, at)

    def braces(self, type_text: str = "{") -> Node:
        """Read an initialiser list; designators become `field` nodes.

        type_text: the type of a compound literal, which is its value.
        """
        at = self.at
        self.take("{")
        kids = []
        while self.words[self.at] != "}":
            kids.append(self.element())
            if self.words[self.at] == ",":
                self.take()
        self.take("}")
        return Node(Kind.INIT, type_text, kids, at)

    def element(self) -> Node:
        at = self.at
        if self.words[self.at] in (".", "["):
            name = ""
            while self.words[self.at] != "=":
                name += self.take()
            self.take("=")
            value = (self.braces() if self.words[self.at] == "{"
                     else self.assign())
            return Node(Kind.FIELD, name.lstrip("."), [value], at)
        return self.braces() if self.words[self.at] == "{" else self.assign()

    def primary(self) -> Node:
        at = self.at
        token = self.words[at]
        if token == "(":
            self.at += 1
            inner = self.comma()
            self.take(")")
            return inner
        if token == "{":
            return self.braces()
        if token in _TYPE_HEADS:
            return self.type_words()
        kind = self.kind()
        if kind in ("id", "num", "str"):
            self.at += 1
            while kind == "str" and self.kind() in ("str", "id") and (
                    self.words[self.at] not in _ASSIGN):
                self.take()
            return Node(Kind.ID if kind == "id" else Kind.CONST, token, (), at)
        raise _Refused(f"at {self.at}")

    def type_words(self) -> Node:
        at = self.at
        words = []
        while self.kind() == "id" or self.words[self.at] == "*":
            words.append(self.take())
        return Node(Kind.TYPE, " ".join(words), (), at)

    def postfix(self, left: Node) -> Node:
        while True:
            at = self.at
            token = self.words[at]
            if token not in _SUFFIXES:
                return left
            if token == "[":
                self.at += 1
                left = Node(Kind.INDEX, "[", [left, self.comma()], at)
                self.take("]")
            elif token == "(":
                left = Node(Kind.CALL, "(", [left, *self.arguments()], at)
            elif token in (".", "->"):
                self.at += 1
                at = self.at
                if self.kind() != "id":
                    raise _Refused("member")
                left = Node(Kind.MEMBER, token + self.take(), [left], at)
            else:
                self.at += 1
                left = Node(Kind.POST, token, [left], at)

    def arguments(self) -> list[Node]:
        self.take("(")
        found: list[Node] = []
        while self.words[self.at] != ")":
            found.append(self.argument())
            if self.words[self.at] == ",":
                self.take()
        self.take(")")
        return found

    def argument(self) -> Node:
        """Read an argument; what is no expression (a type) is kept as text."""
        start = self.at
        try:
            node = self.assign()
            if self.words[self.at] in (",", ")"):
                return node
        except _Refused:
            pass
        self.at = start
        depth = 0
        names = []
        while depth or self.words[self.at] not in (",", ")"):
            if self.kind() == "id":
                names.append(Node(Kind.RAWID, self.words[self.at], (), self.at))
            token = self.take()
            depth += (token in "([{") - (token in ")]}")
        text = " ".join(t for _, t in self.tokens[start:self.at])
        return Node(Kind.TYPE, text, names, start)


def _adopt(node: Node) -> None:
    for kid in node.kids:
        kid.parent = node
        _adopt(kid)


def parse(text: str) -> Node | None:
    """Return the tree of an expression or initialiser, or None if it is neither."""
    try:
        reader = _Reader(tokenize(text))
        node = reader.comma()
        if reader.at != len(reader.tokens):
            return None
    except _Refused:
        return None
    _adopt(node)
    return node
