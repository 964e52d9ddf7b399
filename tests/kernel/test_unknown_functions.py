# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel does with pages and nobody wrote down is listed, with a reason.

tests/expected/unknown-*.toml have the names for some kernels. What the table of
effects learns leaves these lists; what a kernel brings that is new fails here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from list_unknown import CARRIERS, unknown
from pinlib.kernel import effects
from trees import lab
from trees.kernels import READ, tree

EXPECTED = Path(__file__).resolve().parents[1] / "expected"
KERNELS = ("5.10", "6.1", "6.12", "6.19", "7.0")


def listed(version: str) -> dict[tuple[str, int], str]:
    """Why each name and argument of a kernel's list is not known."""
    with open(EXPECTED / f"unknown-{version}.toml", "rb") as stream:
        names: dict[str, dict[str, str]] = tomllib.load(stream)["unknown"]
    return {(name, argument): why for name, reasons in names.items()
            for key, why in reasons.items() for argument in _span(key)}


def _span(key: str) -> Iterator[int]:
    """The arguments that a key names: `1`, or `0-1`."""
    low, _, high = key.partition("-")
    yield from range(int(low), int(high or low) + 1)


@pytest.mark.parametrize("version", KERNELS)
def test_no_list_has_what_the_table_knows(version: str) -> None:
    known = {*effects.EFFECTS, *CARRIERS}
    assert not [asked for asked in listed(version) if asked in known]


@pytest.mark.parametrize("version", KERNELS)
def test_each_is_explained(version: str) -> None:
    reasons = listed(version)
    assert reasons
    assert not [asked for asked, why in reasons.items()
                if not re.fullmatch(r"[A-Z][^\n]{20,}\.", why)]
    text = (EXPECTED / f"unknown-{version}.toml").read_text()
    head = text.partition("[unknown]")[0]
    assert f"Linux {version}" in head
    assert re.search(r" on 20\d\d-\d\d-\d\d\. ", head)


@pytest.mark.parametrize("version", READ)
def test_the_lists_are_those_of_the_kernels(version: str) -> None:
    """Each new name needs a line of the table, or one of the list."""
    assert sorted(unknown(tree(version))) == sorted(listed(version))


DRIVER = lab.c("""\
#include <linux/mm.h>

static void tap_note(struct page *page)
{
}

int tap_run(struct tap_shelf *shelf, struct scatterlist *list, unsigned long at)
{
    struct page *page;

    if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    tap_note(page);
    lock_page(page);
    toy_even(page);
    toy_weigh(3, (void *)page);
    toy_weigh(4, page);
    shelf->method(page);
    toy_number(at);
    toy_scatter(list);
    tap_far(page);
    put_page(page);
    return 0;
}
""")
FAR = lab.c("""\
#include <linux/mm.h>

void tap_far(struct page *kept)
{
    toy_deep(kept);
}
""")


def test_what_is_listed(tmp_path: Path,
                        monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what the table or a definition tells, nor what has no page."""
    lab.share_cache(monkeypatch)
    made = lab.make(tmp_path / "linux", {
        "include/linux/toy.h": lab.c("""\
static inline int toy_even(const struct page *page)
{
    return !(page_to_pfn(page) & 1);
}
"""), "drivers/tap/tap.c": DRIVER, "drivers/tap/far.c": FAR})
    lines = [*map(str.strip, DRIVER.split("\n"))]
    at = {use: f"drivers/tap/tap.c:{lines.index(use + ';') + 1}" for use in (
        "toy_weigh(3, (void *)page)", "toy_weigh(4, page)",
        "toy_scatter(list)")}
    weighed, again, scattered = at.values()
    assert unknown(made) == {
        ("toy_deep", 0): ["drivers/tap/far.c:5"],
        ("toy_scatter", 0): [scattered],
        ("toy_weigh", 1): [weighed, again]}
