# SPDX-License-Identifier: GPL-2.0-only
"""Say whether a file is only built where there is an MMU.

Makefiles name its options, and Kconfig what these depend on. A doubt
always answers no: what is said of kernels without one then stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from pinlib.base.records import Patch

_ALWAYS = re.compile(r"^config MMU\n\s+(?:def_bool y|bool\n\s+default y)$", re.M)
_WORDS = re.compile(r'"[^"]*"|\w+|&&|\|\||[!<>]=|[=<>!()]')
_ENTRY = re.compile(r"(?:menu)?config\s+(\w+)\s*$")
_SOURCE = re.compile(r'source\s+"?([^"\s]+)"?')


@dataclass
class _Option:
    """What Kconfig says of an option, each definition by itself.

    needs: what it depends on there. files: where they stand.
    """

    needs: list[list[str]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    selected_by: set[str] = field(default_factory=set)


class Kconfig:
    """The Kconfig files of a tree, which are read when they are asked for."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self._asked: dict[str, bool] = {}

    def all_need_mmu(self, patches: Iterable[Patch]) -> bool:
        """Say whether no kernel without an MMU has what patches change."""
        return all(self.needs_mmu(file) for p in patches for file in p.files)

    def needs_mmu(self, file: str) -> bool:
        """Say whether no kernel without an MMU can be built with a file."""
        path = PurePosixPath(file)
        if self._always(file):
            return True
        if path.suffix == ".h":
            beside = sorted((self.tree / path.parent).glob("*.c"))
            return path.parts[0] != "include" and bool(beside) and all(
                self.needs_mmu(str(path.with_name(c.name))) for c in beside)
        for folder in path.parents:
            if str(folder) != "." and self._makefile(folder):
                return self._built(folder, str(path.relative_to(
                    folder).with_suffix(".o"))) or self._entered(folder)
        return False

    def _always(self, file: str) -> bool:
        """Say whether a file is an architecture's that always has an MMU."""
        parts = file.split("/")
        return parts[0] == "arch" and len(parts) > 2 and bool(_ALWAYS.search(
            _read(self.tree / parts[0] / parts[1] / "Kconfig")))

    def _built(self, folder: PurePosixPath, goal: str) -> bool:
        """Say whether each line of a Makefile that builds an object needs one."""
        text = self._makefile(folder)
        own = re.escape(goal)
        lines = re.findall(rf"^([\w-]+?)-(y|m|objs|\$\(CONFIG_\w+\))[ \t]*[+:]?="
                           rf"(?:.*\s)?{own}(?:\s|$)", text, re.M)
        return bool(lines) and all(
            self._option(when) or name not in ("obj", "lib") and
            f"{name}.o" != goal and self._built(folder, f"{name}.o")
            for name, when in lines)

    def _entered(self, folder: PurePosixPath) -> bool:
        """Say whether each line that leads to a folder needs an MMU."""
        ways = [self._option(when) or self._entered(above)
                for above in folder.parents if str(above) != "."
                for when in re.findall(
                    rf"^[\w-]+?-(y|m|\$\(CONFIG_\w+\))[ \t]*[+:]?=(?:.*\s)?"
                    rf"{re.escape(str(folder.relative_to(above)))}/(?:\s|$)",
                    self._makefile(above), re.M)]
        return bool(ways) and all(ways)

    def _option(self, when: str) -> bool:
        return when.startswith("$") and self._needs(
            when.removeprefix("$(CONFIG_").removesuffix(")"))

    def _makefile(self, folder: PurePosixPath) -> str:
        return (_read(self.tree / folder / "Kbuild") or _read(
            self.tree / folder / "Makefile")).replace("\\\n", " ")

    def _needs(self, name: str) -> bool:
        """Say whether an option can be set only where there is an MMU."""
        if name == "MMU":
            return True
        if name not in self._asked:
            self._asked[name] = False   # what goes round in a circle says nothing
            option = self._options.get(name, _Option())
            self._asked[name] = bool(option.needs) and (
                all(map(self._always, option.files)) or all(
                    any(self._implied(text) for text in needs)
                    for needs in option.needs) and
                all(map(self._needs, option.selected_by)))
        return self._asked[name]

    def _implied(self, text: str) -> bool:
        """Say whether an expression is true only where there is an MMU."""
        return self._either(_WORDS.findall(text))

    def _either(self, words: list[str]) -> bool:
        found = self._both(words)
        while words and words[0] == "||":
            words.pop(0)
            found = self._both(words) and found
        return found

    def _both(self, words: list[str]) -> bool:
        found = self._one(words)
        while words and words[0] == "&&":
            words.pop(0)
            found = self._one(words) or found
        return found

    def _one(self, words: list[str]) -> bool:
        word = words.pop(0) if words else ""
        if word == "!":
            self._one(words)
            return False
        if word == "(":
            found = self._either(words)
            if words:
                words.pop(0)
            return found
        if len(words) > 1 and words[0] in ("=", "!=", "<", ">", "<=", ">="):
            operator, value = words.pop(0), words.pop(0)
            return operator == "=" and value.strip('"') in ("y", "m") and \
                self._needs(word)
        return self._needs(word)

    @cached_property
    def _options(self) -> dict[str, _Option]:
        found: defaultdict[str, _Option] = defaultdict(_Option)
        for top in ["Kconfig", *sorted(
                str(p.relative_to(self.tree))
                for p in self.tree.glob("arch/*/Kconfig"))]:
            self._file(top, [], found)
        return found

    def _file(self, file: str, around: list[str],
              found: defaultdict[str, _Option]) -> None:
        """Read a file, and those that it names, below some conditions."""
        blocks: list[list[str]] = [around]
        option, depends = "", []    # what a line with `depends on` is of
        for line in _lines(_read(self.tree / file)):
            word, _, rest = line.partition(" ")
            entry = _ENTRY.match(line) if word.endswith("config") else None
            if word == "depends" and " if " not in line:
                depends.append(rest.removeprefix("on "))
            elif word == "select" and option:
                found[rest.split()[0]].selected_by.add(option)
            elif entry:
                option, depends = entry.group(1), [*blocks[-1]]
                found[option].needs.append(depends)
                found[option].files.add(file)
            elif word in ("if", "menu", "choice"):
                depends = [*blocks[-1], *([rest] if word == "if" else [])]
                option = ""
                blocks.append(depends)
            elif word in ("endif", "endmenu", "endchoice", "comment", "source"):
                source = _SOURCE.match(line)
                if source:
                    for inner in _named(self.tree, source.group(1)):
                        self._file(inner, blocks[-1], found)
                elif word != "comment" and blocks[1:]:
                    blocks.pop()
                option, depends = "", []


def _named(tree: Path, path: str) -> list[str]:
    """Return the files that a source line may stand for; each $() is one part."""
    if "$" not in path:
        return [path]
    if path.startswith("arch/$"):
        return []       # each architecture's is read by itself
    return sorted(str(p.relative_to(tree)) for p in tree.glob(
        re.sub(r"\$\(\w+\)", "*", path)))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a Kconfig file that are no help and no comment."""
    helped = -1
    for line in text.replace("\\\n", " ").expandtabs().split("\n"):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if " #" in bare:
            bare = bare.partition(" #")[0].rstrip()
        if helped >= 0:
            indent = len(line) - len(line.lstrip())
            helped = helped or indent
            if indent >= helped and indent:
                continue
            helped = -1
        if bare in ("help", "---help---"):
            helped = 0
            continue
        yield " ".join(bare.split()) if "  " in bare else bare


def _read(path: Path) -> str:
    try:
        return path.read_text("latin-1")
    except OSError:
        return ""
