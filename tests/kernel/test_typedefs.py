# SPDX-License-Identifier: GPL-2.0-only
"""Names that are given to structures, found in the text and spelled out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.csource import types
from pinlib.csource.written import text_files
from pinlib.kernel import typedefs
from trees import lab

HEADER = lab.c("""\
typedef struct { struct page *page; } short_t;
typedef struct tagged {
    struct { int x; } inner;
} tagged_t, *tagged_p;
typedef struct apart apart_t;
typedef union {
    int i;
} __packed either_t;
typedef struct { int n; } row_t[4];
struct plain {
    int n;
} plain_v;
typedef int number_t;
""")


@pytest.fixture(name="names")
def _names(tmp_path: Path) -> typedefs.Typedefs:
    """What the names of one header mean."""
    (tmp_path / "a.h").write_text(HEADER)
    (tmp_path / "b.c").write_text("typedef struct other {\n} tagged_t;\n")
    return typedefs.Typedefs(
        lambda file: text_files.load(tmp_path / file),
        lambda places, user: types.nearest(places, user, lambda _: False),
        lambda name: {
            file: given[name] for file in ("a.h", "b.c") for given in [
                typedefs.given(text_files.load(tmp_path / file))]
            if name in given})


@pytest.mark.parametrize("written, meant", [
    ("short_t *", "struct short_t *"), ("tagged_t", "struct tagged"),
    ("const tagged_p", "const struct tagged *"),
    ("apart_t * *", "struct apart * *"), ("either_t", "struct either_t"),
    ("row_t", "row_t"), ("plain_v", "plain_v"), ("number_t", "number_t"),
    ("struct tagged_t *", "struct tagged_t *"), ("u32", "u32")])
def test_a_type_is_spelled_out(names: typedefs.Typedefs, written: str,
                               meant: str) -> None:
    assert names.spelled(written, "a.c") == meant


def test_a_file_sees_its_own(names: typedefs.Typedefs) -> None:
    assert names.spelled("tagged_t", "b.c") == "struct other"


def test_where_a_structure_without_a_tag_is(names: typedefs.Typedefs) -> None:
    assert names.unnamed("short_t") == [("a.h", 1)]
    assert names.unnamed("either_t") == [("a.h", 6)]
    assert names.unnamed("tagged_t") == []
