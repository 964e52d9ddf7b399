# SPDX-License-Identifier: GPL-2.0-only
"""The direction in which the packages import each other."""

from __future__ import annotations

import pytest
from pinlib.dev import walls

BAD = {
    "an import of a package above": (
        "flow/a.py", "from pinlib.decide import decide\n",
        "flow/a.py:1: flow imports decide"),
    "walls between neighbours": (
        "decide/a.py", "import os\nfrom pinlib.rewrite.apply import apply\n",
        "decide/a.py:2: decide imports rewrite"),
    "a report that judges": (
        "report/a.py", "from pinlib.flow import graph\n",
        "report/a.py:1: report imports flow"),
    "only under TYPE_CHECKING": (
        "boot/a.py", "if x:\n    from pinlib.flow.graph import Flow\n",
        "boot/a.py:2: boot imports flow"),
    "the ledger and what it judges": (
        "rewrite/ledger.py", "from pinlib.rewrite import apply\n",
        "rewrite/ledger.py:1: rewrite.ledger imports rewrite.apply"),
    "the census and the facts": (
        "program/read_facts.py",
        "from pinlib.csource.masking import CText\n",
        "program/read_facts.py:1: program.read_facts imports "
        "csource.masking.CText"),
    "what judges and the tool that loses code": (
        "decide/a.py", "from pinlib.spatch import runner\n",
        "decide/a.py:1: decide imports spatch"),
    "a package of Debian's inside spatch": (
        "spatch/in_find_rules.py", "import jinja2\n",
        "spatch/in_find_rules.py:1: spatch.in_find_rules imports jinja2"),
    "base inside spatch": (
        "spatch/in_convert_rules.py", "import pinlib.base.files\n",
        "spatch/in_convert_rules.py:1: spatch.in_convert_rules imports "
        "base.files"),
    "inside a function": (
        "paths/a.py", "def f():\n    import os\n",
        "paths/a.py:2: an import inside a function"),
    "a relative one": (
        "paths/a.py", "from . import b\n",
        "paths/a.py:1: an import that is not absolute"),
    "a campaign from the engine": (
        "engine/a.py", "from pinlib.campaigns.bvec import idioms\n",
        "engine/a.py:1: engine imports campaigns"),
    "a campaign from above": (
        "dev/a.py", "from pinlib.campaigns.bvec import idioms\n",
        "dev/a.py:1: dev imports campaigns"),
    "commands from below": (
        "dev/a.py", "from pinlib import cli\n", "dev/a.py:1: dev imports cli"),
}


@pytest.fixture
def problems(tmp_path):
    """Says what is wrong with a package of one file."""
    def made(name, text):
        path = tmp_path / name
        path.parent.mkdir()
        (path.parent / "__init__.py").write_text('"""In and out."""\n')
        path.write_text(text)
        return walls.problems(tmp_path, tmp_path)
    return made


@pytest.mark.parametrize("name", BAD)
def test_refused(problems, name):
    file, text, problem = BAD[name]
    assert problems(file, text) == [problem]


@pytest.mark.parametrize("file, text", [
    ("decide/a.py", "from pinlib.flow import graph\nimport jinja2\n"),
    ("cli.d/a.py", "from pinlib.base import files\n"),
    ("spatch/in_convert_rules.py", "import re\nfrom pinlib.csource import x\n"),
])
def test_allowed(problems, file, text):
    assert problems(file, text) == []


def test_a_package_says_what_it_is_for_and_is_small(problems, tmp_path):
    assert problems("flow/a.py", "") == []
    (tmp_path / "flow/__init__.py").write_text("")
    assert walls.problems(tmp_path, tmp_path) == [
        "flow/__init__.py:1: does not say what comes in and what goes out"]
    for number in range(walls.MOST_MODULES):
        (tmp_path / f"flow/m{number}.py").write_text("")
    assert "flow: 16 modules, more than 15" in walls.problems(
        tmp_path, tmp_path)
