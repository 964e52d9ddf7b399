# SPDX-License-Identifier: GPL-2.0-only
"""Check the third identity: all text that a decision rests on was read.

A reader of the code may lose some of it and say nothing. So each token in the
body of every function that the pages are seen in must lie in what was read of
it, and each mention of such a function, anywhere in the tree, must be one that
was read: a caller that was lost cannot hide. This side of the comparison is the
text alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pinlib.base.codes import Code
from pinlib.base.resources import MACROS
from pinlib.base.why_not import WhyNot
from pinlib.csource.masking import CText
from pinlib.flow.call_sites import CallSite
from pinlib.program.callers import table_at
from pinlib.program.facts import Fact
from pinlib.program.function import Function
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

CODE = Code.TEXT_NOT_READ
_WORD = re.compile(r"(?<!\w)[A-Za-z_]\w*")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_KEYWORDS = frozenset(
    "if else for while do switch case default break continue goto return "
    "sizeof typeof __typeof__ const volatile static register extern inline "
    "struct union enum unsigned signed void char short int long float double "
    "__extension__".split())
# What declares something by a macro, without a fact of it.
_MACRO_DECLARATION = re.compile(
    r"[;{}]\s*((?:static\s+)?\w*(?:DECLARE|DEFINE|LIST_HEAD|ON_?STACK|"
    r"_KEY|_INIT)\w*\s*\()")
# A loop over numbers that declares its variable.
_COUNTER = re.compile(r"\bfor\s*\(\s*(?:\w+\s+)+\w+\s*=\s*\d\w*\s*;"
                      r"[^;(){}]*;[^;(){}]*\)")
_ANNOTATION = re.compile(r"__[a-z]\w*$")
# What flow/declared/cleanups.py reads behind the name of a variable.
_AT_END = r"(?:\s*__(?:free|cleanup)\s*\(\s*\w+\s*\))?"
# What stands behind a name in its declarator.
_TAIL = re.compile(r"\s*(\)\s*\([^;{}]*?\)|(?:\)?\s*\[[^]]*\])*|)" + _AT_END +
                   r"\s*(?=[=;,:)])")
_ASSEMBLER = re.compile(r"\b(?:asm|__asm__)\b(?:\s*(?:volatile|goto|inline|"
                        r"__volatile__))*\s*\(")


def obstacle(program: Program, resolver: Resolver,
             site: CallSite) -> WhyNot | None:
    """Return why some text was not read, with its line, or None.

    Asked of a site whose pages were followed to their end.
    """
    functions = {e.function.key: e.function for e in site.flow.events}
    functions[site.function.key] = site.function
    for location in site.flow.locations:
        owner = program.function(location.file, location.owner)
        if location.kind != LocationKind.MEM and owner is not None:
            functions[owner.key] = owner
    for key in sorted(functions):
        function = functions[key]
        if not function.name or program.tree.is_kernel(function.file):
            continue
        at = next(_in_body(program, function), None)
        if at is not None:
            return _found(function.text, function.file, at, (
                f"in {function.name}(), which these pages pass through"))
        lost = _mention(program, function, _handed(site, function))
        if lost:
            return lost
    for location in sorted(site.flow.locations):
        if location.kind == LocationKind.MEM and location not in site.flow.borrowed:
            lost = _member(program, resolver, location)
            if lost:
                return lost
    return None


def _found(text: CText, file: str, offset: int,
           where: str) -> WhyNot:
    match = _WORD.match(text.code, offset)
    word = match.group() if match else ""
    return WhyNot(CODE, f"{word} is named {where}, in text that could not be read: "
                  "what it does there is not known.",
                  f"{file}:{text.line_of(offset)}")


def _in_body(program: Program, function: Function) -> Iterator[int]:
    """Yield the offsets of identifiers in a body that were not read."""
    text = function.text
    low, high = function.body
    covered = _read(program, function)
    spans = sorted(_without_facts(text, low, high))
    for match in _WORD.finditer(text.code, low, max(low, high)):
        at = match.start()
        if at in covered or match.group() in _KEYWORDS or any(
                a <= at < b for a, b in spans) or _is_label(text.code, match):
            continue
        yield at


def _is_label(code: str, match: re.Match[str]) -> bool:
    """Say whether a word is a label, or the target of a goto."""
    before = code[max(0, match.start() - 2000):match.start()].rstrip()
    return re.search(r"\bgoto$", before) is not None or \
        before[-1:] in (";", "{", "}", ":") and \
        re.compile(r"\s*:(?!:)").match(code, match.end()) is not None


def _without_facts(text: CText, low: int,
                   high: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of a body that hold no expression with a fact of its own.

    The heads of switch and do-while are no facts, the variable of a loop has no
    declaration, and of a scoped block there is only the body; what the heads
    name of the pages is checked separately.
    """
    code = text.code
    for match in re.compile(r"\bcase\b[^;{}]*?:(?!:)").finditer(
            code, low, high):
        yield match.span()
    for match in re.compile(r"\b(switch|while)\s*\(").finditer(
            code, low, high):
        close = text.matching(match.end() - 1)
        if match.group(1) == "switch" or re.compile(r"\s*;").match(
                code, close + 1):
            yield match.start(), close
    for match in _COUNTER.finditer(code, low, high):
        yield match.span()
    for match in re.compile(rf"\b(?:{_blocks()})\s*\(").finditer(
            code, low, high):
        yield match.start(), text.matching(match.end() - 1)
    for match in _ASSEMBLER.finditer(code, low, high):
        yield match.start(), text.matching(match.end() - 1)
    for match in _MACRO_DECLARATION.finditer(code, low, high):
        yield match.start(1), text.matching(match.end() - 1)


