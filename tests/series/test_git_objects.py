# SPDX-License-Identifier: GPL-2.0-only
"""The objects that are written directly are those that git would write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pinlib.base.errors import Gup2pinError
from pinlib.base.git import run_git
from pinlib.series.scratch import git_objects
from pinlib.series.scratch.git_objects import Entry
from pinlib.series.scratch.scratch_repo import Scratch

# Names that git sorts otherwise than text: a folder has a slash at its end.
TEXTS = {b"lib.c": b"a\n", b"lib/a.c": b"int a;\n", b"lib-x": b"",
         b"lib/sub/deep.c": b"\xff\0\n", b"lib0": b"x", b"\xc3\xa9": b"y"}


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """An empty repository."""
    return Scratch(tmp_path / "s.git")


def git(scratch: Scratch, *args: str, stdin: bytes = b"",
        **more: str) -> str:
    """What git says of a repository."""
    return run_git([f"--git-dir={scratch.path}", *args], stdin, None,
                   more).decode("utf-8", "surrogateescape").strip()


def test_blobs_trees_and_commits_have_gits_ids(scratch: Scratch,
                                               tmp_path: Path) -> None:
    entries = {name: Entry("100755" if name == b"lib0" else "100644",
                           git_objects.write(scratch.path, "blob", data))
               for name, data in TEXTS.items()}
    tree = git_objects.write_tree(scratch.path, entries)
    parent = None
    for text in ("s\n", "caf\udce9 \N{SNOWMAN}\n\nWhy.\n", "no end", ""):
        message = text.encode("utf-8", "surrogateescape")
        made = scratch.write_commit(tree, parent, text)
        above = ["-p", parent] if parent else []
        assert git(scratch, "commit-tree", tree, *above, stdin=message) == made
        parent = made
    index = str(tmp_path / "index")
    for name, data in TEXTS.items():
        assert git(scratch, "hash-object", "--stdin", stdin=data) == \
            entries[name].blob
    git(scratch, "update-index", "-z", "--index-info", stdin=b"".join(
        b"%s %s\t%s\0" % (e.mode.encode(), e.blob.encode(), name)
        for name, e in entries.items()), GIT_INDEX_FILE=index)
    assert git(scratch, "write-tree", GIT_INDEX_FILE=index) == tree
    assert set(scratch.entries(tree)) == set(map(os.fsdecode, TEXTS))
    git(scratch, "fsck", "--strict", "--full")


def test_a_file_that_is_a_folder_too_is_refused(scratch: Scratch) -> None:
    blob = git_objects.write(scratch.path, "blob", b"")
    with pytest.raises(Gup2pinError, match="a file and a folder"):
        git_objects.write_tree(scratch.path, {
            b"a": Entry("100644", blob), b"a/b": Entry("100644", blob)})


def test_a_tree_in_a_folder(scratch: Scratch, tree: Path) -> None:
    base = scratch.ensure_base(tree, ["Makefile"])
    below = scratch.nested(scratch.tree(base), "drivers/own tree")
    assert list(scratch.entries(below)) == ["drivers/own tree/Makefile"]
    assert scratch.nested(scratch.tree(base), "") == scratch.tree(base)


def test_an_author_is_spelled_as_git_does(scratch: Scratch,
                                          tree: Path) -> None:
    base = scratch.ensure_base(tree, ["Makefile"])
    made = scratch.commit(base, {}, "s", author='"Some, One" <o@example.org>')
    assert "author Some, One <o@example.org> 946684800 +0000\n" in git(
        scratch, "cat-file", "commit", made.commit)


def test_diffs_of_many_pairs_are_those_of_each(scratch: Scratch,
                                               tree: Path) -> None:
    base = scratch.ensure_base(tree, ["Makefile", "include/linux/mm.h"])
    one = scratch.commit(base, {"Makefile": b"0" * 40 + b" " + b"1" * 40
                                + b"\nno end \xff"}, "one")
    two = scratch.commit(one.commit, {"new \xe9.c": b"int a;\n"}, "two")
    pairs = [(a, b) for a in (one.parent_tree, one.tree, two.tree)
             for b in (one.parent_tree, one.tree, two.tree)]
    again = Scratch(scratch.path)
    again.find_diffs(pairs)
    for pair in pairs:
        assert again.diff(*pair).strip() == git(
            scratch, "diff", "--no-renames", *pair)
    assert scratch.diff(base, two.commit) == again.diff(
        one.parent_tree, two.tree)
    with pytest.raises(Gup2pinError, match="not the trees"):
        again.find_diffs([(base, two.commit)])
