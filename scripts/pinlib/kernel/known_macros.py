# SPDX-License-Identifier: GPL-2.0-only
"""Find what is certain of the macros that #if lines of a tree ask for.

For a kernel that is its version, and that it is no vendor's. For a folder outside
of it, what its own headers define by version, and what the kernel's headers do
and do not define, as far as each file that asks includes them. A name that the
build may define, or that nobody here knows, stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pinlib.csource.written.heard import is_file
from pinlib.csource import arms
from pinlib.csource.arm_tree import Arm, at, wants_undefined
from pinlib.csource.arms import Known
from pinlib.csource.masking import CText
from pinlib.kernel import kernel_tree, word_index

# Names that vendors' kernels define, and whoever asks for them knows that; FOLL_*
# are the kernel's own.
_KERNELS = re.compile(
    r"RHEL_(?:RELEASE|MAJOR|MINOR)\w*|SLE_VERSION(?:_CODE)?|FOLL_\w+|"
    r"UTS_UBUNTU_RELEASE_ABI|UEK_RELEASE\w*|OPENEULER_\w+")
_VENDORS = ("RHEL_RELEASE_CODE", "RHEL_RELEASE_VERSION", "SLE_VERSION_CODE")
_VERSION = ("LINUX_VERSION_CODE", "KERNEL_VERSION")
_ASKS = re.compile(r"^[ \t]*#[ \t]*(?:el)?if(?:n?def)?\b.*", re.M)
_SOURCES = (".c", ".h", ".S")
_WORDS = frozenset(("if", "ifdef", "ifndef", "elif", "defined"))
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.M)
# Where what the build defines is written.
_BUILD = re.compile(r"(?:.*[Mm]akefile.*|[Kk]build.*|Kconfig.*|configure.*|"
                    r".*\.(?:mk|mak|sh|ac|am|in|m4|cmake)|CMakeLists\.txt|"
                    r"dkms\.conf)$")
_BUILD_SIZE = 1 << 20
# Headers that are gone through to find one.
_MOST_HEADERS = 400
# Macros that are defined where another one is.
_ROUNDS = 3

Value = int | str | None


def of(kernel: Path, module: Path | None, cache: Path) -> Known:
    """Return what is known of macros, for a kernel or a module's folder."""
    version = kernel_tree.kernel_version(kernel)
    if module is None:
        own = _Texts().text(kernel / "Makefile")
        return Known(version, tuple((name, None) for name in _VENDORS
                                    if name not in own))
    return _Module(kernel, module, cache).known(version)


class OtherKernels:
    """What is known of macros for a module and kernels of other versions.

    What their headers define is not known: those of kernel are another's.
    """

    def __init__(self, kernel: Path, module: Path, cache: Path) -> None:
        self._module = _Module(kernel, module, cache)

    def known(self, version: str,
              names: Collection[str] | None = None) -> Known:
        """Return what is known, if names are given of these alone."""
        return self._module.known(version, True, names)

    def deciding(self, names: Collection[str]) -> set[str]:
        """Return names, and all that decide how these are defined."""
        return self._module.deciding(names)


class _Texts:
    """The texts of files, each read once."""

    def __init__(self) -> None:
        self._texts: dict[Path, str] = {}
        self._masked: dict[Path, CText] = {}

    def text(self, path: Path) -> str:
        """Return the text of a file, "" if it cannot be read."""
        if path not in self._texts:
            try:
                self._texts[path] = path.read_bytes().decode("latin-1")
            except OSError:
                self._texts[path] = ""
        return self._texts[path]

    def masked(self, path: Path) -> CText:
        """Return the same with all its arms."""
        if path not in self._masked:
            self._masked[path] = CText(self.text(path), None)
        return self._masked[path]


@dataclass(frozen=True)
class Defined:
    """One definition of a macro, and the arms around it."""

    file: Path
    offset: int
    around: list[Arm]
    value: Value


