# SPDX-License-Identifier: GPL-2.0-only
"""From a series to a mailbox, to git send-email, and to its next version."""

from __future__ import annotations

import os
import re
import subprocess
from types import SimpleNamespace

import pytest
from pinlib.base.errors import UsageError
from pinlib.base.git import git_env
from pinlib.base.records import Series
from pinlib.series import cover, mail_reader, mailbox, reroll
from pinlib.series.recipients import Recipients
from test_series import DRIVER, SCRIPT, Work, site

REVIEW = "Reviewed-by: A Reader <a@example.org>"


@pytest.mark.parametrize("codes, pins", [
    (["reference-not-taken"], False), (["unpin-always"], True),
    (["reference-not-taken", "pin-longterm"], True)])
def test_who_takes_no_pins_needs_none_of_kernels_without_an_mmu(codes, pins):
    sites = [SimpleNamespace(id=f"s{n}", code=code, file="a.c", line=n, column=0)
             for n, code in enumerate(codes)]
    patches = [SimpleNamespace(sites=[s.id for s in sites])]
    assert cover.pins(patches, sites) == pins


def test_the_cover_letter_says_what_to_run_and_what_was_counted():
    def of(kind, *items):
        return " ".join(cover.test(
            [SimpleNamespace(kind=kind, tree="t")], {"t": {"run": list(items)}}))
    ran = {"result": "pass", "machine": "UML", "site": "a.c:get:api:get()#1",
           "workloads": ["p", "q", "r", "s", "t"], "pages": 18, "pinned": 18,
           "control": {"pages": 18, "pinned": 0}}
    skipped = {"result": "SKIPPED", "machine": "UML", "site": "a.c:get:api:get()#1",
               "reason": "no such device"}
    assert of("convert", ran).endswith(
        "get(), under UML, by p, q, r and 2 more: 0 of 18 pages pinned in use "
        "without the patch, 18 of 18 with it; all counts after as before.")
    for text in (of("convert", skipped), of("convert")):
        assert text.startswith("To test it, run scripts/gup2pin boot")
        assert text.endswith("in use and after.")
    assert of("prepare") == of("overlay") == ""


@pytest.fixture
def work(tree, tmp_path):
    made = Work(tree, tmp_path / "out")
    (tree / "scripts").mkdir()
    (tree / "scripts/get_maintainer.pl").write_text(SCRIPT)
    (tree / "lib").mkdir()
    (tree / "lib/iov_iter.c").write_text("")
    return made


