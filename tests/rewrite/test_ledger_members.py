# SPDX-License-Identifier: GPL-2.0-only
"""Edits that stand on a member: which object it is of, and what it may become.

What may become of the pages of a bio_vec is tested beside the rules that make it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import ledger_lab as lab

READ = ["member", "access when dot: get(&$object)",
        "access when arrow: get($object)"]
STORE = ["member", "form when dot: $object $of $anchor = $it;",
         "make: put(&$object, $it);",
         "form when arrow: $object $of $anchor = $it;", "make: put($object, $it);"]
PURE = ["member",
        "form pure: $object $of $anchor = $it; $object $of size = $size;",
        "make: both(&$object, $it, $size);",
        "form pure: $object $of size = $size; $object $of $anchor = $it;",
        "make: both(&$object, $it, $size);"]
BOTH = ["pure: low high", "types: u8"]
INIT = ["form initialiser: { .$anchor = $it, .size = $size }",
        "make: MADE($it, $size)"]
READS = "the planned read of take was not made"


def rules_lines(head: list[str]) -> list[str]:
    """The operations of these tests, each on a member of the name take."""
    return [*head, "op read", "anchor: take", *READ, "op store", "anchor: take",
            *STORE, "op both", "anchor: take", *PURE, "op init", "anchor: take",
            *INIT]


def rules_of(folder: Path, *head: str) -> Path:
    """A file with these operations."""
    return lab.rules_of(folder, rules_lines([*head]))


def case(old: str, new: str, *ops: str) -> lab.Case:
    """A function's only statements against others; an edit at each take."""
    text = "f()\n{\n\t%s\n}\n"
    return text % old, text % new, [
        lab.edit_at(text % old, "take", nth, op) for nth, op in enumerate(ops)
        if op != "none"]


# What is looked at, and what is asked instead.
OBJECTS = [
    ("x = b.take;", "x = get(&b);"), ("x = p->take;", "x = get(p);"),
    ("x = a[i].b[2].take;", "x = get(&a[i].b[2]);"),
    ("x = a->b.c->take;", "x = get(a->b.c);"),
    ("x = f(y, z)->take;", "x = get(f(y, z));"),
    ("x = f(y)->b.take;", "x = get(&f(y)->b);"),
    ("x = f(y)[1].take;", "x = get(&f(y)[1]);"),
    ("x = (*p).take;", "x = get(&(*p));"), ("x = (b).take;", "x = get(&(b));"),
    ("x = (a ? b : c)->take;", "x = get((a ? b : c));"),
    ("x = (b.c)[i].take;", "x = get(&(b.c)[i]);"),
    ("return (p)->take;", "return get((p));"), ("x = *p->take;", "x = *get(p);"),
    ("x = (T *)p->take;", "x = (T *)get(p);"), ("x = !p->take;", "x = !get(p);"),
    ("x = -p->take - b.take;", "x = -get(p) - get(&b);"),
    ("x = sizeof(p)->take;", "x = sizeof get((p));"),
    ("x = y & p->take;", "x = y & get(p);"),
    ("x = f(y) & p->take;", "x = f(y) & get(p);"),
    ("x = &p->take->y;", "x = &get(p)->y;"),
    ("x = &p->take[1];", "x = &get(p)[1];"),
    ("x = ++p->take->y;", "x = ++get(p)->y;"), ("p->take->y++;", "get(p)->y++;"),
    ("p->take[2] = 1;", "get(p)[2] = 1;"),
    ("x = p->take == 1;", "x = get(p) == 1;"),
    ("x = (p->take);", "x = (get(p));"), ("if (p->take) x++;", "if (get(p)) x++;"),
    ("if (p->take) ++x;", "if (get(p)) ++x;"),
    ("x = g(p->take);", "x = g(get(p));"),
    ("x = a[p->take].take;", "x = get(&a[get(p)]);"),
    ("x = p /* a */ -> /* b */ take /* c */;",
     "x = get(p /* a */ /* b */) /* c */;"),
]
# Where no value can stand, or it is not certain what the object is.
NOT_READ = [
    ("p->take = 1;", "changed here"), ("p->take += 1;", "changed here"),
    ("p->take++;", "changed here"), ("--b.take;", "changed here"),
    ("x = &p->take;", "its address taken"), ("x = (T *)&p->take;", "its address"),
    ("return &b.take;", "its address"), ("x = y && &b.take;", "its address"),
    ("x = &(p->take);", "its address"), ("((p->take))++;", "changed here"),
    ("p->take.x = 1;", "changed here"), ("x = &p->take.y;", "its address"),
    ('asm("" : "=m" (p->take));', "changed here"),
    ("x = f(y).take;", "'object' would be read otherwise"),
    ("x = (f(y)).take;", "read otherwise"), ("x = f(y).b.take;", "read otherwise"),
    ("x = f(y).b[1].take;", "read otherwise"),
    ("x = g[1](y).take;", "read otherwise"),
    ("x = (a ? b : c).take;", "read otherwise"),
    ("x = (a, b).take;", "read otherwise"), ("x = (b = c).take;", "read otherwise"),
    ("x = (T *)(p)->take;", "is not certain"), ("x = (f)(p)->take;", "not certain"),
    ("x = p++->take;", "not certain"), ("x = (T){ 1 }.take;", "not certain"),
    ("x = { .take = 1 };", "not certain"), ("x = { [1].take = 1 };", "not certain"),
    ("x = { .b.take = 1 };", "not certain"), ("x = _Generic(a, T: b)->take;",
                                              "not certain"),
    ("if (x) (p)->take;", "not certain"),
    ("take(p);", "no member of an object"), ("int take;", "no member of an object"),
    ("x = p->\n#if A\nb.\n#endif\ntake;", "this is no member of an object"),
    ("x = a->\n#if A\nb\n#endif\n.take;", "not certain"),
    ("x = a[\n#if A\n1\n#endif\n].take;", "a directive is in the object"),
]


