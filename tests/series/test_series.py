# SPDX-License-Identifier: GPL-2.0-only
"""The mails: what they say, who gets them, and that they are what was made."""

from __future__ import annotations

import re
import subprocess

import pytest
from pinlib.base.errors import RuleError
from pinlib.base.git import git_env
from pinlib.base.records import Handoff, Pages, Patch, Release, Series, Site
from pinlib.series.scratch.scratch_repo import Scratch
from pinlib.series.postings import split
from pinlib.series.writer import write_series

DRIVER = """\
int get(struct ctx *c, unsigned long at)
{
\tint n;

\tn = get_user_pages_fast(at, 1, FOLL_WRITE, &c->page);
\treturn n == 1 ? 0 : -EFAULT;
}

void drop(struct ctx *c)
{
\tput_page(c->page);
}
"""
HELPER = """\
/**
 * page_extract_release() - Drop what an extraction took of one page.
 */
EXPORT_SYMBOL_GPL(page_extract_release);
/**
 * page_extract_other() - Do what nobody asks for.
 */
"""
SCRIPT = """\
use strict; use warnings;
die "no git wanted\\n" if grep { -x "$_/git" } split /:/, $ENV{PATH};
if (grep { $_ eq "-f" } @ARGV) {
  print "Api Keeper <api\\@example.org> (maintainer:API)\\n";
  exit 0;
}
my $text = do { local $/; <STDIN> };
if ($text =~ m{drivers/x/}) {
  print "\\"J\\303\\266rg X.\\" <j\\@example.org> (supporter:X, AND Y)\\n";
  print "R <r\\@example.org> (reviewer:X, AND Y)\\n";
  print "B <b\\@example.org> (reviewer:X,odd fixer:Z)\\n";
  print "x\\@lists.example.org (moderated list:X, AND Y (odd))\\n";
}
print "linux-kernel\\@vger.kernel.org (open list)\\n";
"""


def site(number=1, **more):
    """A site as the decide stage makes it."""
    made = Site(
        id=f"drivers/x/a.c:get#{number}", file="drivers/x/a.c", line=5,
        column=5, function="get", api="get_user_pages_fast",
        subsystem="X DRIVER", iterators=[], case=2,
        pages=Pages("field", "struct page *", "c->page"),
        releases=[Release("drivers/x/a.c", 11, "drop", "put_page(c->page)")],
        handoffs=[Handoff("drivers/x/a.c", 5, "get", "ctx->page")],
        disposition="convert", needs_flag=False, code="longterm-single",
        reason="The page is kept in ctx->page until drop().",
        blocked_by=None)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def flat(text):
    return " ".join(text.split())


class Work:
    """A small kernel tree, its scratch repository, and patches in it."""

    def __init__(self, tree, out):
        self.tree, self.out = tree, out
        source = tree / "drivers" / "x" / "a.c"
        if not source.exists():
            source.parent.mkdir(parents=True)
            source.write_text(DRIVER)
        self.scratch = Scratch(out / "scratch.git")
        self.base = self.scratch.ensure_base(
            tree, ["drivers/x/a.c", "lib/page_extract.c"])
        self.text = DRIVER

    def patch(self, parent, kind, changes, **more):
        """Commit changes above parent as the convert stage does."""
        made = self.scratch.commit(parent, {
            name: text.encode() for name, text in changes.items()}, "x")
        given = {"group": kind, "subject": f"a {kind} patch", "notes": [],
                 "sites": [], "rule": "", "symbols": [], **more}
        return Patch(kind=kind, files=sorted(changes),
                     tree=made.tree, parent=made.parent_tree,
                     commit=made.commit, **given)

    def series(self):
        """An overlay, a fix and a conversion."""
        new = DRIVER.replace("get_user_pages_fast(at, 1, FOLL_WRITE",
                             "pin_user_pages_fast(at, 1, FOLL_WRITE | "
                             "FOLL_LONGTERM")
        new = new.replace("put_page(", "page_extract_release(")
        one = self.patch(self.base, "overlay", {"lib/page_extract.c": HELPER},
                         symbols=["page_extract_release"])
        two = self.patch(one.commit, "prepare", {
            "drivers/x/a.c": DRIVER + "\n"}, facts=["A leak. Fix it."])
        three = self.patch(
            two.commit, "convert", {"drivers/x/a.c": new},
            sites=[site().id], notes=["The log text stays."],
            rule="spatch --sp-file cocci/convert/member.cocci -D fn=get "
            "-D who='A B' drivers/x/a.c drivers/x/b.c drivers/x/c.c")
        return [Series("x-driver", "X DRIVER", [one, two, three])]

    def write(self, series=None, evidence=None, sites=None, **more):
        """Write the series; the folder of the mails by name and bytes."""
        series = self.series() if series is None else series
        self.found = write_series(
            self.tree, self.out, series,
            [site()] if sites is None else sites, evidence or {}, **more)
        folder = self.out / "series"
        return {str(path.relative_to(folder)): path.read_bytes()
                for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def work(tree, tmp_path):
    return Work(tree, tmp_path / "out")


def am(scratch, base, folder, mails):
    """Apply mails on a fresh repository; the tree after each."""
    def git(*args, **more):
        return subprocess.run(["git", *args], cwd=folder, check=True,
                              env=git_env(), capture_output=True, **more)
    folder.mkdir()
    git("init", "-q")
    scratch.export(base, list(scratch.entries(base)), folder)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "base")
    trees = []
    for mail in mails:
        git("am", "-q", "-", input=mail)
        trees.append(git("rev-parse", "HEAD^{tree}").stdout.decode().strip())
    return trees


