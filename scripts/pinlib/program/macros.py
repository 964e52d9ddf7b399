# SPDX-License-Identifier: GPL-2.0-only
"""Find macros that leave the function they are used in, from their text.

The use of a macro is read as a call. A macro that returns, or jumps to
a label of its user, is an exit that no statement shows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pinlib.csource.expr import Node
from pinlib.csource.written.text_files import load
from pinlib.csource.parser import parse
from pinlib.kernel.included import Included
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View

_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)]*\))?"
                     r"((?:\\\n|[^\n])*)", re.M)
_LEAVES = ("return", "goto")
_BREAKS = re.compile(r"\b(?:break|continue)\b")
_LOOPS = re.compile(r"\b(?:for|while|do|switch|\w*for_each\w*)\b")
_GOTO = re.compile(r"\bgoto\s*([^;]*)")
# A function defined in a macro's text, as by DEFINE_…(), is not the function
# that uses the macro.
_DEFINES = re.compile(r"\b(?:static|inline|extern)\b")
_SEARCH = (r"^[ \t]*#[ \t]*define[ \t]+\w(?:[^\n\\]|\\\n|\\[^\n])*"
           r"\b(?:%s)\b")
_DECLARES = re.compile(
    r"\s*(?:(?:struct|const|unsigned|long|__auto_type|\w+|"
    r"(?:__)?typeof(?:__)?\s*\((?:[^()]|\([^()]*\))*\))[\s*]+)+(?=\w+\s*=[^=])")


@dataclass(frozen=True)
class Macro:
    """One definition; params is None for an object-like macro."""

    name: str
    params: tuple[str, ...] | None
    body: str

    def unfold(self, given: list[str]) -> str:
        """Return the text that a use of the macro expands to."""
        values = dict(zip(self.params or (), given))
        if self.params and self.params[-1].endswith("..."):
            rest = ", ".join(given[len(self.params) - 1:])
            values[self.params[-1]] = rest
            values[self.params[-1].removesuffix("...") or "__VA_ARGS__"] = rest
        body = re.sub(r"(?<!#)#\s*(\w+)", '""', self.body)
        body = re.sub(r"\w+", lambda m: values.get(m[0], m[0]).strip(), body)
        return re.sub(r"\s*##\s*", "", body)

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """Return the words in its text."""
        return frozenset(re.findall(r"\w+", self.body))

    @functools.cached_property
    def leaves(self) -> bool:
        """Say whether the text leaves the function or loop around its use."""
        if _DEFINES.search(self.body):
            return False
        if re.search(r"\breturn\b", self.body) or any(
                not re.search(rf"\b{re.escape(m[1].strip())}\s*:", self.body)
                for m in _GOTO.finditer(self.body)):
            return True
        return bool(_BREAKS.search(self.body)) and not _LOOPS.search(self.body)


class KernelMacros:
    """The macros of the kernel's headers, which are the same for all files.

    known: what told() said, if somebody was told.
    """

    def __init__(self, tree: View, searches: Searches,
                 known: Mapping[str, list[Macro]] | None = None) -> None:
        self._tree = tree
        self._searches = searches
        self._known = known

    def told(self) -> dict[str, list[Macro]]:
        """Return all macros of the headers that have one leaving its user."""
        known: dict[str, list[Macro]] = {}
        for file in self._searches.kernel_headers(
                _LEAVES, _SEARCH % "|".join(_LEAVES)):
            for name, macros in _in(self._tree, file).items():
                known[name] = [*known.get(name, ()), *macros]
        return known

    def work_out(self) -> None:
        """Work all of it out, for processes that start as copies of this one."""
        assert self.leaving is not None

    @functools.cached_property
    def everywhere(self) -> Mapping[str, list[Macro]]:
        """Return all macros of those headers."""
        return self.told() if self._known is None else self._known

    @functools.cached_property
    def users(self) -> Mapping[str, set[str]]:
        """Return those of them that have a word in one of their texts."""
        return _users(self.everywhere)

    @functools.cached_property
    def leaving(self) -> Mapping[str, Macro]:
        """Return those of them that leave."""
        return _leaving(self.everywhere, (self.users,))


class Macros:
    """The macros of a tree that leave the function using them."""

    def __init__(self, tree: View, included: Included, searches: Searches,
                 kernel: KernelMacros | None = None) -> None:
        self.tree = tree
        self.kernel = kernel or KernelMacros(tree, searches)
        self._searches = searches
        self._of: dict[str, dict[str, list[Macro]]] = {}
        self._seen: dict[str, dict[str, Macro]] = {}
        self._by_member: dict[str, dict[str, tuple[int, ...]]] = {}
        self._found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._included = included

    def seen_by(self, file: str) -> Mapping[str, Macro]:
        """Return those that a file may use, by name."""
        if file not in self._seen:
            own: dict[str, list[Macro]] = {}
            everywhere = self.kernel.everywhere
            for other in [*self._beside(file), file]:
                for name, macros in self._in(other).items():
                    own[name] = macros if other == file else [
                        *own.get(name, everywhere.get(name, ())), *macros]
            users = (_users(own), self.kernel.users)
            # If the file redefines none of them, the kernel's result holds.
            if own.keys() & self.kernel.leaving.keys():
                self._seen[file] = _leaving({**everywhere, **own}, users)
            else:
                self._seen[file] = _leaving(own, users, everywhere,
                                            self.kernel.leaving)
        return self._seen[file]

    def by_member(self, file: str) -> dict[str, tuple[int, ...]]:
        """Return a file's macros that take the name of a member, and where."""
        if file not in self._by_member:
            self._by_member[file] = {
                name: found for name, macros in self._in(file).items()
                for macro in macros
                if (found := tuple(
                    at for at, param in enumerate(macro.params or ())
                    if re.search(rf"(?:->|\.)\s*{re.escape(param)}\b",
                                 macro.body)))}
        return self._by_member[file]

    def having(self, file: str, words: Iterable[str]) -> set[str]:
        """Return the macros of a file and its driver's headers with some word.

        Or with the name of such a macro.
        """
        work = sorted(words)
        users = [_users(self._in(f)) for f in (
            file, *self._naming(self.tree.home(file), tuple(work)))]
        found: set[str] = set()
        for word in work:
            more = {n for have in users for n in have.get(word, ())} - found
            found |= more
            work += more
        return found

    def _in(self, file: str) -> dict[str, list[Macro]]:
        """Return all macros that a file defines."""
        if file not in self._of:
            self._of[file] = _in(self.tree, file)
        return self._of[file]

    def _beside(self, file: str) -> list[str]:
        """Return the headers of a file's driver and those included by path."""
        home = self.tree.home(file)
        found = self._naming(home, (*_LEAVES, "break", "continue"))
        names: set[str] = set()
        for _ in range(3):
            more = {n for f in [*found, file] for n, macros
                    in self._in(f).items() if any(m.leaves for m in macros)}
            if more <= names:
                break
            names |= more
            found = sorted({*found, *self._naming(home, tuple(sorted(names)))})
        return sorted({*found, *self._included.by(file)} - {file})

    def _naming(self, home: str, words: tuple[str, ...]) -> list[str]:
        """Return the headers below a folder with a macro that names a word."""
        if (home, words) not in self._found:
            self._found[home, words] = self._searches.headers(
                home, words, _SEARCH % "|".join(words))
        return self._found[home, words]


