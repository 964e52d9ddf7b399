# SPDX-License-Identifier: GPL-2.0-only
"""Whether a module may have a symbol it newly needs."""

from __future__ import annotations

import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from pinlib.build.objects import Record
from pinlib.prove.affected import State, TreeText
from pinlib.prove.link_check import Linker
from pinlib.prove.stage import Stage

FILES = {
    "mm/gup.c": "void unpin(void);\nEXPORT_SYMBOL(unpin);\n"
                "EXPORT_SYMBOL_GPL(gpl_only);\n"
                "EXPORT_SYMBOL_NS(spaced, DMA_BUF);\n",
    "mm/off.c": "EXPORT_SYMBOL(not_built);\n",
    "mm/inner.c": "void inner(void)\n{\n}\n",
    "drivers/a/main.c": 'MODULE_LICENSE("GPL");\nMODULE_IMPORT_NS(DMA_BUF);',
    "drivers/a/sub/part.c": "void part(void)\n{\n}\n",
    "drivers/p/own.c": 'MODULE_LICENSE("Proprietary");\n',
}
OBJECTS = {
    "mm/gup.o": Record("mm/gup.o", "built", module=None,
                       defined=["unpin", "gpl_only", "spaced"],
                       exported=["unpin", "gpl_only", "spaced"]),
    "mm/off.o": Record("mm/off.o", "absent"),
    "mm/inner.o": Record("mm/inner.o", "built", defined=["inner"]),
    "drivers/a/sub/part.o": Record("drivers/a/sub/part.o", "built",
                                   module="a", defined=["part"]),
}


class FakeStage:
    """Answers from OBJECTS in place of a build."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.asked: list[str] = []
        self.base = types.SimpleNamespace(flavour=types.SimpleNamespace(
            covers=lambda path: not path.startswith("arch/")))
        self.ns = types.SimpleNamespace(path=lambda side, name: tree / name)

    def need(self, objects: Iterable[str]) -> dict[str, Record]:
        self.asked += sorted(objects)
        return {name: OBJECTS.get(name, Record(name, "absent"))
                for name in objects}

    def read(self, name: str) -> str | None:
        path = self.tree / name
        return path.read_text() if path.exists() else None


@pytest.fixture
def stage(tree: Path) -> FakeStage:
    for name, data in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(data)
    return FakeStage(tree)


def problems(stage: FakeStage, symbol: str, module: str | None = "a",
             name: str = "drivers/a/x.o", own: State | None = None
             ) -> list[str]:
    after = {name: Record(name, "built", module=module, undefined=[symbol])}
    linker = Linker(cast(Stage, cast(Any, stage)), TreeText(stage.tree),
                    own or {}, after)
    _, found = linker.check({name: Record(name, "built")}, after)
    return found


@pytest.mark.parametrize("symbol", ["unpin", "gpl_only", "spaced", "part",
                                    "__fentry__", "_restgpr_30_x"])
def test_module_may_have(stage: FakeStage, symbol: str) -> None:
    assert problems(stage, symbol) == []


@pytest.mark.parametrize("symbol,why", [
    ("inner", "inner is not exported to modules"),
    ("nowhere", "nowhere is not exported to modules"),
    ("not_built", "exported by mm/off.c only"),
])
def test_module_may_not_have(stage: FakeStage, symbol: str,
                             why: str) -> None:
    (found,) = problems(stage, symbol)
    assert found.startswith("drivers/a/x.o: ") and why in found


def test_license_and_namespace_matter(stage: FakeStage) -> None:
    own = "drivers/p/own.o"
    assert problems(stage, "unpin", "own", own) == []
    (found,) = problems(stage, "gpl_only", "own", own)
    assert "GPL modules only; license of own: Proprietary" in found
    (found,) = problems(stage, "spaced", "own", own)
    assert "namespace DMA_BUF" in found


def test_kernel_image_needs_no_export(stage: FakeStage) -> None:
    assert problems(stage, "inner", None, "fs/x.o") == []
    assert problems(stage, "unpin", None, "fs/x.o") == []
    (found,) = problems(stage, "part", None, "fs/x.o")
    assert "not defined in the kernel image" in found


def test_export_removed_by_the_patch(stage: FakeStage) -> None:
    (found,) = problems(stage, "unpin", own={"mm/gup.c": b"void unpin();"})
    assert "not exported" in found


def test_lost_symbol_is_looked_up_for_its_users(stage: FakeStage) -> None:
    before = {
        "a/lib.o": Record("a/lib.o", "built", defined=["gone"]),
        "a/user.o": Record("a/user.o", "built", module="u",
                           undefined=["gone"])}
    after = {**before, "a/lib.o": Record("a/lib.o", "built")}
    linker = Linker(cast(Stage, cast(Any, stage)), TreeText(stage.tree), {},
                    after)
    symbols, found = linker.check(before, after)
    assert symbols == ["gone"]
    assert found == ["a/user.o: gone is not exported to modules"]


def test_exporters_are_built_in_one_run(stage: FakeStage) -> None:
    problems(stage, "unpin")
    assert stage.asked == ["mm/gup.o"]
