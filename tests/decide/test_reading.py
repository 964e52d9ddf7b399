# SPDX-License-Identifier: GPL-2.0-only
"""Is a page that nobody asked to write only read, and by the CPU alone?

One driver for each thing that may be done with the address of its data.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trees import lab

DRIVER = """\
    #include <linux/mm.h>

    int toy_look(struct toy *toy, unsigned long addr, char *value)
    {
        unsigned int flags = FOLL_FORCE;
        struct page *page;
        char *at, *also;
        int ret = 0;

        if (%s)
            flags |= FOLL_FORCE;
        if (get_user_pages(addr, 1, flags, &page) != 1)
            return -EFAULT;
        at = kmap_local_page(page);
        %s
        kunmap_local(at);
        put_page(page);
        return ret;
    }
"""
READ = [
    "*value = *at;", "value[0] = at[3];", "ret = at[0] == at[1];",
    "memcpy(value, at + 4, 4);", "also = at + 4; *value = *also;",
    "if (memcmp(at, value, 4)) ret = -EINVAL;",
    "memcpy(value, ((struct toy *)at)->data, 4);", "flush_dcache_page(page);"]
MORE = [
    # The CPU writes, though nobody asked for it.
    "*at = 0;", "at[3] = 0;", "*at += 1;", "also = at; also[1] = 2;",
    "memcpy(at, value, 4);", "clear_page(at);", "(*at)++;",
    # Somebody else gets the address, or keeps it.
    "ret = toy_send(at);", "ret = toy_send(at + 4);", "toy->at = at;",
    "ret = toy_send(((struct toy *)at)->data);", "ret = toy_send(&at[4]);",
    "also = at; ret = toy_send(also);"]


@pytest.fixture(scope="module")
def codes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The code of each driver, by what it does."""
    top = tmp_path_factory.mktemp("reading")
    files = {f"drivers/toy{n}/main.c": lab.c(DRIVER % ("ret", what))
             for n, what in enumerate(READ + MORE)}
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        found = lab.analyse(lab.make(top / "linux", files, "addresses"),
                            apis="all")
    return {what: lab.only(found, f"drivers/toy{n}/main.c").code
            for n, what in enumerate(READ + MORE)}


@pytest.mark.parametrize("what", READ)
def test_only_read(codes: dict[str, str], what: str) -> None:
    assert codes[what] == "only-read"


@pytest.mark.parametrize("what", MORE)
def test_more_than_read(codes: dict[str, str], what: str) -> None:
    # No plain reference is called right, and nothing is changed.
    assert codes[what] == "reader-unknown"


@pytest.mark.parametrize("flags", [
    "flags = FOLL_WRITE;", "flags |= FOLL_WRITE;", "flags = addr & 1;",
    "flags = toy->flags;", "flags = 1;", "flags |= !toy;",
    "toy_flags(&flags);", "flags++;"])
def test_flags_that_may_ask_to_write(tmp_path: Path, flags: str,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    text = DRIVER.replace("flags |= FOLL_FORCE;", flags)
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/toy/main.c": lab.c(text % ("addr", READ[0]))},
        "addresses"), apis="all")
    decision = lab.only(found, "drivers/toy/main.c")
    assert (decision.disposition, decision.code) == ("convert", "pin-short")


@pytest.mark.parametrize(("old", "new", "wanted"), [
    # A number that is left behind is more than a look.
    ("%s", "toy->pfn = page_to_pfn(page);", ("manual", "dropped-early")),
    # CASE 4 of the default list's call as well.
    ("get_user_pages(", "get_user_pages_fast(", ("keep", "only-read"))])
def test_numbers_and_the_fast_call(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str,
        wanted: tuple[str, str]) -> None:
    lab.share_cache(monkeypatch)
    text = (DRIVER % ("ret", "%s")).replace(old, new).replace("%s", READ[0])
    found = lab.analyse(lab.make(tmp_path / "linux", {
        "drivers/toy/main.c": lab.c(text)}, "addresses"), apis="all")
    decision = lab.only(found, "drivers/toy/main.c")
    assert (decision.disposition, decision.code) == wanted
