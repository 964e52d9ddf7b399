# SPDX-License-Identifier: GPL-2.0-only
"""Find files that are compiled as a part of another one, by a quoted #include.

What is static to a file may be used in these as well.
"""

from __future__ import annotations

import functools
import os.path
import re
from collections.abc import Callable, Iterator, Mapping, Set

from pinlib.csource.masking import CText
from pinlib.csource.written.text_files import load
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.M)
# A .c file that another one includes whole.
_WHOLE = re.compile(r'#[ \t]*include[ \t]*"([^"\n]+\.c)"')
LIMIT = 60


Whole = Mapping[str, Set[str]]


class Included:
    """Which files of a tree are compiled together.

    whole: what whole() returns, if it is known.
    """

    def __init__(self, tree: View, text: Callable[[str], CText],
                 searches: Searches, whole: Whole | None = None) -> None:
        self.tree = tree
        self._known = whole
        self._searches = searches
        self._text = text
        self._by: dict[str, list[str]] = {}

    def by(self, file: str) -> list[str]:
        """Return what a file includes by a path from its own folder, and so on."""
        if file not in self._by:
            self._by[file] = list(self._follow(file))
        return self._by[file]

    def compiled_with(self, file: str) -> list[str]:
        """Return files that may name what is static to a file of C."""
        found = set(self.by(file))
        for other in self._whole.get(file, ()):
            found |= {other, *self.by(other)}
        return sorted(found - {file})

    def _follow(self, file: str) -> Iterator[str]:
        work, seen = [file], {file}
        while work and len(seen) < LIMIT:
            current = work.pop()
            for match in self._text(current).quoting(_INCLUDE):
                other = _path(current, match[1])
                if other not in seen and not other.startswith(("..", "/")) and \
                        self.tree.has(other):
                    seen.add(other)
                    work.append(other)
                    yield other

    @functools.cached_property
    def _whole(self) -> Whole:
        return self.whole() if self._known is None else self._known

    def whole(self) -> dict[str, set[str]]:
        """Return the files that include a file of C, by that file."""
        found: dict[str, set[str]] = {}
        for file in self._searches.quoting_suffix("c"):
            for match in load(self.tree.path(file)).quoting(_WHOLE):
                found.setdefault(_path(file, match[1]), set()).add(file)
        return found


def _path(file: str, name: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(file), name))