@pytest.fixture
def checkout(work, tmp_path):
    """A developer's own checkout of the base, and git in it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    env = {**git_env(), "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL":
           str(tmp_path / "gitconfig"), "XDG_CONFIG_HOME": str(tmp_path),
           "XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    (tmp_path / "gitconfig").write_text(
        "[user]\nname = Me\nemail = me@example.org\n"
        "[b4]\nattestation-policy = off\nmidmask = file:///%s\n")

    def run(*args, check=True):
        return subprocess.run(args, cwd=folder, env=env, check=check,
                              text=True, capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)
    run("git", "init", "-q", "-b", "master")
    work.scratch.export(work.base, list(work.scratch.entries(work.base)),
                        folder)
    run("git", "add", "-A", "-f")
    run("git", "commit", "-q", "-m", "base")
    return run


def test_mailbox_opens_with_git_am(work, checkout):
    work.write()
    # The cover letter is mail without a patch; git am wants it skipped.
    checkout("git", "am", "-q", "--empty=drop",
             str(work.out / "series/x-driver/series.mbox"))
    assert checkout("git", "rev-parse", "HEAD^{tree}").stdout.strip() == \
        work.series()[0].patches[-1].tree


def test_mailbox_opens_with_b4_am(work, checkout, tmp_path):
    work.write()
    mbox = work.out / "series/x-driver/series.mbox"
    (tmp_path / "am").mkdir()
    first = re.search(r"^Message-Id: <([^>]+)>", mbox.read_text(), re.M)
    assert first
    done = checkout("b4", "--offline-mode", "am", "-m", str(mbox), "-o",
                    str(tmp_path / "am"),
                    first.group(1), check=False)
    assert done.returncode == 0, done.stderr
    [opened] = (tmp_path / "am").glob("*.mbx")
    checkout("git", "am", "-q", str(opened))
    assert checkout("git", "rev-parse", "HEAD^{tree}").stdout.strip() == \
        work.series()[0].patches[-1].tree


def test_series_can_be_enrolled_with_b4_prep(work, checkout):
    work.write()
    checkout("git", "checkout", "-q", "-b", "pins")
    folder = work.out / "series/x-driver"
    checkout("git", "am", "-q", *map(str, sorted(folder.glob("000[1-9]*"))))
    done = checkout("b4", "prep", "-e", "master", check=False)
    assert done.returncode == 0, done.stderr
    log = checkout("git", "log", "--format=%s").stdout.splitlines()
    # The three patches, and b4's own commit for the cover letter.
    assert len(log) == 5 and sum("patch" in s for s in log) == 3


def test_send_script(work, checkout):
    work.write()
    path = work.out / "series" / mailbox.SCRIPT
    text = path.read_text()
    lines = re.findall(r"^(\S+)\) signed x-driver; git send-email .*$", text,
                       re.M)
    assert lines == ["x-driver"]
    assert subprocess.run(["shellcheck", path], check=False).returncode == 0
    refused = subprocess.run(["sh", path], check=False, text=True,
                             capture_output=True)
    assert refused.returncode == 2 and "x-driver" in refused.stderr

    def send():
        return checkout("sh", str(path), "x-driver", "--dry-run",
                        "--from=Me <me@example.org>", "--confirm=never",
                        "--smtp-server=/bin/false", check=False)
    done = send()
    assert done.returncode == 2 and "has no Signed-off-by" in done.stderr
    work.write(signoff="Me <me@example.org>")
    done = send()
    assert done.returncode == 0, done.stdout + done.stderr
    sent = re.split(r"^(?:Dry-)?OK\. Log says:\n", done.stdout, flags=re.M)
    sent = [s for s in sent if "\nSubject: " in s]
    assert len(sent) == 4
    for mail in sent:
        assert "b@example.org" in mail and "x@lists.example.org" in mail
    assert ["api@example.org" in mail for mail in sent] == [
        True, True, False, False]


def test_what_is_on_the_line_is_common_to_all():
    one = Recipients({"A <a@x>": "m", "It's <i@x>": "m"}, {"l@x": "list"})
    two = Recipients({"A <a@x>": "m"}, {"l@x": "list", "k@x": "list"})
    assert mailbox.command(mailbox.Line("d", [one, two])) == (
        "git send-email \"$@\" --thread --no-chain-reply-to "
        "--suppress-cc=author "
        "'--to=A <a@x>' --cc=l@x d/*.patch")


def reviewed(work, number):
    """The posted patch gets a trailer, as b4 trailers adds one."""
    [path] = (work.out / "series/x-driver").glob(f"000{number}-*")
    path.write_text(path.read_text().replace("\n---\n", f"\n{REVIEW}\n---\n",
                                             1))


def second(work, number, sites):
    """The series again on a newer tree; the first is the one before."""
    posted = work.out.parent / f"posted{number}"
    (work.out / "series").rename(posted)
    old = reroll.read(posted)
    series = sites(work)
    from pinlib.series.writer import write_series
    write_series(work.tree, work.out, series, [site()], {}, old)
    folder = work.out / "series/x-driver"
    return {p.name[:4]: p.read_text() for p in folder.glob("*.patch")}


def moved(work):
    """The same patches on a tree where the file has grown at its head."""
    text = "/* a newer tree */\n\n\n\n\n" + DRIVER
    (work.tree / "drivers/x/a.c").write_text(text)
    work.base = work.scratch.ensure_base(
        work.tree, ["drivers/x/a.c", "lib/page_extract.c"])
    one = work.patch(work.base, "overlay", {"lib/page_extract.c": "new\n"})
    new = text.replace("get_user_pages_fast(at, 1, FOLL_WRITE",
                       "pin_user_pages_fast(at, 1, FOLL_WRITE | "
                       "FOLL_LONGTERM").replace(
                           "put_page(", "page_extract_release(")
    two = work.patch(one.commit, "prepare", {"drivers/x/a.c": text + "\n"},
                     facts=["A leak. Fix it."])
    three = work.patch(two.commit, "convert", {"drivers/x/a.c": new},
                       sites=[site().id])
    return [Series("x-driver", "X DRIVER", [one, two, three])]


def test_next_version(work):
    work.write()
    reviewed(work, 1)
    reviewed(work, 3)
    now = second(work, 1, moved)
    assert "Subject: [PATCH v2 3/3]" in now["0003"]
    assert "Subject: [PATCH v2 0/3]" in now["0000"]
    # Moved lines leave the change as it is; another helper is another change.
    assert REVIEW in now["0003"] and REVIEW not in now["0001"]
    cover = now["0000"]
    for line in ("Changes since v1:",
                 "- patch 1 has changed. Its trailers are dropped: please "
                 "look again.", "- patch 3 is unchanged; 1 trailer is kept.",
                 "Range-diff against v1:", "1: ! 1: lib: page_extract: a"):
        assert line in cover, line
    assert "    -+EXPORT_SYMBOL_GPL(page_extract_release);\n    " in cover
    assert [m.version for m in mail_reader.folder(
        work.out / "series/x-driver")] == [2, 2, 2]
    third = second(work, 2, moved)
    assert "[PATCH v3 2/3]" in third["0002"]
    assert REVIEW in third["0003"]


def test_a_file_without_a_last_line_break_is_the_same(work):
    text = DRIVER.rstrip("\n")
    (work.tree / "drivers/x/a.c").write_text(text)
    work.base = work.scratch.ensure_base(work.tree, ["drivers/x/a.c"])
    made = [Series("x-driver", "X DRIVER", [work.patch(
        work.base, "convert", {"drivers/x/a.c": text.replace(
            "put_page(", "unpin_user_page(")}, sites=[site().id])])]
    work.write(made)
    # A patch by itself has no cover letter.
    [mail] = second(work, 1, lambda _: made).values()
    said = mail.partition("\n---\n")[2].partition("\ndiff --git")[0]
    assert "1: = 1: x: a: a convert patch" in said
    assert "No newline" not in said


def signed(work, checkout, inside):
    """The series as its sender commits and posts it."""
    folder = work.out / "series/x-driver"
    checkout("git", "am", "-q", *map(str, sorted(folder.glob("000[1-9]*"))))
    who = " ".join(f"GIT_{role}_NAME='J\u00f6rg Xaver' "
                   f"GIT_{role}_EMAIL=me@example.org"
                   for role in ("AUTHOR", "COMMITTER"))
    checkout("git", "rebase", "-q", "HEAD~3", "--exec",
             f"{who} git commit -q --amend --no-edit --reset-author -s")
    for path in folder.glob("000[1-9]*"):
        path.unlink()
    checkout("git", "format-patch", "-q", "-3", "-o", str(folder), *(
        ["--from=Other <other@example.org>"] if inside else []))
    names = sorted(folder.glob("000[1-9]*"))
    assert all("\nSigned-off-by: J\u00f6rg Xaver <me@example.org>\n" in
               p.read_text() for p in names)


@pytest.mark.parametrize("inside", [False, True])
def test_the_sender_stays_the_author(work, checkout, inside):
    """Whether the author stands in a mail's head or in its text."""
    work.write()
    signed(work, checkout, inside)
    reviewed(work, 3)
    now = second(work, 1, moved)
    folder = work.out / "series/x-driver"
    assert {m.author for m in mail_reader.folder(folder)} == {
        "J\u00f6rg Xaver <me@example.org>"}
    sign = "Signed-off-by: J\u00f6rg Xaver <me@example.org>"
    # A changed patch is to be signed again; nothing is made up.
    assert [sign in now[n] for n in ("0001", "0002", "0003")] == [
        False, True, True]
    assert now["0003"].count(sign) == 1 and f"{sign}\n{REVIEW}\n" in \
        now["0003"]
    assert "\nFrom: =?utf-8?" in now["0000"]
    said = now["0000"].partition("Range-diff")[2]
    assert said and "Author" not in said and "Signed-off-by" not in said
    assert "- patch 3 is unchanged; 2 trailers are kept." in now["0000"]
    assert "- patch 1 has changed. Its trailers are dropped" in now["0000"]


