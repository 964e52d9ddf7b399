# SPDX-License-Identifier: GPL-2.0-only
"""Pages of two origins, told apart by what one command of a call is.

The right conversions have every release of the user's page and no other, and
each twin breaks what they rest on.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

DRIVER = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define NAME_TURN(x) ((x) = OF_OWN)

int NAME_run(struct NAME_dev *dev, int cmd, int mode, unsigned long addr)
{
    struct page *page = NULL;
    int ret;

    switch (cmd) {
    case OF_USER:
        ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
        if (ret != 1)
            return -EFAULT;
        break;
    case OF_OWN:
        page = alloc_page(GFP_KERNEL);
        if (!page)
            return -ENOMEM;
        break;
    default:
        return -EINVAL;
    }
    ret = NAME_start(dev, page_to_phys(page));
    switch (cmd) {
    case OF_USER:
        put_page(page); /* @release */
        break;
    case OF_OWN:
        put_page(page);
        break;
    }
    return ret;
}
""")
BY_IF = lab.c("""\
    if (cmd == OF_USER)
        put_page(page); /* @release */
    else
        put_page(page);
""")
_SECOND = DRIVER[DRIVER.rindex("\tswitch (cmd)"):DRIVER.rindex("\treturn ret")]

HELPERS = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int NAME_take(unsigned long addr, struct page **page)
{
    int ret = get_user_pages_fast(addr, 1, FOLL_WRITE, page);

    return ret == 1 ? 0 : -EFAULT;
}

static int NAME_make(struct page **page)
{
    *page = alloc_page(GFP_KERNEL);
    return *page ? 0 : -ENOMEM;
}

int NAME_run(struct NAME_dev *dev, int cmd, unsigned long addr)
{
    struct page *page = NULL;
    int ret;

    switch (cmd) {
    case OF_USER:
        ret = NAME_take(addr, &page);
        break;
    case OF_OWN:
        ret = NAME_make(&page);
        break;
    default:
        return -EINVAL;
    }
    if (ret)
        return ret;
    ret = NAME_start(dev, page_to_phys(page));
    switch (cmd) {
    case OF_USER:
        put_page(page); /* @release */
        break;
    case OF_OWN:
        __free_page(page);
        break;
    }
    return ret;
}
""")

DROPS = lab.c("""\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void NAME_drop(struct page *page, int cmd)
{
    switch (cmd) {
    case OF_USER:
        put_page(page); /* @release */
        break;
    case OF_OWN:
        __free_page(page);
    }
}

