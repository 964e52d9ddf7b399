# SPDX-License-Identifier: GPL-2.0-only
"""#if arms: what is read together, and what is known of the conditions."""

from __future__ import annotations

import subprocess

import pytest

from reading import read, reader, statements, trees


def test_arms_in_sequence() -> None:
    assert statements("#ifdef A\na();\n#elif B\nb();\n#else\nc();\n#endif\n"
                      "d();", arms=True) == [
        "(expression@1 (call@1 a@1))", "(expression@2 (call@2 b@2))",
        "(expression@3 (call@3 c@3))", "(expression (call d))"]


def test_arms_of_a_list() -> None:
    assert trees("int a[] = {\n1,\n#ifdef A\n2,\n#endif\n3\n};",
                 arms=True) == [
        "(declaration (specifiers int) (initialized (declarator a (array)) "
        "(init 1 2@1 3)))"]


# Each tree of the one declaration that has such arms.
SELECTED = {
    "a call": (
        "int x = f(1,\n#ifdef A\n2\n#else\n3\n#endif\n);",
        ["(call f (arg 1) (arg@1 2@1))", "(call f (arg 1) (arg@2 3@2))"]),
    "a condition": (
        "int x = a\n#ifdef A\n&& b\n#endif\n;",
        ["(binary && a b@1)", "a"]),
    "a brace": (
        "#ifdef A\nvoid f(int a) {\n#else\nvoid f(void) {\n#endif\n}",
        ["(function@1 (specifiers@1 void@1) (declarator@1 f@1 (params@1 "
         "(param@1 (specifiers@1 int@1) (declarator@1 a@1)))) (block@1))",
         "(function@2 (specifiers@2 void@2) (declarator@2 f@2 (params@2 "
         "(param@2 (specifiers@2 void@2)))) (block@2))"]),
    "an if": (
        "void f(void) {\n#ifdef A\nif (a)\n#endif\nb(); }",
        ["(block (if@1 a@1 (expression (call b))))",
         "(block (expression (call b)))"]),
    "an else": (
        "void f(void) { if (a) b();\n#ifdef A\nelse c();\n#endif\n}",
        ["(block (if a (expression (call b)) "
         "(expression@1 (call@1 c@1))))",
         "(block (if a (expression (call b))))"]),
    "the end of a loop": (
        "void f(void) { do { a(); }\n#ifdef A\nwhile (b);\n#else\n"
        "while (c);\n#endif\n}",
        ["(block (do (block (expression (call a))) b@1))",
         "(block (do (block (expression (call a))) c@2))"]),
    "one half of a conditional expression": (
        "void f(void) { x = a ? b :\n#ifdef A\nc;\n#else\nd;\n#endif\n}",
        ["(block (expression (assign = x (conditional a b c@1))))",
         "(block (expression (assign = x (conditional a b d@2))))"]),
    "conditions that go together": (
        "int x = a\n#ifdef A\n+ b\n#endif\n#if !defined(A)\n+ c\n#endif\n"
        "#if IS_ENABLED(A)\n+ d\n#endif\n;",
        ["(binary + (binary + a b@1) d@5)", "(binary + a c@3)"]),
}


@pytest.mark.parametrize("name", SELECTED)
def test_selections(name: str) -> None:
    text, wanted = SELECTED[name]
    found = trees(text, arms=True)
    assert len(found) == len(wanted)
    for tree, part in zip(found, wanted):
        assert part in tree
    assert not read(text).regions


def test_only_what_is_around_is_read_again() -> None:
    text = "int a;\nint b = c(\n#ifdef A\n1\n#endif\n);\nint d;\n"
    assert [(text[slice(*d.name)], d.selection)
            for d in read(text).declarations] == [
                ("a", 0), ("b", 0), ("d", 0), ("b", 1)]


def test_dead_arms() -> None:
    text = ("#if 0\ndon't read(;\n#else\nint a;\n#endif\n"
            "#ifdef __ASSEMBLY__\n.macro x\n#endif\n"
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
            "#if 1\nint b;\n#elif A\nint c;\n#endif\n")
    file = read(text)
    assert [text[slice(*d.name)] for d in file.declarations] == ["a", "b"]
    assert [arm.dead for arm in file.arms] == [
        False, True, False, True, False, True, False, False, True, True]
    assert not file.regions


