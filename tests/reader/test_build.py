# SPDX-License-Identifier: GPL-2.0-only
"""The reader is built when it is needed, once, and in its place at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pinlib.base.errors import Gup2pinError, UsageError
from pinlib.reader import build

SMALL = """\
reader: $(O)/reader
$(O)/reader: main.c
\tmkdir -p $(O)
\t$(CC) -o $@ main.c
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A reader that is built in no time."""
    folder = tmp_path / "source folder"
    folder.mkdir()
    (folder / "Makefile").write_text(SMALL)
    (folder / "main.c").write_text("int main(void) { return 0; }\n")
    (folder / "fuzz.c").write_text("#error\n")
    return folder


def test_kept(tmp_path: Path, sources: Path) -> None:
    cache = tmp_path / "a cache"
    first = build.ensure(cache, sources=sources)
    made = first.program.stat().st_mtime_ns
    assert subprocess.run([first.program], check=False).returncode == 0
    assert build.ensure(cache, sources=sources) == first
    assert first.program.stat().st_mtime_ns == made
    assert [p.name for p in first.program.parent.iterdir()] == ["reader"]


def test_changed(tmp_path: Path, sources: Path,
                 monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.ensure(tmp_path, sources=sources)
    (sources / "fuzz.c").write_text("#error 2\n")
    assert build.ensure(tmp_path, sources=sources) == first
    (sources / "main.c").write_text("int main(void) { return 1; }\n")
    second = build.ensure(tmp_path, sources=sources)
    assert second.digest != first.digest
    assert second.program.exists() and first.program.exists()
    other = tmp_path / "bin"
    other.mkdir()
    (other / "gcc").write_text(
        "#!/bin/sh\n[ \"$1\" = -v ] && echo version 99 >&2\n"
        f"exec {shutil.which('gcc')} \"$@\"\n")
    (other / "gcc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{other}:{os.environ['PATH']}")
    assert build.ensure(tmp_path, sources=sources).digest != second.digest


def test_sources_are_only_read(tmp_path: Path, sources: Path) -> None:
    before = sorted(p.name for p in sources.iterdir())
    for path in (*sources.iterdir(), sources):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        build.ensure(tmp_path / "cache", sources=sources)
    finally:
        sources.chmod(0o755)
    assert sorted(p.name for p in sources.iterdir()) == before


def test_two_at_once(tmp_path: Path, sources: Path) -> None:
    code = ("import sys; from pathlib import Path; "
            "from pinlib.reader import build; "
            "print(build.ensure(Path(sys.argv[1]), "
            "sources=Path(sys.argv[2])).program)")
    env = {**os.environ, "PYTHONPATH": str(build.SCRIPTS)}
    both = [subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "cache", sources], text=True,
        env=env, stdout=subprocess.PIPE) for _ in range(2)]
    told = {process.communicate()[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    (program,) = told
    assert subprocess.run([program.strip()], check=False).returncode == 0


def test_without_a_compiler(tmp_path: Path, sources: Path,
                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    monkeypatch.setattr(build.host_packages, "installed",
                        lambda names: {"make": "1", "libc6-dev": "1"})
    with pytest.raises(UsageError) as error:
        build.ensure(tmp_path, sources=sources)
    assert error.value.exit_code == 2
    assert "sudo apt-get install -y gcc" in str(error.value)


def test_that_does_not_build(tmp_path: Path, sources: Path) -> None:
    (sources / "main.c").write_text("int main(void) { return x; }\n")
    with pytest.raises(Gup2pinError, match="main.c:1:.*error: .*x"):
        build.ensure(tmp_path / "cache", sources=sources)
    assert not list((tmp_path / "cache").rglob("reader*"))


@pytest.mark.parametrize("name", ["MAKEFLAGS", "CFLAGS", "LDFLAGS"])
def test_the_environment_does_not_matter(
        tmp_path: Path, sources: Path, name: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "--no-such-flag")
    build.ensure(tmp_path, sources=sources)
