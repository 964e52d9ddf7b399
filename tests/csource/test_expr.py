# SPDX-License-Identifier: GPL-2.0-only
"""The reader of expressions: structure, precedence, and what it refuses."""

from __future__ import annotations

import pytest

from pinlib.csource import expr, parser
from pinlib.csource.expr import Node


def shape(node: Node | None) -> str:
    """A tree as text with every level in brackets."""
    assert node is not None
    if not node.kids:
        return node.value
    label = node.kind if node.kind in ("call", "index", "init") \
        else f"{node.kind}{node.value}"
    return f"{label}({' '.join(shape(k) for k in node.kids)})"


@pytest.mark.parametrize("text, wanted", [
    ("a + b * c", "binary+(a binary*(b c))"),
    ("a * b + c", "binary+(binary*(a b) c)"),
    ("a - b - c", "binary-(binary-(a b) c)"),
    ("a = b = c", "assign=(a assign=(b c))"),
    ("a ? b : c ? d : e", "cond?(a b cond?(c d e))"),
    ("a ? : b", "cond?(a b)"),
    ("* p ++", "unary*(post++(p))"),
    ("& x -> pages [ i ]", "unary&(index(member->pages(x) i))"),
    ("! a && b || c", "binary||(binary&&(unary!(a) b) c)"),
    ("a & b == c", "binary&(a binary==(b c))"),
    ("f ( a , b )", "call(f a b)"),
    ("f ( )", "call(f)"),
    ("x . y -> z ( 1 )", "call(member->z(member.y(x)) 1)"),
    ("a , b", "comma,(a b)"),
    ("( a , b )", "comma,(a b)"),
    ("( a )", "a"),
    ("- - a", "unary-(unary-(a))"),
    ("a << 1 | b", "binary|(binary<<(a 1) b)"),
    ("{ 1 , . x = 2 , }", "init(1 fieldx(2))"),
    ("{ [ 0 ... 3 ] = { 1 } }", "init(field[0...3](init(1)))")])
def test_structure(text: str, wanted: str) -> None:
    assert shape(parser.parse(text)) == wanted


@pytest.mark.parametrize("text, kind, value", [
    ("( struct page * ) p", "cast", "struct page *"),
    ("( u64 ) p", "cast", "u64"),
    ("( foo_t * ) p", "cast", "foo_t *"),
    ("( unsigned long ) p", "cast", "unsigned long"),
    ("( void __user * ) p", "cast", "void __user *"),
    ("( a ) * b", "binary", "*"),
    ("( a ) - 1", "binary", "-"),
    ("( fn ) ( a )", "call", "("),
    ("( { int a ; a ; } )", "stmtexpr", "{ int a ; a ; }"),
    ("sizeof ( struct page )", "sizeof", "sizeof"),
    ("sizeof * p", "sizeof", "sizeof"),
    ('"a" "b"', "const", '"a"'),
    ("0x10UL", "const", "0x10UL"),
    ("L'a'", "const", "L'a'")])
def test_head(text: str, kind: str, value: str) -> None:
    node = parser.parse(text)
    assert node is not None
    assert (node.kind, node.value) == (kind, value)


@pytest.mark.parametrize("text", [
    "", "a b", "a +", "( a", "a )", "f ( a", "a [ 1", "x -> 1", "{ a",
    "return a", "a ; b", "`", "? a : b", "if ( a ) b"])
def test_what_is_no_expression(text: str) -> None:
    assert parser.parse(text) is None


def test_nothing_is_lost() -> None:
    """Every name of the text is a node, in casts and macros as well."""
    text = ("container_of ( work , struct toy , work ) -> page = ( void * ) "
            "x ? ( { typeof ( y ) z = f ( g ) ; z ; } ) : h [ i ] . j")
    node = parser.parse(text)
    assert node is not None
    names = {n.value.lstrip("->.") for n in node.walk()}
    assert {"container_of", "work", "page", "x", "y", "z", "f", "g", "h",
            "i", "j"} <= names


def test_tokens_point_into_the_text() -> None:
    text = "a -> page = f ( b -> page , page )"
    node = parser.parse(text)
    assert node is not None
    words = text.split()
    found = [words[n.token] for n in node.walk()
             if n.value.lstrip("->.") == "page"]
    assert found == ["page"] * 3


def test_parents() -> None:
    node = parser.parse("put_page ( sg_page ( & sg [ i ] ) )")
    assert node is not None
    for one in node.walk():
        for kid in one.kids:
            assert kid.parent is one
    [call] = node.calls("sg_page")
    assert call.parent is node
    assert not node.calls("put_pages", "sg")


@pytest.mark.parametrize("text, wanted", [
    ("f ( a , & b [ 1 ] )", "f(a, &b[1])"),
    ("( a + b ) * c", "(a + b) * c"),
    ("* ( p + 1 )", "*(p + 1)"),
    ("! x -> y", "!x->y"),
    ("a ? b : c", "a ? b : c"),
    ("( unsigned long ) a", "(unsigned long)a"),
    ("( a + b ) . c", "(a + b).c"),
    ("sizeof ( int )", "sizeof(int)"),
    ("n ++", "n++")])
def test_render(text: str, wanted: str) -> None:
    assert expr.render(parser.parse(text) or Node("id", "?")) == wanted


@pytest.mark.parametrize("text", [
    "( a + b ) * c", "* p ++", "( a , b )", "( a ? b : c ) -> d",
    "( x = y ) -> z", "~ ( a | b )", "& ( * p ) . x",
    "( ( struct t * ) p ) -> x", "( * p ) ++", "- ( - a )",
    "f ( ( a , b ) )"])
def test_what_is_rendered_means_the_same(text: str) -> None:
    node = parser.parse(text)
    assert node is not None
    spaced = " ".join(t for _, t in parser.tokenize(expr.render(node)))
    assert shape(parser.parse(spaced)) == shape(node)
