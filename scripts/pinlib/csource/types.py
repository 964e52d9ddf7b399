# SPDX-License-Identifier: GPL-2.0-only
"""Structures of the tree: where each is defined, and its members' types."""

from __future__ import annotations

import functools
import re
from typing import Callable, Iterable

from pinlib.csource.masking import CText

_TAG = re.compile(r"\b(?:struct|union)\s+(\w+(?:::\w+)*)")
_OTHER = re.compile(r"\b_*typeof_*(?:unqual_*)?\s*\(")
_WORD = re.compile(r"[A-Za-z_]\w*")
_ATTRIBUTE = re.compile(
    r"\b_{2,4}(?:packed|(?:no_)?randomize_layout|designated_init|"
    r"(?:attribute__|\w*aligned\w*)(?:\s*\((?:[^()]|\((?:[^()]|"
    r"\([^()]*\))*\))*\))?)(?!\w)")
_INNER = re.compile(r"\b(?:struct|union)\s+(\w+)\s*$")
_GROUP = re.compile(r"\s*(struct_group(?:_tagged|_attr)?|__struct_group)"
                    r"\s*\((.*)\)\s*", re.S)
_EMBEDDED = re.compile(r"\s*(?:struct|union)\s+(\w+)\s*")
# The head of a structure, up to its brace: of one with a tag, or a typedef.
_HEAD = re.compile(r"\b(?:struct|union)\s+(?:__\w+(?:\s*\([^;{}]*\)\s*|\s+))?"
                   r"(\w+)\s*$")
_UNNAMED = re.compile(r"\btypedef\s+(?:const\s+)?(?:struct|union)\s*$")
_CLOSED = re.compile(r"\}[ \t]*;?[ \t]*$", re.M)
_GIVEN = re.compile(r"\s*\**\s*(\w+)")

Members = dict[str, str]


@functools.lru_cache(maxsize=None)
def tag_of(type_text: str) -> str | None:
    """Return the tag of a struct type, through pointers and arrays; else None.

    What stands inside typeof() has another type, a member's for one.
    """
    match = _TAG.search(_OTHER.split(type_text)[0])
    return match.group(1) if match else None


def depth_of(type_text: str) -> int:
    """Return the levels of indirection of a type: each `*` and each `[]`."""
    return type_text.count("*") + type_text.count("[")


def is_page(type_text: str) -> bool:
    """Return true for struct page at any level of indirection."""
    return tag_of(type_text) in ("page", "folio")


def parse_members(tag: str, text: str) -> dict[str, Members]:
    """Return members of a struct from the text of its body.

    Anonymous members are flattened. A nested structure becomes an entry of
    its own: under its tag, which is the same type wherever it is named, or
    without one under `tag::name`. The result maps tags to members.
    """
    tables: dict[str, Members] = {tag: {}}
    for part in _split(re.sub(r"^\s*#.*$", "", text, flags=re.M)):
        group = _GROUP.fullmatch(part)
        if group:
            named, declared, body = _grouped(*group.groups())
        elif "{" in part:
            head, _, rest = part.partition("{")
            body, _, tail = rest.rpartition("}")
            declared = _declarators(tail)
            found = _INNER.search(_ATTRIBUTE.sub(" ", head))
            named = found.group(1) if found else ""
        else:
            _plain(tables[tag], part)
            continue
        if not named and not declared:
            add(tables, parse_members(tag, body))
            continue
        inner = named or f"{tag}::{declared[0][0]}"
        add(tables, parse_members(inner, body))
        # One without a declarator lends its members to the outer one.
        tables[tag].update((name, f"struct {inner}{stars}") for name, stars
                           in declared)
        if group or not declared:
            tables[tag][f"struct {inner}"] = f"struct {inner}"
    return tables


def _grouped(kind: str, inside: str) -> tuple[str, list[tuple[str, str]], str]:
    """Return the tag, declarator and members of a struct_group().

    They are a structure of its own and members of the outer one too.
    """
    order = {"struct_group": "n", "struct_group_attr": "na",
             "struct_group_tagged": "tn", "__struct_group": "tna"}[kind]
    *lead, body = inside.split(",", len(order))
    given = dict(zip(order, (word.strip() for word in lead)))
    return given.get("t", ""), [(given.get("n", ""), "")], body + ";"