int NAME_run(struct NAME_dev *dev, int cmd, int how, unsigned long addr)
{
    struct page *page = NULL;
    int ret;

    switch (cmd) {
    case OF_USER:
        ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
        if (ret != 1)
            return -EFAULT;
        break;
    case OF_OWN:
        page = alloc_page(GFP_KERNEL);
        if (!page)
            return -ENOMEM;
        break;
    default:
        return -EINVAL;
    }
    ret = NAME_start(dev, page_to_phys(page));
    NAME_drop(page, cmd);
    return ret;
}
""")

Change = Callable[[str], str]


def _but(base: str, *pairs: tuple[str, str]) -> Change:
    """A driver with some pieces of it changed, each of which is there once."""
    def change(_: str) -> str:
        text = base
        for old, new in pairs:
            assert text.count(lab.c(old)) == 1, old
            text = text.replace(lab.c(old), lab.c(new))
        return text
    return change


_START = "    ret = NAME_start(dev, page_to_phys(page));\n"
_OWN_FIRST = (
    "    case OF_USER:\n        ret =",
    "    case OF_OWN:\n        page = alloc_page(GFP_KERNEL);\n"
    "        if (page)\n            break;\n"
    "    case OF_USER:\n        ret =")
_OWN = ("    case OF_OWN:\n        page = alloc_page(GFP_KERNEL);\n"
        "        if (!page)\n            return -ENOMEM;\n        break;\n")

RIGHT: dict[str, Change] = {
    "two_switches": lambda _: DRIVER,
    "by_if": lambda _: DRIVER.replace(_SECOND, BY_IF),
    # What is no label of the switch is all else.
    "by_default": _but(
        DRIVER, (_OWN + "    default:\n        return -EINVAL;\n",
                 _OWN.replace("case OF_OWN", "default")),
        ("    case OF_OWN:\n        put_page", "    default:\n        put_page")),
    # Without a default another command gets no page.
    "no_default": _but(DRIVER, ("    default:\n        return -EINVAL;\n", "")),
    # Two commands do the same.
    "two_labels": _but(
        DRIVER, ("    case OF_USER:\n        ret",
                 "    case OF_USER:\n    case OF_MORE:\n        ret"),
        ("    case OF_USER:\n        put",
         "    case OF_USER:\n    case OF_MORE:\n        put")),
    # Numbers differ from each other.
    "numbers": lambda _: DRIVER.replace("case OF_USER", "case 1").replace(
        "case OF_OWN", "case 0x2"),
    # An error jumps to the second switch.
    "jump": _but(DRIVER, (_START, "    ret = NAME_ready(dev);\n    if (ret)\n"
                          "        goto drop;\n" + _START + "drop:\n")),
    "helpers": lambda _: HELPERS,
    "drops": lambda _: DROPS,
    # Another page that is given to the same helper is not the user's, either.
    "drops_more": _but(DROPS, (
        "int NAME_run(", "void NAME_show(struct page *page)\n{\n"
        "    NAME_drop(page, OF_OWN);\n}\n\nint NAME_run(")),
}
TWINS: dict[str, Change] = {
    # The command is another one by the time that the page goes.
    "changed": _but(DRIVER, (_START, _START + "    if (ret)\n"
                             "        cmd = OF_OWN;\n")),
    "by_address": _but(DRIVER, (_START, _START + "    NAME_set(&cmd);\n")),
    "turned": _but(DRIVER, (_START, _START + "    NAME_TURN(cmd);\n")),
    "other_value": lambda _: DRIVER.replace(
        _SECOND, _SECOND.replace("(cmd)", "(mode)")),
    # One label leads to both.
    "falls": _but(DRIVER, (_OWN, ""), _OWN_FIRST),
    "jumped_into": _but(
        DRIVER, ("    case OF_USER:\n        ret",
                 "    case OF_USER:\nuser:\n        ret"),
        ("            return -ENOMEM;\n", "            goto user;\n")),
    "one_release": lambda _: DRIVER.replace(_SECOND, lab.c(
        "    switch (cmd) {\n    case OF_USER:\n    case OF_OWN:\n"
        "        put_page(page);\n        break;\n    }\n")),
    # Who else comes by `default` has a page of its own.
    "wide_default": lambda _: DRIVER.replace(_SECOND, lab.c(
        "    switch (cmd) {\n    case OF_MORE:\n        break;\n"
        "    default:\n        put_page(page);\n    }\n")),
    # A variable is no constant, and may be another one later.
    "variable": lambda _: DRIVER.replace("case OF_USER:", "default:", 1).replace(
        "\tdefault:\n\t\treturn -EINVAL;\n", "").replace(_SECOND, BY_IF.replace(
            "OF_USER", "mode")),
    "helpers_changed": _but(HELPERS, (_START, _START + "    if (ret)\n"
                                      "        cmd = OF_USER;\n")),
    # The second helper is called for each command.
    "helpers_both": _but(HELPERS, ("    if (ret)\n        return ret;\n",
                                   "    if (ret)\n        ret = NAME_make(&page);\n"
                                   "    if (ret)\n        return ret;\n")),
    "helpers_by_pointer": _but(
        HELPERS, ("int NAME_run(", "int (*NAME_maker)(struct page **) = NAME_make;"
                  "\n\nint NAME_run("),
        ("    if (ret)\n        return ret;\n",
         "    if (ret)\n        ret = NAME_maker(&page);\n"
         "    if (ret)\n        return ret;\n")),
    "drops_changed": _but(DROPS, ("    NAME_drop(page, cmd);\n",
                                  "    if (ret)\n        cmd = OF_USER;\n"
                                  "    NAME_drop(page, cmd);\n")),
    "drops_other": _but(DROPS, ("drop(page, cmd);\n    return",
                                "drop(page, how);\n    return")),
    # A page that is kept may be given to it by another call.
    "drops_kept": _but(
        DROPS, ("int NAME_run(", "static struct page *NAME_last;\n\n"
                "void NAME_end(int how)\n{\n    NAME_drop(NAME_last, how);\n}\n\n"
                "int NAME_run("), (_START, _START + "    NAME_last = page;\n")),
    "drops_more_user": _but(DROPS, (
        "int NAME_run(", "void NAME_show(struct page *page, int how)\n{\n"
        "    NAME_drop(page, how);\n}\n\nint NAME_run(")),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """One analysis of the drivers and their twins."""
    top = tmp_path_factory.mktemp("switches")
    files = {f"drivers/{name}/main.c": change("").replace("NAME", name)
             for name, change in {**RIGHT, **TWINS}.items()}
    return lab.shared(lab.make(top / "linux", files))


@pytest.mark.parametrize("name", RIGHT)
def test_a_command_tells_whose_the_page_is(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "convert", decision.reason
    assert lab.releases(decision) == lab.marked(
        found.program.tree.root, f"drivers/{name}", "release")


@pytest.mark.parametrize("name", TWINS)
def test_a_broken_twin_is_left_alone(found: Analysis, name: str) -> None:
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert decision.disposition == "manual"
    assert decision.code in ("other-origin", "unknown-use"), decision.reason
