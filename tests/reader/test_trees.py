# SPDX-License-Identifier: GPL-2.0-only
"""The reader over some files of whole kernels, against what shares no code.

Runs over all files are commands: reader --roundtrip, compare_ctags.py and
compare_words.py; docs/reader.md has what they found, and when.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

import compare_ctags
import compare_words
import samples
from pinlib.csource.written import text_files
from reading import reader
from trees import kernels

FILES = 800
# Each word of a file is looked up by itself, which takes longer.
LOOKED_UP = 40


@pytest.fixture(scope="module", params=["6.1", "6.12"])
def kernel(request: pytest.FixtureRequest) -> tuple[Path, list[str]]:
    """A kernel, and some files of it."""
    tree = kernels.tree(request.param)
    return tree, samples.some(tree, FILES)


def test_tokens_make_up_each_file(kernel: tuple[Path, list[str]]) -> None:
    tree, files = kernel
    done = subprocess.run([reader().program, "--roundtrip", *files], cwd=tree,
                          check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_functions_are_those_of_ctags(kernel: tuple[Path, list[str]]) -> None:
    found: Counter[str] = Counter()
    for kind, where in compare_ctags.compare(reader(), *kernel):
        found[kind] += 1
        assert compare_ctags.explained(kind), f"{kind}: {where}"
    # There are about twelve functions in a file.
    assert found["both"] > 6 * FILES
    assert found.total() < 1.01 * found["both"]


def test_identifiers_are_those_of_the_text(
        kernel: tuple[Path, list[str]]) -> None:
    both = 0
    for kind, where in compare_words.compare(reader(), *kernel):
        if kind == "both":
            both += int(where)
        else:
            assert compare_words.explained(kind), f"{kind}: {where}"
    assert both > 500 * FILES


def test_each_word_is_looked_up_where_it_is(
        kernel: tuple[Path, list[str]]) -> None:
    """The census asks for the places of a name; the test above, for all."""
    tree, files = kernel
    for file in files[:LOOKED_UP]:
        text = text_files.load(tree / file)
        assert {(at, at + len(word)) for word in text.words
                for at in text.words[word]} == compare_words.of_text(text), file