def test_what_an_arm_knows() -> None:
    text = "#ifdef A\nint a;\n#if B\nint b;\n#endif\n#endif\n"
    first, a, b, no_b, no_a = read(text).arms
    assert (a.parent, b.parent, no_b.parent, no_a.parent) == (0, 1, 1, 0)
    assert (a.group, b.group, no_b.group, no_a.group) == (0, 1, 1, 0)
    assert [x.implicit for x in (a, b, no_b, no_a)] == [
        False, False, True, True]
    assert text[slice(*b.opens)] == "#if B"
    assert text[b.start:b.end] == "\nint b;\n"
    assert first.end == len(text)


def values(condition: str, *known: str) -> str:
    """What is known of `#if condition` for Linux 6.1.55."""
    done = subprocess.run(
        [reader().program, "-k", "6.1.55", *known, "--print", "/dev/stdin"],
        input=f"#if {condition}\n#endif\n", text=True, check=True,
        capture_output=True)
    return done.stdout.split()[6]


CONDITIONS = {
    "1": "true", "0": "false", "1 + 1 == 2 && 3 > 2": "true",
    "LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)": "true",
    "LINUX_VERSION_CODE < KERNEL_VERSION(6,1,56)": "true",
    "KERNEL_VERSION(5, 4, 0) > LINUX_VERSION_CODE": "false",
    "KERNEL_VERSION(4, 9, 300) == KERNEL_VERSION(4, 9, 255)": "true",
    "!defined(KERNEL_VERSION)": "false",
    "A": "unknown", "defined(A)": "unknown", "defined A || 1": "true",
    "0 && A": "false", "A && 0": "false", "A || 0": "unknown",
    "A ? 1 : 1": "unknown", "1 ? 1 : A": "true",
    "RHEL_RELEASE_CODE >= RHEL_RELEASE_VERSION(8, 4)": "unknown",
    "IS_ENABLED(CONFIG_A)": "unknown", "IS_ENABLED(CONFIG_A) || 1": "true",
    "__has_include(<linux/mm.h>)": "unknown", "f(1, 2, 3, 4)": "unknown",
    "-1 > 0u": "true", "-1 < 0": "true", "1 / 0": "unknown",
    "1 << 64": "unknown", "~0 == -1": "true", "'a' == 97": "true",
    "0x10 == 16 && 010 == 8 && 0b11 == 3 && 5UL == 5": "true",
    "1 2": "unknown", "(1": "unknown", "": "unknown",
    "defined(__ASSEMBLY__)": "false",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_condition(condition: str) -> None:
    assert values(condition) == CONDITIONS[condition]


@pytest.mark.parametrize("condition, known, wanted", [
    ("A", ("-D", "A=3"), "true"), ("A > 3", ("-D", "A=3"), "false"),
    ("A", ("-U", "A"), "false"), ("defined(A)", ("-U", "A"), "false"),
    ("defined(A)", ("-D", "A"), "true"), ("A", ("-D", "A"), "unknown"),
    ("IS_ENABLED(CONFIG_A)", ("-D", "CONFIG_A_MODULE"), "true"),
    ("IS_ENABLED(CONFIG_A)", ("-U", "CONFIG_A"), "unknown"),
    ("IS_ENABLED(CONFIG_A)", ("-U", "CONFIG_A", "-U", "CONFIG_A_MODULE"),
     "false"),
    ("IS_BUILTIN(CONFIG_A)", ("-U", "CONFIG_A"), "false"),
    ("IS_MODULE(CONFIG_A)", ("-D", "CONFIG_A_MODULE"), "true"),
    ("RHEL_RELEASE_CODE >= RHEL_RELEASE_VERSION(8, 4)",
     ("-D", "RHEL_RELEASE_CODE=2053"), "true"),
])
def test_what_is_known(condition: str, known: tuple[str, ...],
                       wanted: str) -> None:
    assert values(condition, *known) == wanted


def test_arms_before_count() -> None:
    text = "#if 1 > 2\n#elif defined(A)\n#elif 1\n#else\n#endif\n"
    assert [a.value for a in read(text, "6.1").arms] == [
        "true", "false", "unknown", "unknown", "false"]