def test_the_object_of_a_member(tmp_path: Path) -> None:
    cases = [case(old, new, *["read"] * old.count("take")) for old, new in OBJECTS]
    cases.append(case("x = &b.take->take;", "x = &get(&b)->take;", "read"))
    old = "#define TAKE(x, y) (g(x)->take + (y).take)\n"
    cases.append((old, "#define TAKE(x, y) (get(g(x)) + get(&(y)))\n", [
        lab.edit_at(old, "take", nth, "read") for nth in range(2)]))
    rules = rules_of(tmp_path)
    assert dict(zip([old for old, _, _ in cases], lab.ask(rules, *cases))) == {
        old: "yes" for old, _, _ in cases}
    for (old, _, plan), answer in zip(cases, lab.ask(rules, *(
            (old, old, plan) for old, _, plan in cases))):
        assert answer.endswith(READS), old


@pytest.mark.parametrize("old, why", NOT_READ)
def test_what_is_no_value_of_an_object(tmp_path: Path, old: str, why: str) -> None:
    [answer] = lab.ask(rules_of(tmp_path), case(old, old, "read"))
    assert answer.startswith("no ") and why in answer


@pytest.mark.parametrize("old", [
    "#define A(x) x##y->take", "#define A(x) #x.take", "#define A(x) b->take##x"])
def test_a_name_that_is_pasted(tmp_path: Path, old: str) -> None:
    [answer] = lab.ask(rules_of(tmp_path), (old, old, [
        lab.edit_at(old, "take", 0, "read")]))
    assert "is made of pieces" in answer


WRONG = [
    ("x = a[i].take;", "x = get(a);"), ("x = a[i].take;", "x = get(&a[0]);"),
    ("x = p->take;", "x = get(&p);"), ("x = b.take;", "x = get(b);"),
    ("x = *p->take;", "x = get(*p);"), ("x = a->b.take;", "x = a->get(&b);"),
    ("x = p->take + 1;", "x = get(p + 1);"), ("x = p->take;", "x = get(p);;"),
    ("x = (T *)p->take;", "x = get((T *)p);"), ("x = p->take;", "x = get(p) ;y;")]


def test_a_value_of_another_object(tmp_path: Path) -> None:
    assert {answer[:2] for answer in lab.ask(rules_of(tmp_path), *(
        case(old, new, "read") for old, new in WRONG))} == {"no"}


STORES = [
    ("b.take = 1;", "put(&b, 1);", "yes"),
    ("p->take = f(p);", "put(p, f(p));", "yes"),
    ("p->take = a ? b : c;", "put(p, a ? b : c);", "yes"),
    ("p->take = x = 1;", "put(p, x = 1);", "yes"),
    ("p->take = (a, b);", "put(p, (a, b));", "yes"),
    ("if (x) p->take = 1; else y();", "if (x) put(p, 1); else y();", "yes"),
    ("p->take = 1 /* why */; /* so */", "put(p, 1 /* why */); /* so */", "yes"),
    ("p->take = a, b = c;", "put(p, a), b = c;", "not made"),
    ("x = p->take = 1;", "x = put(p, 1);", "not made"),
    ("if ((p->take = 1)) x();", "if (put(p, 1)) x();", "not made"),
    ("for (p->take = 1; x; y()) z();", "for (put(p, 1); x; y()) z();", "not made"),
    ("f(y).take = 1;", "put(&f(y), 1);", "not made"),
    ("p->take += 1;", "put(p, 1);", "not made"),
    ("x = p->take;", "put(p, x);", "not made"),
    ("*p->take = 1;", "*put(p, 1);", "not made"),
    ("p->take = 1;", "put(p, 2);", "changed without a plan at '1'"),
    ("p->take = 1;", "put(p, 1)", "not made"),
]


@pytest.mark.parametrize("old, new, why", STORES)
def test_a_store(tmp_path: Path, old: str, new: str, why: str) -> None:
    [answer] = lab.ask(rules_of(tmp_path), case(old, new, "store"))
    assert why in answer


