# SPDX-License-Identifier: GPL-2.0-only
"""Hand-written rules: on the code they were written for, and on no other."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import pytest

from pinlib.base.errors import RuleError
from pinlib.commands import pipeline
from pinlib.kernel import kernel_tree
from pinlib.kept.answers import Answers
from pinlib.kept.inputs import Now
from pinlib.kernel.view import View
from pinlib.kernel.word_index import Indexes
from pinlib.rewrite import handwritten
from pinlib.series import commits
from pinlib.series.scratch.scratch_repo import Scratch
from trees import lab

FILE = "drivers/cam/buf.c"
LEAKY = lab.c("""\
#include <linux/mm.h>
static int cam_fill(struct cam *cam, unsigned long start)
{
    struct page *pages[8];
    int got, i;

    got = get_user_pages_fast(start, 8, FOLL_WRITE, pages);
    if (got != 8)
        return -EFAULT;
    cam_copy(cam, page_address(pages[0]));
    for (i = 0; i < 8; i++)
        put_page(pages[i]);
    return 0;
}
""")
FIX = """\
// SPDX-License-Identifier: GPL-2.0-only
@@
symbol i, got, pages;
@@
cam_fill(...)
{
<...
- if (got != 8)
-	return -EFAULT;
+ if (got != 8) {
+	for (i = 0; i < got; i++)
+		put_page(pages[i]);
+	return -EFAULT;
+ }
...>
}
"""
ABOUT = f"""\
regions = ["{FILE}:cam_fill"]
names = ["cam_fill"]
[[patch]]
rule = "cam-1.cocci"
kind = "prepare"
files = ["{FILE}"]
subject = "drop the pages of a short read"
text = '''Drop them.'''
"""
PIN = """\
// SPDX-License-Identifier: GPL-2.0-only
@@
symbol pages;
@@
cam_fill(...)
{
<...
(
- get_user_pages_fast
+ pin_user_pages_fast
  (...)
|
- put_page
+ unpin_user_page
  (pages[...])
)
...>
}
"""
SITE = f"""
[[patch]]
rule = "cam-2.cocci"
kind = "convert"
files = ["{FILE}"]
subject = "pin the pages of a read"
text = '''Pin them.'''
[[site]]
rule = "cam-2.cocci"
file = "{FILE}"
function = "cam_fill"
api = "get_user_pages_fast"
case = 5
iterators = []
reason = "Read by hand."
pages = {{ kind = "local-array", type = "struct page *[8]", name = "pages" }}
[[site.releases]]
file = "{FILE}"
function = "cam_fill"
form = "put_page(pages[i])"
"""

Lab = tuple[Path, Path, Path]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A tree with a leak, and a folder with the rule that mends it."""
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", {FILE: LEAKY})
    folder = tmp_path / "core"
    folder.mkdir()
    write_rule(folder, tree, ABOUT)
    monkeypatch.setattr(handwritten, "apply_all", functools.partial(
        handwritten.apply_all, folder=folder))
    return tree, folder, tmp_path / "out"


def write_rule(folder: Path, tree: Path, about: str) -> None:
    """Put the rule down, and record the tree's code as its own."""
    (folder / "cam-1.cocci").write_text(FIX)
    (folder / "cam-2.cocci").write_text(PIN)
    (folder / "cam.toml").write_text(about)
    [rule] = handwritten.load(folder)
    handwritten.record(tree, "test", rule, folder)


def refusal(tree: Path) -> str:
    """Why the one rule refuses the tree; empty when it serves."""
    cache = kernel_tree.cache_folder()
    [one] = handwritten.apply_all(tree, cache, Answers(
        cache, View(tree), Now(Indexes(cache))))
    assert bool(one.refused) != bool(one.states)
    return one.refused


def edit(tree: Path, old: str, new: str) -> None:
    """Change one text of the driver."""
    text = (tree / FILE).read_text()
    assert old in text
    (tree / FILE).write_text(text.replace(old, new))


def test_without_the_rule_the_leak_stands(
        made: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwritten, "apply_all", lambda *_: [])
    decision = lab.only(lab.analyse(made[0]), FILE)
    assert (decision.disposition, decision.code) == ("manual", "leak-today")


def test_the_fix_comes_first_and_then_the_conversion(made: Lab) -> None:
    tree, _, out = made
    found = lab.analyse(tree)
    assert lab.only(found, FILE).disposition == "convert"
    [series] = commits.convert(tree, out, found, commits.make_plan(found),
                               None)
    assert [p.kind for p in series.patches] == ["prepare", "convert"]
    first, second = series.patches
    assert first.group == second.group and first.sites == second.sites
    scratch = Scratch(out / "scratch.git")
    mended = scratch.read(first.commit, FILE)
    assert mended is not None and mended.count(b"put_page(") == 2
    assert b"pin_user" not in mended
    pinned = scratch.read(second.commit, FILE)
    assert pinned is not None and b"put_page(" not in pinned
    assert pinned.count(b"unpin_user_page") == 2
    assert (tree / FILE).read_text() == LEAKY


