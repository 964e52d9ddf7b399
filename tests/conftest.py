# SPDX-License-Identifier: GPL-2.0-only
"""What the tests share: a small kernel tree, and the command run on it."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
# Test files use helpers of each other, whichever of them is run alone.
sys.path += sorted({str(p.parent) for p in ROOT.glob("tests/*/test_*.py")})

from pinlib.base import host_program  # noqa: E402
from pinlib.kept import code_digests  # noqa: E402
from pinlib.kernel import word_index  # noqa: E402
from pinlib.reader import build  # noqa: E402
from pinlib.rewrite import ledger  # noqa: E402
from trees import lab  # noqa: E402

MAKEFILE = """\
# SPDX-License-Identifier: GPL-2.0
VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 192
EXTRAVERSION =
NAME = Curry Ramen
"""

# Analyses of whole kernels, the longest first: what runs beside them fills the
# time that is left.
LONGEST = ("test_sites_real", "test_renamed", "test_audit_real",
           "test_addresses_real", "test_current", "test_round_trip",
           "test_unknown_functions")
KERNELS = ("6.1", "6.12")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make one cache folder for the tests of a run, with our programs."""
    if not hasattr(config, "workerinput"):
        shared = tempfile.TemporaryDirectory(prefix="gup2pin-tests-")
        config.add_cleanup(shared.cleanup)
        os.environ["GUP2PIN_TEST_CACHE"] = shared.name
        build.ensure(Path(shared.name))
        for name, sources in (("ledger", ledger.SOURCES),
                              ("index", word_index.SOURCES),
                              ("digest", code_digests.SOURCES)):
            host_program.build(name, sources, Path(shared.name))


def kernel_of(item: pytest.Item) -> str:
    """The Debian kernel that a test's parameters name, if one does."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    named = [p.get("kernel") if isinstance(p, dict) else p
             for p in params.values()]
    return next((p for p in named if p in KERNELS), "")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each file one process, and each kernel of a long one its own.

    Tests of a file share what they have built; of two kernels they do not.
    """
    def rank(item: pytest.Item) -> int:
        name = item.path.stem
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)
    items.sort(key=rank)
    for item in items:
        kernel = kernel_of(item) if item.path.stem in LONGEST else ""
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}{kernel}"))


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
            env={**os.environ, "GUP2PIN_CACHE": lab.cold_cache(tmp_path / "cache"),
                 **env})
    return run


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts functions in the place of commands; report's only writes it.

    These need no packages, so none are looked for or installed.
    """
    from pinlib import host_packages
    previous = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(host_packages, "ensure",
                        lambda packages, may_install=True: {})

    def put(**functions: object) -> None:
        for name, function in functions.items():
            command = importlib.import_module(f"pinlib.commands.{name}")
            what = "write" if name == "report" else "run"
            monkeypatch.setattr(command, what, function)
    yield put
    signal.signal(signal.SIGTERM, previous)
