# SPDX-License-Identifier: GPL-2.0-only
"""Files whose lines end in CR LF get lines that end so, and nothing else."""

from __future__ import annotations

import email

import pytest

from pinlib.base import edits
from pinlib.base.line_ends import in_patch, plain, restored
from pinlib.base.records import Series
from pinlib.kernel.view import View
from pinlib.prove import mail_checks
from pinlib.rewrite import apply
from pinlib.series import mail_reader, reroll
from test_series import DRIVER, Work, am, site


@pytest.mark.parametrize("old, new, wanted", [
    ("a\nb\n", "a\nc\n", "a\nc\n"),
    ("a\r\nb\r\n", "a\nc\nd\n", "a\r\nc\r\nd\r\n"),
    ("a\r\nb\r\n", "b\n", "b\r\n"),
    ("a\r\nb\r\n", "n\na\nb\n", "n\r\na\r\nb\r\n"),
    ("a\r\nb\r\n", "a\nb\nn\n", "a\r\nb\r\nn\r\n"),
    ("a\nb\r\nc\n", "a\nx\nc\n", "a\nx\r\nc\n"),
    ("a\nb\r\nc\n", "a\nn\nb\nc\n", "a\nn\nb\r\nc\n"),
    ("a\r\nb", "a\nc", "a\r\nc"),
    ("a\r\nb", "a\nb\nc\n", "a\r\nb\r\nc\r\n"),
    ("a\rb\r\n", "a\rb\nc\n", "a\rb\r\nc\r\n")])
def test_lines_end_as_their_neighbours(old: str, new: str,
                                       wanted: str) -> None:
    assert restored(old, new) == wanted
    assert restored(old, plain(old)) == old


def test_edits_of_every_kind(tmp_path) -> None:
    """A member and an include that are added, and a call with braces."""
    text = ("#include <linux/mm.h>\n\nstruct job {\n\tstruct page *page;\n"
            "};\n\n/* put_page() it */\nvoid drop(struct job *job, int n)\n"
            "{\n\tif (n)\n\t\tput_page(job->page);\n\telse\n\t\tn = 1;\n}\n")
    (tmp_path / "a.c").write_bytes(text.replace("\n", "\r\n").encode())
    made = apply.apply_group(View(tmp_path), "g", [
        edits.Include("a.c", 0, 0, "", "linux/page_extract.h"),
        edits.Member("a.c", 0, 0, "job", "job", "page", "pinned"),
        edits.Message("a.c", 7, 0, "put_page", "put_page", "unpin_user_page"),
        edits.UnpinIf("a.c", 11, 2, "put_page", "job->pinned")])
    lines = made["a.c"].decode().split("\n")
    assert all(line.endswith("\r") for line in lines[:-1])
    assert [line.strip() for line in lines] == [
        "#include <linux/mm.h>", "#include <linux/page_extract.h>", "",
        "struct job {", "struct page *page;", "bool pinned;", "};", "",
        "/* unpin_user_page() it */", "void drop(struct job *job, int n)",
        "{", "if (n) {", "if (job->pinned)", "unpin_user_page(job->page);",
        "} else", "n = 1;", "}", ""]


@pytest.fixture(name="work")
def _work(tree, tmp_path):
    """A driver with CR LF, and its series."""
    source = tree / "drivers/x/a.c"
    source.parent.mkdir(parents=True)
    source.write_bytes(DRIVER.replace("\n", "\r\n").encode())
    return Work(tree, tmp_path / "out")


def series(work):
    new = DRIVER.replace("put_page(", "unpin_user_page(")
    return [Series("x-driver", "X DRIVER", [work.patch(
        work.base, "convert", {"drivers/x/a.c": new.replace("\n", "\r\n")},
        sites=[site().id])])]


def test_the_series_says_what_git_am_wants(work, tmp_path) -> None:
    made = series(work)
    written = work.write(made)
    [name] = [n for n in written if "/0001-" in n]
    assert "git am --keep-cr" in " ".join(
        written[name].decode().split())
    assert b"--keep-cr" in written["send.sh"]
    assert in_patch(written[name])
    # What a mail server sends with CR LF throughout is the same patch.
    sent = tmp_path / "0001-sent.patch"
    sent.write_bytes(written[name].replace(b"\n", b"\r\n"))
    assert [reroll.patch_id(mail_reader.read(p).diff) for p in (
        work.out / "series" / name, sent)] == [
            reroll.patch_id(work.scratch.diff(
                made[0].patches[0].parent, made[0].patches[0].tree))] * 2
    assert email.message_from_bytes(written[name])["Subject"]
    [found] = mail_checks.apply_series(work.scratch, work.base, made[0], [
        work.out / "series" / name])
    assert (found["result"], found["command"]) == (
        "pass", "git am --keep-cr")
    with pytest.raises(Exception, match="git"):
        am(work.scratch, work.base, tmp_path / "fresh", [written[name]])


def test_plain_lines_need_nothing(tree, tmp_path) -> None:
    work = Work(tree, tmp_path / "out")
    written = work.write()
    assert not any(b"keep-cr" in text for text in written.values())
    assert not any(in_patch(text) for text in written.values())
