# SPDX-License-Identifier: GPL-2.0-only
"""What a search answers is what the tree says now, whatever was kept of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.kernel import word_index
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View, prepared
from pinlib.kernel.word_index import Indexes
from trees import lab, text_search

NAMES = ("fetch", "drop")


@pytest.fixture(name="source")
def _source(tree: Path) -> Path:
    """A tree of three small files."""
    (tree / "drivers").mkdir()
    (tree / "drivers" / "a.c").write_text(
        "int fetch(void)\n{\n\tdrop(1);\n}\n")
    (tree / "drivers" / "b.c").write_text("/* fetch fetch */\nint drop(int);\n")
    (tree / "drivers" / "c.h").write_text(
        "struct fetch {\n\tint drop;\n};\ntypedef struct {\n} drop;\n")
    return tree


def searches(view: View, cache: Path) -> Searches:
    """Searches of a tree, with the program that is built for all tests."""
    return Searches(view, Indexes(Path(lab.cold_cache(cache))))


def answers(view: View, cache: Path) -> list[object]:
    """One run's answers, whose index is kept for the next."""
    made = searches(view, cache)
    return [(made.naming(name), made.lines(name), made.heads(name),
             made.structs(name), made.typedefs(name)) for name in NAMES]


def ask(tree: Path, cache: Path) -> list[object]:
    """The same of a tree as it is checked out."""
    return answers(View(tree), cache)


def test_answers_are_those_of_a_plain_search(source: Path,
                                             tmp_path: Path) -> None:
    made = searches(View(source), tmp_path / "cache")
    plain = text_search.grep(source, NAMES)
    assert sorted(h.line for h in plain if h.text == "fetch") == [1, 1, 1, 1]
    for name in NAMES:
        mine = [(h.file, h.line) for h in plain if h.text == name]
        found = made.lines(name)
        assert [(f, n) for f in sorted(found) for n in found[f]] == mine
        assert made.naming(name) == {file for file, _ in mine}
        assert [made.often(name, n) for n in (len(mine) - 1, len(mine))] == [
            True, False]
    assert made.count("drivers/b.c", "fetch") == 2
    assert made.heads("fetch") == {"drivers/a.c": [1]}
    assert made.heads("drop") == {"drivers/b.c": [2]}
    assert made.structs("fetch") == {"drivers/c.h": [1]}
    assert made.structs("drop") == {}
    assert made.typedefs("drop") == {"drivers/c.h": [4]}


def test_a_word_in_another_is_none(tmp_path: Path, tree: Path) -> None:
    (tree / "a.c").write_text("fetcher prefetch fetch_2 2fetch; a.fetch\xe9(fetch)",
                              "latin-1")
    made = searches(View(tree), tmp_path / "cache")
    assert made.count("a.c", "fetch") == 2
    assert made.naming("struct fetch") == made.naming("nowhere") == set()
    assert made.naming("") == set() and made.count("a.c", "") == 0


def test_a_name_that_is_not_ascii_is_defined_nowhere(tmp_path: Path,
                                                     tree: Path) -> None:
    (tree / "a.c").write_text("int f\xe9tch(void)\n{\n}\nstruct f\xe9tch {\n};\n",
                              "latin-1")
    made = searches(View(tree), tmp_path / "cache")
    assert made.heads("f\xe9tch") == made.structs("f\xe9tch") == {}
    assert made.typedefs("f\xe9tch") == {}
    assert made.lines("f\xe9tch") == {"a.c": [1, 4]}


def test_a_type_stands_for_a_member_without_a_name(tmp_path: Path,
                                                   tree: Path) -> None:
    (tree / "a.c").write_text("struct fetch;\nint fetch;\n")
    made = searches(View(tree), tmp_path / "cache")
    assert made.naming("struct fetch") == {"a.c"}
    assert made.lines("struct fetch") == {"a.c": [1]}


