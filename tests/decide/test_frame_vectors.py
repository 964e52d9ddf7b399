# SPDX-License-Identifier: GPL-2.0-only
"""get_vaddr_frames() of Linux before 5.12: its callers are call sites.

It puts the pages into an object, and has one name whether it references or pins
them: what its own function does decides. A driver's function of that name is none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trees import lab, older

HEADER = lab.c("""
int get_vaddr_frames(unsigned long start, unsigned int nr_pfns,
    unsigned int gup_flags, struct frame_vector *vec);
""")
VECTOR = lab.c("""\
#include <linux/mm.h>

int get_vaddr_frames(unsigned long start, unsigned int nr_frames,
             unsigned int gup_flags, struct frame_vector *vec)
{
    return %s(start, nr_frames, gup_flags, (struct page **)vec->ptrs, NULL);
}
""")
BUFFER = lab.c("""\
#include <linux/mm.h>

int bowl_map(struct bowl *bowl, unsigned long start)
{
    bowl->vec = frame_vector_create(4);
    return get_vaddr_frames(start, 4, FOLL_WRITE, bowl->vec);
}
""")
CALLER, CALLED = "drivers/bowl/main.c", "mm/frame_vector.c"


@pytest.mark.parametrize("version, takes, caller", [
    ("5.4", "get_user_pages", "blocked no-pin-api"),
    ("5.10", "get_user_pages", "manual no-counterpart"),
    ("5.10", "pin_user_pages", "converted release-not-followed")])
def test_a_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                  version: str, takes: str, caller: str) -> None:
    lab.share_cache(monkeypatch)
    tree = older.make(tmp_path / "linux", version)
    mm = tree / "include/linux/mm.h"
    mm.write_text(mm.read_text().replace("\n#endif", HEADER + "\n#endif"))
    for name, text in ((CALLED, VECTOR % takes), (CALLER, BUFFER)):
        (tree / name).parent.mkdir(exist_ok=True, parents=True)
        (tree / name).write_text(text)
    found = lab.analyse(tree, apis="all")
    assert {name: f"{d.disposition} {d.code}" for name in (CALLER, CALLED)
            for d in lab.in_file(found, name)} == {
        CALLER: caller, CALLED: "core api-implementation"}
    assert not lab.in_file(lab.analyse(tree), CALLER)


def test_a_function_of_a_driver(tmp_path: Path,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    """As of 5.12, where it is videobuf2's: what it calls is the site."""
    lab.share_cache(monkeypatch)
    tree = older.make(tmp_path / "linux", "5.15")
    files = {"drivers/bowl/frame_vector.c": VECTOR % "pin_user_pages",
             CALLER: BUFFER, "drivers/bowl/frame_vector.h": HEADER}
    for name, text in files.items():
        (tree / name).parent.mkdir(exist_ok=True, parents=True)
        (tree / name).write_text(text)
    found = lab.analyse(tree, apis="all")
    assert not lab.in_file(found, CALLER)
    assert lab.only(found, "drivers/bowl/frame_vector.c").disposition == \
        "converted"