@functools.lru_cache(maxsize=1)
def _blocks() -> str:
    """Return a pattern of the macros that head a block, read as `if (1)`."""
    text = MACROS.read_text()
    return "|".join(re.findall(r"^#define (\w+)\(", text, re.M))


def _read(program: Program, function: Function) -> set[int]:
    """Return the offsets of the identifiers of a body that were read."""
    covered: set[int] = set()
    for statement in function.statements:
        fact = statement.fact
        if statement.tree is None or fact.kind == "declare":
            continue
        covered.update(_aligned(function.text, statement.start,
                                statement.end, fact.text))
    low, high = function.body
    for fact in program.source(function.file).facts_of(function):
        if fact.kind == "declare":
            at = function.text.offset(fact.line, fact.column)
            if low < at < high:
                covered.update(_declared(program, function, fact, at))
    return covered


def _aligned(text: CText, start: int, end: int, read: str) -> Iterator[int]:
    """Yield identifiers of a range of text that are, in order, those read.

    An annotation of a type is not printed with it.
    """
    words = iter(_WORD.findall(_STRING.sub("", read)))
    wanted = next(words, None)
    for match in _WORD.finditer(text.code, start, end):
        if match.group() == wanted:
            yield match.start()
            wanted = next(words, None)
        elif _ANNOTATION.match(match.group()) and not re.compile(
                r"\s*\(").match(text.code, match.end()):
            yield match.start()


def _declared(program: Program, function: Function, fact: Fact,
              at: int) -> Iterator[int]:
    """Yield identifiers of a declarator, of its type and of its initialiser."""
    text = function.text
    code = text.code
    start = _type_start(code, at)
    if start < 0:
        return
    if fact.text and not any(
            s.fact.kind == "declare" and s.start == at
            and s.tree is not None for s in function.statements):
        return
    tail = _TAIL.match(code, at + len(fact.name)) \
        if code.startswith(fact.name, at) else None
    if tail is None:
        return
    yield from (m.start() for m in _WORD.finditer(code, start, tail.end()))
    if fact.text:
        yield from _aligned(text, tail.end(), text.statement_end(at),
                            fact.text)


def _type_start(code: str, at: int) -> int:
    """Return where the declaration of a name begins, or -1 where it is none.

    `name(x);` is a call, whatever it was read as.
    """
    depth = 0
    while at > 0:
        at -= 1
        char = code[at]
        if char in ")]":
            depth += 1
        elif char in "([" and depth:
            depth -= 1
        elif char == "(":
            if re.compile(r"\(\s*\*+\s*(?:const\s+)?\w+\s*\)\s*[(\[]").match(
                    code, at) or re.compile(
                    r"\(\s*\*+\s*(?:const\s+)?\w+\s*\[[^]]*\]\s*\)\s*\("
                    ).match(code, at):
                continue
            return at + 1 if re.search(r"\bfor\s*$", code[:at]) else -1
        elif not depth and char in ";{},":
            return at + 1
        elif not depth and char == ":":
            return at + 1
    return -1


def _handed(site: CallSite, function: Function) -> bool:
    """Say whether pages pass between a function and its callers."""
    names = [n for _, n in function.params]
    return any((where.file, where.owner) == function.key and (
        where.kind == LocationKind.RET or
        where.kind == LocationKind.VAR and where.name in names)
        for where in site.flow.locations)


def _mention(program: Program, function: Function,
             handed: bool) -> WhyNot | None:
    """Return a place that names a function and was not read, or None.

    Where no pages are passed, who calls through a table does not matter.
    """
    name = function.name.partition("@")[0]
    lost = _mention_in_included(program, function, name)
    if lost:
        return lost
    if function.static and not function.file.endswith(".h"):
        files = {function.file}
    else:
        files = {f for f in program.naming_files(name)
                 if f.endswith((".c", ".h")) and not f.startswith(
                     ("tools/", "Documentation/"))}
    if program.popular(name, files):
        return WhyNot(CODE, f"{name}() is named on too many lines for every caller "
                      "to be read.", f"{function.file}:{function.line}")
    for file in sorted(files):
        text = program.text(file)
        if file != function.file and _own(program, file, name):
            continue
        known = _mentions_read(program, file, name)
        for offset in text.words.get(name, ()):
            line, column = text.place_of(offset)
            if (line, column) in known or text.is_disabled(line) or \
                    re.search(r"\bEXPORT_SYMBOL\w*\s*\(\s*$",
                              text.code[max(0, offset - 60):offset]) or \
                    _other_name(text, offset) or \
                    not handed and _in_table(text, offset, name):
                continue
            directive = text.directive_at(offset)
            if directive == "define":
                return WhyNot(CODE, f"{name}() stands in a macro here, whose uses "
                              "are not followed.", f"{file}:{line}")
            if directive is None:
                return _found(text, file, offset, "here")
    return None


