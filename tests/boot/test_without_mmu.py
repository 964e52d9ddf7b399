# SPDX-License-Identifier: GPL-2.0-only
"""What KUnit says without an MMU, with the series' mm/gup.c and the tree's.

Canned logs stand for the kernels; none is built.
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from pinlib.base.errors import ProofError
from pinlib.base.records import PatchKind
from pinlib.boot import boot, guest_run, without_mmu
from pinlib.boot.machines import NOMMU

GUP = "mm/gup.c"


def said(second: str) -> str:
    """Return a log in which a test of user memory ends so."""
    return ("    # Subtest: page_extract\n    1..1\n    ok 1 test_bvec\n"
            "ok 1 page_extract\n"
            "    # Subtest: page_extract_user\n    1..2\n"
            "    ok 1 test_nofault # SKIP all memory is there\n"
            f"    {second} 2 test_iovec\n{second} 2 page_extract_user\n")


class Kernels:
    """Stands for the building; the image is named after what differs."""

    machine = NOMMU
    asked: list[dict[str, bytes]] = []

    def __init__(self, *_: object) -> None:
        Kernels.asked = []

    def image(self, changes):
        self.asked.append(changes)
        return "new" if changes else "old"

    def close(self) -> None:
        pass


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs with what each kernel prints."""
    def start(files, old="not ok", new="ok", problem=""):
        def tests(image, log, machine):
            log.write_text(said(new if image == "new" else old))
            return problem if image == "new" else ""

        (tmp_path / "Makefile").write_text(
            "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\nEXTRAVERSION =\n")
        monkeypatch.setattr(without_mmu, "Kernels", Kernels)
        monkeypatch.setattr(guest_run, "tests", tests)
        monkeypatch.setattr(without_mmu, "Scratch", lambda path: SimpleNamespace(
            read=lambda tree, name: f"{tree}:{name}".encode()))
        series = [SimpleNamespace(patches=[SimpleNamespace(
            kind=PatchKind.OVERLAY, files=files, tree="t", sites=[])])]
        return without_mmu.run(tmp_path, tmp_path, 1, series, print,
                               NOMMU), series
    return start


def test_the_tests_must_fail_without_the_patch(run, tmp_path):
    outcome, series = run([GUP])
    assert Kernels.asked == [{}, {GUP: b"t:mm/gup.c"}]
    outcome.raise_if_failed()
    assert outcome.summary() == ("boot: KUnit: 2 pass, 1 skip; with mm/gup.c as "
                                 "it was: 1 fail, 1 pass, 1 skip")
    boot.attach(tmp_path, series, outcome)
    [item] = json.loads((tmp_path / "evidence.json").read_text())["t"]["run"]
    assert item["result"] == "pass" and item["command"] == (
        "under qemu without an MMU: " + outcome.summary()[len("boot: "):])
    text = (tmp_path / "boot-nommu.txt").read_text()
    assert ("page_extract_user.test_iovec: pass, fail without the patch of "
            "mm/gup.c") in text


def test_tests_that_notice_nothing_are_a_failure(run):
    with pytest.raises(ProofError, match="pass with mm/gup.c as it is too"):
        run([GUP], old="ok")[0].raise_if_failed()


@pytest.mark.parametrize("how, words", [
    ({"new": "not ok"}, "page_extract_user.test_iovec"),
    ({"problem": "the guest said nothing for 120 s"}, "said nothing")])
def test_what_fails_with_the_patch_is_a_failure(run, how, words):
    with pytest.raises(ProofError, match=words):
        run([GUP], **how)[0].raise_if_failed()


def test_a_tree_that_pins_already_has_no_control(run):
    outcome, _ = run(["lib/page_extract.c"], old="ok")
    outcome.raise_if_failed()
    assert Kernels.asked == [{}]
    assert outcome.summary() == "boot: KUnit: 2 pass, 1 skip"