class _Module:
    """The macros that a folder asks for."""

    def __init__(self, kernel: Path, module: Path, cache: Path) -> None:
        self._kernel = kernel
        self._module = module
        self._texts = _Texts()
        self._defines: dict[tuple[Path, str], list[tuple[Defined, str]]] = {}
        files = sorted(p for p in module.rglob("*") if p.is_file())
        sources = [p.relative_to(module).as_posix() for p in files
                   if p.suffix in _SOURCES and not p.is_symlink()]
        self._asking: dict[str, set[str]] = {}
        for file in sources:
            for line in _ASKS.findall(self._texts.text(module / file)):
                for name in set(_NAME.findall(line)) - _WORDS:
                    self._asking.setdefault(name, set()).add(file)
        self._build = "\n".join(
            self._texts.text(path) for path in files
            if _BUILD.match(path.name)
            and path.stat().st_size < _BUILD_SIZE).replace("-D", "-D ")
        self._built = set(_NAME.findall(self._build))
        self._own: dict[str, set[str]] = {}
        for file in sources:
            for name in self._asking.keys() & set(_NAME.findall(
                    self._texts.text(module / file))):
                self._own.setdefault(name, set()).add(file)
        index = word_index.of(kernel, cache)
        self._kernels = {name: index.files((name,), below="include/")
                         for name in self._asking}
        self._arches = {name for name in self._asking
                        if index.files((name,), below="arch/")}

    def deciding(self, names: Collection[str]) -> set[str]:
        """Return names, and all that #if lines around their definitions name."""
        found: set[str] = set()
        work = list(names)
        while work:
            name = work.pop()
            if name in found:
                continue
            found.add(name)
            for place, written in self._places(
                    self._module, self._own.get(name, ()), name):
                work += _NAME.findall(written)
                work += [word for arm in place.around for test in arm.tests
                         for word in _NAME.findall(test)]
        return found

    def known(self, version: str, other: bool = False,
              names: Collection[str] | None = None) -> Known:
        """Return what is known, given the kernel's version.

        other: it is not the kernel whose headers there are. names: those that
        are asked for, if not all.
        """
        if any(self._redefined(name) for name in _VERSION):
            version = ""
        found: dict[str, Value] = {}
        asked = self._asking.keys() & (self._asking if names is None else names)
        for _ in range(_ROUNDS):
            before = len(found)
            known = Known(version, tuple(sorted(found.items(), key=str)))
            for name in sorted(asked - found.keys()):
                if name not in _VERSION and name not in self._built and \
                        not name.startswith("CONFIG_"):
                    found.update(self._one(name, known, other))
            if len(found) == before:
                break
        return Known(version, tuple(sorted(found.items(), key=str)))

    def _redefined(self, name: str) -> bool:
        """Say whether the folder has a version of its own."""
        return f"-D {name}" in self._build or any(
            not any(_asks_for(arm, name) for arm in place.around)
            for place in self._definitions(
                self._module, self._own.get(name, ()), name, Known()))

    def _one(self, name: str, known: Known, other: bool) -> dict[str, Value]:
        """Return what is known of one name, by itself or not at all."""
        own, kernels = self._own.get(name, ()), self._kernels.get(name, ())
        mine = list(self._definitions(self._module, own, name, known))
        theirs = list(self._definitions(self._kernel, kernels, name, known))
        if name in self._arches or mine and theirs or any(
                self._undefines(root / file, name) for root, files in (
                    (self._module, own), (self._kernel, kernels))
                for file in files):
            return {}
        if other and theirs:
            return {}
        if mine or theirs:
            return self._defined(name, mine or theirs, known)
        if other and name not in _VENDORS:
            return {}
        # An enumerator or a function is no macro; a comment says nothing.
        return {name: None} if _KERNELS.fullmatch(name) and name not in \
            _NAME.findall(self._texts.text(self._kernel / "Makefile")) or any(
                name in CText(self._texts.text(self._kernel / file),
                              known).words
                for file in kernels) else {}

    def _defined(self, name: str, places: list[Defined],
                 known: Known) -> dict[str, Value]:
        """Return what is known of a name by its definitions."""
        if all(any(arm.value(known) is False for arm in place.around)
               for place in places):
            return {name: None}
        place = places[0]
        if len(places) > 1 or any(
                _asks_for(arm, name) or arm.own(known) is not True
                for arm in place.around):
            return {}
        return {name: place.value} if all(
            self._sees(name, self._module / user, place, known)
            for user in self._asking[name]) else {}

    def _definitions(self, root: Path, files: Iterable[str], name: str,
                     known: Known) -> Iterator[Defined]:
        for place, written in self._places(root, files, name):
            number = arms.value(written, known)
            yield replace(place, value="" if number is None else number)

    def _places(self, root: Path, files: Iterable[str],
                name: str) -> list[tuple[Defined, str]]:
        """Return the definitions of a name, with what each is written as."""
        if (root, name) not in self._defines:
            define = re.compile(rf"^[ \t]*#[ \t]*define[ \t]+{name}\b"
                                r"((?:\\\n|.)*)", re.M)
            found = self._defines[root, name] = []
            for file in sorted(files):
                text = self._texts.masked(root / file)
                for match in define.finditer(text.whole):
                    arm = at(text.arms, match.start())
                    found.append((Defined(
                        root / file, match.start(), arm.around if arm else [],
                        ""), match.group(1)))
        return self._defines[root, name]

    def _undefines(self, path: Path, name: str) -> bool:
        return re.search(rf"#[ \t]*undef[ \t]+{name}\b",
                         self._texts.text(path)) is not None

    def _sees(self, name: str, user: Path, place: Defined,
              known: Known) -> bool:
        """Say whether a file has a definition before it asks for the name."""
        text = self._texts.masked(user)
        asked = min((start for start, end, word in text.directives
                     if word != "define" and name in _NAME.findall(
                         text.whole[start:end])), default=len(text.whole))
        if user == place.file:
            return place.offset < asked
        work = [*self._included(user, known, asked)]
        for path in work:
            if path == place.file:
                return True
            if len(work) > _MOST_HEADERS:
                return False
            work += [found for found in self._included(path, known)
                     if found not in work]
        return False

    def _included(self, path: Path, known: Known,
                  end: int | None = None) -> Iterator[Path]:
        """Yield the headers that a file certainly includes, up to an offset."""
        text = self._texts.masked(path)
        for match in _INCLUDE.finditer(text.text, 0, len(
                text.text) if end is None else end):
            arm = at(text.arms, match.start())
            if text.whole[match.start():match.end()].strip() and all(
                    one.own(known) is True
                    for one in (arm.around if arm else ())):
                name = match.group(1)
                yield from (found for found in (
                    path.parent / name, self._module / name,
                    self._module / "include" / name,
                    self._kernel / "include" / name,
                    self._kernel / "include/uapi" / name)
                    if is_file(found))


def _asks_for(arm: Arm, name: str) -> bool:
    """Say whether an arm is that in which a name is not defined."""
    return wants_undefined(arm.tests[-1]) == name
