# SPDX-License-Identifier: GPL-2.0-only
"""Find what the structures of a tree contain, as each file sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

from pinlib.csource import masking, types
from pinlib.kernel.included import Included, Whole
from pinlib.kernel.searches import Searches
from pinlib.kernel.typedefs import Typedefs
from pinlib.kernel.view import View
from pinlib.program.macros import KernelMacros, Macros
from pinlib.program.read_files import ReadFiles


@dataclass(frozen=True)
class Common:
    """What is the same for all files of a tree, and takes a while to find.

    digest: tells it from that of another tree.
    """

    macros: KernelMacros
    whole: Whole
    digest: str


class Declared:
    """The members of structures, and which definition a name means."""

    def __init__(self, tree: View, files: ReadFiles, searches: Searches,
                 common: Common | None) -> None:
        self.tree = tree
        self.files = files
        self.searches = searches
        self.typedefs = Typedefs(self.text, lambda places, user: (
            types.nearest(places, user, tree.is_kernel)),
            self.searches.typedefs)
        self.included = Included(tree, self.text, self.searches,
                                 common.whole if common else None)
        self.macros = Macros(tree, self.included, self.searches,
                             common.macros if common else None)
        self._places: dict[str, list[tuple[str, int]]] = {}
        self._tables: dict[tuple[str, str], types.Members] = {}
        self._seen: dict[tuple[str, str], tuple[str, int] | None] = {}

    def text(self, file: str) -> masking.CText:
        """Return the masked text of one file."""
        return self.files.text(file)

    def members_of(self, tag: str, user: str) -> types.Members | None:
        """Return the members of a structure as a file sees it."""
        base = tag.split("::")[0]
        where = self._seen_at(base, user)
        if where is None:
            return None
        if (where[0], tag) not in self._tables:
            self._read_struct(base, where[0])
        return self._tables.get((where[0], tag))

    def defined_in(self, tag: str, user: str) -> str | None:
        """Return the file that defines a structure as another file sees it."""
        where = self._seen_at(tag.split("::")[0], user)
        return where[0] if where else None

    def _seen_at(self, base: str, user: str) -> tuple[str, int] | None:
        """Return the definition of a structure that a file sees."""
        key = (base, user)
        if key not in self._seen:
            self._seen[key] = types.nearest(self.struct_places(base),
                                            user, self.tree.is_kernel)
        return self._seen[key]

    def struct_places(self, tag: str) -> list[tuple[str, int]]:
        """Return where structures of a name are defined, by file and line."""
        if tag not in self._places:
            places = self.searches.structs(tag)
            self._places[tag] = [
                (file, line) for file in sorted(places)
                for line in sorted(set(places[file]))
                if types.opening(self.text(file), tag, line) >= 0]
        return self._places[tag] or self.typedefs.unnamed(tag)

    def outer(self, tag: str, user: str) -> list[str]:
        """Return the structures that a structure's definition is nested in."""
        where = self._seen_at(tag.split("::")[0], user)
        return types.enclosing(self.text(where[0]), self.brace(
            tag.split("::")[0], *where)) if where else []

    def alone(self, tag: str, user: str) -> bool:
        """Say whether a structure is defined by itself, not inside another."""
        return "::" not in tag and not self.outer(tag, user)

    def declaring(self, tag: str, member: str, user: str) -> str:
        """Return the structure that declares a member of another one.

        A structure without a declarator lends its members to the outer one.
        """
        work = [tag]
        for inner in work:
            members = self.members_of(inner, user) or {}
            if member in members:
                return inner
            work += [m[len("struct "):] for m in members
                     if " " in m and m[len("struct "):] not in work]
        return tag

    def brace(self, tag: str, file: str, line: int) -> int:
        """Return where the braces of a definition open, or -1."""
        text = self.text(file)
        found = types.opening(text, tag, line)
        return found if found >= 0 else text.code.find("{", text.offset(line))

    def _read_struct(self, tag: str, file: str) -> None:
        found: dict[str, types.Members] = {tag: {}}
        for name, _, body in self.bodies(file, tag):
            types.add(found, types.parse_members(name, body))
        self._tables.update(((file, key), {
            m: self.typedefs.spelled(t, file) for m, t in members.items()})
            for key, members in found.items())

    def bodies(self, file: str, tag: str) -> Iterator[tuple[str, int, str]]:
        """Yield the name, line and members' text of the structures of a file.

        A structure is read from its text if the facts lack it, since it has no
        tag or is nested in another one, or give it with directives in it.
        """
        read = self.files.file(file)
        for where, line in self.struct_places(tag):
            if where != file:
                continue
            around = read.around(self.brace(tag, file, line)) if read else None
            given = [f for f in read.facts(around) if f.kind == "struct"] \
                if read and around else []
            for fact in given:
                yield fact.name, fact.line, fact.text if "#" not in fact.text \
                    else self._body(fact.name, file, fact.line)
            if not any(f.line == line and f.name == tag for f in given):
                yield tag, line, self._body(tag, file, line)

    def _body(self, tag: str, file: str, line: int) -> str:
        """Return the text between the braces of a structure."""
        text = self.text(file)
        opening = self.brace(tag, file, line)
        return text.code[opening + 1:text.matching(opening)] \
            if opening >= 0 else ""
