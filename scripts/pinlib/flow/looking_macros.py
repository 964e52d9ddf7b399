# SPDX-License-Identifier: GPL-2.0-only
"""Find out whether a call only looks at an argument, by its name or its macro.

An assertion compares a pointer and prints it. Whatever is not known to be a look
is none, and every definition of the macro must be one that looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pinlib.csource import lexer
from pinlib.csource.expr import HINTS, Kind, Node
from pinlib.csource.macro_text import Define, defines
from pinlib.flow.graph import Event
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement, Use
from pinlib.program.macros import arguments
from pinlib.program.program import Program

_COMPARES = frozenset("== != < > <= >= && ||".split())
_TESTS = frozenset(("if", "while"))
_WORD = re.compile(r"[A-Za-z_]\w*")
LEVELS = 4
# These use a page's number for its struct page alone.
NUMBER_LOOKS = frozenset(
    "pfn_valid pfn_to_page pfn_to_nid pfn_to_online_page page_is_ram "
    "memory_failure soft_offline_page unpoison_memory is_zero_pfn".split())
# The address of a number's page, in another form.
_PLACES = frozenset("PFN_PHYS __pfn_to_phys pfn_to_hpa likely unlikely min "
                    "max".split())
# The kernel makes these names by macros, for the flags of a page.
_FLAGS = re.compile(
    r"^(?:(?:Test|__)?(?:Set|Clear)?Page[A-Z]\w*|"
    r"(?:__)?folio_(?:test|set|clear)_\w+|"
    r"page_to_\w+|(?:VM_)?(?:BUG|WARN)_ON\w*)$")


def by_name(call: Node, index: int) -> bool:
    """Say whether the name of a call, or a format string, means a look."""
    return bool(_FLAGS.match(call.kids[0].value)) or any(
        k.kind == Kind.CONST and k.value.startswith('"') and "%" in k.value
        for k in call.kids[1:index + 1])


def _is_event(program: Program, file: str, name: str) -> bool:
    """Say whether a name is a tracepoint, which a header's macro makes."""
    event = name.removeprefix("trace_")
    if event == name or program.definition(name, file) is not None:
        return False
    made = re.compile(rf"\b\w*EVENT\w*\s*\(\s*(?:\w+\s*,\s*)?{event}\s*[,)]")
    return any(made.search(program.text(other).visible)
               for other in program.naming_files(event) if other.endswith(".h"))


def passed_on(numbers: list[Event]) -> Event | None:
    """Return the first event whose page number may be used to reach the data."""
    return next((e for e in numbers if _goes_to_calls(e)), None)


def forgotten(call: Node, statement: Statement) -> bool:
    """Say whether a call gives a page's number, of which no page is made again.

    What only looks at a page makes nothing of its number.
    """
    function = statement.function
    return call.kids[0].value in effects.NUMBERED and (not any(
        again in function.text.words for again in effects.FROM_NUMBER)
        or not _goes_to(function, call, statement.fact.name if
                        statement.fact.kind == "declare" else "", set()))


def found_again(program: Program, numbers: list[Event]) -> bool:
    """Say whether a function that gets a page's number makes it the page again."""
    called = [program.definition(name, e.function.file) for e in numbers
              for name in _goes_to_calls(e) if _WORD.fullmatch(name)]
    return any(_finds(program, callee, 0) for callee in called if callee)


def _finds(program: Program, function: Function, level: int) -> bool:
    """Say whether a function, or one of its file that it calls, does so."""
    near = program.source(function.file).named
    return any(name in function.uses for name in effects.FROM_NUMBER) or \
        level < LEVELS and any(
            _finds(program, callee, level + 1) for name in function.uses
            for callee in near.get(name, ()) if callee is not function)


def _goes_to_calls(event: Event) -> set[str]:
    return set() if event.call is None else _goes_to(
        event.function, event.call, event.statement.fact.name
        if event.statement.fact.kind == "declare" else "", set())


def _goes_to(function: Function, node: Node, declared: str,
             seen: set[str]) -> set[str]:
    """Return what is called with a number, or a value made of it; = where kept."""
    while node.parent is not None:
        parent = node.parent
        if parent.kind == Kind.CALL and parent.kids[0].value not in _PLACES:
            name = parent.kids[0].value
            return set() if name in NUMBER_LOOKS or any(
                k.kind == Kind.CONST and k.value.startswith('"')
                for k in parent.kids[1:]) else {name}
        if parent.kind == Kind.ASSIGN:
            return set() if parent.kids[0] is node else _named(
                function, parent.kids[0], seen)
        if parent.kind == Kind.BINARY and parent.value in (
                "==", "!=", "<", ">", "<=", ">="):
            return set()
        node = parent
    return _named(function, Node(Kind.ID, declared), seen) if declared else set()


def _named(function: Function, target: Node, seen: set[str]) -> set[str]:
    name = target.value
    if target.kind != Kind.ID or not function.is_local(name):
        return {"="}
    if name in seen:
        return set()
    seen.add(name)
    return {found for use in function.uses.get(name, []) for found in _goes_to(
        function, use.node, use.statement.fact.name
        if use.statement.fact.kind == "declare" else "", seen)}


def only_looks(program: Program, function: Function, statement: Statement,
               call: Node, index: int) -> bool:
    """Say whether a call is a macro that only looks at one of its arguments."""
    head = call.kids[0]
    if _is_event(program, function.file, head.value):
        return True
    place = function.position(Use(statement, head)) \
        if head.kind == Kind.ID else None
    if place is None:
        return False
    text = function.text
    opening = text.code.find("(", text.offset(*place))
    close = text.matching(opening)
    given = [a.strip() for a in arguments(text.code[opening + 1:close])]
    return len(given) == len(call.kids) - 1 and _all_look(
        program, function.file, head.value, given, index, 0)


