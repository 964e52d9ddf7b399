# SPDX-License-Identifier: GPL-2.0-only
"""Which objects a patch is taken to affect."""

from __future__ import annotations

from pathlib import Path

import pytest
from pinlib.prove import affected
from pinlib.prove.affected import State, TreeText, exports_with, find_scope

FILES = {
    "drivers/a/a.h": "struct box { struct page **pages; };\n",
    "drivers/a/deep.h": '#include "a.h"\n',
    "drivers/a/main.c": '#include "a.h"\nint f(struct box *b);\n',
    "drivers/a/user.c": '# include "deep.h"\nvoid g(void) { b->pages; }\n',
    "drivers/a/other.c": '#include "deep.h"\n',
    "drivers/b/a.h": "struct unrelated;\n",
    "drivers/b/b.c": '#include "a.h"\nint x = pages;\n',
    "lib/sub/inc.c": "static void helper(void) { }\n",
    "lib/whole.c": '#include "sub/inc.c"\n',
    "mm/gup.c": "EXPORT_SYMBOL(unpin);\nEXPORT_SYMBOL_GPL(gpl);\n"
                "EXPORT_SYMBOL_NS_GPL(spaced, DMA_BUF);\n"
                "EXPORT_TRACEPOINT_SYMBOL(page_ref);\n",
    "arch/x/odd name.c": "EXPORT_SYMBOL(unpin);\n",
}


@pytest.fixture
def text(tree: Path) -> TreeText:
    for name, data in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(data)
    (tree / ".gitignore").write_text("/*\n")
    (tree / ".git").mkdir()
    return TreeText(tree)


def test_header_reaches_holders_that_include_it(text: TreeText) -> None:
    scope = find_scope(text, ["drivers/a/a.h", "drivers/a/main.c"],
                       ["box.pages"], {})
    assert scope.changed == ["drivers/a/main.o"]
    assert scope.holders == ["drivers/a/user.o"]


def test_included_source_is_built_in_its_includer(text: TreeText) -> None:
    scope = find_scope(text, ["lib/sub/inc.c"], ["helper"], {})
    assert scope.changed == ["lib/sub/inc.o", "lib/whole.o"]


def test_new_text_counts(text: TreeText) -> None:
    state: State = {"drivers/a/other.c": b"int y = pages;",
                    "drivers/a/user.c": b"nothing", "gone.c": None}
    scope = find_scope(text, ["lib/whole.c"], ["pages"], state)
    assert scope.holders == ["drivers/a/other.o", "drivers/b/b.o"]


def test_common_word_is_narrowed_and_said(
        text: TreeText, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(affected, "MOST_HOLDERS", 1)
    scope = find_scope(text, ["drivers/b/x.c"], ["pages"], {})
    assert scope.holders == ["drivers/b/b.o"]
    assert scope.left_out == 1 and "pages" in scope.reason


def test_exports(text: TreeText) -> None:
    assert {e.file for e in text.exports["unpin"]} == {
        "mm/gup.c", "arch/x/odd name.c"}
    assert text.exports["gpl"][0].gpl
    assert text.exports["spaced"][0].namespace == "DMA_BUF"
    assert "__tracepoint_page_ref" in text.exports
    new = exports_with(text, {"mm/gup.c": b"EXPORT_SYMBOL_GPL(added);"})
    assert {e.file for e in new["unpin"]} == {"arch/x/odd name.c"}
    assert new["added"][0].gpl and not new["gpl"]
