# SPDX-License-Identifier: GPL-2.0-only
"""A page that goes to a plain owner with a reference of its own.

Whoever passed the page keeps what it had, if every way through the function ends
with that reference given away or dropped. In all other forms the owner may drop the
acquisition's own, and the site does not convert.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trees import lab, older

FILE = "fs/crock/file.c"
FORMS = {
    "as it is": ("", "", "convert unpin-by-flag"),
    "no reference": ("\tget_page(page);\n", "", "blocked plain-owner"),
    "two references": ("\tget_page(page);\n",
                       "\tget_page(page);\n\tget_page(page);\n",
                       "blocked plain-owner"),
    "one way keeps it": ("\t\tput_page(page);\n\t\treturn err;",
                         "\t\treturn err;", "blocked plain-owner"),
    "another way leaves": ("\tbuf = &copy", "\tif (!count)\n\t\treturn 0;\n"
                           "\tbuf = &copy", "blocked plain-owner"),
    "only sometimes taken": ("\tget_page(page);\n",
                             "\tif (count)\n\t\tget_page(page);\n",
                             "blocked plain-owner"),
    "only sometimes given": ("\tbuf->page = page;",
                             "\tif (count)\n\t\tbuf->page = page;",
                             "blocked plain-owner"),
    "another later": ("\tbuf->len = count;\n",
                      "\tbuf->len = count;\n\tget_page(page);\n",
                      "blocked plain-owner"),
    "another page": ("\terr = crock_unlock(copy);\n",
                     "\terr = crock_unlock(copy);\n\tpage = copy->spare;\n",
                     "manual extra-reference"),
    "dropped too early": ("\t\tput_page(page);\n\t\treturn err;\n\t}",
                          "\t\tput_page(page);\n\t}\n\tif (err)\n"
                          "\t\treturn err;", "blocked plain-owner")}


@pytest.mark.parametrize("form", FORMS)
def test_a_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                form: str) -> None:
    old, new, wanted = FORMS[form]
    lab.share_cache(monkeypatch)
    tree = older.make(tmp_path / "linux", "5.10")
    text = (tree / FILE).read_text()
    assert old in text
    (tree / FILE).write_text(text.replace(old, new, 1))
    decision = lab.only(lab.analyse(tree), FILE)
    assert f"{decision.disposition} {decision.code}" == wanted
