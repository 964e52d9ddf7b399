# SPDX-License-Identifier: GPL-2.0-only
"""How long pages stay that one command takes, and another or a handler drops."""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab

LONG = ("convert", "pin-longterm")
SHORT = ("convert", "pin-short")
UNKNOWN = ("manual", "lifetime-unknown")

HEAD = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/kref.h>

struct kite {
    struct kref ref;
    struct page *pages[16];
    int nr;
    int irq;
    unsigned long at;
};

struct kite_file {
    struct kite *kite;
};

struct kite_order {
    u32 op;
    unsigned long at;
};

struct kite_command {
    int (*run)(struct kite *kite, unsigned long at);
};

static int kite_take(struct kite *kite, unsigned long at)
{
    int got = get_user_pages_fast(at, 16, FOLL_WRITE, kite->pages);

    if (got < 0)
        return got;
    kite->nr = got;
    dma_map_page(NULL, kite->pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
    return 0;
}

static void kite_drop(struct kite *kite)
{
    int i;

    for (i = 0; i < kite->nr; i++)
        put_page(kite->pages[i]);
    kite->nr = 0;
}
"""
TAIL = """
static const struct file_operations kite_fops = {
    .unlocked_ioctl = kite_ioctl,
};
"""
# Each command has a function in a table.
COMMANDS = """
static int kite_give(struct kite *kite, unsigned long at)
{
    kite_drop(kite);
    return 0;
}

static const struct kite_command kite_commands[] = {
    { .run = kite_take },
    { .run = kite_give },
};
"""
BY_TABLE = HEAD + COMMANDS + """
static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    if (cmd > 1)
        return -ENOTTY;
    return kite_commands[cmd].run(file->private_data, arg);
}
""" + TAIL
# One call has many commands.
QUEUED = HEAD + COMMANDS + """
static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kite_order order;
    unsigned int i;
    int ret;

    for (i = 0; i < cmd; i++) {
        if (copy_from_user(&order, arg + i * sizeof(order), sizeof(order)))
            return -EFAULT;
        ret = kite_commands[order.op & 1].run(file->private_data, order.at);
        if (ret)
            return ret;
    }
    return 0;
}
""" + TAIL
ONE = "    { .run = kite_take },\n"
GIVES = "    kite_drop(kite);\n    return 0;"
AT_ONCE = BY_TABLE.replace(ONE, "").replace(GIVES, """\
    int ret = kite_take(kite, at);

    if (ret)
        return ret;
    ret = kite_run(kite->irq);
    kite_drop(kite);
    return ret;""")
ON_ERROR = BY_TABLE.replace(ONE, "").replace(GIVES, """\
    int ret = kite_take(kite, at);

    if (ret)
        return ret;
    ret = kite_run(kite->irq);
    if (ret)
        kite_drop(kite);
    return ret;""")
RUN_LATER = BY_TABLE.replace(TAIL, """
static irqreturn_t kite_irq(int irq, void *data)
{
    return kite_commands[1].run(data, 0);
}

static int kite_setup(struct kite *kite)
{
    return request_irq(kite->irq, kite_irq, 0, "kite", kite);
}
""" + TAIL)

# The order is read from user space, and a switch or an `if` asks what it is.
WRITTEN = HEAD + """
static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kite *kite = file->private_data;
    struct kite_order order;

    if (copy_from_user(&order, arg, sizeof(order)))
        return -EFAULT;
    switch (order.op) {
    case 1:
        return kite_take(kite, order.at);
    case 2:
        kite_drop(kite);
        return 0;
    }
    return -EINVAL;
}
""" + TAIL
ASKED = WRITTEN.replace("""\
    switch (order.op) {
    case 1:
        return kite_take(kite, order.at);
    case 2:
        kite_drop(kite);
        return 0;
    }
""", """\
    if (order.op == 1)
        return kite_take(kite, order.at);
    if (order.op == 2) {
        kite_drop(kite);
        return 0;
    }