def test_a_merged_patch_is_dropped_and_said(work):
    work.write()

    def newer(work):
        text = DRIVER + "\n"      # the fix is in this tree
        (work.tree / "drivers/x/a.c").write_text(text)
        work.base = work.scratch.ensure_base(
            work.tree, ["drivers/x/a.c", "lib/page_extract.c"])
        new = text.replace("put_page(", "unpin_user_page(")
        one = work.patch(work.base, "convert", {"drivers/x/a.c": new},
                         sites=[site().id])
        return [Series("x-driver", "X DRIVER", [one])]
    [mail] = second(work, 1, newer).values()
    assert "Subject: [PATCH v2] x: a: a convert patch\n" in mail
    cover = mail.partition("\n---\n")[2]
    said = " ".join(cover.split())
    assert "- dropped: x: a: a prepare patch (it is merged)." in said
    assert "a overlay patch (it is no longer generated)." in said
    assert "2: < -: x: a: a prepare patch" in cover


@pytest.mark.parametrize("spoil, words", [
    (lambda f: [p.unlink() for p in f.rglob("*.patch")], "no patch"),
    (lambda f: next(f.rglob("0002*")).unlink(), "one of 3 patches, but 2"),
    (lambda f: next(f.rglob("0002*")).write_text(""), "0002-"),
    (lambda f: next(f.rglob("0002*")).write_text("Subject: x\n\nnonsense\n"),
     "0002-"),
    (lambda f: (p := next(f.rglob("0003*"))).write_bytes(
        p.read_bytes()[:-150]), "0003-"),
    (lambda f: os.rename(f, f.parent / "elsewhere"), "no such folder")])
def test_a_previous_series_that_is_none(work, spoil, words):
    work.write()
    spoil(work.out / "series")
    with pytest.raises(UsageError) as caught:
        reroll.read(work.out / "series")
    assert words in str(caught.value) and "\n" not in str(caught.value)