def add(tables: dict[str, Members], more: dict[str, Members]) -> None:
    """Add members to those that are known: the arms of an #ifdef."""
    for tag, members in more.items():
        tables.setdefault(tag, {}).update(members)


def _declarators(tail: str) -> list[tuple[str, str]]:
    """Names behind a nested structure, each with its stars and brackets."""
    found = []
    for part in _ATTRIBUTE.sub(" ", tail).split(","):
        names = [n for n in _WORD.findall(re.sub(r"\[[^]]*\]", "", part))
                 if not n.startswith("__")]
        found += [(n, _stars(part)) for n in names[:1]]
    return found


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
    """Return one declaration, with all its declarators."""
    embedded = _EMBEDDED.fullmatch(part)
    if embedded:
        members[f"struct {embedded.group(1)}"] = f"struct {embedded.group(1)}"
        return
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


def opening(text: CText, tag: str, line: int) -> int:
    """Where the braces of a structure open that a line begins, or -1."""
    start = text.offset(line)
    head = re.compile(rf"\b(?:struct|union)\s+(?:__\w+(?:\s*\([^;{{}}]*"
                      rf"\)\s*|\s+))?{tag}\s*\{{").search(text.code, start)
    return head.end() - 1 if head and text.line_of(
        head.start()) == line else -1


def enclosing(text: CText, at: int) -> list[str]:
    """The structures in whose definition a place lies, outermost first."""
    low = _last_end(text.code, at)
    stack: list[int] = []
    for brace in re.finditer(r"[{}]", text.code[low:at]):
        if brace.group() == "{":
            stack.append(low + brace.start())
        elif stack:
            stack.pop()
    return [tag for tag in (_heading(text, brace) for brace in stack) if tag]


def _last_end(code: str, at: int) -> int:
    """Where the last line before a place ends that is a closing brace, or 0."""
    start = at
    while start > 0:
        start = code.rfind("\n}", 0, start) + 1
        end = _CLOSED.match(code, start, at)
        if end:
            return end.end()
    return 0


def _heading(text: CText, brace: int) -> str:
    """The tag of the structure whose braces open here, or its other name."""
    lead = text.code[max(0, brace - 200):brace]
    head = _HEAD.search(lead)
    if head:
        return head.group(1)
    close = text.matching(brace) + 1
    given = _GIVEN.match(_ATTRIBUTE.sub(" ", text.code[close:close + 200])) \
        if close and _UNNAMED.search(lead) else None
    return given.group(1) if given else ""


@functools.lru_cache(maxsize=None)
def _folders(file: str) -> list[str]:
    """Return the folders above a file, from the top of the tree."""
    return file.split("/")[:-1]


def nearest(candidates: list[tuple[str, int]], user: str,
            is_kernel: Callable[[str], bool]) -> tuple[str, int] | None:
    """Return the definition that a file most likely sees: same file, folder, …

    is_kernel: is a file a header of the kernel, for a module? Its own
    headers come first, and another file's own definitions last.
    """
    if not candidates:
        return None

    if len(candidates) == 1:
        return candidates[0]
    mine = _folders(user)

    def distance(item: tuple[str, int]) -> tuple[int, int, int, str]:
        file = item[0]
        if file == user:
            return (0, 0, 0, file)
        its = _folders(file)
        hidden = file.endswith(".c") or file.startswith("tools/")
        public = 0 if file.startswith("include/") else 1
        shared = 0
        for a, b in zip(mine, its):
            if a != b:
                break
            shared += 1
        if shared == len(its) and not hidden:
            return (1, -shared, 0, file)
        # Headers for several systems are in folders of like names.
        alike = len(set(mine) & set(its))
        return (2 + 2 * hidden + is_kernel(file), public * 10 - shared,
                -alike, file)
    return min(candidates, key=distance)