def _in(tree: View, file: str) -> dict[str, list[Macro]]:
    """Return all macros that a file defines."""
    found: dict[str, list[Macro]] = {}
    # There are hundreds of headers whose text nobody else wants.
    text = load(tree.path(file))
    for match in _DEFINE.finditer(text.visible):
        name, params, body = match.groups()
        found.setdefault(name, []).append(Macro(
            name, None if params is None else tuple(
                p.strip() for p in params[1:-1].split(",") if p.strip()),
            body.replace("\\\n", " ")))
    return found


def _users(known: Mapping[str, list[Macro]]) -> dict[str, set[str]]:
    """Return the macros that have a word in one of their texts, by the word."""
    found: dict[str, set[str]] = {}
    for name, macros in known.items():
        for word in {w for m in macros for w in m.words}:
            found.setdefault(word, set()).add(name)
    return found


def _leaving(known: Mapping[str, list[Macro]],
             users: Iterable[Mapping[str, set[str]]],
             others: Mapping[str, list[Macro]] = MappingProxyType({}),
             before: Mapping[str, Macro] = MappingProxyType({})
             ) -> dict[str, Macro]:
    """Return the macros that leave, by themselves or through another.

    users: as _users() has them. others: what known does not define, of which
    those of before are known to leave.
    """
    fresh = {n: m for n, macros in known.items() for m in macros if m.leaves}
    found = {**before, **fresh}
    while fresh:
        names = {n for have in users for word in fresh
                 for n in have.get(word, ()) if n not in found}
        fresh = {n: m for n in names for m in known.get(n, others.get(n, ()))
                 if not m.words.isdisjoint(found)
                 and not _DEFINES.search(m.body)}
        found.update(fresh)
    return found


def effect(text: str) -> Node | None:
    """Return the expression of a statement or declaration in a macro."""
    text = text.strip(" ;")
    return parse(_DECLARES.sub("", text, count=1))


def arguments(code: str) -> list[str]:
    """Return the arguments between two brackets.

    The code may go on with the closing bracket.
    """
    found: list[str] = []
    depth = start = 0
    for at, char in enumerate(code):
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return [*found, code[start:at]]
        if char == "," and not depth:
            found.append(code[start:at])
            start = at + 1
    return [*found, code[start:]]


def arguments_at(code: str, at: int) -> tuple[str, ...] | None:
    """Return the arguments that stand behind a name, or None."""
    opening = re.compile(r"\s*\(").match(code, at)
    if opening is None:
        return None
    depth, end = 0, opening.end() - 1
    for end in range(opening.end() - 1, len(code)):
        depth += (code[end] == "(") - (code[end] == ")")
        if not depth:
            break
    made = [a.strip() for a in arguments(code[opening.end():end])]
    return () if made == [""] else tuple(made)
