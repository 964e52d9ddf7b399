# SPDX-License-Identifier: GPL-2.0-only
"""The register of codes against the code that gives them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pinlib.base.codes import Code, REGISTER
from pinlib.base.records import Disposition
from pinlib.engine import declared
from pinlib.report import advice

PINLIB = Path(__file__).resolve().parents[2] / "scripts" / "pinlib"
# Makes a decision of a literal: its code must be a member of Code.
MAKERS = {"WhyNot": 0, "manual": 0, "Verdict": 1, "Decision": 2}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PINLIB.rglob("*.py")):
        if path.name != "codes.py":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_code_that_is_given_is_registered_and_no_other() -> None:
    given = {node.attr for _, tree in sources() for node in ast.walk(tree)
             if isinstance(node, ast.Attribute)
             and isinstance(node.value, ast.Name) and node.value.id == "Code"}
    given |= {kept.code.name for name in declared.names()[1:]
              for kept in declared.load(name).kept}
    assert given == set(Code.__members__)
    assert set(REGISTER) == set(Code)


def test_no_code_is_spelled_as_a_string() -> None:
    spelled = [f"{path.name}:{node.lineno}" for path, tree in sources()
               for node in ast.walk(tree)
               if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
               and node.func.id in MAKERS
               and len(node.args) > MAKERS[node.func.id]
               and isinstance(node.args[MAKERS[node.func.id]], ast.Constant)]
    assert not spelled


@pytest.mark.parametrize("code", list(Code))
def test_each_has_a_meaning_and_an_advice(code: Code) -> None:
    entry = REGISTER[code]
    assert re.fullmatch(r"[A-Z].*\.", entry.meaning)
    assert not entry.advice or re.fullmatch(r"[A-Z].*\.", entry.advice)


def test_what_is_left_to_a_person_has_an_advice_of_its_own() -> None:
    """A disposition's advice says enough of what needs nobody."""
    general = {c for c in Code if not REGISTER[c].advice}
    assert general == {
        Code.PIN_SHORT, Code.PIN_LONGTERM, Code.UNPIN_ALWAYS,
        Code.UNPIN_BY_FLAG, Code.UNPIN_BY_ITERATOR, Code.REFERENCE_NOT_TAKEN,
        Code.CORE_RULE, Code.NO_PAGES, Code.KERNEL_PAGES, Code.MMU_NOTIFIER,
        Code.STRUCT_PAGE_ONLY, Code.ONLY_READ, Code.API_IMPLEMENTATION,
        Code.API_TEST, Code.NOT_COMPILED,
        Code.PINS_AND_UNPINS, Code.RELEASE_NOT_FOLLOWED,
        Code.PIN_PUT, Code.ACCESSOR, Code.ACCESSORS_OWN, Code.OTHER_TYPE,
        Code.LAYOUT_ASKED}


def test_advice_of_a_code_before_that_of_its_disposition() -> None:
    assert advice.of_code("leak-today", "manual") == \
        REGISTER[Code.LEAK_TODAY].advice
    assert advice.of_code("pin-put", "mismatch") == \
        advice.BY_DISPOSITION["mismatch"]
    assert advice.of_code("no-such", "keep") == advice.BY_DISPOSITION["keep"]
    assert set(advice.BY_DISPOSITION) == set(advice.OF_OTHERS) == set(Disposition)
