# SPDX-License-Identifier: GPL-2.0-only
"""Tell what a name must be, as its other way calls what the kernel lacks.

    #ifdef HAVE_GET_PAGES2
        got = iov_iter_get_pages2(...);
    #else
        got = iov_iter_get_pages(...);
    #endif

Where the kernel's headers declare one of the two alone, nobody has to ask how the
module's build finds out about the name: the other way does not build. And where
one of the two pins, and the other way is the same with plain references, the name
says whether a kernel has pins: this one has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.analysis import census
from pinlib.csource import arm_tree
from pinlib.csource.arm_tree import Arm
from pinlib.csource.arms import Known, NOTHING
from pinlib.csource.masking import CText
from pinlib.decide.api_forms import Era
from pinlib.kernel import effects
from pinlib.program.program import C_FILES, Program

_LISTED = (*effects.MISSION, *effects.OTHER_GET, *effects.PINNING)
_NAMES = frozenset((*_LISTED, *effects.RELEASES))
_PINS = frozenset((*effects.PINNING, *effects.UNPIN))
_WORD = re.compile(r"[A-Za-z_]\w*")

# A name, and its value: None for one that is not defined.
Setting = tuple[str, int | None]


def implied(program: Program, era: Era) -> tuple[Setting, ...]:
    """Return the names that this kernel's declarations decide."""
    lacks = [name for name in _LISTED if name not in era.declared
             and _never_defined(program, name)] if era.declared else []
    own = program.tree.known
    found = {setting for name in lacks for _, arm in _calling(program, name)
             for setting in _escapes(arm, own)
             if _leaves_none(program, setting, lacks)}
    found |= {setting for get, pin in effects.PIN_OF.items()
              if {get, pin} <= era.declared.keys()
              for text, arm in _calling(program, get)
              if _pins_instead(text, arm, get, pin)
              for setting in _escapes(arm, own) if _paired(program, setting)}
    return tuple(sorted((s for s in found if (
        s[0], None if s[1] else 1) not in found), key=str))


def _pins_instead(text: CText, arm: Arm, get: str, pin: str) -> bool:
    """Say whether the only other arm of an #if pins what this one gets."""
    others = [_words(text, one) for one in text.arms
              if one.group == arm.group and one is not arm]
    return len(others) == 1 and pin in others[0] and get not in others[0] \
        and pin not in _words(text, arm)


def _paired(program: Program, setting: Setting) -> bool:
    """Say whether each arm left out has another one that does it with pins."""
    for text, arm in _left_out(program, setting):
        others = [_words(text, one) for one in text.arms
                  if one.group == arm.group and one is not arm]
        if not any(words & _PINS for words in others):
            return False
    return True


def _files(program: Program, name: str) -> Iterator[CText]:
    for file in sorted(program.naming_files(name)):
        if not program.tree.is_kernel(file) and file.endswith(C_FILES):
            yield program.text(file)


def _never_defined(program: Program, name: str) -> bool:
    """Say whether a module has no function and no macro of that name."""
    for live in _files(program, name):
        text = live.as_known(NOTHING)
        if any(text.defines(name, offset) or _prototype(text, name, offset)
               or text.directive_at(offset) == "define"
               for offset in text.words.get(name, ())):
            return False
    return True


def _prototype(text: CText, name: str, offset: int) -> bool:
    """Say whether a function is declared here, for one that is elsewhere."""
    opening = census.opens(text, name, offset)
    return opening >= 0 and bool(census.headed(text, opening))


def _calling(program: Program, name: str) -> Iterator[tuple[CText, Arm]]:
    """Yield the arms in which a function is called, innermost."""
    for text in _files(program, name):
        for offset in text.words.get(name, ()):
            arm = arm_tree.at(text.arms, offset)
            if arm is not None and text.directive_at(offset) is None and \
                    census.opens(text, name, offset) >= 0:
                yield text, arm


def _escapes(arm: Arm, own: Known) -> Iterator[Setting]:
    """Yield a name's value if the arm is compiled with just the other one."""
    unknown = [name for name in sorted(_asked(arm)) if own.value(name) is None
               and own.defined(name) is None]
    if len(unknown) == 1 and arm.own(own) is None:
        ways = {value: arm.own(known_with(own, (unknown[0], value)))
                for value in (None, 1)}
        for value, other in ((None, 1), (1, None)):
            if ways[value] is False and ways[other]:
                yield unknown[0], value


def _asked(arm: Arm) -> set[str]:
    """Return the names in the conditions of an arm."""
    tests = " ".join(t.lstrip(" \t#").partition(" ")[2] for t in arm.tests)
    return set(_WORD.findall(tests)) - {"defined"}


def known_with(own: Known, *settings: Setting) -> Known:
    """Return what is known, with the values of more names."""
    return Known(own.version, tuple(sorted((*own.macros, *settings), key=str)))


def _leaves_none(program: Program, setting: Setting, lacks: list[str]) -> bool:
    """Say whether no arm with pages that may be compiled is left out so."""
    return all(_words(text, arm).intersection(lacks)
               for text, arm in _left_out(program, setting))


def _left_out(program: Program,
              setting: Setting) -> Iterator[tuple[CText, Arm]]:
    """Yield the arms with pages that are left out if a name is so."""
    own = program.tree.known
    known = known_with(own, setting)
    for file in sorted(program.naming_files(setting[0])):
        text = program.text(file)
        for arm in text.arms if file.endswith(C_FILES) else ():
            if arm.own(known) is False and arm.own(own) is None and \
                    _words(text, arm) & _NAMES:
                yield text, arm


def _words(text: CText, arm: Arm) -> set[str]:
    return set(_WORD.findall(text.whole, arm.start, arm.end))