def test_git_am_gives_the_trees_that_were_proven(work, tmp_path):
    mails = work.write()
    names = [n for n in mails if n.endswith(".patch") and "0000-" not in n]
    assert names == ["x-driver/0001-lib-page_extract-a-overlay-patch.patch",
                     "x-driver/0002-x-a-a-prepare-patch.patch",
                     "x-driver/0003-x-a-a-convert-patch.patch"]
    assert am(work.scratch, work.base, tmp_path / "fresh",
              [mails[n] for n in names]) == [
                  patch.tree for patch in work.series()[0].patches]
    assert work.found == {site().id: f"series/{names[2]}"}


def test_same_bytes_on_every_run_and_machine(work, tmp_path, monkeypatch,
                                             make_tree):
    first = work.write()
    assert work.write() == first
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    (tmp_path / ".gitconfig").write_text(
        "[diff]\nnoprefix = true\n[format]\nsignOff = true\n"
        "[core]\nabbrev = 40\n[user]\nname = Me\nemail = me@example.org\n")
    other = Work(make_tree("another"), tmp_path / "elsewhere")
    assert other.write() == first
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_no_two_subjects_of_a_series_are_alike(work):
    one = work.patch(work.base, "convert", {
        "drivers/x/a.c": DRIVER + "\n"}, subject="Pin it", sites=["a"])
    two = work.patch(one.commit, "convert", {
        "drivers/x/a.c": DRIVER + "\n\n"}, subject="Pin it", sites=["b"])
    three = work.patch(two.commit, "convert", {
        "drivers/x/a.c": DRIVER + "\n\n\n"}, subject="Keep it")
    files = work.write([Series("x", "X", [one, two, three])], sites=[
        site(id="a", function="get"), site(id="b", function="take")])
    subjects = [line.partition("] ")[2] for name, text in files.items()
                if name.startswith("x/000") and "cover" not in name
                for line in text.decode().split("\n")
                if line.startswith("Subject: ")]
    assert subjects == ["x: a: get: Pin it", "x: a: take: Pin it",
                        "x: a: Keep it"]


def test_folder_is_replaced_whole(work):
    made = work.series()
    work.write([*made, Series("gone", "GONE", made[0].patches)])
    (work.out / ".series-left").mkdir()
    mails = work.write()
    assert not any(name.startswith("gone/") for name in mails)
    twice = work.series() + work.series()
    with pytest.raises(RuleError, match="not a name of its own"):
        work.write(twice)
    broken = work.series()
    broken[0].patches.reverse()
    with pytest.raises(RuleError, match="made on"):
        work.write(broken)
    assert work.write() == mails
    assert [p.name for p in work.out.iterdir()
            if p.name.startswith(".series")] == []
    assert work.write([]) == {}


