# SPDX-License-Identifier: GPL-2.0-only
"""What the structures of a tree are, as each file sees them."""

from __future__ import annotations

from typing import Iterator

from . import ctext, structs
from .facts import FactStore, Span
from .hits import Hits, Places
from .macros import Macros
from .typedefs import Typedefs
from .view import View


class Declared:
    """Answers what a structure holds, and which name means which."""

    def __init__(self, tree: View, store: FactStore) -> None:
        self.tree = tree
        self.store = store
        self.searches = Hits(tree, store.cache)
        self.typedefs = Typedefs(self.text, lambda places, user: (
            structs.nearest(places, user, tree.is_kernel)),
            self.searches.typedefs)
        self.macros = Macros(tree, self.text)
        self._structs: Places | None = None
        self._tables: dict[tuple[str, str], structs.Members] = {}
        self._seen: dict[tuple[str, str], tuple[str, int] | None] = {}
        self._loaded: dict[str, set[Span]] = {}

    def text(self, file: str) -> ctext.CText:
        """Masked text of one file."""
        return ctext.load(self.tree.path(file))

    def load(self, wanted: dict[str, set[Span]]) -> bool:
        """Note spans whose facts are needed; True when any is missing."""
        raise NotImplementedError

    def members_of(self, tag: str, user: str) -> structs.Members | None:
        """Members of a structure as a file sees it."""
        base = tag.split("::")[0]
        where = self._seen_at(base, user)
        if where is None:
            return None
        if (where[0], tag) not in self._tables:
            self._read_struct(base, *where)
        return self._tables.get((where[0], tag))

    def defined_in(self, tag: str, user: str) -> str | None:
        """The file that defines a structure as another file sees it."""
        where = self._seen_at(tag.split("::")[0], user)
        return where[0] if where else None

    def _seen_at(self, base: str, user: str) -> tuple[str, int] | None:
        """The definition of a structure that a file sees."""
        key = (base, user)
        if key not in self._seen:
            self._seen[key] = structs.nearest(self.struct_places(base),
                                              user, self.tree.is_kernel)
        return self._seen[key]

    def struct_places(self, tag: str) -> list[tuple[str, int]]:
        """Where structures of a name are defined, by file and line."""
        if self._structs is None:
            self._structs = self.searches.structs()
        places = self._structs.get(tag, {})
        return [(file, line) for file in sorted(places)
                for line in places[file]] or self.typedefs.unnamed(tag)

    def _read_struct(self, tag: str, file: str, line: int) -> None:
        text = self.text(file)
        opening = text.code.find("{", text.offset(line))
        last = text.line_of(max(text.matching(opening), 0))
        span = (line, max(line, last))
        if span not in self._loaded.get(file, ()):
            self.load({file: {span}})
            return
        self._tables[(file, tag)] = {}
        for name, _, body in self.bodies(file, tag):
            for key, members in structs.parse_members(name, body).items():
                self._tables[(file, key)] = {
                    m: self.typedefs.spelled(t, file)
                    for m, t in members.items()}

    def bodies(self, file: str, tag: str) -> Iterator[tuple[str, int, str]]:
        """Name, line and members' text of the structures of a file.

        One that facts do not give, as it has no tag, or give with directives
        in it, is read from its text.
        """
        given = False
        for fact in self.store.facts(file):
            if fact.kind == "struct":
                given |= fact.name == tag
                yield fact.name, fact.line, fact.text if "#" not in fact.text \
                    else self._body(file, fact.line)
        for where, line in [] if given else self.struct_places(tag):
            if where == file:
                yield tag, line, self._body(file, line)

    def _body(self, file: str, line: int) -> str:
        """What stands in the first braces from a line on."""
        text = self.text(file)
        opening = text.code.find("{", text.offset(line))
        return text.code[opening + 1:text.matching(opening)] \
            if opening >= 0 else ""