def test_the_report_has_the_lines_of_the_checkout(made: Lab) -> None:
    found = lab.analyse(made[0])
    view = found.program.tree
    result = pipeline.Result(found, commits.make_plan(found), 0.0)
    [site] = [pipeline.as_checked_out(s, view) for s in result.sites()]
    assert site.line == lab.line(made[0], FILE, "get_user_pages_fast")
    assert [(r.line, "added" in r.form) for r in site.releases] == [
        (lab.line(made[0], FILE, "got != 8") - 1, True),
        (lab.line(made[0], FILE, "put_page(pages[i])"), False)]


@pytest.mark.parametrize("old, new, said", [
    ("got != 8", "got < 8", f"{FILE}:2: cam_fill is not the code"),
    ("-EFAULT", "-EIO", "not the code"),
    ("cam_fill", "cam_load", f"{FILE}: it does not name cam_fill")])
def test_any_other_code_is_refused(made: Lab, old: str, new: str,
                                   said: str) -> None:
    assert not refusal(made[0])
    edit(made[0], old, new)
    assert said in refusal(made[0])


def test_comments_and_blanks_are_not_code(made: Lab) -> None:
    edit(made[0], "\treturn 0;", "\t/* done */\n\treturn 0 ;")
    assert not refusal(made[0])


def test_a_new_user_of_a_watched_name_is_refused(made: Lab) -> None:
    (made[0] / "drivers/cam/new.c").write_text(
        "int f(void)\n{\n\treturn cam_fill(0, 0);\n}\n")
    assert refusal(made[0]) == ("drivers/cam/new.c: it names cam_fill 1 "
                                "times, not 0 as when the rule was written")


def test_a_tree_without_the_file_is_refused(made: Lab) -> None:
    (made[0] / FILE).unlink()
    assert refusal(made[0]) == f"{FILE}: the tree has no such file"


def test_a_rule_that_does_something_else_is_refused(made: Lab) -> None:
    rule = made[1] / "cam-1.cocci"
    rule.write_text(FIX.replace("i < got", "i < 8"))
    assert "not the code" in refusal(made[0])
    rule.write_text(FIX.replace("cam_fill", "cam_none"))
    assert refusal(made[0])


def test_a_rule_may_not_change_what_it_does_not_name(made: Lab) -> None:
    edit(made[0], "#include", "static void cam_other(struct page **pages)\n"
         "{\n\tput_page(pages[0]);\n}\n\n#include")
    (made[1] / "cam.code.json").unlink()
    wide = PIN.replace("cam_fill(...)", "f(...)").replace(
        "symbol pages;", "symbol pages;\nidentifier f;")
    (made[1] / "cam-1.cocci").write_text(wide)
    [rule] = handwritten.load(made[1])
    handwritten.record(made[0], "test", rule, made[1])
    assert "changed code that it does not name" in refusal(made[0])


def test_a_patch_may_be_like_another_of_another_file(made: Lab) -> None:
    folder = made[1]
    about = 'like = "cam/cam-1.cocci"\nsubject = "drop them here as well"\n'
    (folder / "other.toml").write_text(f"regions = []\n[[patch]]\n{about}")
    cam, other = handwritten.load(folder)
    assert other.patches == [replace(
        cam.patches[0], subject="drop them here as well")]
    (folder / "other.toml").write_text(
        f"regions = []\n[[patch]]\n{about}".replace("cam-1", "cam-9"))
    with pytest.raises(RuleError, match="other.toml"):
        handwritten.load(folder)


def test_a_broken_entry_is_one_clear_error(made: Lab) -> None:
    (made[1] / "cam.toml").write_text("[[patch]]\n")
    with pytest.raises(RuleError, match="cam.toml"):
        lab.analyse(made[0])


def test_a_core_rule_converts_by_its_entry(made: Lab) -> None:
    tree, folder, out = made
    write_rule(folder, tree, ABOUT + SITE)
    found = lab.analyse(tree)
    groups = commits.make_plan(found)
    assert not groups
    [site] = pipeline.Result(found, groups, 0.0).sites()
    assert (site.disposition, site.code, site.rule, site.group) == (
        "convert", "core-rule", "cocci/core/cam-2.cocci", "core-cam")
    assert [r.line for r in site.releases] == [
        lab.line(tree, FILE, "put_page(pages[i])")]
    [series] = commits.convert(tree, out, found, groups, None)
    assert [(p.kind, p.sites) for p in series.patches] == [
        ("prepare", []), ("convert", [site.id])]
    pinned = Scratch(out / "scratch.git").read(
        series.patches[1].commit, FILE)
    assert pinned is not None and pinned.count(b"unpin_user_page(") == 2


def test_a_release_that_is_not_there_is_an_error(made: Lab) -> None:
    tree, folder, _ = made
    write_rule(folder, tree, ABOUT + SITE.replace("pages[i])", "pages[k])"))
    found = lab.analyse(tree)
    with pytest.raises(RuleError, match="has no put_page"):
        pipeline.Result(found, [], 0.0).sites()