def _all_look(program: Program, file: str, name: str, given: Sequence[str],
              index: int, level: int) -> bool:
    found = [*_definitions(program, file, name)] if program.definition(
        name, file) is None else []
    return bool(found) and level < LEVELS and all(
        _looks(program, file, define, given, index, level)
        for define in found)


def _definitions(program: Program, file: str, name: str) -> Iterator[Define]:
    """Yield the definitions of a macro in a file and in its driver's headers.

    Where these have none, all that the tree has: any may be meant.
    """
    home, found = program.tree.home(file), False
    for other in sorted(program.naming_files(name)):
        if other == file or other.endswith(".h") and other.startswith(home):
            text = program.text(other)
            if re.search(rf"#[ \t]*define[ \t]+{name}\b", text.whole):
                found = True
                yield from (d for d in defines(text) if d.name == name)
    if not found:
        yield from program.macro_definitions(name)


def _looks(program: Program, file: str, define: Define, given: Sequence[str],
           index: int, level: int) -> bool:
    """Say whether one definition only looks at the argument of an index."""
    params = define.params or ()
    if len(params) != len(given) or not all(p.isidentifier() for p in params):
        return False
    tokens = [given[params.index(t)] if t in params
              and given[params.index(t)] in _COMPARES else t
              for t in lexer.words(define.raw)]
    names, work = {params[index]}, [params[index]]
    while work:
        name = work.pop()
        for at, token in enumerate(tokens):
            if token != name or tokens[at - 1:at] == ["#"]:
                continue
            kept = _kept(define, tokens, at)
            if kept and kept not in names:
                names.add(kept)
                work.append(kept)
            if not kept and not _is_look(program, file, tokens, at, level):
                return False
    return True


def _kept(define: Define, tokens: list[str], at: int) -> str:
    """Return the variable of the macro that a value is stored in, or "".

    The place itself, where the variable is declared.
    """
    low, high = _around(tokens, at)
    before, after = _at(tokens, low), _at(tokens, high)
    if tokens[at] in define.locals and after == "=" and _at(
            tokens, high + 1) != "=" and (_WORD.match(before) or before == "*"):
        return tokens[at]
    target = _at(tokens, low - 1)
    return target if before == "=" and after == ";" and \
        target in define.locals else ""


def _is_look(program: Program, file: str, tokens: list[str], at: int,
             level: int) -> bool:
    """Say whether a value is only looked at where it stands."""
    low, high = _around(tokens, at)
    while True:
        before, after = _at(tokens, low), _at(tokens, high)
        if "##" in (before, after):
            return False
        if before == "!" or before in _COMPARES or after in _COMPARES or \
                after == "?":
            return True
        if before not in ("(", ",") or after not in (")", ","):
            return False
        opening = _opening(tokens, low)
        name = _at(tokens, opening - 1)
        if name in _TESTS | {"sizeof", "typeof", "__typeof__"}:
            return True
        if name not in HINTS:
            return _given_on(program, file, tokens, opening, at, level)
        low, high = opening - 2, _closing(tokens, opening) + 1


def _given_on(program: Program, file: str, tokens: list[str], opening: int,
              at: int, level: int) -> bool:
    """Say whether a call that is given a value only looks at it."""
    name = _at(tokens, opening - 1)
    end = _closing(tokens, opening)
    cuts = [opening, *_commas(tokens, opening, end), end]
    index = sum(cut < at for cut in cuts) - 1
    given = ["".join(tokens[a + 1:b]) for a, b in zip(cuts, cuts[1:])]
    known = effects.effect(name, index)
    if known is not None:
        # What a macro makes of a page's number is not followed.
        return known.kind == "look" and name not in effects.NUMBERED
    return any("%" in g and g.startswith('"') for g in given[:index]) or \
        bool(_WORD.fullmatch(name)) and _all_look(
            program, file, name, given, index, level + 1)


def _around(tokens: list[str], at: int) -> tuple[int, int]:
    """Return what stands around a value, less parentheses and casts."""
    low, high = at - 1, at + 1
    while True:
        if _at(tokens, low) == "(" and _at(tokens, high) == ")" and \
                not _WORD.match(_at(tokens, low - 1)):
            low, high = low - 1, high + 1
        elif _at(tokens, low) == ")" and _is_cast(tokens, low):
            low = _opening(tokens, low) - 1
        else:
            return low, high


def _is_cast(tokens: list[str], close: int) -> bool:
    """Say whether parentheses in front of a value hold a type."""
    opening = _opening(tokens, close)
    inside = tokens[opening + 1:close]
    return bool(inside) and not _WORD.match(_at(tokens, opening - 1)) and all(
        _WORD.fullmatch(t) or t == "*" for t in inside) and (
            "*" in inside or "unsigned" in inside or "long" in inside)


def _opening(tokens: list[str], at: int) -> int:
    """Return where the parenthesis around a place opens, or -1."""
    depth = 0
    for low in range(at - (tokens[at] == ")"), -1, -1):
        depth += (tokens[low] == ")") - (tokens[low] == "(")
        if depth < 0:
            return low
    return -1


def _closing(tokens: list[str], opening: int) -> int:
    """Return where a parenthesis closes."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        if not depth:
            return at
    return len(tokens)


def _commas(tokens: list[str], opening: int, end: int) -> Iterator[int]:
    """Yield the commas between the arguments of a call."""
    depth = 0
    for at in range(opening, end):
        depth += (tokens[at] in "([{") - (tokens[at] in ")]}")
        if tokens[at] == "," and depth == 1:
            yield at


def _at(tokens: list[str], index: int) -> str:
    return tokens[index] if 0 <= index < len(tokens) else ""