def test_cover_letter(work):
    text = work.write(sites=[site(), site(
        2, line=50, disposition="manual", code="unknown-use",
        blocked_by="drivers/x/a.c:51", api="iov_iter_get_pages2")])[
            "x-driver/0000-cover-letter.patch"].decode()
    for part in (
            "Subject: [PATCH 0/3] x: a: pin pages instead of taking "
            "references\n",
            "The pages that get() takes are held by plain references.",
            "added by patch 1 because this tree does\nnot have them",
            "  page_extract_release(): Drop what an extraction took of one "
            "page.\n",
            "  drivers/x/a.c:50 get()\n    iov_iter_get_pages2: manual "
            "[unknown-use]\n",
            "No patch was compiled. No patch was run.",
            " 2 files changed, ", "Base: Linux 6.1.192, no git checkout\n"):
        assert part in text, part
    assert "Patch 2 mends what is wrong today, or in the way" in flat(text)
    assert "page_extract_other" not in text
    assert "get_maintainer" not in text     # that is for the sender
    assert "Signed-off-by:" not in text and "\nTo:" not in text


def test_long_series_is_sent_in_parts(work, tmp_path):
    parent, patches = work.base, []
    for number in range(1, 33):
        patches.append(work.patch(
            parent, "convert", {"drivers/x/a.c": f"{number}\n"},
            group=f"g{number // 2}", subject=f"x: change {number:02}"))
        parent = patches[-1].commit
    parts = split(patches)
    assert [len(part) for part in parts] == [15, 14, 3]
    mails = work.write([Series("x", "X DRIVER", patches)])
    applied = [mails[n] for n in mails if re.search(r"/0*[1-9]", n)
               and n.endswith(".patch") and "0000-" not in n]
    assert am(work.scratch, work.base, tmp_path / "fresh", applied)[-1] == \
        patches[-1].tree
    text = mails["x/part2/0000-cover-letter.patch"].decode()
    assert "Subject: [PATCH part 2 00/14] x: pin pages" in text
    assert "This is part 2 of 3. The patches apply on top of the part " \
        "before it." in text
    assert "Base: part 1 of this series\n" in text
    assert b"[PATCH part 3 1/3]" in mails["x/part3/0001-x-change-30.patch"]
    one_group = [Patch("convert", "g", "s", [], [], [], [], "", "t", "p", "c")
                 for _ in range(31)]
    assert [len(part) for part in split(one_group)] == [15, 15, 1]


def test_recipients(work):
    for name, text in (("scripts/get_maintainer.pl", SCRIPT),
                       ("lib/iov_iter.c", "")):
        (work.tree / name).parent.mkdir(exist_ok=True)
        (work.tree / name).write_text(text)
    mails = work.write()
    heads = {name[9:13]: re.split(rb"\n\n", mail)[0].decode()
             for name, mail in mails.items() if name.endswith(".patch")}
    people = ("To: B <b@example.org>,\n"
              "    =?utf-8?b?SsO2cmcgWC4=?= <j@example.org>\n"
              "Cc: x@lists.example.org,\n    R <r@example.org>,\n"
              "    linux-kernel@vger.kernel.org")
    everyone = people.replace("To: ", "To: Api Keeper <api@example.org>,\n"
                              "    ")
    for number, want in (("0000", everyone), ("0001", everyone),
                         ("0002", people), ("0003", people)):
        head = heads[number]
        assert head[head.index("To: "):].startswith(want), number
    said = mails["x-driver/recipients.txt"].decode()
    assert 'To: "Jörg X." <j@example.org>  (supporter:X, AND Y)\n' in said


def test_get_maintainer_that_fails(work):
    (work.tree / "scripts").mkdir()
    (work.tree / "scripts/get_maintainer.pl").write_text(
        f"die '{work.tree}: not a kernel tree';\n")
    said = []
    mails = work.write(say=said.append)
    assert said == [line for line in said if line.startswith(
        "scripts/get_maintainer.pl failed (the tree: not a")] != []
    assert "\n# scripts/get_maintainer.pl failed (the tree: not a" in \
        mails["x-driver/recipients.txt"].decode()
    assert b"get_maintainer" not in mails["x-driver/0000-cover-letter.patch"]
    assert str(work.tree) not in "".join(said)


def checkout(work, *more):
    """Make the tree a git checkout; its commit."""
    def git(*args):
        return subprocess.run(
            ["git", *args], cwd=work.tree, check=True, env=git_env(),
            capture_output=True, text=True).stdout.strip()
    git("init", "-q")
    git("add", "drivers", *more)
    git("commit", "-q", "-m", "x driver: begin")
    git("config", "core.fsmonitor", "touch ran; false")
    return git("rev-parse", "HEAD")


