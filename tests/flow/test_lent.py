# SPDX-License-Identifier: GPL-2.0-only
"""A page that a function outside stands in a member while it calls on.

It is lent: where the same function clears the member on every way out, and all
that reads it in between keeps nothing. Everything else stays with a person.
"""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

HEADER = lab.c("""\
struct NAME_box {
    int state;
};

typedef int (*NAME_put_t)(struct NAME_box *box, struct page *page, void *more);
int NAME_feed(struct NAME_box *box, unsigned long at, NAME_put_t put, void *more);
""")
# The pages are taken here, by a subsystem that both others call.
FEED = lab.c("""\
#include <linux/mm.h>
#include <linux/NAME.h>

static int NAME_each(struct NAME_box *box, struct page *page, NAME_put_t put,
                     void *more)
{
    return box->state ? put(box, page, more) : -EINVAL;
}

int NAME_feed(struct NAME_box *box, unsigned long at, NAME_put_t put, void *more)
{
    struct page *page;
    int ret;

    if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
        return -EFAULT;
    ret = NAME_each(box, page, put, more);
    put_page(page);
    return ret;
}
""")
COPIES = lab.c("""\
#include <linux/mm.h>
#include <linux/NAME.h>

static int NAME_copy(struct NAME_box *box, struct page *page, void *more)
{
    memcpy(page_address(page), more, 64);
    return 0;
}

int NAME_fill(struct NAME_box *box, unsigned long at, void *more)
{
    return NAME_feed(box, at, NAME_copy, more);
}
""")
SHELF = lab.c("""\
#include <linux/NAME.h>

struct NAME_shelf {
    struct NAME_box box;
    struct NAME_shelf *next;
    struct page *kept;
    struct page *NAME_lent;
};

static inline struct NAME_shelf *NAME_of(struct NAME_box *box)
{
    return container_of(box, struct NAME_shelf, box);
}
DECLARED
""")
LENDS = lab.c("""\
#include <linux/mm.h>
#include <linux/toy_module.h>
#include "shelf.h"

static int NAME_add(struct NAME_box *box)
{
    struct NAME_shelf *shelf = NAME_of(box);

    if (TOY_BUG_ON(!shelf->NAME_lent, box))
        return -EIO;
    return READ;
}

BESIDE

static int NAME_stand(struct NAME_box *box, struct page *page, void *more)
{
    struct NAME_shelf *shelf = NAME_of(box);
    int ret;

    if (TOY_BUG_ON(shelf->NAME_lent, box))
        return -EIO;
    shelf->NAME_lent = page;
    CALL
    shelf->NAME_lent = NULL;
    return ret;
}

int NAME_run(struct NAME_box *box, unsigned long at)
{
    return NAME_feed(box, at, NAME_stand, NULL);
}
""")
MODULE_H = lab.c("""\
struct toy_args {
    u64 code, source;
};

struct toy_line {
    u64 source;
};

#define TOY_BUG_ON(cond, box) \\
({ \\
    bool __ret = !!(cond); \\
    if (WARN_ON_ONCE(__ret && !(box)->state)) \\
        toy_stop(box); \\
    unlikely(__ret); \\
})
#define TOY_CHECK(page) WARN_ON(!(page))
#define TOY_TRY(ret) \\
    do { \\
        if (ret) \\
            return ret; \\
    } while (0)
""")
# What has the page's address, outside of both.
MODULE = lab.c("""\
#include <linux/mm.h>
#include <linux/toy_module.h>

static u64 toy_base;

int toy_module_add(struct page *page, u64 *code)
{
    struct toy_args args = {
        .code = 1,
        .source = page_to_phys(page),
    };
    int err;

    err = toy_enter(4, &args);
    *code = args.code;
    return err;
}

int toy_module_read_back(struct page *page, u64 *code)
{
    struct toy_args args = {
        .code = 1,
        .source = page_to_phys(page),
    };

    toy_enter(4, &args);
    *code = args.source;
    return 0;
}

int toy_module_in_order(struct page *page, u64 *code)
{
    struct toy_args args = { 1, page_to_phys(page) };

    toy_enter(4, &args);
    *code = args.source;
    return 0;
}

int toy_module_base(struct page *page)
{
    toy_base = page_to_phys(page);
    return 0;
}

int toy_module_line(struct toy_line *line, struct page *page)
{
    line->source = cpu_to_le64(page_to_phys(page));
    return 0;
}

u64 toy_module_where(struct page *page)
{
    u64 where = page_to_phys(page);

    return where + 8;
}

static int toy_drop(u64 where)
{
    put_page(pfn_to_page(where >> PAGE_SHIFT));
    return 0;
}

int toy_module_drop(struct page *page)
{
    toy_drop(page_to_phys(page));
    return 0;
}

int toy_module_hold(struct page *page)
{
    get_page(page);
    return 0;
}
""")
READ = "toy_module_add(shelf->NAME_lent, &box->code)"
CALL = "ret = NAME_add(box);"
LENT = {"READ": READ, "CALL": CALL, "BESIDE": "", "DECLARED": "", "COPIES": COPIES}
# What is another way in each tree, and the answer. COPIES: the other callback.
TREES = {
    "lent": ({}, "pin-short"),
    "lent_to_cpu": ({"READ": "memcmp(page_address(shelf->NAME_lent), box, 8)"},
                    "pin-short"),
    "called_deeper": ({"BESIDE": "static int NAME_map(struct NAME_box *box)\n"
                       "{\n\treturn NAME_add(box);\n}\n",
                       "CALL": "ret = NAME_map(box);"}, "pin-short"),
    "cleared_on_both": ({"CALL": CALL + "\n\tif (ret) {\n\t\tshelf->NAME_lent = "
                         "NULL;\n\t\treturn ret;\n\t}"}, "pin-short"),
    # Nobody else is known to reach the data then.
    "alone": ({"COPIES": ""}, "number-given"),
    "cpu_alone": ({"COPIES": "", "READ": "memcmp(page_address("
                   "shelf->NAME_lent), box, 8)"}, "pin-short"),
    # Not cleared on one way out.
    "left_early": ({"CALL": CALL + "\n\tif (ret)\n\t\treturn ret;"},
                   "unknown-use"),
    "left_by_macro": ({"CALL": CALL + "\n\tTOY_TRY(ret);"}, "unknown-use"),
    "cleared_at_times": ({"CALL": CALL + "\n\tif (!ret)"}, "unknown-use"),
    "jumped": ({"CALL": CALL + "\n\tif (ret)\n\t\tgoto out;\n\tshelf->NAME_lent"
                " = NULL;\nout:\n\tif (!ret)"}, "unknown-use"),
    # What is cleared is another's.
    "other_object": ({"CALL": CALL + "\n\tshelf = shelf->next;"},
                     "unknown-use"),
    "next_object": ({"CALL": CALL + "\n\tshelf->next->NAME_lent = NULL;"
                     "\n\tif (!ret)"}, "unknown-use"),
    "object_passed": ({"CALL": "ret = toy_next(&shelf);"}, "unknown-use"),
    # The reader keeps it, counts it or hands it on.
    "kept": ({"READ": "toy_set(shelf->kept = shelf->NAME_lent)"}, "unknown-use"),
    "held": ({"READ": "toy_module_hold(shelf->NAME_lent)"}, "unknown-use"),
    "handed_on": ({"READ": "toy_elsewhere(shelf->NAME_lent)"}, "unknown-use"),
    "dropped": ({"READ": "toy_module_drop(shelf->NAME_lent)"}, "unknown-use"),
    "based": ({"READ": "toy_module_base(shelf->NAME_lent)"}, "unknown-use"),
    "in_line": ({"READ": "toy_module_line(box->line, shelf->NAME_lent)"},
                "unknown-use"),
    "told_where": ({"READ": "toy_module_where(shelf->NAME_lent)"},
                   "unknown-use"),
    "read_back": ({"READ": "toy_module_read_back(shelf->NAME_lent, "
                   "&box->code)"}, "unknown-use"),
    "in_order": ({"READ": "toy_module_in_order(shelf->NAME_lent, "
                  "&box->code)"}, "unknown-use"),
    # Which macro is meant is not asked: one of that name keeps the page.
    "other_macro": ({"READ": "TOY_CHECK(shelf->NAME_lent) ? -EIO : " + READ},
                    "unknown-use"),
    # Something else is put there, or may be.
    "second_writer": ({"BESIDE": "void NAME_set(struct NAME_shelf *shelf)\n{\n\t"
                       "shelf->NAME_lent = shelf->kept;\n}\n"}, "unknown-use"),
    "stood_twice": ({"CALL": CALL + "\n\tshelf->NAME_lent = page;\n\t" + CALL},
                    "unknown-use"),
    "addressed": ({"BESIDE": "void NAME_get(struct NAME_shelf *shelf)\n{\n\t"
                   "toy_get(&shelf->NAME_lent);\n}\n"}, "unknown-use"),
    "initialised": ({"BESIDE": "static struct NAME_shelf NAME_first = {\n\t"
                     ".NAME_lent = &toy_first,\n};\n"}, "unknown-use"),
    # Not everything that is said of it is read.
    "in_macro": ({"DECLARED": "#define NAME_LENT(shelf) ((shelf)->NAME_lent)"},
                 "unknown-use"),
    "left_out": ({"DECLARED": "#ifdef CONFIG_NONE_NAME\n#define NAME_CLEAR(s) "
                  "((s)->NAME_lent = NULL)\n#endif"}, "unknown-use"),
    "copied": ({"BESIDE": "void NAME_copy_of(struct NAME_shelf *to, struct "
                "NAME_shelf *shelf)\n{\n\t*to = *shelf;\n}\n"}, "unknown-use")}


