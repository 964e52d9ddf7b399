# SPDX-License-Identifier: GPL-2.0-only
"""A loop becomes one call only where both do the same in every case.

Each case is a function with a loop around put_page(), and the right answer. Each
mutant of the module leaves out one thing that it looks at; a case must notice.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from pinlib.csource import array_loop
from pinlib.csource.masking import CText

DROPS = ("put_page", "__free_page")
LOOP = "for (i = 0; i < n; i++)\nput_page(p[i]);"
HELD = "for (i = 0; i < n; i++)\nput_page(h->p[i]);"
DIRTY = ("for (i = 0; i < n; i++) {\nif (d)\nset_page_dirty_lock(p[i]);\n"
         "put_page(p[i]);\n}")


@dataclass(frozen=True)
class Case:
    """The body of a function, and what the plan says of its release."""

    body: str
    right: bool
    count: str = "n"
    flag: str = ""
    head: str = "struct held *h, struct page **p, int n"
    early: str = "int i;\n"


def one_line(text: str) -> str:
    """A loop in braces."""
    return text.replace("++)", "++) {") + "}"


CASES = {
    "as it should be": Case(LOOP, True),
    "in braces": Case(one_line(LOOP), True),
    "dirtied too": Case(DIRTY, True),
    "asked for a flag": Case(LOOP, True, flag="pinned"),
    "a sum": Case(LOOP.replace("p[i]", "*(p + i)"), True),
    "behind an if that counts": Case(f"if (n > 0)\n{LOOP}", True, count=""),
    "behind one with more": Case(
        f"if (h && (n > 0)) {{\n{LOOP}\n}}", True, count=""),
    # Trap 1: what a consuming loop leaves behind.
    "a loop that consumes": Case("for (i = 0; i < n--; i++)\nput_page(p[i]);",
                                 False),
    "an entry that is cleared": Case(
        one_line(LOOP).replace("}", "p[i] = NULL; }"), False),
    "a number that goes down": Case(
        one_line(LOOP).replace("}", "n--; }"), False),
    "an index that goes on": Case(f"{LOOP}\nn = i;", False),
    "an index of a loop around": Case(
        f"for (i = 0; i < 4; i++) {{\n{LOOP}\n}}", False),
    "an index that others set": Case(
        f"{LOOP}\nfor (i = 0; i < 4; i++)\nflush(i);", True),
    "a loop from elsewhere": Case(LOOP.replace("= 0", "= 1"), False),
    # Trap 2: an array that is asked for.
    "an array that may be none": Case(LOOP.replace("i <", "p && i <"), True),
    "an array that is looked up": Case(
        LOOP.replace("i <", "find(p) && i <"), False),
    # Trap 3: entries that may be none.
    "an entry that may be none": Case(
        LOOP.replace("\n", "\nif (p[i])\n"), False),
    "a loop that ends at one": Case(LOOP.replace("n;", "n && p[i];"), False),
    # Trap 4: a number that may be negative.
    "an error for a number": Case(LOOP, False, count=""),
    "another number": Case(LOOP, False, count="m"),
    "an if that says less": Case(f"if (n > 0 || h)\n{LOOP}", False, count=""),
    "an if that says it of one way": Case(
        f"if (h || p && n > 0)\n{LOOP}", False, count=""),
    "an if with more in it": Case(
        f"if (n > 0) {{\n{LOOP}\nn = 0;\n}}", False, count=""),
    "a while that counts": Case(f"while (n > 0)\n{LOOP}", False, count=""),
    # Trap 21: what else is done.
    "a page is flushed": Case(
        one_line(LOOP).replace("}", "flush(p[i]); }"), False),
    "a comment": Case(LOOP.replace("\n", "/* all */\n"), False),
    "two of each": Case(one_line(LOOP).replace("}", "put_page(p[i]); }"), False),
    "a condition that changes": Case(DIRTY.replace("(d)", "(d[i])"), False),
    "or behind an if that counts": Case(
        "if (n > 0)\n" + DIRTY.replace("(d)", "(d[i])"), False, count=""),
    "a condition that is counted": Case(DIRTY.replace("(d)", "(d++)"), False),
    "a flag of each entry": Case(LOOP, False, flag="h->pinned[i]"),
    "or behind an if": Case(
        f"if (n > 0)\n{LOOP}", False, count="", flag="h->pinned[i]"),
    "entries further on": Case(LOOP.replace("[i]", "[k + i]"), False),
    "a flag where an else could be drawn to it": Case(
        f"if (h)\n{LOOP}", False, flag="pinned"),
    # Where n is 0 the loop reads nothing but its head.
    "an array that a parameter has": Case(HELD, True),
    "one of what may be none": Case(f"{HELD}\nif (h)\nkfree(h);", False),
    "or is compared": Case(f"if (h != NULL)\nuse(h->x);\n{HELD}", False),
    "or is set late": Case(f"h = late();\n{HELD}", False),
    "one of a variable": Case(
        HELD, True, head="void *k, int n", early="int i;\nstruct held *h = k;\n"),
    "one of a variable without a value": Case(
        f"h = k;\n{HELD}", False, head="void *k, int n",
        early="int i;\nstruct held *h;\n"),
    "one of a name from elsewhere": Case(HELD, False, head="int n"),
    "what the head reads as well": Case(
        f"{HELD}\nif (h)\nkfree(h);".replace("< n", "< h->n"), True,
        count="h->n"),
    "more than the head reads": Case(
        HELD.replace("< n", "< h->n").replace("h->p", "h->k->p"), False,
        count="h->n"),
    "a pointer to an array": Case(LOOP.replace("p[i]", "(*p)[i]"), False),
    "a flag of what may be none": Case(
        f"{LOOP}\nif (h)\nkfree(h);", False, flag="h->pinned"),
    "a condition below another object": Case(
        DIRTY.replace("(d)", "(h->k->d)"), False),
    "all of it behind an if that counts": Case(
        f"if (h && n > 0)\n{HELD}", True, count="", flag="h->k->pinned"),
}
# What is left out, by the text that goes and what stands there instead.
MUTANTS = {
    "index elsewhere": ("index.search(known.flag) or not _outlived(\n"
                        "                text, function, (start, end), head"
                        "['index'])".replace("'", '"'), "index.search(known.flag)"),
    "loop around": ("not any(a < start and end <= b for a, b in own) and ", ""),
    "from zero": (r"\s*=\s*0\s*;", r"\s*=\s*\d\s*;"),
    "writes": ("_WRITES.search(body) or ", ""),
    "array looked up": (' or _changes(head["array"] or "")', ""),
    "calls": ('calls - {"if", "set_page_dirty_lock", *known.drops} or ', ""),
    "uses of the index": (
        'len(index.findall(text.code[start:end])) - 3 != len(calls - {"if"}) or ',
        ""),
    "number": ('_less(head["bound"]) != _less(known.count)', "not known.count"),
    "any number": ('_less(head["bound"]) != _less(known.count)', "False"),
    "what an if says": ('"||" not in condition and ', ""),
    "only body": ('.lstrip().startswith("}") else ""', ' is not None else ""'),
    "an if": (r'r"\bif\s*$"', r'r"\b\w+\s*$"'),
    "comment": ("not is_bare(text, start, end)", "False"),
    "flag of an entry": ("index.search(known.flag) or ", ""),
    "flag in a body": ("known.flag and _is_body(text, start)", "False"),
    "other arrays": ('len(once) != len(calls - {"if"}) or ', ""),
    "what is read": ("all(_is_there(text, function, head, one) for one in once)",
                     "True"),
    "condition": ("once += [_asked(body), known.flag]", "once += [known.flag]"),
    "flag": ("once += [_asked(body), known.flag]", "once += [_asked(body)]"),
    "tested": ("return not asked and (", "return ("),
    "set": ("not sets if given else", "True if given else"),
    "begins as": ("len(sets) == 1 and bool(sets[0])", "len(sets) == 1"),
    "from elsewhere": ("len(sets) == 1 and bool(sets[0])", "True"),
    "operators": ("if not _AROUND.fullmatch(_CHAIN.sub(\"\", expression)):",
                  "if False:"),
}


def answer(module: ModuleType, case: Case) -> bool:
    """What a module says of a case."""
    text = CText(f"static void drop({case.head})\n"
                 f"{{\n{case.early}{case.body}\n}}\n")
    anchor = re.search(r"put_page", text.code)
    assert anchor
    return bool(module.is_one_call(
        text, (0, len(text.code)), anchor.start(),
        module.Known(DROPS, case.count, case.flag)))


@pytest.mark.parametrize("name", CASES)
def test_a_case(name: str) -> None:
    assert answer(array_loop, CASES[name]) == CASES[name].right


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_noticed(name: str, monkeypatch) -> None:
    old, new = MUTANTS[name]
    source = Path(array_loop.__file__).read_text(encoding="utf-8")
    assert source.count(old) == 1
    module = ModuleType("mutant")
    monkeypatch.setitem(sys.modules, "mutant", module)
    exec(source.replace(old, new), module.__dict__)
    assert any(answer(module, case) != case.right for case in CASES.values())
