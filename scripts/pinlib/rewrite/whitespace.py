# SPDX-License-Identifier: GPL-2.0-only
"""Format what spatch added in kernel style, without changing a token.

Only lines that the old text does not have are touched. The ledger reads the
result, so a mistake here is caught like any other.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable

WIDTH = 80
_OPENED = re.compile(r"(\t*)(.*?)\{(if \(.*)$")
_JOINED = re.compile(r"(\t*)((?:if|for|while) \(.*\)) "
                     r"(unpin_user_pages\w*\(.*)$")
_FOR = re.compile(r"(\s*for)\((.*?);(?=\S)(.*?);(?=\S)(.*)$")
_CALL = re.compile(r"(\t*)(unpin_user_pages\w*)\((.*)$")
_FAIL = re.compile(r"(\t*.*\)) (\S.* = -EFAULT;)$")
_COMMENT = re.compile(r"(\t+ *) \t+(?=/\*)")
_TEST = re.compile(r"(\t*)(if \(iov_iter_is_kvec\(.*)$")
_ELSE = re.compile(r"(\t*)else (\S.*)$")
_TABBED = re.compile(r"(\s+\w[^;]*?\w\t+)\**\w+[^;\t]*;")
_EXTRACT = re.compile(r"(.*\biov_iter_extract_\w+)\((.*)$")


def tidy(old: str, new: str, members: Iterable[str]) -> str:
    """Return the new text with its added lines in kernel style."""
    lines = new.split("\n")
    added = _added(old, lines)
    apart = _refused(lines, added)
    if apart != lines:
        lines, added = apart, _added(old, apart)
    out: list[str] = []
    fresh = False
    number = 0
    while number < len(lines):
        line = lines[number]
        follow = re.match(r"\s*(else\b.*)$", line)
        if out and fresh and follow and re.fullmatch(r"\s*\}", out[-1]):
            out[-1] += " " + follow.group(1)
            number += 1
            continue
        fresh = number in added
        if fresh and line and not line.strip():
            # what remains of a line whose braces were removed
            number += 1
            continue
        if fresh:
            line = _COMMENT.sub(r"\1 ", line)
            line = lines[number] = _FOR.sub(r"\1 (\2; \3; \4", line)
        last = number
        if fresh and out and out[-1].endswith("\\") and \
                len(line.expandtabs()) > WIDTH:
            out += _in_macro(line, len(out[-1].expandtabs()) - 1)
        elif fresh and not line.endswith("\\"):
            last = _call_end(lines, number, added)
            out += _split("\n".join(lines[number:last + 1]))
        else:
            out.append(line)
        number = last + 1
    text = "\n".join(out)
    for name in members:
        text = _in_column(old, _keep_comment(text, name), name)
    return text


def cast(old: str, new: str, names: Iterable[str]) -> str:
    """Return the new text with nothing between a cast and a name put in.

    Spatch writes a blank there in the lines that it adds.
    """
    lines = new.split("\n")
    space = re.compile(rf"(\*\)) (?=(?:{'|'.join(map(re.escape, names))})\()")
    for number in _added(old, lines):
        lines[number] = space.sub(r"\1", lines[number])
    return "\n".join(lines)


def _added(old: str, lines: list[str]) -> set[int]:
    """Return the numbers of the lines that the old text does not have."""
    before = old.split("\n")
    first = _same(zip(before, lines))
    last = _same(zip(reversed(before[first:]), reversed(lines[first:])))
    matcher = difflib.SequenceMatcher(
        None, before[first:len(before) - last],
        lines[first:len(lines) - last], False)
    return {first + number for tag, _, _, low, high in matcher.get_opcodes()
            if tag != "equal" for number in range(low, high)}


def _same(pairs: Iterable[tuple[str, str]]) -> int:
    """Return how many pairs are alike before the first that is not."""
    return sum(1 for _ in itertools.takewhile(lambda p: p[0] == p[1], pairs))


def _refused(lines: list[str], added: set[int]) -> list[str]:
    """Put each branch of a refusal that sets the result on its own line."""
    out: list[str] = []
    number = 0
    while number < len(lines):
        last = number
        head = _ELSE.match(lines[number]) if number in added else None
        fail = _FAIL.match(out[-1]) if head and out else None
        if head and fail:
            while last + 1 in added and not lines[last].endswith(";"):
                last += 1
            indent = head.group(1)
            whole = re.sub(r"\s*\n\s*", " ", "\n".join(
                [head.group(2), *lines[number + 1:last + 1]]))
        if head and fail and "//" not in whole:
            out[-1:] = [fail.group(1), f"{indent}\t{fail.group(2)}",
                        f"{indent}else", *_wrapped(indent + "\t", whole)]
        else:
            out += lines[number:last + 1]
        number = last + 1
    return out


def _call_end(lines: list[str], number: int, added: set[int]) -> int:
    """Return the last line of a call that starts here, if all of it is new."""
    if not re.search(r"\bunpin_user_pages\w*\([^;]*$", lines[number]):
        return number
    last = number
    while last + 1 in added and not lines[last].endswith(";"):
        last += 1
    return last if lines[last].endswith(";") else number


def _split(text: str) -> list[str]:
    """Return one added line, or one added call, split into proper lines."""
    opened = _OPENED.match(text)
    if opened and "\n" not in text:
        indent, head, tail = opened.groups()
        return [indent + head.rstrip() + " {", indent + "\t" + tail]
    test = _TEST.match(text)
    if test and "\n" not in text and len(text.expandtabs()) > WIDTH:
        return _terms(*test.groups())
    flat = re.sub(r"\s*\n\s*", " ", text)
    joined = _JOINED.match(flat)
    if joined:
        indent, head, tail = joined.groups()
        return [indent + head, *_call(indent + "\t" + tail)]
    return _call(flat) if _CALL.match(flat) else text.split("\n")


def _in_macro(line: str, column: int) -> list[str]:
    """Return a line of a macro, broken behind the arguments of its first call.

    column: where the backslashes stand.
    """
    for call in re.finditer(r"\w\(", line):
        close = _closing(line, call.end())
        pieces = _arguments(line[call.end():close])
        if len(pieces) > 1:
            break
    else:
        return [line]
    lead = len(line[:call.end()].expandtabs())
    below = "\t" * (lead // 8) + " " * (lead % 8)
    out = [line[:call.end()] + pieces[0], *(below + p for p in pieces[1:])]
    return [*(_continued(one, column) for one in out[:-1]), out[-1] + line[close:]]


def _closing(line: str, start: int) -> int:
    """Return where the bracket closes that opens before a place."""
    depth = 1
    for at in range(start, len(line)):
        depth += (line[at] == "(") - (line[at] == ")")
        if not depth:
            return at
    return len(line)


def _continued(line: str, column: int) -> str:
    """Return a line with a backslash in a column, or right behind it."""
    used = len(line.expandtabs())
    return line + ("\t" * -(-(column - used) // 8) if used < column else " ") + "\\"


def _call(line: str) -> list[str]:
    """Return a call broken after commas, its arguments aligned."""
    match = _CALL.match(line)
    return _broken(*match.groups()) if match else [line]


def _wrapped(indent: str, text: str) -> list[str]:
    """Return a statement that extracts pages, broken in the same way."""
    match = _EXTRACT.match(text)
    return _broken(indent, *match.groups()) if match else [indent + text]


def _terms(indent: str, test: str) -> list[str]:
    """Return a condition broken after its operators, if it is too long."""
    out: list[str] = []
    for piece in test.split(" && "):
        if out and 8 * len(indent) + len(out[-1].lstrip("\t")) + len(
                piece) + 7 <= WIDTH:
            out[-1] += f" && {piece}"
        else:
            if out:
                out[-1] += " &&"
            out.append(f"{indent}    {piece}" if out else indent + piece)
    return out


def _broken(indent: str, name: str, rest: str) -> list[str]:
    column = 8 * len(indent) + len(name) + 1
    below = "\t" * (column // 8) + " " * (column % 8)
    out = [f"{indent}{name}("]
    used, empty = column, True
    for piece in _arguments(rest):
        if not empty and used + 1 + len(piece) > WIDTH:
            out.append(below)
            used, empty = column, True
        out[-1] += piece if empty else " " + piece
        used += len(piece) + (not empty)
        empty = False
    return out


def _arguments(rest: str) -> list[str]:
    """Return arguments with the comma or closing bracket after each."""
    pieces, depth, start = [], 0, 0
    for k, char in enumerate(rest):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            pieces.append(rest[start:k + 1].strip())
            start = k + 1
    return [*pieces, rest[start:].strip()]


def _in_column(old: str, text: str, name: str) -> str:
    """Begin an added member's name where tabs begin that of the one before."""
    lines = text.split("\n")
    added = _added(old, lines)
    for number, line in enumerate(lines[1:], 1):
        head = re.fullmatch(rf"(\s*bool) {re.escape(name)};", line)
        before = _TABBED.match(lines[number - 1])
        if number not in added or not head or not before:
            continue
        width, column = (len(m.group(1).expandtabs()) for m in (head, before))
        if width < column:
            tabs = "\t" * ((column - width + 7) // 8)
            lines[number] = f"{head.group(1)}{tabs}{name};"
    return "\n".join(lines)


def _keep_comment(text: str, name: str) -> str:
    """Put a comment back behind the member that it followed."""
    return re.sub(rf"^(.*;)\n([ \t]*bool {re.escape(name)};)"
                  r"([ \t]*/\*(?:[^*]|\*(?!/))*\*/)$",
                  r"\1\3\n\2", text, count=1, flags=re.M)