def test_an_edit_in_what_another_holds(tmp_path: Path) -> None:
    """None of them may be left out, and what is stored first reads nothing else."""
    old = "a[p->take].take = b.take;"
    whole = case(old, "put(&a[get(p)], get(&b));", "read", "store", "read")
    other = case(old, "put(&a[p->take], b.take);", "read", "store", "read")
    both = case("p->take = b.take; p->size = g->size;",
                "both(&p, get(&b), g->size);", "both", "read")
    late = case("p->size = b.take; p->take = 1;", "both(&p, 1, get(&b));",
                "read", "both")
    answers = lab.ask(rules_of(tmp_path), whole, other, (*other[:2], other[2][1:2]),
                      both, late)
    assert [answer.partition(" ")[0] for answer in answers] == [
        "yes", "no", "yes", "yes", "no"]


ONE = "p->take = %s; p->size = %s;"
MADE = "both(&p, %s, %s);"
APART = [("1", "2", "yes"), ("low(x)", "high(low(y), 2)", "yes"),
         ("&x", "*y", "yes"), ("(u8)(x + 1)", "sizeof(x)", "yes"),
         ("g->take", "g->size", "yes"),
         ("q(x)", "1", "no"), ("1", "(q)(x)", "no"), ("x->q(1)", "1", "no"),
         ("q[1](x)", "1", "no"), ("x++", "1", "no"), ("1", "x = 2", "no"),
         ("({ q; })", "1", "no"), ("1", "p->take", "no"), ("1", "f->take", "no"),
         ("g->size", "1", "no"), ("p", "1", "no"), ("1", "low(p->more)", "no")]


@pytest.mark.parametrize("first, second, answer", APART)
def test_values_that_are_the_same_anywhere(tmp_path: Path, first: str, second: str,
                                           answer: str) -> None:
    swapped = "p->size = %s; p->take = %s;" % (second, first)
    answers = lab.ask(rules_of(tmp_path, *BOTH), *(case(
        old, MADE % (first, second),
        *("none",) * old[:old.index("->take = ")].count("take"), "both")
        for old in (ONE % (first, second), swapped)))
    assert [a.partition(" ")[0] for a in answers] == [answer] * 2


BETWEEN = [
    "p->take = 1; x(); p->size = 2;", "p->take = 1; q->size = 2;",
    "p->take = 1; if (x) p->size = 2;", "p->take = 1; out: p->size = 2;",
    "p->take = 1; case 1: p->size = 2;", "p->take = 1; { p->size = 2; }",
    "if (x) p->take = 1; p->size = 2;", "if (x) ; else p->take = 1; p->size = 2;",
    "p->take = 1;\n#if X\np->size = 2;\n#endif", "p->take = 1; *p->size = 2;",
    "p->take = 1;\n#define X\np->size = 2;", "f(x)->take = 1; f(x)->size = 2;",
    "a[i++].take = 1; a[i++].size = 2;", "p->take = 1; p.size = 2;",
    "x = p->take = 1; p->size = 2;", "p->take = 1; p->size += 2;"]


def test_what_stands_between_two_stores(tmp_path: Path) -> None:
    text = "f()\n{\n\t%s\n}\n"
    answers = lab.ask(rules_of(tmp_path, *BOTH), *(
        (text % old, text % "both(&p, 1, 2);",
         [lab.edit_at(text % old, "take", 0, "both")]) for old in BETWEEN))
    assert {answer[:2] for answer in answers} == {"no"}


INITIALS = [
    ("T b = { .take = 1, .size = n + 1 };", "T b = MADE(1, n + 1);", "yes"),
    ("g((T){ .take = f(x, y), .size = 2 });", "g((T)MADE(f(x, y), 2));", "yes"),
    ("T b[] = { { .take = 1, .size = 2 }, x };", "T b[] = { MADE(1, 2), x };",
     "yes"),
    ("T b = { .take = 1, .size = 2, .more = 3 };", "T b = MADE(1, 2);", "not made"),
    ("T b = { .size = 2, .take = 1 };", "T b = MADE(1, 2);", "not made"),
    ("T b = { .take = 1, /* a */ .size = 2 };", "T b = MADE(1, 2);", "comment was"),
    ("T b = { .take = 1,\n#if X\n .size = 2\n#endif\n};", "T b = MADE(1, 2);",
     "not made"),
    ("T b = { .take = 1, .size = 2 };", "T b = MADE(2, 1);", "plan at '1'"),
    ("b->take = 1;", "b->take = 1;", "not made")]


@pytest.mark.parametrize("old, new, why", INITIALS)
def test_an_initialiser(tmp_path: Path, old: str, new: str, why: str) -> None:
    [answer] = lab.ask(rules_of(tmp_path), case(old, new, "init"))
    assert why in answer


@pytest.mark.parametrize("lines, why", [
    (["access: x"], "4: no `member` says that there is an object"),
    (["member: x"], "4: this place is not known"),
    (["form: $object.$anchor = 1;", "make: x();"],
     "5: a form begins with a capture"),
    (["form initialiser: $anchor();", "make: x"], "5: an initialiser is in braces"),
    (["form initialiser: { $anchor }", "make: x"],
     "5: an initialiser is in braces"),
])
def test_rules_that_say_nothing(tmp_path: Path, lines: list[str], why: str) -> None:
    rules = lab.rules_of(tmp_path, ["op a", "anchor: f", *lines])
    done = lab.run(rules, b"")
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"{rules}:{why}")
