# SPDX-License-Identifier: GPL-2.0-only
"""The run as a whole, with a stand-in for the builds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pinlib.base.errors import Gup2pinError, ProofError, UsageError
from pinlib.base.files import write_json
from pinlib.base.git import run_git
from pinlib.base.records import Patch, Series
from pinlib.build.mount_namespace import NamespaceRefused
from pinlib.prove import mail_checks, prove
from pinlib.prove.wave import Step
from pinlib.series.scratch.scratch_repo import Scratch

CHECKPATCH = r"""
foreach (@ARGV) { next unless -f;
    open(my $in, '<', $_); my $text = join '', <$in>;
    if ($text =~ /^(?!-).*BAD STYLE/m) {
        print "$_:7: WARNING:BAD: said so\n"; exit 1
    }
    die "dies\n" if $text =~ /DIES/;
}
"""


class Work:
    """An OUT folder with one series of two patches."""

    def __init__(self, kernel: Path, out: Path) -> None:
        self.kernel, self.out = kernel, out
        (kernel / "scripts").mkdir()
        (kernel / "scripts" / "checkpatch.pl").write_text(CHECKPATCH)
        (kernel / "a.c").write_text("int a;\n")
        self.scratch = Scratch(out / "scratch.git")
        self.base = self.scratch.ensure_base(kernel, ["a.c", "b.h"])
        self.built: list[list[str]] = []
        self.result = "pass"
        self.series([("one", {"a.c": b"long a;\n"}), ("two", {"b.h": b"\n"})])

    def series(self, commits: list[tuple[str, dict[str, bytes]]]) -> None:
        patches, parent = [], self.base
        for subject, changes in commits:
            done = self.scratch.commit(parent, changes, subject, "Why.")
            patches.append(Patch("convert", "g", subject, [], sorted(changes),
                                 [], [], "r", done.tree, done.parent_tree,
                                 done.commit))
            parent = done.commit
        write_json(self.out / "commits.json", [Series("s", "S", patches)])
        folder = self.out / "series" / "s"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        run_git([f"--git-dir={self.scratch.path}", "format-patch", "-q",
                 "-o", str(folder), f"{self.base}..{parent}"])
        (folder / "0000-cover-letter.patch").write_text("not a patch\n")

    def mail(self, number: int) -> Path:
        return sorted((self.out / "series" / "s").iterdir())[number]

    def prove(self) -> prove.Outcome:
        return prove.prove(self.kernel, self.out, 1)

    def fake_build(self, prover: Any, steps: list[Step]) -> None:
        self.built.append([step.patch.subject for step in steps])
        part = {"command": "make", "seconds": 1.0, "result": self.result}
        for step in steps:
            prover._keep(step, {"compile": [part | {"object": "a.o"}],
                                "link": part, "sparse": part})
        prover.save()


@pytest.fixture
def work(tree: Path, tmp_path: Path,
         monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work(tree, tmp_path / "out")
    monkeypatch.setattr(prove._Prover, "build", lambda self, steps:
                        made.fake_build(self, steps))
    return made


def test_proven_trees_are_not_proven_again(work: Work) -> None:
    first = work.prove()
    first.raise_if_failed()
    assert (first.proven, first.kept) == (2, 0)
    assert first.counts["apply"] == {"pass": 2, "fail": 0, "SKIPPED": 0}
    second = work.prove()
    assert (second.proven, second.kept) == (0, 2)
    assert work.built == [["one", "two"]]
    assert set(json.loads((work.out / "evidence.json").read_text())) == \
        {p.tree for p in prove.read_series(work.out)[0].patches}


def test_failures_are_proven_again(work: Work) -> None:
    work.result = "fail"
    with pytest.raises(ProofError, match="s/1: one: compile failed"):
        work.prove().raise_if_failed()
    work.result = "pass"
    work.prove().raise_if_failed()
    assert work.built == [["one", "two"]] * 2


def test_changed_patch_is_proven_and_old_evidence_dropped(
        work: Work) -> None:
    work.prove()
    work.series([("one", {"a.c": b"long a;\n"}), ("new", {"b.h": b"x\n"})])
    found = work.prove()
    assert work.built[1] == ["new"]
    assert len(found.evidence) == 2


def test_configuration_is_part_of_the_key(
        work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.prove()
    monkeypatch.setattr(prove, "flavour_key", lambda flavour: "other gcc")
    assert work.prove().proven == 2


def test_mail_that_gives_another_tree(work: Work) -> None:
    mail = work.mail(1)
    mail.write_text(mail.read_text().replace("+long a;", "+char a;"))
    found = work.prove()
    assert [f.split(": apply failed: ")[0] for f in found.failures] == \
        ["s/1: one", "s/2: two"]
    assert "applies, but to tree" in found.failures[0]
    assert "a patch before it" in found.failures[1]


def test_mail_that_does_not_apply(work: Work) -> None:
    mail = work.mail(1)
    mail.write_text(mail.read_text().replace("-int a;", "-int b;"))
    found = work.prove()
    assert "git am: " in found.failures[0]


def test_missing_mails(work: Work) -> None:
    work.mail(2).unlink()
    found = work.prove()
    assert "1 mails for 2 patches" in found.failures[0]
    assert found.counts["checkpatch"]["SKIPPED"] == 1


@pytest.mark.parametrize("text,why", [
    ("BAD STYLE", "WARNING:BAD: said so"), ("DIES", "checkpatch.pl died")])
def test_checkpatch(work: Work, text: str, why: str) -> None:
    mail = work.mail(1)
    mail.write_text(mail.read_text().replace("Why.", text))
    (failure,) = work.prove().failures
    assert failure.startswith("s/1: one: checkpatch failed: ")
    assert why in failure


def test_what_old_lines_have_too_is_no_finding(work: Work) -> None:
    """A line that is edited keeps the style of its driver."""
    mail = work.mail(1)
    text = mail.read_text()
    mail.write_text(text.replace("+long a;", "+long a; /* BAD STYLE */"))
    assert mail_checks.check_mail(work.kernel, mail)["findings"]
    mail.write_text(mail.read_text().replace("-int a;", "-int a; /* BAD STYLE */"))
    found = mail_checks.check_mail(work.kernel, mail)
    assert (found["findings"], found["result"]) == ([], "pass")
    mail.write_text(text.replace("-int a;", "-DIES").replace(
        "+long a;", "+BAD STYLE"))
    assert mail_checks.check_mail(work.kernel, mail)["result"] == "fail"


def test_a_mail_backwards_has_its_lines_exchanged(work: Work) -> None:
    text = mail_checks.backwards(work.mail(1).read_text())
    assert text.endswith("--- a/a.c\n+++ b/a.c\n@@ -1,1 +1,1 @@\n"
                         "+int a;\n-long a;\n")
    assert text.startswith("diff --git ") and "Why." not in text


@pytest.mark.parametrize("old, new, asked", [
    ("BUG_ON(n < 2)", "BUG_ON(n < 1)", False),
    ("WARN_ON(n < 2)", "BUG_ON(n < 2)", True),
    ("int a", "int b", True)])
def test_a_bug_that_was_there_is_not_asked_for(
        work: Work, old: str, new: str, asked: bool) -> None:
    mail = work.mail(1)
    mail.write_text(mail.read_text() + f"\n-{old};\n+{new};\n")
    found = mail_checks.check_mail(work.kernel, mail)
    assert ("AVOID_BUG" in found["ignored"]) != asked


def test_new_mails_are_checked_without_a_build(work: Work) -> None:
    work.prove()
    mail = work.mail(2)
    mail.write_text(mail.read_text().replace("Why.", "Built as said."))
    again = prove.check_mails(work.kernel, work.out, 1)
    again.raise_if_failed()
    assert len(work.built) == 1
    assert work.prove().proven == 0


def test_changed_kernel_is_refused(work: Work) -> None:
    (work.kernel / "a.c").write_text("int changed;\n")
    with pytest.raises(Gup2pinError, match="changed since"):
        work.prove()


def test_refused_mounts_are_skipped_and_said(
        tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(tree, tmp_path / "out")

    def refuse(*_: object) -> None:
        raise NamespaceRefused("overlay mounts are not permitted: no")
    monkeypatch.setattr(prove._Prover, "_stages", refuse)
    found = work.prove()
    assert found.failures == []
    assert found.counts["link"] == {"pass": 0, "fail": 0, "SKIPPED": 2}
    assert work.prove().kept == 0


def test_damaged_inputs(work: Work) -> None:
    work.prove()
    for text, words in (
            ("{half", "not evidence"), ("", "not evidence"),
            ("[]", "object"), ('{"x": {}}', "entry x"),
            (json.dumps({"0" * 40: 3}), "entry 0000"),
            (json.dumps({"0" * 40: {"mails": {"x": {}}}}), "mails"),
            (json.dumps({"0" * 40: {"mails": {}, "apply": {
                "result": "perhaps"}}}), "apply")):
        (work.out / "evidence.json").write_text(text)
        with pytest.raises(UsageError, match=words):
            work.prove()
    (work.out / "evidence.json").unlink()
    assert work.prove().proven == 2
    (work.out / "commits.json").write_text('[{"slug": 1}]')
    with pytest.raises(Gup2pinError, match="not a list of series"):
        work.prove()
    (work.out / "commits.json").unlink()
    with pytest.raises(Gup2pinError, match="commits.json"):
        work.prove()


def test_checkpatch_findings() -> None:
    text = ("x.patch:12: WARNING:LONG_LINE: line length of 101\n"
            "x.patch: ERROR:EMAIL: odd: colon\ntotal: 1 errors\n")
    assert mail_checks.findings(text) == ["WARNING:LONG_LINE: line length of 101",
                                          "ERROR:EMAIL: odd: colon"]
