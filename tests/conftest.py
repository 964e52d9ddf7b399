# SPDX-License-Identifier: GPL-2.0-only
"""What the tests share: a small kernel tree, and the command run on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
# Test files use helpers of each other, whichever of them is run alone.
sys.path += sorted({str(p.parent) for p in ROOT.glob("tests/*/test_*.py")})

MAKEFILE = """\
# SPDX-License-Identifier: GPL-2.0
VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 192
EXTRAVERSION =
NAME = Curry Ramen
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def make_tree(tmp_path: Path) -> Callable[..., Path]:
    """Makes the smallest folder that counts as a kernel tree."""
    def make(name: str = "linux") -> Path:
        tree = tmp_path / name
        (tree / "include" / "linux").mkdir(parents=True)
        (tree / "include" / "linux" / "mm.h").write_text("/* mm */\n")
        (tree / "Makefile").write_text(MAKEFILE)
        (tree / "MAINTAINERS").write_text("Maintainers List\n")
        return tree
    return make


@pytest.fixture
def tree(make_tree: Callable[..., Path]) -> Path:
    """A small kernel tree."""
    return make_tree()


@pytest.fixture
def gup2pin(tmp_path: Path) -> Run:
    """Runs the command as a user would, with a private cache folder."""
    def run(*args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / "scripts" / "gup2pin"), "--no-install",
             *map(str, args)], check=False, capture_output=True, text=True,
            errors="surrogateescape", stdin=subprocess.DEVNULL,
            cwd=tmp_path, timeout=120,
            env={**os.environ, "GUP2PIN_CACHE": str(tmp_path / "cache"),
                 **env})
    return run


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts functions in the place of the stages of the pipeline.

    These need no packages, so none are looked for or installed.
    """
    import pinlib.commands
    from pinlib import host_packages
    previous = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(host_packages, "ensure",
                        lambda packages, may_install=True: {})

    def put(**functions: object) -> None:
        fake = types.ModuleType("pinlib.commands.pipeline")
        vars(fake).update(functions)
        monkeypatch.setitem(sys.modules, "pinlib.commands.pipeline", fake)
        monkeypatch.setattr(pinlib.commands, "pipeline", fake, raising=False)
    yield put
    signal.signal(signal.SIGTERM, previous)