def test_base_commit_only_if_it_is_true(work):
    commit = checkout(work)
    mails = work.write()
    text = mails["x-driver/0000-cover-letter.patch"].decode()
    assert text.endswith(f"\nbase-commit: {commit}\n")
    assert b"Subject: [PATCH 3/3] x driver: a convert" in \
        mails["x-driver/0003-x-driver-a-convert-patch.patch"]
    assert not (work.tree / "ran").exists()
    (work.tree / "drivers/x/a.c").write_text(DRIVER + "/* mine */\n")
    mails = Work(work.tree, work.out).write()
    text = mails["x-driver/0000-cover-letter.patch"].decode()
    assert "base-commit" not in text
    assert f"commit {commit}\nwith local changes" in text


def test_changelog_of_a_conversion(work):
    text = work.write(evidence={})[
        "x-driver/0003-x-a-a-convert-patch.patch"].decode()
    text = text.split("\n\n", 1)[1]
    message, _, below = text.partition("\n---\n")
    below, _, stat = below.partition("\n drivers/x/a.c |")
    assert message.startswith(
        "get() takes plain references on pages of user memory with\n"
        "get_user_pages_fast(); drop() drops the references. Plain "
        "references\nneither keep the process")
    for part in ("Use pin_user_pages_fast() with FOLL_LONGTERM and unpin what it "
                 "pinned, as in CASE 2 of Documentation/core-api/pin_user_pages",
                 "the call fails on mappings of files on fs-dax"):
        assert part in flat(message), part
    assert message.endswith("\n\nMade with gup2pin and Coccinelle.")
    assert len(message.splitlines()) <= 16 and ".c:" not in message
    for part in ("The page is kept in ctx->page until drop().",
                 "drivers/x/a.c:11 drop(): put_page(c->page)",
                 "The log text stays.", "Made from Linux 6.1.192, with:"):
        assert part in flat(below), part
    assert below.endswith("\n\nNot compiled. Not run.\n") and stat
    assert "Signed-off-by" not in text


def test_the_sender_signs(work):
    mails = work.write(signoff="J\u00f6rg Xaver <me@example.org>")
    sign = "\nSigned-off-by: J\u00f6rg Xaver <me@example.org>\n"
    for name, mail in mails.items():
        if name.endswith(".patch"):
            head, _, text = mail.decode().partition("\n\n")
            assert "From: =?utf-8?q?J=C3=B6rg_Xaver?= <me@" in head or \
                "From: =?UTF-8?q?J=C3=B6rg=20Xaver?= <me@" in head, head
            assert text.count(sign) == 1
            assert "Content-Type: text/plain; charset=UTF-8" in head
            if "0000-" not in name:
                assert sign in text.partition("\n---\n")[0] + "\n"


def test_a_patch_by_itself_is_one_mail(work):
    one = work.patch(work.base, "convert", {"drivers/x/a.c": DRIVER.replace(
        "put_page(", "unpin_user_page(")}, sites=[site().id])
    mails = work.write([Series("x", "X DRIVER", [one])], sites=[site(), site(
        2, line=50, disposition="manual", code="unknown-use",
        blocked_by="drivers/x/a.c:51", api="iov_iter_get_pages2")])
    assert [n for n in mails if n.endswith(".patch")] == [
        "x/0001-x-a-a-convert-patch.patch"]
    text = mails["x/0001-x-a-a-convert-patch.patch"].decode()
    assert "Subject: [PATCH] x: a: a convert patch\n" in text
    below = text.partition("\n---\n")[2].partition("\ndiff --git")[0]
    assert "Base: Linux 6.1.192, no git checkout\n" in below
    assert "Calls of this subsystem that this patch leaves alone:" in below
    assert "drivers/x/a.c:50 get()" in below
    assert below.count("1 file changed") == 1


def test_what_is_not_ascii_below_the_message_is_declared(work):
    one = work.patch(work.base, "convert", {"drivers/x/a.c": DRIVER + "\n"},
                     sites=[site().id])
    mails = work.write([Series("x", "X DRIVER", [one])],
                       sites=[site(reason="na\u00efve, but true.")])
    head, _, text = mails["x/0001-x-a-a-convert-patch.patch"].partition(
        b"\n\n")
    assert b"Content-Transfer-Encoding: 8bit" in head
    assert "na\u00efve".encode() in text
