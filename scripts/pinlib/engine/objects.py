# SPDX-License-Identifier: GPL-2.0-only
"""Say of what type an object is: the campaign's, another, or one unknown."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from pinlib.csource import lexer, parser, types
from pinlib.engine.census import Token
from pinlib.engine.declared import Campaign
from pinlib.engine.given import included
from pinlib.engine.uses import Kind, Use
from pinlib.program.function import Function
from pinlib.program.locations import Resolver
from pinlib.program.program import Program
from pinlib.reader.output import Node

_TYPE = re.compile(r"\b(?:struct|union)\s+\w+|\b[A-Za-z_]\w*")
_QUALIFIERS = frozenset("const volatile static".split())


@dataclass(frozen=True)
class Object:
    """What is known of an object.

    text: its tokens, with blanks between them. type: as it is declared, "" if
    that is not known. own: whether it is the campaign's structure. why: how that
    is known, a sentence. volatile: whether it, or what it is in, is that.
    """

    text: str
    type: str
    own: bool
    why: str
    volatile: bool = False


class Objects:
    """The objects of the uses of a campaign's member in a tree.

    Names that the campaign knows for other types stay as they are written. tokens:
    all of the member.
    """

    def __init__(self, program: Program, campaign: Campaign,
                 tokens: list[Token]) -> None:
        program.typedefs.kept = campaign.other_types
        self._program = program
        self._campaign = campaign
        self._resolver = Resolver(program)
        declared = [t for t in tokens if t.kind == Kind.DECLARATION]
        self._declared = len(declared)
        # Files outside of the kernel's C have a structure of that name themselves.
        self._rivals = {t.file for t in declared if
                        t.file != campaign.counted.header and re.search(
                            rf"\bstruct\s+{campaign.counted.struct}\s*{{",
                            program.text(t.file).code)}

    def function(self, token: Token) -> Function | None:
        """Return the function that a token is in."""
        return next((f for f in self._program.mentioning(token.name, {token.file})
                     if f.body[0] <= token.offset <= f.body[1]), None)

    def of(self, token: Token, function: Function | None) -> Object:
        """Return what is known of the object of a token's use."""
        assert token.use is not None
        text = self._program.text(token.file).for_reader()
        kind, volatile = "", False
        if token.use.base is not None:
            base = tokens_of(text, token.use.base)
            node = parser.parse(base)
            if node is not None and function is not None:
                kind = self._resolver.type_of(function, node) or ""
                volatile = any("volatile" in (self._resolver.type_of(
                    function, part) or "").split() for part in node.walk())
        else:
            base = ""
            kind = self._spelled(initialised(text, token.use), token.file)
        known = self._known(base, _less(kind), token)
        return dataclasses.replace(known, volatile=True) if volatile else known

    def _spelled(self, written: str, file: str) -> str:
        return self._program.typedefs.spelled(written, file) if written else ""

    def _known(self, base: str, kind: str, token: Token) -> Object:
        ours, file = self._campaign.counted, token.file
        rival = file if file in self._rivals else included(
            self._program.text(file), self._rivals)
        if rival:
            return Object(base, f"struct {ours.struct}", False, (
                f"{rival} declares a struct {ours.struct} of its own."))
        if types.tag_of(kind) == ours.struct:
            return Object(base, kind, True, f"It is declared as {kind}.")
        if kind in self._campaign.other_types:
            return Object(base, kind, False, f"It is declared as {kind}.")
        tag = types.tag_of(kind)
        if tag is not None and ours.name in (self._program.members_of(
                self._program.declaring(tag, ours.name, file), file) or {}):
            return Object(base, kind, False, f"It is declared as {kind}, which has "
                          f"a {ours.name} of its own.")
        # Where nobody knows what is volatile, anything may be.
        if self._declared == 1 and tag is None and not any(
                name in self._program.text(file).words
                for name in (*self._campaign.other_types, "volatile")):
            return Object(base, f"struct {ours.struct}", True,
                          f"No other structure of the tree has a {ours.name}.")
        return Object(base, "", False, "")


def initialised(text: str, use: Use) -> str:
    """Return the type, as it is written, of what a designator is in, or ""."""
    above = list(use.around)
    place = next((n for n, node in enumerate(above) if node.kind == "init"), -1)
    holder = above[place + 1] if 0 <= place < len(above) - 1 else None
    if holder is None:
        return ""
    if holder.kind == "compound":
        return tokens_of(text, holder.children[0])
    if holder.kind == "initialized":
        made = above[place + 2]
        pieces = holder.children[0].children
        if made.kind == "declaration" and [p.kind for p in pieces] == ["name"]:
            return tokens_of(text, made.children[0])
    return ""


def tokens_of(text: str, node: Node) -> str:
    """Return the tokens of a node with blanks between them."""
    return " ".join(lexer.words(text[node.start:node.end]))


def _less(kind: str) -> str:
    """Return a type without pointers, arrays and qualifiers."""
    return next((found.group() for found in _TYPE.finditer(kind)
                 if found.group() not in _QUALIFIERS), "")