""")
ON = WRITTEN.replace("""\
        return kite_take(kite, order.at);
""", """\
        if (kite_take(kite, order.at))
            return -EFAULT;
        fallthrough;
""")
MANY = WRITTEN.replace("    if (copy", "again:\n    if (copy").replace(
    "        return kite_take(kite, order.at);\n", """\
        if (kite_take(kite, order.at))
            return -EFAULT;
        if (cmd--)
            goto again;
        return 0;
""")

# The object has a count, and the file a reference of it in the end.
COUNTED = HEAD + """
static void kite_last(struct kref *ref)
{
    struct kite *kite = container_of(ref, struct kite, ref);

    kite_drop(kite);
    kfree(kite);
}

static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct kite_file *mine = file->private_data;
    struct kite *kite = kzalloc(sizeof(*kite), GFP_KERNEL);
    int ret;

    if (!kite)
        return -ENOMEM;
    kref_init(&kite->ref);
    ret = kite_take(kite, arg);
    if (ret)
        goto out;
BODY
out:
    kref_put(&kite->ref, kite_last);
    return ret;
}

static int kite_close(struct inode *inode, struct file *file)
{
    struct kite_file *mine = file->private_data;

    if (mine->kite)
        kref_put(&mine->kite->ref, kite_last);
    return 0;
}
""" + TAIL.replace("};", "    .release = kite_close,\n};")

# What drops them may be called at any time.
HANDLED = HEAD + """
static irqreturn_t kite_irq(int irq, void *data)
{
    kite_drop(data);
    return IRQ_HANDLED;
}

static int kite_setup(struct kite *kite, struct kite_order *order)
{
    REGISTER /* @given */
    return 0;
}

static long kite_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    return kite_take(file->private_data, arg);
}
""" + TAIL

CASES = {
    "by_table": (BY_TABLE, LONG),
    "queued": (QUEUED, UNKNOWN),
    "at_once": (AT_ONCE, SHORT),
    "on_error": (ON_ERROR, UNKNOWN),
    "run_later": (RUN_LATER, UNKNOWN),
    "written": (WRITTEN, LONG),
    "asked": (ASKED, LONG),
    "fallen": (ON, SHORT),
    "many": (MANY, UNKNOWN),
    "counted": (COUNTED.replace(
        "BODY", "    kref_get(&kite->ref);\n    mine->kite = kite;"), LONG),
    "uncounted": (COUNTED.replace("BODY", "    mine->kite = NULL;"), UNKNOWN),
    "counted_at_times": (COUNTED.replace(
        "BODY", "    if (cmd == 1)\n        kref_get(&kite->ref);"), UNKNOWN),
    "interrupt": (HANDLED.replace(
        "REGISTER", 'request_irq(kite->irq, kite_irq, 0, "kite", kite);'),
        UNKNOWN),
    "stored": (HANDLED.replace("REGISTER", "kite->hook->call = kite_irq;"),
               UNKNOWN),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    files = {f"drivers/{name}/main.c": lab.c(text.replace("kite", name))
             for name, (text, _) in CASES.items()}
    return lab.shared(lab.make(
        tmp_path_factory.mktemp("commands") / "linux", files))


@pytest.mark.parametrize("name", CASES)
def test_how_long(found: Analysis, name: str) -> None:
    """Long where user space says when; at once is short; else it is asked."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert (decision.disposition, decision.code) == CASES[name][1], \
        decision.reason


@pytest.mark.parametrize("name, what", [
    ("interrupt", "is given to request_irq() here"),
    ("stored", "is stored in stored->hook->call here")])
def test_a_handler_is_named(found: Analysis, name: str, what: str) -> None:
    """Who answers has to know when it runs."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    assert f"{name}_irq(), which drops them, {what}" in decision.reason
    rows = lab.c(CASES[name][0]).split("\n")
    line = next(n for n, row in enumerate(rows, 1) if "@given" in row)
    assert decision.blocked_by == f"drivers/{name}/main.c:{line}"
