# SPDX-License-Identifier: GPL-2.0-only
"""Record where the names of functions occur in the loaded parts of a tree."""

from __future__ import annotations

from pinlib.program.function import Function, Use


class Naming:
    """Occurrences of names by file, replaced one file at a time."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, list[tuple[Function, Use]]]] = {}
        self._names: dict[str, set[str]] = {}

    def put(self, file: str,
            found: list[tuple[str, Function, Use]]) -> None:
        """Set the occurrences of one file."""
        for name in self._names.pop(file, ()):
            del self._files[name][file]
        for name, function, use in found:
            self._files.setdefault(name, {}).setdefault(file, []).append(
                (function, use))
        self._names[file] = {name for name, _, _ in found}

    def sorted(self, name: str) -> list[tuple[Function, Use]]:
        """Return the occurrences of a name, sorted by file."""
        return [u for _, uses in sorted(self._files.get(name, {}).items())
                for u in uses]
