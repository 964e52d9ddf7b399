# SPDX-License-Identifier: GPL-2.0-only
"""Choose the macros that are read as functions: those that do what one would.

What takes, uses or drops pages inside of a macro is then followed, decided on and
converted like the same code in a function: all users of the macro are its callers.
A macro is chosen if its body, and every one of its uses, allows that. Any other
stays what it was, a macro whose uses are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pinlib.csource import macro_function
from pinlib.csource.macro_function import Opened, OpenedFile
from pinlib.csource.macro_text import Define, defines, is_function
from pinlib.kernel import effects
from pinlib.program.locations import Resolver
from pinlib.program.opened.signature import Signatures
from pinlib.program.opened.uses import Uses
from pinlib.program.program import C_FILES, Program

Key = tuple[str, str]

# What a macro may be called that the table of effects speaks of.
_KNOWN = frozenset(name for name, _ in effects.EFFECTS) | effects.TAKES | \
    frozenset(effects.PINNING) | effects.RELEASES | effects.ALLOCATORS
# What else is done with pages is not looked for: much of it says nothing of them.
_LOOKED_FOR = frozenset(
    name for (name, _), known in effects.EFFECTS.items()
    if known.kind not in ("look", "unknown", "copy", "iterate")) - {
        "READ_ONCE", "rcu_dereference", "min", "max"} | effects.TAKES | frozenset(
            effects.PINNING)
# These declare variables beside what they take: a person edits them in macros.
_NOT_IN_MACROS = frozenset(n for n in effects.TAKES if n in effects.EXTRACT_ARG)

_BODY = re.compile(r"^[ \t]*#[ \t]*define[ \t]+\w+((?:\\\n|[^\n])*)", re.M)
_WORD = re.compile(r"[A-Za-z_]\w*")
# Macros of the kernel that only read what they are given.
_HARMLESS = re.compile(
    r"(?:un)?likely|\w*printk\w*|(?:pr|dev|netdev)_\w+|(?:VM_)?(?:WARN|BUG)"
    r"(?:_ON\w*)?|READ_ONCE|WRITE_ONCE|IS_ERR\w*|PTR_ERR|sizeof|typeof|"
    r"__typeof__|if|while|for|switch|(?:min|max)(?:_t|3)?|DIV_ROUND_UP|"
    r"ALIGN\w*|PAGE_ALIGN|offset_in_page|BIT")


class Chooser:
    """The choice among the macros of one tree."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._defines: dict[str, list[Define]] = {}
        self._words: dict[str, frozenset[str]] = {}

    def choose(self, taking: Iterable[str]) -> dict[str, OpenedFile]:
        """Return the files with such macros, beside code that takes pages.

        taking: the functions that do.
        """
        found = dict(self._candidates(frozenset(taking)))
        uses = Uses(self.program, self._in, found)
        while True:
            refused = [key for key in found if not uses.agree(key)]
            if not refused:
                break
            for key in refused:
                del found[key]
        signatures = Signatures(Resolver(self.program), found, uses)
        made: dict[str, list[Opened]] = {}
        for (file, name), define in sorted(
                found.items(), key=lambda i: (i[0][0], i[1].start)):
            signature = signatures.of((file, name))
            if signature:
                text = self.program.text(file)
                made.setdefault(file, []).append(macro_function.opened(
                    text, define, *signature, _mark(text.text, define.line)))
        return {file: OpenedFile(self.program.text(file).text, tuple(macros))
                for file, macros in made.items()}

    def _candidates(self, taking: frozenset[str]) -> Iterator[
            tuple[Key, Define]]:
        """Yield what names a known function, directly or through another."""
        core = {f for name in taking for f in self.program.searches.heads(name)}
        users = {f for name in taking for f in self.program.naming_files(
            name) if self._is_own(f)} - core
        homes = {self.program.tree.home(f) for f in users}
        work = sorted(_LOOKED_FOR)
        seen = set(work)
        while work:
            word = work.pop()
            for file in sorted(self.program.naming_files(word)):
                if file not in users and not self._is_near(file, homes) or \
                        word not in self._named(file):
                    continue
                for define in self._in(file):
                    if word not in define.words or define.name in _KNOWN:
                        continue
                    if self._is_eligible(file, define):
                        yield (file, define.name), define
                    if define.name not in seen:
                        seen.add(define.name)
                        work.append(define.name)

    def _is_near(self, file: str, homes: set[str]) -> bool:
        """Say whether a file is a module's, or a header of a driver."""
        tree = self.program.tree
        return self._is_own(file) and tree.home(file) in homes and (
            tree.kernel is not None or file.endswith(".h"))

    def _named(self, file: str) -> frozenset[str]:
        """Return the words in the bodies of a file's macros."""
        if file not in self._words:
            self._words[file] = frozenset(
                word for body in _BODY.findall(self.program.text(file).whole)
                for word in _WORD.findall(body))
        return self._words[file]

    def _is_own(self, file: str) -> bool:
        """Say whether a file is a driver's, none of the kernel's interfaces."""
        tree = self.program.tree
        return file.endswith(C_FILES) and not tree.is_kernel(file) and (
            tree.kernel is not None or not (
                file.startswith(("include/", "tools/")) or
                "/include/" in file and file.startswith("arch/")))

    def _is_eligible(self, file: str, define: Define) -> bool:
        text = self.program.text(file)
        same = [d for d in self._in(file) if d.name == define.name]
        return len(same) == 1 and is_function(text, define) and \
            define.words.isdisjoint(_NOT_IN_MACROS) and \
            not self._hands_to_macro(define) and \
            not self._has_kernel(define.name) and \
            self.program.definition(define.name, file) is None

    def _hands_to_macro(self, define: Define) -> bool:
        """Say whether a parameter is an argument of a kernel's macro.

        That may give it a value, as list_for_each_entry() does.
        """
        return any(name not in _KNOWN and not _HARMLESS.fullmatch(name)
                   and self._has_kernel(name)
                   for name in define.given_to(define.params or ()))

    def _has_kernel(self, name: str) -> bool:
        """Say whether a header of the kernel defines a macro of this name."""
        return bool(self.program.searches.kernel_macros(name))

    def _in(self, file: str) -> list[Define]:
        """Return the definitions of a file that this kernel may compile."""
        if file not in self._defines:
            self._defines[file] = [*defines(self.program.text(file))]
        return self._defines[file]


def _mark(text: str, line: int) -> str:
    """Return what no comment of a file is."""
    mark = f"@{line}"
    while mark in text:
        mark = f"@{mark}"
    return mark


def choose(program: Program,
           taking: Iterable[str]) -> Mapping[str, OpenedFile]:
    """Return the files of a tree with macros that are read as functions."""
    return Chooser(program).choose(taking)
