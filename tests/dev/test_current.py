# SPDX-License-Identifier: GPL-2.0-only
"""What the repository holds of the tool's results is what the tool says now.

When it is not: look at the difference, then run tests/refresh.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from pinlib import host_packages
from pinlib.commands import baseline
from pinlib.dev import readme
from pinlib.kernel import kernel_tree

ROOT = Path(__file__).resolve().parents[2]


def run(target, package, out):
    versions = host_packages.installed([package])
    if package not in versions:
        pytest.skip(f"{package} is not installed")
    tree = kernel_tree.debian_tree(package, versions[package])
    return subprocess.run(
        [ROOT / "scripts/gup2pin", target, "--no-install", "--kernel", tree,
         "--out", out], check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """Linux 6.1's series, with its report in every form."""
    out = tmp_path_factory.mktemp("old")
    done = run("series", host_packages.DEFAULT_SOURCE, out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    """Linux 6.12 held against its baseline."""
    out = tmp_path_factory.mktemp("new")
    return out, run("check", host_packages.NEXT_SOURCE, out)


def test_baseline_of_6_1(old):
    report = json.loads((old / "report.json").read_text())
    known = baseline.load(ROOT / "reports/baseline/6.1.json")
    opts = type("Options", (), {"apis": "mission", "subsystem": None,
                                "campaign": "pins"})
    assert baseline.snapshot(opts, report) == known


def test_baseline_of_6_12(new):
    done = new[1]
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all in" in done.stdout


def test_made_parts_of_readme(old, new):
    made = readme.parts(*(json.loads((o / "report.json").read_text())
                          for o in (old, new[0])), old)
    assert readme.read(readme.README.read_text(encoding="utf-8")) == made


def test_size_of_the_site(old):
    front = (old / "report.html").stat().st_size
    pages = [p.stat().st_size for p in (old / "html").iterdir()]
    assert front < 200_000
    assert len(pages) > 30 and front + sum(pages) < 5_000_000
