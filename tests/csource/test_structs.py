# SPDX-License-Identifier: GPL-2.0-only
"""Structures: members and their types, and which definition a file sees."""

from __future__ import annotations

import pytest

from pinlib.csource import masking, types
from trees import lab


@pytest.mark.parametrize("type_text, tag, depth, page", [
    ("struct page * *", "page", 2, True),
    ("struct page * [ 16 ]", "page", 2, True),
    ("struct page", "page", 0, True),
    ("const struct folio *", "folio", 1, True),
    ("unsigned long", None, 0, False),
    ("struct page_pool *", "page_pool", 1, False),
    ("union thing", "thing", 0, False),
    ("pages_t *", None, 1, False)])
def test_types(type_text: str, tag: str | None, depth: int,
               page: bool) -> None:
    assert types.tag_of(type_text) == tag
    assert types.depth_of(type_text) == depth
    assert types.is_page(type_text) == page


def members(text: str) -> types.Members:
    """The members of `struct t` with the given body."""
    return types.parse_members("t", text)["t"]


@pytest.mark.parametrize("text, name, wanted", [
    ("struct page * pages [ 16 ] ;", "pages", ("page", 2)),
    ("struct page * * pages ;", "pages", ("page", 2)),
    ("struct page * a , * b ;", "b", ("page", 1)),
    ("struct page * a , * * b , * c [ 4 ] ;", "b", ("page", 2)),
    ("struct page * a , * * b , * c [ 4 ] ;", "c", ("page", 2)),
    ("struct page * a , * * b , * c [ 4 ] ;", "a", ("page", 1)),
    ("unsigned int n : 3 ;", "n", (None, 0)),
    ("struct scatterlist sgl [ 0 ] ;", "sgl", ("scatterlist", 1)),
    ("struct page * p __aligned ( 8 ) ;", "p", ("page", 1)),
    ("struct { struct page * p ; } ;", "p", ("page", 1)),
    ("union { struct page * p ; void * q ; } ;", "p", ("page", 1)),
    ("union { struct { struct page * p ; } ; int x ; } ;", "p",
     ("page", 1)),
    ("#ifdef A\nstruct page * p ;\n#else\nstruct folio * p2 ;\n#endif\n",
     "p", ("page", 1))])
def test_members(text: str, name: str,
                 wanted: tuple[str | None, int]) -> None:
    declared = members(text)[name]
    assert (types.tag_of(declared), types.depth_of(declared)) == wanted


def test_callbacks_hold_no_pages() -> None:
    found = members("void ( * drop ) ( struct page * page ) ; int n ;")
    assert found == {"drop": "function", "n": "int"}


def test_a_named_inner_structure_is_one_of_its_own() -> None:
    tables = types.parse_members(
        "t", "union { struct { struct page * * list ; } h ; void * g ; } u ;"
        " int n ;")
    assert types.tag_of(tables["t"]["u"]) == "t::u"
    assert types.tag_of(tables["t::u"]["h"]) == "t::u::h"
    assert types.depth_of(tables["t::u::h"]["list"]) == 2
    assert "list" not in tables["t"]


def test_an_inner_structure_behind_a_pointer() -> None:
    tables = types.parse_members(
        "t", "struct { struct page * p ; } * a [ 2 ] ;")
    assert types.depth_of(tables["t"]["a"]) == 2
    assert tables["t::a"]["p"]


@pytest.mark.parametrize("text, member, tag, inside", [
    ("struct in { struct page * p ; } a , * b [ 2 ] ;", "b", "in", "p"),
    ("union in { struct page * p ; void * q ; } a ;", "a", "in", "q"),
    ("struct { struct in { struct page * p ; } a ; } ;", "a", "in", "p"),
    ("struct __packed in { struct page * p ; } a ;", "a", "in", "p"),
    ("struct { struct page * p ; } __attribute__((aligned(8))) a ;", "a",
     "t::a", "p"),
    ("struct_group ( a , struct page * p ; int n ; ) ;", "a", "t::a", "p"),
    ("struct_group_tagged(in, a, struct page *p; int n;);", "a", "in", "n")])
def test_a_nested_structure_is_one_type(text: str, member: str, tag: str,
                                        inside: str) -> None:
    tables = types.parse_members("t", text)
    assert types.tag_of(tables["t"][member]) == tag
    assert inside in tables[tag] and inside not in tables["t"]


def test_both_arms_of_an_ifdef_count() -> None:
    tables = types.parse_members(
        "t", "#ifdef A\nstruct in { int n ; } a ;\n#else\n"
        "struct in { struct page * p ; } a ;\n#endif\n")
    assert tables["in"].keys() == {"n", "p"}


def test_no_declarator_lends_the_members() -> None:
    tables = types.parse_members("t", "struct in { struct page * p ; } ;"
                                 " struct other ;")
    assert tables["t"] == {"struct in": "struct in",
                           "struct other": "struct other"}


def test_what_typeof_names_is_another_type() -> None:
    assert types.tag_of("typeof(((struct t *)0)->a) *") is None
    assert types.tag_of("struct typeof_t *") == "typeof_t"


def test_what_lies_around_a_structure() -> None:
    text = masking.CText(lab.c("""\
        struct first { int n; };
        typedef struct {
            struct __packed mid {
                union in { int n; } a;
            } m;
        } __attribute__((packed)) name_t;
        """))
    assert types.enclosing(text, types.opening(text, "first", 1)) == []
    place = types.opening(text, "in", 4)
    assert text.code[place] == "{"
    assert types.enclosing(text, place) == ["name_t", "mid"]
    assert types.opening(text, "in", 3) == -1


def in_tree(_: str) -> bool:
    """No file is of another tree."""
    return False


@pytest.mark.parametrize("user, wanted", [
    ("drivers/a/x.c", "drivers/a/x.c"),
    ("drivers/a/y.c", "drivers/a/a.h"),
    ("drivers/a/sub/z.c", "drivers/a/a.h"),
    ("drivers/b/z.c", "include/linux/t.h"),
    ("net/core/z.c", "include/linux/t.h")])
def test_the_nearest_definition(user: str, wanted: str) -> None:
    everywhere = [(f, 1) for f in (
        "tools/include/t.h", "drivers/a/x.c", "drivers/a/a.h",
        "include/linux/t.h", "drivers/c/c.h")]
    assert types.nearest(everywhere, user, in_tree) == (wanted, 1)
    assert types.nearest([], user, in_tree) is None


@pytest.mark.parametrize("user, wanted", [
    ("main.c", "src/t.h"), ("src/a.c", "src/t.h"), ("src/b.c", "src/b.c")])
def test_a_module_comes_before_its_kernel(user: str, wanted: str) -> None:
    everywhere = [("include/linux/t.h", 1), ("src/t.h", 1), ("src/b.c", 1)]
    assert types.nearest(everywhere, user, lambda f: f.startswith(
        "include/")) == (wanted, 1)
    assert types.nearest([everywhere[0], everywhere[2]], "main.c",
                         lambda f: f.startswith("include/")) == \
        ("include/linux/t.h", 1)
