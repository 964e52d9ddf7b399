# SPDX-License-Identifier: GPL-2.0-only
"""The report of another campaign than pins, as a user asks for it."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trees import lab

Run = Callable[..., subprocess.CompletedProcess[str]]
LEFT = """#include <linux/bvec.h>

int lost(struct bio_vec *bv)
{
    return bv->bv_page @ 3;
}
"""


@pytest.fixture(name="bvec")
def _bvec(tmp_path: Path) -> Path:
    """A tree with uses of bv_page."""
    return lab.make(tmp_path / "linux", None, "bvec")


def report(gup2pin: Run, tree: Path, *more: str | Path
           ) -> subprocess.CompletedProcess[str]:
    return gup2pin("report", "--campaign", "bvec", "--kernel", tree, *more)


def test_the_report_in_every_form(gup2pin: Run, bvec: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = report(gup2pin, bvec, "--out", out)
    assert done.returncode == 0, done.stderr
    made = json.loads((out / "report.json").read_text())
    assert made["campaign"]["name"] == "bvec"
    assert made["campaign"]["counted"] == "bv_page"
    assert sum(made["campaign"]["kinds"].values()) == len(made["sites"]) == \
        made["summary"]["census"]["tokens"]
    assert done.stdout.startswith(
        f"{out / 'report.txt'}: {len(made['sites'])} uses of bv_page: ")
    plan = json.loads((out / "plan.json").read_text())
    assert {f"bvec:{file}" for group in plan.values()
            for file in group["files"]} == set(plan)
    assert sum(len(group["edits"]) for group in plan.values()) == \
        made["summary"]["by_disposition"]["convert"]
    text = (out / "report.txt").read_text()
    assert "bio_vec pages behind accessors" in text
    for name in ("report.txt", "report.sarif", "report.html",
                 "html/toy-drivers.html"):
        said = (out / name).read_text().replace("gup2pin", "")
        assert not re.search(r"\b(?:un)?pin(?:s|ned)?\b|call site|\bAPIs?\b|CASE",
                             re.sub(r"<style>.*?</style>|<script>.*?</script>", "",
                                    said, flags=re.S)), name


def test_the_next_run_gives_the_same(gup2pin: Run, bvec: Path,
                                     tmp_path: Path) -> None:
    out = tmp_path / "out"
    # What changed just before a run may change again, and is not rested on.
    time.sleep(2.1)
    report(gup2pin, bvec, "--out", out)
    names = ("report.json", "report.txt", "report.sarif", "plan.json")
    first = [(out / name).read_bytes() for name in names]
    for name in names:
        (out / name).unlink()
    assert report(gup2pin, bvec, "--out", out).returncode == 0
    assert [(out / name).read_bytes() for name in names] == first
    times = json.loads((out / "timings.json").read_text())
    assert list(times) == ["report"]
    (bvec / "drivers/vec/reads.c").write_text("")
    assert report(gup2pin, bvec, "--out", out).returncode == 0
    assert "reads.c" not in (out / "report.json").read_text()


def test_lines_as_compilers_print_them(gup2pin: Run, bvec: Path,
                                       tmp_path: Path) -> None:
    done = report(gup2pin, bvec, "--out", tmp_path / "out", "--format", "gcc")
    assert ("drivers/vec/stores.c:12:6: warning: bv_page in lone(): The member is "
            "written by itself. [accessor]\n") in done.stdout


def test_code_that_was_not_read_ends_with_3(gup2pin: Run, bvec: Path,
                                            tmp_path: Path) -> None:
    (bvec / "drivers/left.c").write_text(LEFT)
    done = report(gup2pin, bvec, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "drivers/left.c:" in done.stderr
    assert (tmp_path / "out/report.html").is_file()


@pytest.mark.parametrize("words, said", {
    ("report", "--campaign", "nope"):
    "nope: no such campaign; there are pins, bvec",
    ("boot", "--campaign", "bvec"):
    "boot: not for the campaign bvec; these are: report, series, "
    "prove, check, baseline, render",
    ("explain", "--site", "x", "--campaign", "bvec"):
    "explain: not for the campaign bvec; these are: report, series, "
    "prove, check, baseline, render",
    ("report", "--campaign", "bvec", "--since", "v6.1"):
    "--since: not for the campaign bvec",
    ("report", "--campaign", "bvec", "--apis", "all"):
    "--apis: not for the campaign bvec",
}.items())
def test_what_is_not_done_is_refused_in_one_line(
        gup2pin: Run, words: tuple[str, ...], said: str) -> None:
    done = gup2pin(*words)
    assert (done.returncode, done.stderr) == (2, f"gup2pin: {said}\n")


def test_out_holds_one_campaign(gup2pin: Run, bvec: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pins = ("report", "--kernel", bvec, "--out", out)
    assert report(gup2pin, bvec, "--out", out).returncode == 0
    done = gup2pin(*pins)
    assert done.returncode == 2
    assert f"{out}: it holds the results of the campaign bvec; " in done.stderr
    assert gup2pin(*pins, "--replace").returncode == 0
    done = report(gup2pin, bvec, "--out", out)
    assert done.returncode == 2
    assert "it holds the results of the campaign pins; " in done.stderr
    (out / ".tree.json").unlink()
    assert report(gup2pin, bvec, "--out", out).returncode == 2
