# SPDX-License-Identifier: GPL-2.0-only
"""A release group is applied as planned, or nothing of it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pinlib.base.edits import Edit, from_json
from pinlib.base.errors import RuleError
from pinlib.csource import lexer
from pinlib.kernel import flag_precedence
from pinlib.kernel.view import View
from pinlib.rewrite import apply, ledger
from pinlib.rewrite.ledger import Checked

SOURCE = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/uio.h>
#ifdef CONFIG_X
#include <linux/x.h>
#endif

/* caf\xe9: drops what take() took */
static void drop(struct page *page, bool more)
{
\tif (more)
\t\tput_page(page);
\telse
\t\tput_page(page);
}
"""


def edit(op: str = "unpin", line: int = 12, column: int = 2,
         file: str = "a.c", **extras: Any) -> Edit:
    """One planned edit; by default the first release of SOURCE."""
    return from_json({"op": op, "file": file, "line": line, "column": column,
                      "token": "put_page", **extras})


def run(tree: Path, *edits: Edit, text: str = SOURCE) -> str:
    """Apply edits to one file of a tree; the new text."""
    file = edits[0].file
    (tree / file).parent.mkdir(parents=True, exist_ok=True)
    (tree / file).write_bytes(text.encode("latin-1"))
    made = apply.apply_group(View(tree), "g", edits)
    assert (tree / file).read_bytes() == text.encode("latin-1")
    assert list(made) == [file]
    return made[file].decode("latin-1")


def test_only_the_planned_release_changes(tmp_path: Path) -> None:
    """Its twin in the same function stays, and so do odd bytes."""
    assert run(tmp_path, edit()) == SOURCE.replace(
        "put_page", "unpin_user_page", 1)


@pytest.mark.parametrize("line, column", [(11, 2), (13, 2), (12, 1), (99, 0)])
def test_a_moved_position_discards_the_group(
        tmp_path: Path, line: int, column: int) -> None:
    """Not even the edits whose positions are right are kept."""
    with pytest.raises(ledger.LedgerMismatch, match="a.c"):
        run(tmp_path, edit(line=14), edit(line=line, column=column))


def test_a_position_on_the_wrong_twin_is_what_the_plan_says(
        tmp_path: Path) -> None:
    """A line that happens to hold the token is edited, and only that one."""
    new = run(tmp_path, edit(line=14))
    assert new.count("unpin_user_page(") == 1
    assert new.index("unpin_user_page(") > new.index("else")


def test_a_flag_never_ties_an_else_to_another_if(tmp_path: Path) -> None:
    """Braces come with the condition."""
    new = run(tmp_path, edit("unpin-if", flag="more && page"))
    assert ("\tif (more) {\n\t\tif (more && page)\n"
            "\t\t\tunpin_user_page(page);\n\t} else\n") in new
    with pytest.raises(ledger.LedgerMismatch):
        ledger.check(Checked("a.c", SOURCE, SOURCE.replace(
            "put_page(page);", "if (more && page) unpin_user_page(page);",
            1), [edit("unpin-if", flag="more && page")]))


@pytest.mark.parametrize("old, new, why", [
    ("put_page(page);\n\telse", "put_page(page);\n\telse", "was not made"),
    ("put_page", "unpin_user_page", ""),
    ("took */", "takes */", "comment"),
    ("if (more)", "if (!more)", "without a plan"),
    ("bool more)\n{", "bool more)\n{\n\tmight_sleep();", "without a plan"),
    ("\n}\n", "\n}\nint more;\n", "no edit explains"),
    ("#endif", "", "without a plan"),
])
def test_the_ledger_sees_every_other_change(old: str, new: str,
                                            why: str) -> None:
    """Also one that comes on top of the planned edit."""
    text = SOURCE.replace(old, new, 1)
    if why and why != "was not made":
        text = text.replace("put_page", "unpin_user_page", 1)
    if not why:
        ledger.check(Checked("a.c", SOURCE, text, [edit()]))
        return
    with pytest.raises(ledger.LedgerMismatch, match=why):
        ledger.check(Checked("a.c", SOURCE, text, [edit()]))


def test_names_that_a_shell_would_read(tmp_path: Path) -> None:
    """The files' own names never reach spatch."""
    for name in ("-x.c", "a b.c", "a'b\"$(id).c", "d\n/e.c"):
        assert "unpin_user_page" in run(tmp_path, edit(file=name))


def test_include_is_sorted_and_unconditional(tmp_path: Path) -> None:
    """It goes where its name belongs, outside any #ifdef, and once."""
    plan = edit("include", 0, 0, header="linux/page_extract.h")
    new = run(tmp_path, plan)
    assert ("fs.h>\n#include <linux/page_extract.h>\n"
            "#include <linux/uio.h>\n") in new
    assert run(tmp_path, plan, text=new) == new
    swapped = SOURCE.replace("fs.h", "zz.h")
    assert ("uio.h>\n#include <linux/page_extract.h>\n#ifdef"
            ) in run(tmp_path, plan, text=swapped)
    local = '#ifndef A_H\n#define A_H\n#include "a.h"\n#endif\n'
    assert run(tmp_path, plan, text=local) == local.replace(
        "#endif", "#include <linux/page_extract.h>\n#endif")
    with pytest.raises(ledger.LedgerMismatch, match="no include"):
        run(tmp_path, plan, text="int a;\n")


def test_message_changes_comment_and_string_only(tmp_path: Path) -> None:
    """On its line, and where the edit above it added lines too."""
    text = SOURCE.replace("\tif (more)", '\tpr_debug("take()\\n");\n'
                          "\tif (more) /* take() */")
    new = run(tmp_path, edit(line=13), edit(line=15),
              *(edit("message", line, 0, old="take", new="pin")
                for line in (11, 12)), text=text)
    assert 'pr_debug("pin()\\n");' in new
    assert "/* pin() */" in new
    assert "what take() took" in new
    with pytest.raises(ledger.LedgerMismatch, match="no message"):
        run(tmp_path, edit("message", 12, 0, old="put_page", new="x"))


