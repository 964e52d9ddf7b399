# SPDX-License-Identifier: GPL-2.0-only
"""Say whether a loop over the pages of an array may become one call.

It may if nothing else is done in it, and if the call does in every case what the
loop did: where the number is negative, where there is no page, where there is no
array. A doubt always answers no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.csource.masking import CText

_SCALAR = (r"(?:unsigned|signed|int|long|short|size_t|ssize_t|loff_t|"
           r"[us](?:8|16|32|64)|__[us](?:8|16|32|64))")
_DECLARATION = re.compile(rf"\s*(?:{_SCALAR}\s+)+[^()=]*$")
_WRITES = re.compile(r"\+\+|--|(?<![=!<>])=(?!=)|[-+*/%&|^]=|<<=|>>=")
_HEAD = re.compile(r"for\s*\(\s*(?P<index>\w+)\s*=\s*0\s*;"
                   r"\s*(?:(?P<array>[^;]+?)\s*&&\s*)?(?P=index)\s*<"
                   r"\s*(?P<bound>[\w.]+(?:(?:->|\.)\w+)*)\s*;")
_CHAIN = re.compile(r"\w+(?:(?:->|\.)\w+)*")
# What may stand between the names of an expression that is read once instead.
_AROUND = re.compile(r"(?:[!<>=]=|&&|\|\||[!<>&|()])*")
_BEHIND_IF = re.compile(r"\bif\s*$")


@dataclass(frozen=True)
class Known:
    """What is known of a release that may be in such a loop.

    drops: the functions that drop one page. count: a number that is never
    negative. flag: what is asked before each page is dropped, or "".
    """

    drops: tuple[str, ...]
    count: str = ""
    flag: str = ""


def is_bare(text: CText, start: int, end: int) -> bool:
    """Say whether a range holds neither comments nor directives."""
    return text.written(start, end) == text.code[start:end]


def around(text: CText, low: int, high: int,
           anchor: int) -> list[tuple[int, int]]:
    """Return the loops of a function that hold an offset, the innermost last."""
    return [(a, b) for a, b in _loops(text, low, high) if a < anchor < b]


def is_one_call(text: CText, function: tuple[int, int], anchor: int,
                known: Known) -> bool:
    """Say whether the loop around a release may become one call.

    Its index may live on only in loops that set it first, or in nothing but
    a declaration that can go with it.
    """
    loops = around(text, *function, anchor)
    if not loops:
        return False
    start, end = loops[-1]
    head = _HEAD.match(text.code, start, end)
    if not head or not is_bare(text, start, end):
        return False
    body = text.code[text.matching(text.code.index("(", start)) + 1:end]
    calls = set(re.findall(r"(\w+)\s*\(", body))
    if calls - {"if", "set_page_dirty_lock", *known.drops} or \
            _WRITES.search(body) or _changes(head["array"] or ""):
        return False
    # init, test, step, and one subscript for each call of the body
    index = re.compile(rf"\b{head['index']}\b")
    if len(index.findall(text.code[start:end])) - 3 != len(calls - {"if"}) or \
            index.search(known.flag) or not _outlived(
                text, function, (start, end), head["index"]):
        return False
    if _counted(text, function, start, head["bound"]):
        return True
    if _less(head["bound"]) != _less(known.count):
        return False
    once = _arrays(body, head["index"])
    if len(once) != len(calls - {"if"}) or known.flag and _is_body(text, start):
        return False
    # Where there is no page, the loop read nothing but its head.
    once += [_asked(body), known.flag]
    return all(_is_there(text, function, head, one) for one in once)


def _less(expression: str) -> str:
    return "".join(expression.split())


def _changes(expression: str) -> bool:
    """Say whether an expression may do more than read."""
    return "(" in expression or bool(_WRITES.search(expression))


def _loops(text: CText, low: int, high: int) -> list[tuple[int, int]]:
    """Return where each loop of a function begins and ends."""
    return [(o, text.statement_end(o)) for o in text.words.get("for", ())
            if low <= o < high]


def _outlived(text: CText, function: tuple[int, int], loop: tuple[int, int],
              index: str) -> bool:
    """Say whether nothing reads the index of a loop without setting it first."""
    start, end = loop
    own = [(a, b) for a, b in _loops(text, *function)
           if re.match(rf"for\s*\(\s*{index}\s*=[^=]", text.code[a:b])]
    return not any(a < start and end <= b for a, b in own) and all(
        any(a <= use < b for a, b in own) or _declared(text, function[0], use)
        for use in text.words.get(index, ()) if function[0] <= use < function[1])


def _declared(text: CText, low: int, use: int) -> bool:
    """Return true when a use is a plain declarator of a local scalar."""
    begin = max([low, *(text.code.rfind(c, low, use) + 1 for c in ";{}")])
    end = text.code.find(";", use)
    return text.code.rfind("{", low, use) >= 0 and bool(
        _DECLARATION.match(text.code[begin:end]))


def _condition(text: CText, low: int, start: int) -> str:
    """Return the condition of the if whose whole body a loop is, or ""."""
    before = text.code[low:start].rstrip()
    if before.endswith("{"):
        before = before[:-1].rstrip() if text.code[
            text.statement_end(start):].lstrip().startswith("}") else ""
    if not before.endswith(")"):
        return ""
    for at in (low + m.start() for m in re.finditer(r"\(", before)):
        if text.matching(at) == low + len(before) - 1 and \
                _BEHIND_IF.search(text.code[low:at]):
            return text.code[at + 1:low + len(before) - 1]
    return ""


def _counted(text: CText, function: tuple[int, int], start: int,
             bound: str) -> bool:
    """Say whether an if around nothing but a loop says that there are pages."""
    condition = _condition(text, function[0], start)
    return "||" not in condition and any(
        _less(one).strip("()") == f"{_less(bound)}>0"
        for one in condition.split("&&"))


def _is_body(text: CText, start: int) -> bool:
    """Say whether a loop is the body of something without braces."""
    return text.code[:start].rstrip().endswith((")", "else", "do"))


def _arrays(body: str, index: str) -> list[str]:
    """Return the array of each call in the body of a loop."""
    return re.findall(
        rf"\b(?!if\b)\w+\s*\(\s*(?:\*\s*\(\s*)?([^;]*?)\s*"
        rf"(?:\[\s*{index}\s*\]|\+\s*{index}\s*\))", body)


def _asked(body: str) -> str:
    """Return what is asked in the body of a loop, "" if nothing is."""
    asked = re.search(r"\bif\s*\(([^;{]*)\)", body.partition(
        "set_page_dirty_lock")[0])
    return asked.group(1) if asked else ""


def _is_there(text: CText, function: tuple[int, int], head: re.Match[str],
              expression: str) -> bool:
    """Say whether an expression can be read where there is no page.

    Each pointer in it is one that the head follows as well, or that is never
    set nor asked for in the function: a parameter, or what a variable begins as.
    """
    expression = _less(expression)
    if not _AROUND.fullmatch(_CHAIN.sub("", expression)):
        return False
    read = _less(f"{head['array'] or ''};{head['bound']}")
    return all(
        re.search(rf"(?<![\w.>]){re.escape(pointer)}->", read) or
        _is_settled(text, function, pointer)
        for chain in _CHAIN.findall(expression)
        for at in re.finditer("->", chain) for pointer in [chain[:at.start()]])


def _is_settled(text: CText, function: tuple[int, int], name: str) -> bool:
    """Say whether a name has one value in a function, which is never tested."""
    code = text.code[function[0]:function[1]]
    own = rf"(?<![\w.>]){name}\b(?!->)"
    sets = re.findall(rf"(\w[\w\s]*\*\s*)?{own}\s*=(?!=)", code)
    asked = re.search(
        rf"[!&|?:=]\s*{own}|{own}\s*(?:[!=]=|&&|\|\||\?)|"
        rf"\b(?:if|while|likely|unlikely|IS_ERR\w*)\s*\(\s*{own}", code)
    given = re.search(rf"\*\s*{name}\s*[,)]", code.partition("{")[0])
    return not asked and (
        not sets if given else len(sets) == 1 and bool(sets[0]))