def _in_table(text: CText, offset: int, name: str) -> bool:
    """Say whether a place is the value of a member in a top-level table.

    Of a table with an #ifdef in it there are no facts.
    """
    return table_at(text, offset) is not None and re.search(
        r"\.\s*\w+\s*=\s*&?\s*$", text.code[max(0, offset - 80):offset]
        ) is not None and text.code[offset + len(name):].lstrip()[:1] in (
        ",", "}")


def _mention_in_included(program: Program, function: Function,
                         name: str) -> WhyNot | None:
    """Return a use of a function in a file that is compiled with its own.

    Callers are looked for in files of C, and those of a static function in its
    own; by another name they are not found at all.
    """
    alias = next(program.text(function.file).quoting(
        re.compile(rf'\balias\w*\s*\(\s*"{name}"')), None)
    if alias:
        return WhyNot(CODE, f"{name}() has another name here, whose uses are not "
                      "followed.", f"{function.file}:"
                      f"{program.text(function.file).line_of(alias.start())}")
    own = function.static and not function.file.endswith(".h")
    for file in program.included.compiled_with(function.file):
        if not own and file.endswith((".c", ".h")):
            continue
        text = program.text(file)
        for offset in text.words.get(name, ()):
            if not text.is_disabled(text.line_of(offset)) and \
                    not _other_name(text, offset):
                return _found(text, file, offset, "here")
    return None


def _other_name(text: CText, offset: int) -> bool:
    """Say whether a word is a tag, a member or a label, not a function.

    C has a name space for each.
    """
    word = _WORD.match(text.code, offset)
    if word and _is_label(text.code, word):
        return True
    before = text.visible[max(0, offset - 60):offset].rstrip()
    if before.endswith((".", "->")) or re.search(
            r"\b(?:struct|union|enum)$", before):
        return True
    start = text.offset(text.span_at(text.line_of(offset)).start)
    return bool(re.compile(
        r"\s*(?:typedef\s+)?(?:struct|union)\b[^{}();=]*\{").match(
            text.code, start)) and text.matching(
                text.code.index("{", start)) > offset


def _own(program: Program, file: str, name: str) -> bool:
    """Say whether a file defines a function of this name for itself."""
    text = program.text(file)
    return any(text.defines(name, o) for o in text.words.get(name, ()))


def _mentions_read(program: Program, file: str,
                   name: str) -> set[tuple[int, int]]:
    """Return where what was read of a file names a function."""
    known = {(f.line, f.column) for f in program.facts(file, name)
             if f.kind in ("function", "prototype", "declare")
             and f.name == name}
    # A table at the top level has no function around it; its text does.
    for statement in program.top_statements(file, name):
        known.update(statement.function.text.place_of(o) for o in _aligned(
            statement.function.text, statement.start, statement.end,
            f"{statement.fact.name} {statement.fact.text}"))
    for function in program.mentioning(name, {file}):
        for use in function.uses.get(name, ()):
            place = function.position(use)
            if place:
                known.add(place)
    return known


def _member(program: Program, resolver: Resolver,
            location: Location) -> WhyNot | None:
    """Return a place with a holder's name outside every function that was read."""
    for file in sorted(resolver.sees(location)):
        text = program.text(file)
        lost = _member_in_included(program, file, location)
        if lost:
            return lost
        if program.tree.is_kernel(file) or \
                not file.endswith((".c", ".h")):
            continue
        bodies = [f.body for f in program.in_file(file)]
        tops = [(s.start, s.end) for s in program.top_statements(
            file, location.name)]
        for offset in program.members(file, location.name):
            if any(a <= offset <= b for a, b in bodies + tops) or \
                    text.directive_at(offset):
                continue
            return _found(text, file, offset, f"where {location} may be "
                          "meant")
    return None


def _member_in_included(program: Program, file: str,
                        location: Location) -> WhyNot | None:
    """Return a use of a holder's name in an included part that is not C by name."""
    for part in program.included.by(file):
        if not part.endswith((".c", ".h")):
            text = program.text(part)
            for offset in text.words.get(location.name, ()):
                if text.visible[:offset].rstrip().endswith((".", "->")):
                    return _found(text, part, offset,
                                  f"where {location} may be meant")
    return None
