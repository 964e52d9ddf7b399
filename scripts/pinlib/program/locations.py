# SPDX-License-Identifier: GPL-2.0-only
"""Resolve expressions to types, and to the locations that hold pages."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Callable

from pinlib.csource import parser, types
from pinlib.csource.expr import Kind, Node
from pinlib.program import enclosing
from pinlib.program.function import Function, Use
from pinlib.program.program import POPULAR, Program

# A member of a public structure named on more lines than this is used all over
# the kernel (struct bio, sk_buff): its users are not one driver.
PUBLIC = 150
_TYPEOF = re.compile(r"(?:const\s+)?(?:__)?typeof(?:__|_unqual)?\s*\((.*)\)"
                     r"([\s*]*(?:\[[^]]*\]\s*)*)", re.S)
CONTAINERS = ("container_of", "list_entry", "list_first_entry",
              "list_last_entry", "list_first_entry_or_null",
              "hlist_entry", "rb_entry", "container_of_const")


class LocationKind(enum.StrEnum):
    """What a location is: a variable, a member, or what a function returns."""

    VAR = "var"
    MEM = "mem"
    RET = "ret"


@dataclass(frozen=True, order=True)
class Location:
    """A variable of a function, a member of a structure, or a result.

    VAR: file, function, name. MEM: the file that defines the structure, its
    tag, the member. RET: file, function, "".
    """

    kind: LocationKind
    file: str
    owner: str
    name: str

    def __str__(self) -> str:
        if self.kind == LocationKind.MEM:
            return f"struct {self.owner}.{self.name}"
        if self.kind == LocationKind.RET:
            return f"result of {self.owner}()"
        return f"{self.name} in {self.owner}()"


def variable(function: Function, name: str) -> Location:
    """Return the location of a local or parameter."""
    return Location(LocationKind.VAR, function.file, function.name, name)


class Resolver:
    """The types and locations of expressions, from declarations alone."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._types: dict[Function, dict[tuple[Kind, str], str | None]] = {}

    def type_of(self, function: Function, node: Node) -> str | None:
        """Return the declared type of an expression, or None if it is unknown."""
        known = self._types.setdefault(function, {})
        key = node.kind, str(node)
        if key not in known:
            known[key] = self._type_of(function, node)
        return known[key]

    def _type_of(self, function: Function, node: Node) -> str | None:
        if node.kind == Kind.ID:
            return self._declared(function, node.value)
        if node.kind == Kind.MEMBER:
            base = self.type_of(function, node.kids[0])
            tag = types.tag_of(base or "")
            name = node.value.lstrip("->.")
            members = tag and self.program.members_of(self.program.declaring(
                tag, name, function.file), function.file)
            return (members or {}).get(name)
        if node.kind == Kind.INDEX or (
                node.kind == Kind.UNARY and node.value == "*"):
            inner = self.type_of(function, node.kids[0])
            return _less(inner) if inner else None
        if node.kind == Kind.UNARY and node.value == "&":
            inner = self.type_of(function, node.kids[0])
            return f"{inner} *" if inner else None
        if node.kind == Kind.CAST:
            return self._spelled(node.value, function)
        if node.kind == Kind.BINARY and node.value in ("+", "-"):
            return self.type_of(function, node.kids[0])
        if node.kind in (Kind.POST, Kind.ASSIGN) or (
                node.kind == Kind.UNARY and node.value in ("++", "--")):
            return self.type_of(function, node.kids[0])
        if node.kind == Kind.COND:
            return self.type_of(function, node.kids[-1])
        if node.kind == Kind.CALL:
            return self._type_of_call(function, node)
        return None

    def _declared(self, function: Function, name: str) -> str | None:
        """Return a variable's declared type, with typeof() resolved."""
        declared = function.types.get(name)
        same = _TYPEOF.fullmatch(declared) if declared else None
        inner = parser.parse(same.group(1)) if same else None
        if same is None or inner is None or any(
                n.value == name for n in inner.walk()):
            return declared
        meant = inner.value if inner.kind == Kind.TYPE else self.type_of(
            function, inner)
        return f"{meant}{same.group(2)}" if meant else declared

    def _spelled(self, type_text: str, function: Function) -> str:
        return self.program.typedefs.spelled(type_text, function.file)

    def _type_of_call(self, function: Function, node: Node) -> str | None:
        head = node.kids[0]
        if head.kind != Kind.ID:
            return None
        if head.value in CONTAINERS and len(node.kids) > 2:
            kind = node.kids[2]
            if kind.kind == Kind.SIZEOF or kind.value.startswith("typeof"):
                names = [n.value for n in kind.walk()
                         if n.kind == Kind.RAWID and n.value in function.types]
                own = function.types.get(names[-1]) if names else None
                return own
            return f"{self._spelled(kind.value, function)} *"
        if head.value in ("READ_ONCE", "rcu_dereference", "min", "max"):
            return self.type_of(function, node.kids[1])
        callee = self.program.definition(head.value, function.file)
        return callee.type if callee else None

    def locate(self, function: Function,
               node: Node) -> tuple[Location, int] | None:
        """Return the location an expression refers to, and its depth below it.

        The depth counts indexing and dereferencing, less address-of:
        `&x->pages[i]` is 0 below member pages, `*p` is 1 below p.
        """
        below = 0
        while True:
            if node.kind == Kind.INDEX or (
                    node.kind == Kind.UNARY and node.value == "*"):
                below += 1
            elif node.kind == Kind.UNARY and node.value == "&":
                if self._page_of_folio(function, node.kids[0]):
                    node = node.kids[0]
                else:
                    below -= 1
            elif node.kind not in (Kind.CAST, Kind.POST) and not (
                    node.kind == Kind.BINARY and node.value in ("+", "-")) and \
                    not self._entries_of_table(function, node):
                break
            node = node.kids[0]
        if node.kind == Kind.CALL and node.kids[0].kind == Kind.ID:
            name = node.kids[0].value
            if name in ("READ_ONCE", "sg_next", "compound_head",
                        "nth_page", "min", "WRITE_ONCE", "no_free_ptr"):
                inner = self.locate(function, node.kids[1])
                return inner and (inner[0], inner[1] + below)
            callee = self.program.definition(name, function.file)
            if callee is None:
                return None
            return Location(LocationKind.RET, callee.file, callee.name, ""), below
        if node.kind == Kind.ID:
            if node.value not in function.types:
                return None
            return variable(function, node.value), below
        if node.kind == Kind.MEMBER:
            found = self.member(function, node)
            return (found, below) if found else None
        return None

    def _entries_of_table(self, function: Function, node: Node) -> bool:
        """Say whether a node is the member with a table's entries."""
        return node.kind == Kind.MEMBER and (types.tag_of(self.type_of(
            function, node.kids[0]) or ""), node.value.lstrip("->.")) in (
                ("sg_table", "sgl"), ("sg_append_table", "sgt"),
                ("sg_append_table", "prv"))

    def _page_of_folio(self, function: Function, node: Node) -> bool:
        """Say whether a node is the member with a folio's first page."""
        return node.kind == Kind.MEMBER and node.value == "->page" and \
            types.tag_of(self.type_of(function, node.kids[0]) or "") == "folio"

    def member(self, function: Function, node: Node) -> Location | None:
        """Return the location of a member expression, by its structure."""
        base = self.type_of(function, node.kids[0])
        tag = types.tag_of(base or "")
        if tag is None:
            return None
        name = node.value.lstrip("->.")
        tag = self.program.declaring(tag, name, function.file)
        file = self.program.defined_in(tag, function.file)
        return Location(LocationKind.MEM, file, tag, name) if file else None

    def declared(self, location: Location) -> str:
        """Return the declared type of a location, or "" if it is not known."""
        if location.kind == LocationKind.MEM:
            members = self.program.members_of(location.owner, location.file)
            return (members or {}).get(location.name, "")
        function = self.program.function(location.file, location.owner)
        if function is None:
            return ""
        if location.kind == LocationKind.RET:
            return function.type
        return self._declared(function, location.name) or ""

    def uses(self, location: Location,
             near: Callable[[str], bool] | None = None) -> tuple[
            list[tuple[Function, Use]], list[tuple[str, str]]]:
        """Return all occurrences of a location, and what was not resolved.

        near: says whether a member's occurrences in a file count, whichever
        headers it includes. The second list gives (file:line, sentence) where
        the same member name is used on an object whose type the facts do not
        give.
        """
        if location.kind == LocationKind.VAR:
            function = self.program.function(location.file, location.owner)
            found = function.uses.get(location.name, []) if function else []
            return [(u.statement.function, u) for u in found], []
        if location.kind == LocationKind.RET:
            callee = self.program.function(location.file, location.owner)
            if callee is None:
                return [], []
            return [(f, Use(u.statement, u.call))
                    for f, u in self.program.naming(callee.name, callee)
                    if u.call], []
        return self._member_uses(location, near)

    def _member_uses(self, location: Location,
                     near: Callable[[str], bool] | None) -> tuple[
            list[tuple[Function, Use]], list[tuple[str, str]]]:
        if near is None and self.program.tree.is_kernel(location.file):
            return [], [(self._struct_place(location), (
                f"struct {location.owner}.{location.name}, which may hold "
                "these pages, is the kernel's own; what the kernel does "
                "with it is not followed."))]
        files = self.sees(location) if near is None else set(
            filter(near, self.program.naming_files(location.name)))
        # For pages every mention has to be understood, also in sizes and
        # tables; for an iterator only what is done with the member.
        members = types.tag_of(self.declared(location)) == "iov_iter"
        lines = sum(len(self.program.members(f, location.name)) if members
                    else self.program.count(f, location.name)
                    for f in files)
        if lines > PUBLIC and location.file.startswith("include/"):
            return [], [(self._struct_place(location), (
                f"struct {location.owner}.{location.name}, which may hold "
                f"these pages, is public and named on {lines} lines."))]
        if lines > POPULAR:
            return [], [(self._struct_place(location), (
                f"{location.name} is named on too many lines to follow."))]
        found = []
        unclear = []
        for function in self.program.mentioning(location.name, files):
            for use in function.members.get(location.name, ()):
                if use.node.kind == Kind.FIELD:
                    continue
                where = self.member(function, use.node)
                if where == location:
                    found.append((function, use))
                elif where is None and self._maybe(
                        function, use.node, location):
                    unclear.append((str(use.statement), (
                        f"{use.node} is a member of an object of "
                        "unknown type.")))
        return found, unclear

    def _struct_place(self, location: Location) -> str:
        base = location.owner.split("::")[0]
        line = next((n for f, n in self.program.struct_places(base)
                     if f == location.file), 1)
        return f"{location.file}:{line}"

    def sees(self, location: Location) -> set[str]:
        """Return the files that may use a member of this structure."""
        base = location.owner.split("::")[0]
        if location.file.endswith(".c"):
            return {location.file}
        named = self.program.naming_files(location.name)
        # A file that includes the header can use a member without naming the
        # tag, and so can one that has a structure containing it.
        outer = enclosing.holders(self.program, base)
        stem = location.file.rpartition("/")[2].rpartition(".")[0]
        tags = set[str]().union(*(self.program.naming_files(word)
                                  for word in outer.keys() | {base, stem}))
        tags |= enclosing.including(self.program, named - tags,
                                    set[str]().union(*outer.values()))
        home = self.program.tree.home(location.file)
        near = {f for f in named if f.startswith(home)
                } if not home.startswith("include") else set()
        return {f for f in (named & tags) | near
                if not f.startswith("tools/")}

    def _maybe(self, function: Function, node: Node,
               location: Location) -> bool:
        """Say whether an object of unknown type could be of this structure."""
        base = node.kids[0]
        while base.kind in (Kind.MEMBER, Kind.INDEX, Kind.UNARY, Kind.CAST):
            base = base.kids[0]
        if base.kind == Kind.ID and base.value in function.types:
            declared = self._declared(function, base.value) or ""
            tag = types.tag_of(declared)
            # If the root has a type but the chain could not be followed, it is
            # unclear only when the chain breaks at a structure that the tree
            # does not define.
            return _TYPEOF.fullmatch(declared) is not None or \
                tag is not None and self.program.members_of(
                    tag, function.file) is None
        tag = location.owner.split("::")[0]
        return any(t in function.text.words for t in (
            tag, *self.program.outer(tag, location.file)))


def _less(type_text: str) -> str:
    """Return the type after one dereference."""
    bracket = type_text.rfind("[")
    if bracket >= 0:
        return (type_text[:bracket]
                + type_text[type_text.index("]", bracket) + 1:]).strip()
    star = type_text.rfind("*")
    if star >= 0:
        return (type_text[:star] + type_text[star + 1:]).strip()
    return type_text
