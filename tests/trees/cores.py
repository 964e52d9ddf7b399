# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of hand-written rules ask of a rule and of its result."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pinlib.csource.masking import CText
from pinlib.kernel import kernel_tree
from pinlib.rewrite import fingerprint, handwritten
from trees import kernels, text_search

Texts = dict[str, str]


def rule(name: str) -> handwritten.CoreRule:
    """One rule of cocci/core."""
    [found] = [one for one in handwritten.load() if one.name == name]
    return found


def states(one: handwritten.CoreRule, version: str) -> list[Texts]:
    """The texts of a kernel that each patch of a rule changes, after it."""
    applied = handwritten.apply(kernels.tree(version), one,
                                kernel_tree.cache_folder())
    assert not applied.refused
    return applied.states


def small(one: handwritten.CoreRule, version: str, target: Path) -> Path:
    """Of a kernel, the files that a rule looks at and no others."""
    tree = kernels.tree(version)
    for file in {*one.files, *(
            hit.file for hit in text_search.grep(tree, one.names))}:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / file, target / file)
    assert not refusal(one, target)
    return target


def refusal(one: handwritten.CoreRule, tree: Path) -> str:
    """Why a rule refuses a tree; empty when it serves."""
    return handwritten.apply(tree, one, kernel_tree.cache_folder()).refused


def function(text: str, name: str) -> str:
    """The code of one function, without comments."""
    masked = CText(text)
    span = fingerprint.region(masked, name)
    assert span is not None
    return " ".join(masked.code[masked.offset(span.start):
                                masked.offset(span.end + 1)].split())


def last(made: list[Texts], file: str) -> str:
    """A file when all patches have been applied."""
    return [state[file] for state in made if file in state][-1]


def words(text: str) -> set[str]:
    """The identifiers of a text, comments left out."""
    return set(CText(text).words)


def changed(text: str, name: str) -> str:
    """A text with one token more in the block of a name."""
    masked = CText(text)
    span = fingerprint.region(masked, name)
    assert span is not None
    at = text.rindex("}", masked.offset(span.start),
                     masked.offset(span.end + 1))
    return text[:at] + ";" + text[at:]


def sees_one_other_token(one: handwritten.CoreRule, tree: Path,
                         region: str) -> None:
    """A region of Linux 6.1 has its fingerprint, and no other text has."""
    file, _, name = region.rpartition(":")
    [known] = [k["regions"] for k in json.loads(
        (handwritten.FOLDER / f"{one.name}.code.json").read_text())
        if k["kernel"] == "6.1"]
    text = (tree / file).read_text(encoding="latin-1")
    fingerprint.check_regions({file: CText(text)}, {region: known[region]})
    with pytest.raises(fingerprint.Mismatch, match=f"{name} is not the code"):
        fingerprint.check_regions({file: CText(changed(text, name))},
                                  {region: known[region]})
