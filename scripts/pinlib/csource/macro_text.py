# SPDX-License-Identifier: GPL-2.0-only
"""Read the definitions of macros in a file, and what of C their bodies are.

Only the text is looked at. What says "no" here is a macro that does not do what
a function with the same text would do, whoever uses it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pinlib.csource.masking import CText
from pinlib.csource.parser import parse

_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(?:\(([^)]*)\))?"
                     r"((?:\\\n|[^\n])*)", re.M)
_TOKEN = re.compile(r"\w+|->|\+\+|--|<<=|>>=|[-+*/%&|^=!<>]=|&&|\|\||<<|>>|"
                    r"##|\.\.\.|\S")
# Words that leave the text, or that a function does not have the same way.
_LEAVES = frozenset(
    "return goto asm __asm__ case default switch __label__ __func__ "
    "__FUNCTION__ __LINE__ __FILE__ __VA_ARGS__".split())
_JUMPS = frozenset(("break", "continue"))
_LOOP = re.compile(r"\b(?:for|while|do)\b")
_HEADS = ("if", "for", "while", "do")
_KEYWORDS = frozenset(
    "break continue if else for while do sizeof typeof __typeof__ struct union "
    "enum unsigned signed const volatile void char short int long float double "
    "static register inline NULL true false current".split())
# Behind these an expression may stand; behind another word a name is declared.
_BEFORE_VALUE = frozenset(("else", "do", "sizeof"))
_ASSIGNS = re.compile(r"=|[-+*/%&|^]=|<<=|>>=|\+\+|--")
_LOCAL = re.compile(
    r"[;{(]\s*(?:(?:const|volatile|unsigned|signed|struct\s+\w+|\w+|"
    r"(?:__)?typeof(?:__)?\s*\([^()]*(?:\([^()]*\)[^()]*)*\))[\s*]+)+"
    r"(\w+)\s*(?:=[^=]|;|,|\[)")
_STORED = re.compile(r"(?:->|\.)\s*(\w+)\s*(?:\[[^][]*\]\s*)?"
                     r"(?:=(?!=)|[-+|&]=|\+\+|--)")
_STEPPED = re.compile(r"(?:\+\+|--)\s*[\w()]+(?:->|\.)(\w+)")
_CALL = re.compile(r"\(*\s*(\w+)\s*\(")


@dataclass(frozen=True)
class Define:
    """One definition: its lines from start to end, and in them the body.

    params is None for an object-like macro. raw: the body with its strings.
    """

    name: str
    params: tuple[str, ...] | None
    line: int
    start: int
    end: int
    body: tuple[int, int]
    text: str
    raw: str

    @functools.cached_property
    def tokens(self) -> list[str]:
        """Return the tokens of its body."""
        return _TOKEN.findall(self.text)

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """Return the words of its body, less its parameters."""
        return frozenset(t for t in self.tokens if _names(t)
                         and t not in (self.params or ()))

    @property
    def alias(self) -> str:
        """Return the other name that an object-like macro stands for, or ""."""
        return self.text if self.params is None and \
            self.text.isidentifier() else ""

    @functools.cached_property
    def is_value(self) -> bool:
        """Say whether the body is an expression."""
        return self.tokens[0] not in _HEADS and parse(self.text) is not None

    @property
    def is_block(self) -> bool:
        """Say whether the body is a statement expression."""
        return self.is_value and self.tokens[:2] == ["(", "{"] and \
            self.tokens[-2:] == ["}", ")"]

    @property
    def is_many(self) -> bool:
        """Say whether the body is more than what an `if` without braces holds.

        An `if` as well, as the user's `else` would become its own.
        """
        if self.is_value:
            return False
        text = CText(self.text)
        end = text.statement_end(0)
        return bool(text.code[end:].strip(" \t\n;")) or \
            self.tokens[0] == "if"

    @functools.cached_property
    def calls(self) -> str:
        """Return the function that a body calls which is one call, or ""."""
        head = _CALL.match(self.text)
        return head.group(1) if head and self.is_value else ""

    def given_to(self, names: Iterable[str]) -> frozenset[str]:
        """Return what the body calls with some names as whole arguments."""
        found, stack = set(), [""]
        tokens = ["", *self.tokens, ""]
        for before, token, after in zip(tokens, tokens[1:], tokens[2:]):
            if token == "(":
                stack.append(before if _names(before) else stack[-1])
            elif token == ")" and len(stack) > 1:
                stack.pop()
            elif token in names and before in ("(", ",", "&") and \
                    after in (")", ","):
                found.add(stack[-1])
        return frozenset(found - {""})

    @functools.cached_property
    def locals(self) -> frozenset[str]:
        """Return the variables that the body declares."""
        return frozenset(_LOCAL.findall(f"{{{self.text}"))

    @functools.cached_property
    def stored(self) -> frozenset[str]:
        """Return the members that the body gives another value."""
        return frozenset(_STORED.findall(self.text)
                         + _STEPPED.findall(self.text))

    @functools.cached_property
    def foreign(self) -> frozenset[str]:
        """Return the names in the body that are nothing it was given or calls.

        Its own variables are among them.
        """
        found = set()
        tokens = self.tokens
        for at, word in enumerate(tokens):
            before = tokens[at - 1] if at else ""
            after = tokens[at + 1] if at + 1 < len(tokens) else ""
            if word in self.words and word not in _KEYWORDS and \
                    word not in (self.params or ()) and after != "(" and \
                    before not in (".", "->", "struct", "union", "enum") and \
                    not (word.isupper() or word.endswith("_t")):
                found.add(word)
        return frozenset(found)

    @functools.cached_property
    def repeated(self) -> frozenset[str]:
        """Return the parameters that are not evaluated exactly once."""
        loop = bool(_LOOP.search(re.sub(r"\bwhile\s*\(\s*0\s*\)", "", re.sub(
            r"^\s*do\b", "", self.text))))
        branches = loop or bool(re.search(r"\?|&&|\|\||\bif\b", self.text))
        return frozenset(p for p in self.params or ()
                         if branches or self.tokens.count(p) != 1)


def defines(text: CText) -> Iterator[Define]:
    """Yield the definitions of a file that have a body."""
    for match in _DEFINE.finditer(text.visible):
        name, params, rest = match.groups()
        bare = rest.replace("\\\n", " \n")
        body = bare.strip()
        if body:
            start = match.start(3) + len(bare) - len(bare.lstrip())
            yield Define(name, None if params is None else tuple(
                p.strip() for p in params.replace("\\\n", "").split(",")
                if p.strip()), text.line_of(match.start()), match.start(),
                match.end(), (start, start + len(body)), body,
                text.uncommented(start, start + len(body)))


def is_function(text: CText, define: Define) -> bool:
    """Say whether a function with the body's text does the same.

    Its parameters must be values, and it must not leave its user.
    """
    raw = text.written(define.start, define.end)
    head = raw[:define.body[0] - define.start].rstrip(" \t\\\n")
    if "\n" in head or "//" in raw or "\r" in raw or not _outside(text, define):
        return False
    if define.alias:
        return True
    tokens = define.tokens
    if define.params is None or not define.words.isdisjoint(_LEAVES) or \
            "#" in tokens or "##" in tokens or define.name in define.words or \
            not all(p.isidentifier() for p in define.params) or \
            _jumps(define) or not _closed(tokens) or not _is_code(define):
        return False
    return all(_is_value(tokens, at) for at, word in enumerate(tokens)
               if word in define.params)


def _outside(text: CText, define: Define) -> bool:
    """Say whether a definition stands between declarations."""
    before = text.code[:define.start]
    return not before.strip() or before.rstrip()[-1] in ";}" and \
        before.count("{") == before.count("}")


def _jumps(define: Define) -> bool:
    """Say whether a break or continue is for a loop of the user."""
    if define.words.isdisjoint(_JUMPS):
        return False
    text = CText(define.text)
    code = text.code
    for match in _LOOP.finditer(code):
        end = text.statement_end(match.start())
        code = code[:match.start()] + " " * (end - match.start()) + code[end:]
    return bool(re.search(r"\b(?:break|continue)\b", code))


def _closed(tokens: list[str]) -> bool:
    """Say whether each bracket has its other half."""
    left: list[str] = []
    for token in tokens:
        if token in ("(", "[", "{"):
            left.append({"(": ")", "[": "]", "{": "}"}[token])
        elif token in (")", "]", "}") and (
                not left or left.pop() != token):
            return False
    return not left


def _is_code(define: Define) -> bool:
    """Say whether a body is an expression, or whole statements."""
    if define.is_value:
        return True
    text = CText(define.text)
    if define.text[-1] not in ";})" or define.text.startswith(("({", "(")):
        return False
    # The head of a loop lacks what it repeats.
    at = 0
    while at < len(text.code.rstrip()):
        end = text.statement_end(at)
        head = re.compile(r"\s*(?:if|for|while)\s*\(").match(text.code, at)
        close = text.matching(head.end() - 1) if head else 0
        if end <= at or close < 0 or head and not text.code[
                close + 1:end].strip():
            return False
        at = end
    return True


def _is_value(tokens: list[str], at: int) -> bool:
    """Say whether a parameter is only read where it stands.

    Neither written, nor taken the address of, nor a type or a member's name.
    """
    low, high = at - 1, at + 1
    while low >= 0 and high < len(tokens) and \
            tokens[low] == "(" and tokens[high] == ")" and \
            (low == 0 or not _names(tokens[low - 1])):
        low, high = low - 1, high + 1
    wrapped = high - at > 1
    before = tokens[low] if low >= 0 else ""
    after = tokens[high] if high < len(tokens) else ""
    if before in (".", "->", "++", "--") or _ASSIGNS.fullmatch(after) or \
            after == "." or not wrapped and after == "(":
        return False
    if before == "&" and (low == 0 or not (
            _names(tokens[low - 1]) or tokens[low - 1] in ")]")) and \
            after not in ("[", "->"):
        return False
    if _names(before) and before not in _BEFORE_VALUE:
        return False
    # A parameter in parentheses before a value is a cast to it.
    return not (wrapped and (_names(after) or after == "(")) and \
        tokens[at + 1:at + 3] != ["*", ")"]


def _names(token: str) -> bool:
    return bool(token) and (token[0].isalpha() or token[0] == "_")
