# SPDX-License-Identifier: GPL-2.0-only
"""The scratch repository: the same files give the same ids, everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from pinlib.base.errors import Gup2pinError
from pinlib.series.scratch.scratch_repo import Scratch

ODD = 'lib/new "a\n-b.c'


def filled(tree: Path) -> Path:
    (tree / "lib").mkdir()
    (tree / "lib" / "a.c").write_text("int a;\n")
    (tree / "run.sh").write_text("#!/bin/sh\n")
    (tree / "run.sh").chmod(0o755)
    return tree


def test_same_input_same_ids(tree: Path, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tree)
    ids = []
    for name in ("one.git", "two.git"):
        scratch = Scratch(tmp_path / name)
        base = scratch.ensure_base(tree, ["lib/a.c", "run.sh", "none.c"])
        ids.append((base, scratch.commit(base, {"lib/a.c": b"long a;\n"},
                                         "lib: a", "Why.")))
        # What a user's environment or configuration says must not matter.
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        (home / ".gitconfig").write_text(
            "[user]\n\tname = x\n[core]\n\tautocrlf = true\n")
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("GIT_DIR", "/nonexistent")
        monkeypatch.setenv("GIT_AUTHOR_DATE", "1234567890 +0000")
    assert ids[0] == ids[1]


def test_commit_says_both_trees(tree: Path, tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "s.git")
    base = scratch.ensure_base(filled(tree), ["lib/a.c"])
    done = scratch.commit(base, {"lib/a.c": b"long a;\n", ODD: b"x\n"}, "s")
    assert done.parent_tree == scratch.tree(base)
    assert done.tree == scratch.tree(done.commit)
    assert scratch.changed(base, done.commit) == {"lib/a.c": "M", ODD: "A"}
    assert scratch.read(done.commit, ODD) == b"x\n"
    assert scratch.read(base, ODD) is None
    assert "+long a;" in scratch.diff(base, done.commit)


def test_bytes_and_modes_survive(tree: Path, tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "s.git")
    base = scratch.ensure_base(filled(tree), ["run.sh"])
    data = b"#!/bin/sh\r\n\xff\xfe no newline"
    done = scratch.commit(base, {"run.sh": data, "n.c": b""}, "s")
    scratch.export(done.commit, ["run.sh", "n.c", "none"], tmp_path / "e")
    assert (tmp_path / "e" / "run.sh").read_bytes() == data
    assert (tmp_path / "e" / "run.sh").stat().st_mode & 0o111
    assert not (tmp_path / "e" / "n.c").stat().st_mode & 0o111
    assert not (tmp_path / "e" / "none").exists()


def test_branches(tree: Path, tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "s.git")
    base = scratch.ensure_base(filled(tree), ["lib/a.c"])
    scratch.set_branches({"series/a": base})
    again = Scratch(tmp_path / "s.git")
    assert again.resolve("series/a") == base == again.resolve("base")
    assert again.resolve("series/b") is None
    with pytest.raises(Gup2pinError):
        again.set_branches({"a..b": base})


@pytest.mark.parametrize("name", ["../a.c", "/etc/passwd", "a/../../b",
                                  ".git/config", "a//b", ""])
def test_paths_stay_inside(tree: Path, tmp_path: Path, name: str) -> None:
    scratch = Scratch(tmp_path / "s.git")
    with pytest.raises(Gup2pinError, match="not a path inside"):
        scratch.ensure_base(tree, [name])
    base = scratch.ensure_base(tree, [])
    with pytest.raises(Gup2pinError, match="not a path inside"):
        scratch.commit(base, {name: b""}, "s")


def test_links_are_not_followed(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tree / "link.c").symlink_to(tmp_path / "secret")
    scratch = Scratch(tmp_path / "s.git")
    base = scratch.ensure_base(tree, ["link.c"])
    assert scratch.entries(base)["link.c"].mode == "120000"
    assert b"secret\n" != scratch.read(base, "link.c")
