# SPDX-License-Identifier: GPL-2.0-only
"""Find the identifiers of a text when they are asked for."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[A-Za-z_]\w*")


class Words(Mapping[str, list[int]]):
    """The identifiers of a text, each with its offsets once it is looked up."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, list[int]] = {}

    def __getitem__(self, word: str) -> list[int]:
        if word not in self._found:
            self._found[word] = [*self._at(word)]
        if not self._found[word]:
            raise KeyError(word)
        return self._found[word]

    def _at(self, word: str) -> Iterator[int]:
        text = self._text
        at = text.find(word) if word else -1
        while at >= 0:
            end = at + len(word)
            follow = text[end:end + 1]
            if not (follow.isalnum() or follow == "_") and self._starts(at):
                yield at
            at = text.find(word, end)

    @functools.cached_property
    def _all(self) -> dict[str, None]:
        return dict.fromkeys(_WORD.findall(self._text))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def _starts(self, offset: int) -> bool:
        """Say whether an identifier starts here. Digits before it are a number."""
        while offset and (self._text[offset - 1].isalnum()
                          or self._text[offset - 1] == "_"):
            offset -= 1
            if _WORD.match(self._text[offset]):
                return False
        return True