@pytest.fixture(name="tree", scope="module")
def _tree(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A tree with all of these, each in folders of its own, analysed."""
    files = {"include/linux/toy_module.h": MODULE_H, "lib/toy_module.c": MODULE,
             "drivers/other/check.h": "#define TOY_CHECK(page) keep(page)\n"}
    for name, (changed, _) in TREES.items():
        parts = {**LENT, **changed}
        made = {f"include/linux/{name}.h": HEADER,
                f"virt/{name}/feed.c": FEED,
                f"arch/one/{name}/copies.c": parts["COPIES"],
                f"arch/two/{name}/shelf.h": SHELF,
                f"arch/two/{name}/lends.c": LENDS}
        for file, text in made.items():
            for part in ("READ", "CALL", "BESIDE", "DECLARED"):
                text = text.replace(part, parts[part])
            files[file] = text.replace("NAME", name)
    return lab.shared(lab.make(tmp_path_factory.mktemp("lent") / "linux", files))


@pytest.mark.parametrize("name", TREES)
def test_a_page_in_a_member(tree: Analysis, name: str) -> None:
    decision = lab.only(tree, f"virt/{name}/feed.c")
    assert decision.code == TREES[name][1], decision.reason


def test_what_is_lent_is_no_direct_io(tree: Analysis) -> None:
    decision = lab.only(tree, "virt/lent/feed.c")
    [release] = lab.releases(decision)
    line = FEED.split("\n").index("\tput_page(page);") + 1
    assert (decision.case, release) == (5, f"virt/lent/feed.c:{line}")
