# SPDX-License-Identifier: GPL-2.0-only
"""The namespace: changes are seen inside and never reach the tree."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pinlib.base.errors import UsageError
from pinlib.base.options import UserBuild
from pinlib.build.configs import build_root, flavours
from pinlib.build.mount_namespace import Namespace, NamespaceRefused, build_env
from pinlib.build.objects import Record, parents, read_symbols


@pytest.fixture
def space(tree: Path, tmp_path: Path) -> Iterator[Namespace]:
    (tree / ".config").write_text("CONFIG_OLD=y\n")
    (tree / "include" / "config").mkdir()
    try:
        made = Namespace(tmp_path / "build", tree, both=True)
    except NamespaceRefused as refused:
        pytest.skip(str(refused))
    with made:
        yield made


def test_tree_stays_clean(space: Namespace, tree: Path,
                          tmp_path: Path) -> None:
    before = sorted((p, p.lstat().st_mtime_ns) for p in tree.rglob("*"))
    space.write("Makefile", b"changed\n")
    space.write("new dir/x.c", b"new\n")
    space.write("include/linux/mm.h", None)
    space.path("obj", "a.o").write_text("object")
    done = subprocess.run(space.command(["cat", "Makefile", "new dir/x.c"]),
                          capture_output=True, check=True)
    assert done.stdout == b"changed\nnew\n"
    assert not space.path("src", "include/linux/mm.h").exists()
    assert before == sorted((p, p.lstat().st_mtime_ns)
                            for p in tree.rglob("*"))
    space.close()
    assert list((tmp_path / "build" / "src").iterdir()) == []
    assert list((tmp_path / "build" / "obj").iterdir()) == []
    assert "build/src" not in Path("/proc/self/mounts").read_text()


def test_old_build_is_hidden(space: Namespace, tree: Path) -> None:
    assert not space.path("src", ".config").exists()
    assert not space.path("src", "include/config").exists()
    assert (tree / ".config").exists()


def test_link_out_of_the_tree_is_replaced(space: Namespace,
                                          tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("mine\n")
    space.path("src", "link.h").symlink_to(tmp_path / "outside")
    space.write("link.h", b"text\n")
    assert (tmp_path / "outside").read_text() == "mine\n"


def test_callers_make_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAKEFLAGS", "MAKELEVEL", "ARCH", "KBUILD_OUTPUT", "O",
                 "GIT_DIR", "KCFLAGS"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OTHER", "y")
    env = build_env()
    assert env["OTHER"] == "y" and env["LC_ALL"] == "C"
    assert not {"MAKEFLAGS", "MAKELEVEL", "ARCH", "KBUILD_OUTPUT", "O",
                "GIT_DIR", "KCFLAGS"} & env.keys()


def test_cache_name_that_kbuild_refuses(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUP2PIN_CACHE", "/tmp/a b")
    with pytest.raises(UsageError, match="GUP2PIN_CACHE"):
        build_root()


def test_users_configuration_replaces_ours(tmp_path: Path) -> None:
    assert [f.name for f in flavours(None)] == [
        "x86_64", "ppc64le", "nommu", "ppc32"]
    assert flavours(UserBuild()) == flavours(None)
    config = tmp_path / "config"
    config.write_text("")
    (only,) = flavours(UserBuild(config, "arm64", "aarch64-linux-gnu-"))
    assert only.covers("arch/arm64/mm/x.c")
    assert not only.covers("arch/x86/mm/x.c")
    assert only.variables() == ["ARCH=arm64",
                                "CROSS_COMPILE=aarch64-linux-gnu-"]
    with pytest.raises(UsageError):
        flavours(UserBuild(tmp_path / "none"))


def test_symbols_of_an_object() -> None:
    record = Record("a.o", "built")
    read_symbols(record, "f T 0 10\nlocal t 10 4\nput_page U\nweak w\n"
                 "__ksymtab_f r 0 c\n__export_symbol_g r 0 0\ng D 0 8\n")
    assert record.defined == ["f", "g"]
    assert record.undefined == ["put_page"]
    assert record.exported == ["f", "g"]


def test_parents() -> None:
    assert list(parents("a/b/c.o")) == ["a/b", "a"]