NOTE = """\
\t/*
\t * The references
\t * of take().
\t */
"""


def test_a_comment_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Only the one of that text on that line, byte for byte, among other edits."""
    text = SOURCE.replace("\tif (more)", f"{NOTE}\tif (more)")
    again = text + f"\nstatic void also(void)\n{{\n{NOTE}}}\n"
    old, new = NOTE.strip(), "/*\n\t * The pins.\n\t */"
    made = run(tmp_path, edit(line=16), edit(line=18), edit(
        "comment", 11, 0, old=old, new=new), text=again)
    assert f"\t{new}\n\tif (more)\n\t\tunpin_user_page(page);" in made
    assert made.count("The references") == 1 and "what take() took" in made
    for line, other in ((12, old), (11, old.replace(" of", "  of"))):
        with pytest.raises(ledger.LedgerMismatch, match="comment is another"):
            run(tmp_path, edit("comment", line, 0, old=other, new=new), text=again)


def test_an_unknown_edit_is_refused(tmp_path: Path) -> None:
    """Nothing planned is passed over."""
    with pytest.raises(RuleError, match="no rule does 'leak'"):
        run(tmp_path, edit("leak"))


@pytest.mark.parametrize("script, why", [
    ("echo 'EXN: Failure in f0.c' >&2", "EXN"),
    ("exit 3", "exit 3"), ("kill -9 $$", "exit -9"),
    ("exec sleep 60", "did not finish"), ("exit 0", "was not made"),
])
def test_a_spatch_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                             script: str, why: str) -> None:
    """Hung, dead, or content without having done anything."""
    fake = tmp_path / "bin" / "spatch"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    (tmp_path / "a.c").write_bytes(SOURCE.encode("latin-1"))
    with pytest.raises(RuleError, match=why):
        apply.apply_group(View(tmp_path), "g", [edit()], timeout=1)


def test_a_missing_file(tmp_path: Path) -> None:
    """One line that names it."""
    with pytest.raises(RuleError, match="a.c: No such file"):
        apply.apply_group(View(tmp_path), "g", [edit()])


FLAGS = ("x & y", "x ^ y", "x << 1", "x >> 1", "x + y", "x - y", "x * y",
         "x / y", "x % y", "x ?: y", "x ? y : 4", "x = y", "x |= y", "(x, y)",
         "x | y", "x | 16", "~x", "!x", "-x", "*&x", "(int)x", "x == y",
         "x < y", "x && y", "x || y && 1", "x & ~4u", "x & y && x", "MASK(x)",
         "WANTED", "WANTED | 16", "MASK(x) | y", "(int)*&x", "(unsigned int)-x",
         "(int)+x & y", "(x) & y", "(x) - 1", "x * !y", "f() & x",
         "sizeof(int) & x",
         "(unsigned)x | -y")
STUB = """\
#define FOLL_WRITE 1u
#define FOLL_LONGTERM 256u
#define WANTED x ? 1 : 4
#define MASK(z) z & 5
static unsigned int got;
static unsigned int f(void)
{
\treturn 7;
}
static int get_user_pages_fast(long a, int n, unsigned int flags, void *p)
{
\tgot = flags;
\treturn a + n + !p;
}
#define pin_user_pages_fast get_user_pages_fast
"""


def test_another_flag_changes_no_other_and_brings_no_warning(
        tmp_path: Path) -> None:
    """Compiled and run: each value is the old one with the flag."""
    text = STUB
    edits = []
    for number, flags in enumerate(FLAGS):
        call = f"get_user_pages_fast(0, 1, {flags}, 0);"
        text += (f"static int f{number}(void)\n{{\n\tunsigned int x = 5, "
                 f"y = 3, old;\n\n\t{call}\n\told = got;\n\tx = 5;\n"
                 f"\ty = 3;\n\t{call}\n"
                 "\treturn (old | FOLL_LONGTERM) == got;\n}\n\n")
        edits.append(edit(
            "pin", text[:text.rindex(call)].count("\n") + 1, 1,
            token="get_user_pages_fast", flags=2, args=4,
            new="pin_user_pages_fast", longterm=True,
            spliced="WANTED" in flags or "MASK" in flags))
    text += "int main(void)\n{\n" + "".join(
        f"\tif (!f{n}())\n\t\treturn {n + 1};\n"
        for n in range(len(FLAGS))) + "\treturn 0;\n}\n"
    new = run(tmp_path, *edits, text=text)
    assert new.count("| FOLL_LONGTERM") == 2 * len(FLAGS)
    warned = []
    for name, source in (("old", text), ("new", new)):
        (tmp_path / f"{name}.c").write_text(source)
        warned.append(subprocess.run(
            ["gcc", "-Wall", "-Wextra", "-o", tmp_path / name,
             tmp_path / f"{name}.c"], check=True, capture_output=True,
            text=True).stderr.count("warning:"))
    assert warned[1] <= warned[0]
    assert subprocess.run([tmp_path / "new"], check=False).returncode == 0


def test_flags_are_not_put_together_anew_without_need() -> None:
    assert [w for w in FLAGS
            if not flag_precedence.is_loose(lexer.words(w))] == [
        "(x, y)", "x | y", "x | 16", "~x", "!x", "-x", "*&x", "(int)x",
        "MASK(x)", "WANTED", "WANTED | 16", "MASK(x) | y", "(int)*&x",
        "(unsigned int)-x", "(unsigned)x | -y"]