def _same_size(path: Path) -> None:
    """Another text of the same size, with its time put back."""
    stat = path.stat()
    path.write_text(path.read_text().replace("fetch", "fetsh"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size


def _renamed_over(path: Path) -> None:
    other = path.with_name("other.txt")
    other.write_text(path.read_text().replace("drop(1)", "fetch()"))
    os.replace(other, path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "touch": lambda p: p.touch(),
    "edit": lambda p: p.write_text("\n\n" + p.read_text() + "int drop(void)\n"
                                   "{\n}\nunion fetch {\n};\n"),
    "delete": lambda p: p.unlink(),
    "add": lambda p: p.with_name("d.c").write_text(
        "static int fetch(void)\n{\n\treturn drop(2);\n}\n"),
    "same size and time": _same_size,
    "renamed over": _renamed_over,
    "hidden": lambda p: p.rename(p.with_name(".a.c")),
    "hidden folder": lambda p: p.parent.rename(p.parent.with_name(".d")),
    "link": lambda p: (p.rename(p.with_suffix(".txt")),
                       p.symlink_to(p.with_suffix(".txt"))),
    "renamed": lambda p: p.rename(p.with_name("z.c")),
    "folder": lambda p: (p.unlink(), p.mkdir(), (p / "a.h").write_text(
        "int fetch(void);\n")),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_change_is_seen(source: Path, tmp_path: Path, change: str) -> None:
    """Another branch is checked out seconds after a run, and back again."""
    before = ask(source, tmp_path / "cache")
    CHANGES[change](source / "drivers" / "a.c")
    wanted = ask(source, tmp_path / "fresh")
    assert (wanted == before) == (change == "touch")
    assert ask(source, tmp_path / "cache") == wanted
    assert ask(source, tmp_path / "cache") == wanted


@pytest.mark.parametrize("spoil", (
    lambda text: b"", lambda text: text[:len(text) // 2],
    lambda text: b"\0" * len(text)))
def test_a_spoiled_index_is_made_anew(source: Path, tmp_path: Path,
                                      spoil: Callable[[bytes], bytes]) -> None:
    wanted = ask(source, tmp_path / "cache")
    (kept,) = (tmp_path / "cache" / "words").iterdir()
    kept.write_bytes(spoil(kept.read_bytes()))
    assert ask(source, tmp_path / "cache") == wanted


def test_other_texts_stand_for_files(source: Path, tmp_path: Path) -> None:
    other = ("\n\nint drop(void)\n{\n}\n\nunion fetch {\n};\n"
             "typedef struct {\n} fetch;\n")
    view = prepared(source, {"drivers/a.c": other}, tmp_path / "mirror")
    made = answers(view, tmp_path / "cache")
    (source / "drivers" / "a.c").write_text(other)
    assert made == ask(source, tmp_path / "fresh")


def test_a_module_sees_what_headers_define(source: Path,
                                           tmp_path: Path) -> None:
    """What uses a name is asked of the module; the whole kernel by its own."""
    (source / "include/linux").mkdir(parents=True, exist_ok=True)
    text = "int fetch(void);\nstruct drop {\n};\ntypedef struct {\n} fetch;\n"
    (source / "include/linux/x.h").write_text(text)
    module = tmp_path / "module"
    module.mkdir()
    (module / "m.c").write_text("static int fetch(int a)\n{\n}\n")
    made = searches(View(module, kernel=source), tmp_path / "cache")
    assert made.naming("fetch") == {"m.c"}
    assert made.heads("fetch") == {"m.c": [1], "include/linux/x.h": [1]}
    assert made.structs("drop") == {"include/linux/x.h": [2]}
    assert made.typedefs("fetch") == {"include/linux/x.h": [4]}
    assert made.kernel_heads("fetch") == {
        "drivers/a.c": [1], "include/linux/x.h": [1]}


def test_indexes_of_old_trees_go(make_tree: Callable[..., Path],
                                 tmp_path: Path) -> None:
    for number in range(word_index.KEPT + 2):
        ask(make_tree(f"linux-{number}"), tmp_path / "cache")
    assert len(list((tmp_path / "cache" / "words").iterdir())) == \
        word_index.KEPT
