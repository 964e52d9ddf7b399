# SPDX-License-Identifier: GPL-2.0-only
"""The proofs of a campaign, on a small tree that is compiled for real."""

from __future__ import annotations

import dataclasses
import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pinlib.base.errors import ProofError
from pinlib.base.options import Options, UserBuild
from pinlib.build.mount_namespace import Namespace, NamespaceRefused
from pinlib.commands.campaign import prove, recount, series
from pinlib.prove.affected import TreeText
from pinlib.prove.users import scope_of, with_macros
from trees import lab

HIDDEN = """// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

#define OF(bv, what) ((bv)->bv_ ## what)

void hidden(struct bio_vec *bv)
{
\tuse(bv->bv_page, 0);
\tuse(OF(bv, page), 1);
}
"""
DRIVERS = "drivers/vec"

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64",
                                reason="the tree is built by the machine's gcc")


@dataclasses.dataclass
class Proven:
    """A run on the small tree: what it left, and what it said."""

    opts: Options
    evidence: dict[str, Any]
    commits: list[dict[str, Any]]
    said: str = ""

    def of(self, slug: str) -> dict[str, Any]:
        """The evidence of a series of one patch."""
        one = next(s for s in self.commits if s["slug"] == slug)
        found = self.evidence[one["patches"][0]["tree"]]
        assert isinstance(found, dict)
        return found

    def code(self) -> dict[str, dict[str, Any]]:
        """How the code of each object compares once the member is renamed."""
        return {Path(item["object"]).name: item
                for item in self.of("99-bvec")["code"]}


def run(folder: Path, files: dict[str, str] | None = None) -> Proven:
    """Prove the series of the small tree with files in it."""
    tree = lab.make(folder / "linux", files, "built")
    config = folder / "config"
    config.write_text("CONFIG_MODULES=y\n")
    try:
        Namespace(folder / "try", tree, both=True).close()
    except NamespaceRefused as refused:
        pytest.skip(str(refused))
    opts = Options(tree, None, folder / "out", 2, None, None, "mission", None, None,
                   False, UserBuild(config, "x86_64"), campaign="bvec")
    opts.out.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        try:
            prove.run(opts)
            said = ""
        except ProofError as error:
            said = str(error)
    return Proven(opts, json.loads((opts.out / "evidence.json").read_text()),
                  json.loads((opts.out / "commits.json").read_text()), said)


@pytest.fixture(scope="module", name="proven")
def _proven(tmp_path_factory: pytest.TempPathFactory) -> Proven:
    return run(tmp_path_factory.mktemp("built"))


def compiled(evidence: dict[str, Any]) -> dict[str, str]:
    return {item["object"]: item["result"] for item in evidence["compile"]}


def test_all_that_names_the_member_is_built_renamed(proven: Proven) -> None:
    assert proven.said == ""
    assert compiled(proven.of("99-bvec")) == {
        f"{DRIVERS}/plain.o": "pass", f"{DRIVERS}/lines.o": "pass",
        f"{DRIVERS}/through.o": "pass", f"{DRIVERS}/rare.o": "SKIPPED"}


def test_what_is_not_built_is_listed_with_the_reason(proven: Proven) -> None:
    item, = [i for i in proven.of("99-bvec")["compile"] if i["result"] == "SKIPPED"]
    assert item["reason"] == "x86_64, the given configuration: does not build it"


def test_each_patch_applies_alone_and_compiles(proven: Proven) -> None:
    for one in proven.commits:
        found = proven.of(one["slug"])
        assert found["apply"]["result"] == "pass"
        assert "fail" not in compiled(found).values()
        assert found["link"]["result"] == "pass"


def test_code_is_held_against_the_tree_without_accessors(proven: Proven) -> None:
    assert {name: item["same"] for name, item in proven.code().items()} == {
        "plain.o": "same", "through.o": "same",
        "lines.o": "same but for immediates"}
    assert proven.code()["lines.o"]["immediates"] == [["$0x3f1", "$0x3ef"]]


def test_the_member_is_counted_again(proven: Proven) -> None:
    for one in proven.commits[1:]:
        assert proven.of(one["slug"])["rescan"]["result"] == "pass"


def test_a_series_that_is_missing_is_counted(proven: Proven) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        done = series.make(proven.opts)
    kernel, out, made = proven.opts.kernel, proven.opts.out, done.series
    assert not recount.problems(kernel, out, done.found, made)
    mended = [dataclasses.replace(one, patches=[dataclasses.replace(
        p, files=[f for f in p.files if not f.endswith("plain.c")])
        for p in one.patches]) for one in made]
    assert recount.problems(kernel, out, done.found, mended) == [
        f"{DRIVERS}/plain.c: bv_page is named 2 times, not 0"]


def test_a_proof_is_kept(proven: Proven,
                         capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        prove.run(proven.opts)
    said = capsys.readouterr().out
    assert "to build" not in said
    assert "code: 2 same, 1 same but for immediates\n" in said


def test_what_the_count_cannot_see_the_compiler_does(tmp_path: Path) -> None:
    found = run(tmp_path, {
        f"{DRIVERS}/hidden.c": HIDDEN,
        f"{DRIVERS}/Makefile": "obj-m := plain.o lines.o through.o hidden.o\n"})
    assert "hidden.o: does not compile" in found.said
    assert compiled(found.of("99-bvec"))[f"{DRIVERS}/hidden.o"] == "fail"


@pytest.fixture(name="text")
def _text(make_tree: Callable[..., Path]) -> TreeText:
    return TreeText(lab.make(make_tree("built"), {
        "include/linux/more.h": "#include <linux/bvec.h>\n"
        "#define for_each(bv, i) \\\n\tuse(bvec_first_at(bv, i), 0)\n",
        "tools/bvec.h": "#define not_this bvec_first\n"}, "built"))


def test_macros_of_macros_use_what_they_name(text: TreeText) -> None:
    assert with_macros(text, {"bvec_first"}) == {
        "bvec_first", "bvec_first_at", "for_each"}
    assert with_macros(text, set()) == set()


def test_a_header_is_built_in_an_object(text: TreeText) -> None:
    scope = scope_of(text, ["include/linux/bvec.h"], [], {})
    assert (scope.changed, scope.holders) == ([f"{DRIVERS}/lines.o"], [])
    scope = scope_of(text, ["include/linux/bvec.h"], ["bvec_first"], {})
    assert scope.changed == [f"{DRIVERS}/through.o"]
