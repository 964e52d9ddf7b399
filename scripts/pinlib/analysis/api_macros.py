# SPDX-License-Identifier: GPL-2.0-only
"""Find macros that call an interface, directly or through another macro.

What a macro hides is in no fact: its body is read as text, all definitions of
one name together, and so are the places that use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.csource.masking import CText
from pinlib.kernel import effects
from pinlib.program.macros import arguments
from pinlib.program.program import Program

LIMIT = 12
# A pasted name has a piece of as many letters in one word, beside its `##`.
_PIECE = 4
_HEAD = re.compile(r"[ \t]*#[ \t]*define\s+(\w+)(\(([^)]*)\))?")
_CHAIN = re.compile(r"\w+(?:\s*##\s*\w+)+")
# Letters that a pasted name must spell before it is taken for an interface's.
_SPELT = 8


@dataclass(frozen=True)
class Macro:
    """One definition that names an interface, or another such macro.

    calls: what the body names; api: the interface in the end. params is None for
    an object-like macro. chain: the words that are pasted to a name, where it
    names none.
    """

    name: str
    params: tuple[str, ...] | None
    body: str
    file: str
    line: int
    calls: str
    api: str
    condition: str
    chain: tuple[str, ...] = ()

    def spelt(self, given: list[str]) -> str:
        """Return the name that the chain makes with these arguments."""
        values = dict(zip(self.params or (), (g.strip() for g in given)))
        return "".join(values.get(w, w) for w in self.chain)


def find(program: Program, names: list[str],
         more: list[Macro]) -> dict[str, list[Macro]]:
    """Return the macros that expand to one of the interfaces, by their names.

    One that is called like an interface itself is a shim, and its uses are calls
    of that. One that is read as a function in this kernel is none, although other
    kernels have another definition. more: those of pasted().
    """
    opened = program.tree.opened
    found: dict[str, list[Macro]] = {}
    ends = {n: n for n in names}
    work = set(names)
    for _ in range(LIMIT):
        fresh = [m for word in sorted(work) for m in _naming(
            program, word, ends[word])]
        fresh += more
        more = []
        work = set()
        for macro in fresh:
            if macro.name in effects.TAKES or (
                    macro.file, macro.name) in opened:
                continue
            if macro.name not in ends:
                ends[macro.name] = macro.api
                work.add(macro.name)
            found.setdefault(macro.name, []).append(macro)
        if not work:
            break
    return found


def _naming(program: Program, word: str, end: str) -> Iterator[Macro]:
    """Yield the definitions whose bodies name a word."""
    for file in sorted(program.naming_files(word)):
        text = program.text(file)
        seen: set[int] = set()
        for offset in text.words.get(word, ()):
            if text.directive_at(offset) != "define":
                continue
            made = _read(text, file, offset, word, end)
            start = text.directive_start(offset)
            if made and made.name != word and start not in seen:
                seen.add(start)
                yield made


def _read(text: CText, file: str, offset: int, calls: str,
          end: str) -> Macro | None:
    """Return the definition around an offset of its body, or None."""
    whole = text.directive_text(offset)
    head = _HEAD.match(whole)
    if head is None or text.directive_start(offset) + head.end() > offset:
        return None
    params = None if head.group(2) is None else tuple(
        p.strip() for p in head.group(3).replace("\\\n", " ").split(","))
    line = text.line_of(offset)
    return Macro(head.group(1), params, whole[head.end():], file, line, calls,
                 end, " ".join(c for _, _, c in text.conditions_at(line)))


def pasted(program: Program, names: list[str]) -> list[Macro]:
    """Return definitions that paste the name of an interface together."""
    found = []
    pieces = {n[i:j] for n in names for i in range(len(n))
              for j in range(i + _PIECE, len(n) + 1)}
    for file in program.searches.pasting(pieces):
        text = program.text(file)
        for match in _CHAIN.finditer(text.visible):
            made = text.directive_at(match.start()) == "define" and _read(
                text, file, match.start(), "", "")
            name = made and _spelt(match.group(), made.params or (), names)
            if made and name:
                found.append(Macro(
                    made.name, made.params, made.body, file, made.line,
                    "", name, made.condition,
                    tuple(re.split(r"\s*##\s*", match.group()))))
    return found


def _spelt(chain: str, params: tuple[str, ...], names: list[str]) -> str:
    """Return the interface that pasted words may make, or ""."""
    words = re.split(r"\s*##\s*", chain)
    plain = [w for w in words if w not in params]
    if sum(map(len, plain)) < _SPELT:
        return ""
    form = re.compile("".join(r"\w*" if w in params else w for w in words))
    return next((n for n in names if form.fullmatch(n)), "")


def uses(program: Program, found: dict[str, list[Macro]],
         name: str) -> Iterator[tuple[str, int]]:
    """Yield file and offset of each place in code that uses a macro.

    A use that pastes the name of something else is left out.
    """
    for file in sorted(program.naming_files(name)):
        text = program.text(file)
        for offset in text.words.get(name, ()):
            if not text.directive_at(offset) and not text.visible[
                    :offset].rstrip().endswith((".", "->")) and \
                    _takes(text, offset, found[name]):
                yield file, offset


def _takes(text: CText, offset: int, macros: list[Macro]) -> bool:
    """Say whether a use may expand to an interface, by what it pastes."""
    head = re.compile(r"\w+\s*\(").match(text.code, offset)
    end = text.matching(head.end() - 1) if head else -1
    if head is None or end < 0:
        return True
    given = arguments(text.code[head.end():end])
    return any(not m.chain or m.spelt(given) in effects.TAKES for m in macros)


def argument(found: dict[str, list[Macro]], name: str, index: int,
             level: int = 0) -> int:
    """Return which argument of a macro becomes its interface's, or -1.

    The answer is that of the first definition; others are of other kernels.
    """
    macro = found[name][0]
    if level > LIMIT or not macro.calls:
        return -1
    if macro.calls in found:
        index = argument(found, macro.calls, index, level + 1)
    if macro.params is None or index < 0:
        return index
    given = _arguments(macro)
    word = re.fullmatch(r"[\s(&]*(\w+)[\s)]*", given[index]) \
        if index < len(given) else None
    return macro.params.index(word.group(1)) \
        if word and word.group(1) in macro.params else -1


def _arguments(macro: Macro) -> list[str]:
    """Return what the body passes to what it calls."""
    body = macro.body.replace("\\\n", "  ")
    call = re.search(rf"\b{macro.calls}\s*\(", body)
    return arguments(body[call.end():]) if call else [""]
