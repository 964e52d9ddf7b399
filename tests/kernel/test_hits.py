# SPDX-License-Identifier: GPL-2.0-only
"""What a run keeps of its text searches is never served stale."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.kernel import search_cache, text_search
from pinlib.kernel.search_cache import Hits
from pinlib.kernel.view import View, prepared

NAMES = {"fetch", "drop"}


@pytest.fixture(name="source")
def _source(tree: Path) -> Path:
    """A tree of three files that are older than the clock's grain."""
    (tree / "drivers").mkdir()
    (tree / "drivers" / "a.c").write_text(
        "int fetch(void)\n{\n\tdrop(1);\n}\n")
    (tree / "drivers" / "b.c").write_text("/* fetch fetch */\nint drop(int);\n")
    (tree / "drivers" / "c.h").write_text("struct fetch {\n\tint drop;\n};\n")
    return tree


@pytest.fixture(name="settled", autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file counts as changed just now, unless a test says so."""
    monkeypatch.setattr(search_cache, "GRAIN", 0.0)


def ask(tree: Path, cache: Path) -> dict[str, object]:
    """One run's answers, kept for the next."""
    time.sleep(0.02)
    searches = Hits(View(tree), cache)
    found: dict[str, object] = {
        "words": searches.words(NAMES), "heads": searches.heads(NAMES),
        "structs": searches.structs()}
    searches.save()
    return found


def fresh(tree: Path, tmp_path: Path) -> dict[str, object]:
    """The answers of a run that knows nothing."""
    return ask(tree, tmp_path / f"fresh-{time.monotonic_ns()}")


def test_answers_are_those_of_a_plain_search(source: Path,
                                             tmp_path: Path) -> None:
    found = ask(source, tmp_path / "cache")
    plain = text_search.grep(source, NAMES)
    assert sorted(h.line for h in plain if h.text == "fetch") == [1, 1, 1, 1]
    words = found["words"]
    assert isinstance(words, dict)
    for name in NAMES:
        assert [(f, n) for f in sorted(words[name]) for n in words[name][f]
                ] == [(h.file, h.line) for h in plain if h.text == name]
    heads = found["heads"]
    assert isinstance(heads, dict)
    assert heads["fetch"] == {"drivers/a.c": [1]}
    assert heads["drop"] == {"drivers/b.c": [2]}
    tags = found["structs"]
    assert isinstance(tags, dict) and list(tags) == ["fetch"]


def test_nothing_is_searched_twice(source: Path, tmp_path: Path,
                                   monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(source, tmp_path / "cache")
    monkeypatch.setattr(text_search, "_run", None)
    assert ask(source, tmp_path / "cache") == first


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
    before = ask(source, tmp_path / "cache")
    CHANGES[change](source / "drivers" / "a.c")
    wanted = fresh(source, tmp_path)
    assert (wanted == before) == (change == "touch")
    assert ask(source, tmp_path / "cache") == wanted
    assert ask(source, tmp_path / "cache") == wanted


def test_a_file_that_just_changed_is_searched_again(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_cache, "GRAIN", 60.0)
    ask(source, tmp_path / "cache")
    asked: list[list[str]] = []
    plain = text_search.grep

    def watched(*args: object, **kwargs: object) -> object:
        asked.append(list(kwargs["under"]))  # type: ignore[call-overload]
        return plain(*args, **kwargs)  # type: ignore[arg-type]
    monkeypatch.setattr(text_search, "grep", watched)
    ask(source, tmp_path / "cache")
    assert asked and all("drivers/a.c" in under for under in asked)


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_young_file_that_changes_is_seen(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        change: str) -> None:
    """Another branch is checked out seconds after a run, and back again."""
    monkeypatch.setattr(search_cache, "GRAIN", 60.0)
    ask(source, tmp_path / "cache")
    CHANGES[change](source / "drivers" / "a.c")
    wanted = fresh(source, tmp_path)
    assert ask(source, tmp_path / "cache") == wanted
    assert ask(source, tmp_path / "cache") == wanted


@pytest.mark.parametrize("spoil", (
    lambda text: "", lambda text: text[:len(text) // 2],
    lambda text: text.replace("fetch", "fetsh"), lambda text: "{}\n{}"))
def test_a_spoiled_cache_is_ignored(source: Path, tmp_path: Path,
                                    spoil: Callable[[str], str]) -> None:
    wanted = ask(source, tmp_path / "cache")
    (kept,) = (tmp_path / "cache" / "hits").glob("*.json")
    text = kept.read_text()
    assert spoil(text) != text
    kept.write_text(spoil(text))
    assert ask(source, tmp_path / "cache") == wanted
    assert kept.read_text().partition("\n")[2]


def test_a_cache_that_cannot_be_written_is_no_loss(source: Path,
                                                   tmp_path: Path) -> None:
    wanted = fresh(source, tmp_path)
    (tmp_path / "cache").write_text("a file where the folder should be\n")
    assert ask(source, tmp_path / "cache") == wanted


def test_caches_of_old_trees_go(make_tree: Callable[..., Path],
                                tmp_path: Path) -> None:
    for number in range(search_cache.KEPT + 2):
        ask(make_tree(f"linux-{number}"), tmp_path / "cache")
    assert len(list((tmp_path / "cache" / "hits").iterdir())) == search_cache.KEPT


def test_other_texts_stand_for_files(source: Path, tmp_path: Path) -> None:
    ask(source, tmp_path / "cache")
    other = "\n\nint drop(void)\n{\n}\n\nunion shape {\n};\n"
    view = prepared(source, {"drivers/a.c": other}, tmp_path / "mirror")
    searches = Hits(view, tmp_path / "cache")
    heads = searches.heads(NAMES)
    words = searches.words(NAMES)
    tags = searches.structs()
    searches.save()
    (source / "drivers" / "a.c").write_text(other)
    assert {"words": words, "heads": heads, "structs": tags} == fresh(
        source, tmp_path)
