# SPDX-License-Identifier: GPL-2.0-only
"""Read from the headers of a tree which form of each interface it declares.

The kernel's version does not say it, and the same name stood for other things
over the years: iov_iter_get_pages() once left the iterator where it was, later
took flags; get_user_pages_fast() took a plain int for write. The prototypes do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pinlib.base.codes import Code
from pinlib.base.line_ends import plain
from pinlib.base.why_not import WhyNot
from pinlib.csource import arms
from pinlib.csource.masking import CText
from pinlib.csource.written.text_files import code_of
from pinlib.flow.call_sites import CallSite
from pinlib.kernel import effects
from pinlib.program.pipes_served import EXTRACTS, IOV_ITER, UIO, serving

HEADERS = ("include/linux/mm.h", "include/linux/uio.h")
# Parameters of the form that moves the iterator on and takes no flags.
PLAIN = {"iov_iter_get_pages2": 5, "iov_iter_get_pages_alloc2": 4}
# The same without moving it on (the overlay extracts so too), or with flags
# and moving it on.
OLD = {"iov_iter_get_pages": 5, "iov_iter_get_pages_alloc": 4}
# It moves the iterator on, as what takes flags does.
NATIVE = "iov_iter_extract_pages"
# Of those with flags, that which has an extraction with the same flags.
FLAGGED, EXTRACTION_FLAGS = "iov_iter_get_pages", "iov_iter_extraction_t"
GUP = "mm/gup.c"
ALWAYS_LASTING = ("pin_user_pages", "pin_user_pages_fast")
_REFUSES = re.compile(
    r"WARN\w*\s*\([^;]*\bFOLL_LONGTERM\b|"
    r"\bFOLL_LONGTERM\s*\)\s*\{?\s*if\s*\(\s*WARN\w*\s*\(\s*\w*locked\b")


@dataclass(frozen=True)
class Era:
    """The interfaces that a tree declares, with their parameters."""

    declared: Mapping[str, tuple[str, ...]]
    pipes: bool
    # The helpers let the tree's own extraction serve pipes.
    pipes_served: bool = False
    # Those of mm/gup.c with no code that refuses FOLL_LONGTERM.
    lasting: frozenset[str] = frozenset()

    def listed(self, apis: str) -> tuple[str, ...]:
        """Return the functions whose calls are decided on.

        What has another name than get_user_page*() may be a driver's own, unless
        the headers of the interface declare it.
        """
        return effects.MISSION + tuple(
            name for name in effects.OTHER_GET if name in self.declared
            or "get_user_page" in name) if apis == "all" else effects.MISSION

    @property
    def shapes(self) -> Mapping[str, effects.Shape]:
        """Return the positions of the parameters of each call by address."""
        own = {name: shape for name, types in self.declared.items()
               if name in effects.SHAPES for shape in [_shape(types)] if shape}
        return {**effects.SHAPES, **own}

    @property
    def pins(self) -> bool:
        """Say whether pages can be pinned."""
        return "pin_user_pages_fast" in self.declared

    @property
    def native(self) -> bool:
        """Say whether the tree itself has iov_iter_extract_pages()."""
        return NATIVE in self.declared

    @property
    def refuses_pipes(self) -> bool:
        """Say whether a pipe cannot be extracted from, with the helpers too."""
        return self.native and self.pipes and not self.pipes_served

    def at(self, version: str) -> Era:
        """Return what another version declares, as far as it is known."""
        code = arms.Known(version).code or 0
        known: dict[str, tuple[str, ...]] = {}
        for release, changed in effects.PROTOTYPES.items():
            if code >= (arms.Known(release).code or 0):
                known |= {f"{verb}_{name}": tuple(
                    _plain(f"{p} _") for p in parameters.split(","))
                    for name, parameters in changed.items()
                    for verb in ("get", "pin")}
        return replace(self, declared={**self.declared, **known})

    def obstacle(self, site: CallSite) -> WhyNot | None:
        """Return why there is no rule for a call's interface as declared."""
        if site.api in effects.BY_ADDRESS:
            found = self._by_address(site.api)
        else:
            found = self._form(site.api, site.kinds.kinds if site.kinds
                               else set())
        if found is None:
            return None
        code, reason = found
        return WhyNot(code, reason, f"{site.file}:{site.line}")

    def refuses_longterm(self, site: CallSite) -> bool:
        """Say whether the pinning form of a call may refuse FOLL_LONGTERM.

        The two plain forms never did. One that may drop the lock did for years,
        and the remote one still does if it may drop it.
        """
        new = effects.PIN_OF.get(site.api, "")
        if new in ALWAYS_LASTING or new in self.lasting:
            return False
        locked = site.argument(self.shapes[site.api].locked) \
            if "remote" in new else None
        return locked is None or locked.value not in ("NULL", "0")

    def _by_address(self, name: str) -> tuple[Code, str] | None:
        """Return why the pinning form is missing or differs, or None."""
        new = effects.PIN_OF.get(name)
        have = self.declared.get(name)
        if new is None or new not in self.declared:
            return Code.NO_COUNTERPART, (
                f"This tree has no form of {name}() that pins"
                + (f", {new}()." if new else "."))
        if have != self.declared[new]:
            return Code.OTHER_PROTOTYPE, (
                f"The tree's headers do not declare {name}() and {new}() "
                "with the same parameters.")
        if self.shapes[name].pages < 0 or self.shapes[name].flags < 0:
            return Code.OTHER_PROTOTYPE, (
                f"The parameters of {name}() in this tree's headers are "
                "none that the rule is for.")
        return None

    def _form(self, name: str, kinds: set[str]) -> tuple[Code, str] | None:
        declared = self.declared.get(name, ())
        count = len(declared)
        if count and OLD.get(name) == count and not self.native:
            return None
        flagged = name in OLD and count == OLD[name] + 1
        if flagged and not (self.native and name == FLAGGED
                            and declared[-1] == EXTRACTION_FLAGS):
            return Code.CARRIES_FLAGS, (
                f"{name}() takes flags here, and there is no rule that "
                "carries them over.")
        if not flagged and count != PLAIN.get(name):
            return Code.OTHER_PROTOTYPE, (
                f"The tree's headers do not declare {name}() with the "
                "parameters that the rule is for.")
        if self.refuses_pipes and "pipe" in kinds:
            return Code.PIPE_REFUSED, (
                "A pipe can reach this call, and this tree's "
                "iov_iter_extract_pages() refuses pipes.")
        return None


