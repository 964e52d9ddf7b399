# SPDX-License-Identifier: GPL-2.0-only
"""No access out of bounds, no leak, no undefined operation, no broken tree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pinlib.reader.build import SOURCES
from test_files import (DECLARED, ENDS, FUNCTIONS, KINDS, MACROS, UNREAD)
from test_hostile import INPUTS

ROOT = SOURCES.parents[1]
# Inputs that fuzzing found when they still broke the reader.
CRASHED = [b"( a ) static int b;", b"f(a) + {\n}", b"{ 1 2; } , (", b"a:", b"(",
           b"void f(void) { for (;;", b"#define", b"#define A(", b"#if\n#elif",
           b"int f() int a; {", b"\\", b"'", b'L"', b"/\\\n", b"#include <",
           b"struct { enum {", b"a (*b)(", b"x = (a)(", b"asm(\"\" : [", b"#"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Files: the project's own C, the tests' pieces, and hostile input."""
    folder = tmp_path_factory.mktemp("corpus")
    texts = [*CRASHED, *ENDS.values(), KINDS.encode(),
             *(text.encode() for table in (DECLARED, FUNCTIONS, MACROS, UNREAD)
               for text in table),
             *(text for text in INPUTS.values() if len(text) < 1_000_000)]
    for number, text in enumerate(texts):
        (folder / f"{number}.c").write_bytes(text)
        # Cut short anywhere, it is another file.
        for part in range(1, 6):
            if len(text) < 2000:
                (folder / f"{number}-{part}.c").write_bytes(
                    text[:len(text) * part // 6])
    own = [path for top in ("tests", "kernel-overlay", "scripts", "cocci")
           for path in (ROOT / top).rglob("*.[ch]")]
    return [str(path) for path in sorted(folder.iterdir()) + sorted(own)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs are that replay files."""
    folder = tmp_path_factory.mktemp("replay")
    subprocess.run(["make", "-s", "-C", SOURCES, f"O={folder}",
                    f"{folder}/replay", f"{folder}/replay-plain"], check=True)
    return folder


def test_sanitizers(built: Path, corpus: list[str]) -> None:
    done = subprocess.run([built / "replay", *corpus], check=False, text=True,
                          capture_output=True, timeout=1200)
    assert (done.returncode, done.stderr) == (0, "")


def test_memcheck(built: Path, corpus: list[str]) -> None:
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    small = [path for path in corpus if Path(path).stat().st_size < 100_000]
    done = subprocess.run(
        ["valgrind", "-q", "--leak-check=full", "--error-exitcode=9",
         built / "replay-plain", *small], check=False, text=True,
        capture_output=True, timeout=1200)
    assert (done.returncode, done.stderr) == (0, "")
