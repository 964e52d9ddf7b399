# SPDX-License-Identifier: GPL-2.0-only
"""A page beside an unlock_page() is of the page cache, if every way unlocks one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.flow.points_to import unlocked_here
from trees import lab

DRIVER = lab.c("""\
#include <linux/mm.h>

int tub_move(struct tub *tub, struct page *old, struct page *fresh)
{
    int err = 0;

    BEFORE
    tub->page = fresh;
    BETWEEN
    unlock_page(old);
    put_page(old);
    return err;
}

int tub_take(struct page **pages, unsigned long at)
{
    return get_user_pages_fast(at, 1, FOLL_WRITE, pages);
}
""")


@pytest.mark.parametrize("before, between, unlocks", [
    ("", "", True),
    ("", "if (err) {\nunlock_page(fresh);\nreturn err;\n}", True),
    ("", "if (err) {\nerr = -EIO;\n}", True),
    ("if (err)\nreturn err;\nelse", "if (err) {\nunlock_page(fresh);\n"
     "goto out;\n}", True),
    ("", "if (err) {\nreturn err;\n}", False),
    ("", "if (err) {\nif (fresh)\nreturn err;\nunlock_page(fresh);\n"
     "return err;\n}", False),
    ("", "again:", False),
    ("lock_page(old);", "", False)])
def test_unlocked_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                       before: str, between: str, unlocks: bool) -> None:
    lab.share_cache(monkeypatch)
    text = DRIVER.replace("BEFORE", before).replace("BETWEEN", between)
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/tub/main.c": text}))
    [move] = [f for f in found.program.in_file("drivers/tub/main.c")
              if f.name == "tub_move"]
    number, line = (lab.line(tmp_path / "linux", "drivers/tub/main.c", text)
                    for text in ("tub->page = ", "unlock_page(old)"))
    [store] = [s for s in move.statements if s.line == number]
    assert unlocked_here(move, store) == (line if unlocks else 0)


FOLIO = lab.c("""\
#include <linux/mm.h>

int tub_move(struct tub *tub, struct page **slot, struct folio *fresh)
{
    struct folio *old = page_folio(*slot);
    int err = 0;

    if (tub->gone)
        err = -ENOENT;
    else
        *slot = &fresh->page;
    if (err) {
        FAILED
        return err;
    }
    folio_unlock(old);
    folio_put(old);
    return err;
}

int tub_take(struct page **pages, unsigned long at)
{
    return get_user_pages_fast(at, 1, FOLL_WRITE, pages);
}
""")


@pytest.mark.parametrize("failed, more, unlocks", [
    ("folio_unlock(fresh);", "", True), ("folio_put(fresh);", "", False),
    ("folio_unlock(fresh);", "folio_lock(old);", False)])
def test_a_folio_that_is_unlocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                  failed: str, more: str, unlocks: bool) -> None:
    lab.share_cache(monkeypatch)
    text = FOLIO.replace("FAILED", failed).replace("if (tub", f"{more}\n\tif (tub")
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/tub/main.c": text}))
    [move] = [f for f in found.program.in_file("drivers/tub/main.c")
              if f.name == "tub_move"]
    number, line = (lab.line(tmp_path / "linux", "drivers/tub/main.c", text)
                    for text in ("*slot = ", "folio_unlock(old)"))
    [store] = [s for s in move.statements if s.line == number]
    assert unlocked_here(move, store) == (line if unlocks else 0)