def carries_flags(site: CallSite) -> bool:
    """Say whether a call takes pages of an iterator by flags of its own."""
    return site.api in OLD and len(site.call.kids) - 1 > OLD[site.api]


def read(kernel: Path, module: bool = False) -> Era:
    """Return what the headers of a tree declare.

    What a module is built for stays as it is: it gets no helpers.
    """
    declared: dict[str, tuple[str, ...]] = {}
    pipes = False
    for header in HEADERS:
        masked = CText(_text(kernel, header))
        pipes |= "ITER_PIPE" in masked.words
        for name in (*effects.MISSION, *effects.OTHER_GET, *effects.PINNING):
            match = re.search(rf"\b{name}\s*\(([^;{{}}]*?)\)\s*[;{{]",
                              masked.code)
            if match:
                declared[name] = tuple(
                    _plain(p) for p in match.group(1).split(","))
    return Era(declared, pipes, not module and pipes and _serves(kernel),
               _lasting(kernel))


def _serves(kernel: Path) -> bool:
    """Say whether the extraction of a tree with pipes can serve them.

    Comments tell where; they are only looked at where it may.
    """
    return EXTRACTS in _text(kernel, UIO) and bool(serving(*(
        _text(kernel, file, _written) for file in (UIO, IOV_ITER))))


def _written(path: Path) -> str:
    return path.read_text(encoding="latin-1")


def _text(kernel: Path, file: str,
          read: Callable[[Path], str] = code_of) -> str:
    """Return a file's text, nothing if there is no such file."""
    try:
        return plain(read(kernel / file))
    except OSError:
        return ""


def _lasting(kernel: Path) -> frozenset[str]:
    """Return the pinning functions whose code never refuses FOLL_LONGTERM.

    Only mm/gup.c shows it; kernel headers alone do not include it.
    """
    try:
        text = CText(code_of(kernel / GUP))
    except OSError:
        return frozenset()
    found = set()
    for old, new in effects.PIN_OF.items():
        bodies = [b for name in (new, old, f"__{old}")
                  for b in _bodies(text, name)]
        if new in text.words and bodies and not any(map(_REFUSES.search,
                                                        bodies)):
            found.add(new)
    return frozenset(found)


def _bodies(text: CText, name: str) -> list[str]:
    """Return the code of each definition of a function."""
    heads = re.finditer(rf"\b{name}\s*\([^;{{}}]*?\)\s*(?=\{{)", text.code)
    return [text.code[m.end():text.matching(m.end())] for m in heads]


def _shape(types: tuple[str, ...]) -> effects.Shape | None:
    """Return which parameter is which, by type, or None for an unknown form."""
    start = next((i for i, t in enumerate(types)
                  if t in ("unsignedlong", "unsigned")), len(types) - 1)
    count = start + 1 if types[start + 1:start + 2] in (
        ("int",), ("unsignedlong",)) else -1
    pages = types.index("structpage**") if "structpage**" in types else -1
    if pages < 0:
        count = -1
    flags = next((i for i in range(start + 1, len(types)) if i != count
                  and types[i] in ("unsignedint", "int")), -1)
    locked = types.index("int*") if "int*" in types else -1
    return effects.Shape(len(types), count, flags, pages, locked) \
        if start + 1 < len(types) else None


def _plain(parameter: str) -> str:
    """Return a parameter's type without blanks and without its name."""
    words = re.sub(r"\bunsigned\b(?!\s+(?:int|long|char|short))",
                   "unsigned int", parameter).split()
    return re.sub(r"\s+", "", re.sub(r"\b\w+$", "", " ".join(words)))
