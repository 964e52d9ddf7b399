# SPDX-License-Identifier: GPL-2.0-only
"""Find what the reader says of one token: how code uses a member there."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.program.read_files import ReadFile
from pinlib.reader.output import Declaration, Node

# What asks where a member is; nothing is read or written.
LAYOUT = frozenset(
    "offsetof offsetofend __builtin_offsetof sizeof_field FIELD_SIZEOF "
    "container_of container_of_const list_entry typeof_member".split())


class Kind(enum.StrEnum):
    """What a token of what is counted is; each has exactly one kind."""

    DECLARATION = "declaration"
    READ = "read"
    STORE = "store"
    INITIALISER = "initialiser"
    STEP = "step"               # ++, -- and assignments like +=
    ADDRESS = "address"
    MACRO = "macro"             # in a directive
    LAYOUT = "layout"           # offsetof() and the like
    DISABLED = "disabled"       # in an #if arm that is never compiled
    CALL = "call"
    OTHER = "other"             # a name of something that is no member
    UNREAD = "unread"


@dataclass(frozen=True)
class Use:
    """One token as it was read.

    kind: as it would be outside of a macro. declaration: what it stands in.
    member: the access or the designator; None for what is neither. around: the
    nodes that the name is in, from the inside.
    """

    kind: Kind
    declaration: Declaration
    name: Node
    member: Node | None
    around: tuple[Node, ...]

    @property
    def base(self) -> Node | None:
        """Return the object of an access."""
        return self.member.children[0] if self.member and \
            self.member.kind == "member" else None

    @property
    def outer(self) -> Node | None:
        """Return what the access is an operand of, without parentheses."""
        return next((node for node in self.above()), None)

    def above(self) -> Iterator[Node]:
        """Yield what the access is in, without its parentheses."""
        inside = itertools.dropwhile(
            lambda n: self.member is None or n.index <= self.member.index,
            self.around)
        return itertools.dropwhile(lambda n: n.kind == "paren", inside)

    @property
    def in_macro(self) -> bool:
        """Say whether it stands in the definition of a macro."""
        return self.declaration.kind == "define"


def at(file: ReadFile, text: str, offset: int) -> Use | None:
    """Return the use of the name at an offset, or None if it was not read."""
    for declaration, name in file.names_at(offset):
        around = tuple(name.above(declaration.root))
        if any(node.kind == "error" for node in around):
            continue
        kind, member = _kind(text, name, around)
        if kind == Kind.OTHER and declaration.name == (name.start, name.end):
            kind = Kind.DECLARATION
        return Use(kind, declaration, name, member, around)
    return None


def _kind(text: str, name: Node,
          around: tuple[Node, ...]) -> tuple[Kind, Node | None]:
    member = around[0] if around and around[0].kind in (
        "member", "designator") and around[0].children[-1].index == \
        name.index else None
    if any(_asks_layout(text, node, name) for node in around):
        return Kind.LAYOUT, member
    if member is not None and member.kind == "designator":
        return Kind.INITIALISER, member
    if member is not None:
        outer = next((n for n in around[1:] if n.kind != "paren"), None)
        return _access(member, outer), member
    if around and around[0].kind == "call" and \
            around[0].children[0].index == name.index:
        return Kind.CALL, None
    if any(node.kind == "members" for node in around) and any(
            node.kind == "declarator" for node in around):
        return Kind.DECLARATION, None
    return Kind.OTHER, None


def _asks_layout(text: str, node: Node, name: Node) -> bool:
    """Say whether a call asks where a member is, behind its first argument."""
    if node.kind != "call" or len(node.children) < 2 or \
            name.start < node.children[1].end:
        return False
    callee = node.children[0]
    return text[callee.start:callee.end] in LAYOUT


def _access(member: Node, outer: Node | None) -> Kind:
    """Return what an operator does with a member."""
    if outer is None:
        return Kind.READ
    if outer.kind in ("unary", "postfix") and outer.op in ("++", "--"):
        return Kind.STEP
    if outer.kind == "unary" and outer.op == "&":
        return Kind.ADDRESS
    left = outer.children[0] if outer.kind == "assign" else None
    if left is not None and left.start <= member.start < left.end:
        return Kind.STORE if outer.op == "=" else Kind.STEP
    return Kind.READ
