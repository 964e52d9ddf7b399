# SPDX-License-Identifier: GPL-2.0-only
"""One tree's results are not written over another's by mistake."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pinlib import cli
from pinlib.base.errors import UsageError
from pinlib.base.options import Options
from pinlib.commands import out_owner

VERSION = "6.1.192"


@pytest.fixture(name="places")
def _places(tmp_path: Path):
    """OUT with something in it, and a maker of folders beside it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/timings.json").write_text("{}")

    def folder(name: str) -> Path:
        (tmp_path / name).mkdir(exist_ok=True)
        return tmp_path / name
    return tmp_path / "out", folder


def claim(out: Path, kernel: Path | str, module: Path | None = None,
          version: str = VERSION, replace: bool = False) -> bool:
    return out_owner.claim(out, version, str(kernel), module, replace)


def test_the_same_tree_again(places) -> None:
    out, folder = places
    for _ in range(2):
        assert not claim(out, folder("linux"), folder("cam"))


def test_a_package_is_one_tree_wherever_it_is_unpacked(places) -> None:
    out, folder = places
    assert not claim(out, "linux-source-6.1")
    assert not claim(out, "linux-source-6.1")
    with pytest.raises(UsageError, match="linux-source-6.1"):
        claim(out, folder("linux"))


@pytest.mark.parametrize("change, words", [
    ({"kernel": "other"}, "/linux; choose"),
    ({"version": "6.2.0"}, "Linux 6.1.192"),
    ({"module": "tuner"}, "the module"), ({"module": None}, "the module")])
def test_another_tree(places, change, words) -> None:
    out, folder = places
    first = {"kernel": "linux", "module": "cam", "version": VERSION}

    def run(given, replace=False):
        return claim(out, folder(given["kernel"]), given["module"] and folder(
            given["module"]), given["version"], replace)
    assert not run(first)
    (out / "report.json").write_text("{}")
    before = {p: p.read_bytes() for p in out.iterdir()}
    with pytest.raises(UsageError) as caught:
        run(first | change)
    assert words in str(caught.value) and "REPLACE=1" in str(caught.value)
    assert {p: p.read_bytes() for p in out.iterdir()} == before
    assert not run(first)
    assert run(first | change, replace=True)
    assert not (out / "report.json").exists()
    assert not run(first | change)


def test_a_run_that_wrote_nothing_holds_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert not claim(tmp_path, tmp_path / name)
    (tmp_path / "series").mkdir()
    with pytest.raises(UsageError, match="two"):
        claim(tmp_path, tmp_path / "one")


def test_a_module_comes_to_a_kernels_own(places) -> None:
    out, folder = places
    claim(out, folder("linux"))
    with pytest.raises(UsageError, match="without M"):
        claim(out, folder("linux"), folder("cam"))


def test_a_checkout_that_was_moved(places) -> None:
    out, folder = places
    claim(out, folder("linux"), folder("a") / "cam")
    folder("linux").rename(out.parent / "moved")
    assert not claim(out, out.parent / "moved", folder("b") / "cam")
    (out.parent / "link").symlink_to(out.parent / "moved")
    assert not claim(out, out.parent / "link", folder("b") / "cam")
    with pytest.raises(UsageError, match="cam"):
        claim(out, out.parent / "link", folder("b") / "tuner")


@pytest.mark.parametrize("report, fine", [
    ({"kernel": {"version": VERSION}}, True), ({}, True), ([], True),
    ({"kernel": {"version": "6.12.1"}}, False)])
def test_what_an_older_version_left(places, report, fine) -> None:
    out, folder = places
    (out / "report.json").write_text(json.dumps(report))
    if fine:
        assert not claim(out, folder("linux"))
        assert (out / "report.json").exists()
        return
    with pytest.raises(UsageError, match="Linux 6.12.1"):
        claim(out, folder("linux"))


def test_the_command_refuses_before_it_works(stages, make_tree, tmp_path,
                                             monkeypatch, capsys) -> None:
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path / "cache"))
    seen: list[Options] = []
    stages(report=seen.append, explain=seen.append)
    one, two = make_tree("one"), make_tree("two")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/timings.json").write_text("{}")

    def run(tree, *more):
        code = cli.main(["report", f"--kernel={tree}",
                         f"--out={tmp_path / 'out'}", *more])
        return code, capsys.readouterr().err
    assert run(one) == (0, "") and run(one) == (0, "")
    code, said = run(two)
    assert code == 2 and str(one) in said and said.count("\n") == 1
    assert run(two, "--replace") == (0, "")
    assert [(o.kernel, o.replace) for o in seen] == [
        (one, False), (one, False), (two, True)]
    assert run(two) == (0, "") and not seen[-1].replace
    assert cli.main(["explain", f"--kernel={one}", "--site=x",
                     f"--out={tmp_path / 'out'}"]) == 0
    shutil.rmtree(two)
    assert run(one) == (0, "")
