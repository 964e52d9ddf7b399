# SPDX-License-Identifier: GPL-2.0-only
"""Structures of the tree: where each is defined, and its members' types."""

from __future__ import annotations

import functools
import re
from typing import Callable, Iterable

_TAG = re.compile(r"\b(?:struct|union)\s+(\w+(?:::\w+)*)")
_WORD = re.compile(r"[A-Za-z_]\w*")

Members = dict[str, str]


@functools.lru_cache(maxsize=None)
def tag_of(type_text: str) -> str | None:
    """The tag of a struct type, through pointers and arrays; else None."""
    match = _TAG.search(type_text)
    return match.group(1) if match else None


def depth_of(type_text: str) -> int:
    """Levels of indirection of a type: each `*` and each `[]`."""
    return type_text.count("*") + type_text.count("[")


def is_page(type_text: str) -> bool:
    """True for struct page at any level of indirection."""
    return tag_of(type_text) in ("page", "folio")


def parse_members(tag: str, text: str) -> dict[str, Members]:
    """Members of a struct from the text of its body.

    Anonymous members are flattened; a named nested structure becomes an
    entry of its own under `tag::name`. The result maps tags to members.
    """
    tables: dict[str, Members] = {tag: {}}
    for part in _split(re.sub(r"^\s*#.*$", "", text, flags=re.M)):
        if "{" in part:
            head, _, rest = part.partition("{")
            body, _, tail = rest.rpartition("}")
            names = _WORD.findall(re.sub(r"\[[^]]*\]", "", tail))
            names = [n for n in names if not n.startswith("__")]
            if not names:
                for key, value in parse_members(tag, body).items():
                    tables.setdefault(key, {}).update(value)
                continue
            inner = f"{tag}::{names[0]}"
            tables.update(parse_members(inner, body))
            tables[tag][names[0]] = f"struct {inner}{_stars(tail)}"
        else:
            _plain(tables[tag], part)
    return tables


def _split(text: str) -> Iterable[str]:
    depth = 0
    start = 0
    for index, char in enumerate(text):
        depth += (char in "{(") - (char in "})")
        if char == ";" and depth == 0:
            yield text[start:index]
            start = index + 1


def _stars(text: str) -> str:
    return " *" * text.count("*") + " []" * text.count("[")


def _plain(members: Members, part: str) -> None:
    """One declaration, with all its declarators."""
    callback = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", part)
    if callback:
        members[callback.group(1)] = "function"
        return
    part = re.sub(r":\s*\w+\s*$", "", part)
    first, *others = part.split(",")
    match = re.match(r"(.*?)([\s*]*)(\w+)\s*((?:\[[^]]*\]\s*)*)"
                     r"(?:__\w+\s*\(.*|____\w+|__packed|__aligned\w*)?$",
                     first.strip(), re.S)
    if not match:
        return
    base = match.group(1).strip()
    members[match.group(3)] = (
        base + _stars(match.group(2)) + _stars(match.group(4)))
    for other in others:
        name = _WORD.search(re.sub(r"\[[^]]*\]", "", other))
        if name:
            members[name.group()] = base + _stars(other)


@functools.lru_cache(maxsize=None)
def _folders(file: str) -> list[str]:
    """The folders above a file, from the top of the tree."""
    return file.split("/")[:-1]


def nearest(candidates: list[tuple[str, int]], user: str,
            is_kernel: Callable[[str], bool]) -> tuple[str, int] | None:
    """The definition that a file most likely sees: same file, folder, …

    is_kernel: is a file a header of the kernel, for a module? Its own
    headers come first, and another file's own definitions last.
    """
    if not candidates:
        return None

    if len(candidates) == 1:
        return candidates[0]
    mine = _folders(user)

    def distance(item: tuple[str, int]) -> tuple[int, int, str]:
        file = item[0]
        if file == user:
            return (0, 0, file)
        its = _folders(file)
        hidden = file.endswith(".c") or file.startswith("tools/")
        public = 0 if file.startswith("include/") else 1
        shared = 0
        for a, b in zip(mine, its):
            if a != b:
                break
            shared += 1
        if shared == len(its) and not hidden:
            return (1, -shared, file)
        return (2 + 2 * hidden + is_kernel(file), public * 10 - shared, file)
    return min(candidates, key=distance)
