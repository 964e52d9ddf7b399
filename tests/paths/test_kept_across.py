# SPDX-License-Identifier: GPL-2.0-only
"""Pages that stay in an object from one entry point to another, and twins."""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab
from trees.kept_parts import COMMAND, COUNTED, FORGET, HEAD, RELEASE, TAIL

LONG = ("convert", "pin-longterm")
UNKNOWN = ("manual", "lifetime-unknown")

# The function that drops the pages is called through a member.
MEMBER = HEAD + """
static void forget(struct buf *buf)
{
    list_del(&buf->node);
    if (buf->drop)
        buf->drop(buf);
    kfree(buf);
}

static int add(struct dev *dev, unsigned long addr, int nr)
{
    struct buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
    int ret;

    if (!buf)
        return -ENOMEM;
    buf->drop = NULL;
    ret = take_pages(buf, addr, nr);
    if (ret) {
        kfree(buf);
        return ret;
    }
    buf->drop = drop_pages;
    list_add(&buf->node, &dev->bufs);
AFTER    return 0;
}
""" + FORGET + COMMAND + RELEASE + TAIL
READ = """
static void lend(struct buf *buf, struct hook *hook)
{
    hook->call = buf->drop;
}
"""
HIDDEN = """
#define run_drop(buf) ((buf)->drop(buf))
"""
ELSEWHERE = """
static void watch(struct buf *buf)
{
    on_timeout(drop_pages, buf);
}
"""
OPS = MEMBER.replace("    if (buf->drop)\n        buf->drop(buf);\n",
                     "    buf->ops->drop(buf);\n").replace(
    "    buf->drop = drop_pages;\n", "    buf->ops = &user_ops;\n").replace(
    "    buf->drop = NULL;\n", "").replace(
    "static void forget(", "static const struct buf_ops user_ops = {\n"
    "    .drop = drop_pages,\n};\n\nstatic void forget(")
ARRAY = MEMBER.replace("    if (buf->drop)\n        buf->drop(buf);\n",
                       "    drops[0](buf);\n").replace(
    "    buf->drop = drop_pages;\n", "").replace(
    "    buf->drop = NULL;\n", "").replace(
    "static void forget(", "static void (*const drops[])(struct buf *) = {\n"
    "    drop_pages,\n};\n\nstatic void forget(")
OLD = MEMBER.replace(".unlocked_ioctl = ", "unlocked_ioctl: ").replace(
    ".release = ", "release: ")

IN_IOCTL = "    struct dev *dev = get_dev(file->irq, 1);\n    long"
ATOMIC = COUNTED.replace("dev->users++", "atomic_inc(&dev->users)").replace(
    "if (--dev->users == 0)", "if (atomic_dec_and_test(&dev->users))")
LOWERED = COUNTED.replace("dev->users++", "os_atomic_add(&dev->users, 1)"
                          ).replace("if (--dev->users == 0)",
                                    "was = os_atomic_dec(&dev->users);\n"
                                    "    if (was == 1)").replace(
    "    struct buf *buf, *next;\n\n    was",
    "    struct buf *buf, *next;\n    int was;\n\n    was")

# A reference count in the buffer: of the command, and of each transfer.
KREF = HEAD + """
static void last(struct kref *ref)
{
    struct buf *buf = container_of(ref, struct buf, ref);

    list_del(&buf->node);
    drop_pages(buf);
    kfree(buf);
}

static void forget(struct buf *buf)
{
    kref_put(&buf->ref, last);
}

static struct buf *make(struct dev *dev, unsigned long addr, int nr)
{
    struct buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);

    if (!buf)
        return ERR_PTR(-ENOMEM);
    if (take_pages(buf, addr, nr)) {
        kfree(buf);
        return ERR_PTR(-EFAULT);
    }
    kref_init(&buf->ref);
    list_add(&buf->node, &dev->bufs);
    return buf;
}

static void finished(struct job *job)
{
    struct buf *buf = job->buf;

    forget(buf);
}

static int add(struct dev *dev, unsigned long addr, int nr)
{
    struct buf *buf = find(dev, addr);

    if (buf) {
        kref_get(&buf->ref);
    } else {
        buf = make(dev, addr, nr);
        if (IS_ERR(buf))
            return PTR_ERR(buf);
    }
    if (copy_to_user(NULL, &buf->nr, sizeof(buf->nr))) {
        forget(buf);
        return -EFAULT;
    }
AFTER    return 0;
}

static int start(struct dev *dev, unsigned long addr, struct job *job)
{
    struct buf *buf = find(dev, addr);

    if (!buf)
        return -ENOENT;
    kref_get(&buf->ref);
    job->buf = buf;
    device_start(job, finished);
    return 0;
}
""" + FORGET + COMMAND.replace("    case FORGET:", """\
    case START:
        return start(dev, req.addr, req.job);
    case FORGET:""") + RELEASE + TAIL

# A handler that another library calls with the buffer it was told.
CALLBACK = MEMBER.replace("static int add(", """\
static void revoked(struct buf *buf)
{
    forget(buf);
}

static int add_other(struct dev *dev, unsigned long addr)
{
    struct buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);

    if (!buf)
        return -ENOMEM;
    list_add(&buf->node, &dev->bufs);
    return other_register(addr, revoked, buf);
}

static int add(""").replace("    case FORGET:", "    case OTHER:\n        return "
                            "add_other(dev, req.addr);\n    case FORGET:")

# One buffer for all commands, that the interrupt handler finds in the device.
DEVICE = HEAD + """
static irqreturn_t handle(int irq, void *data)
{
    struct dev *dev = data;
    struct buf *buf = dev->busy;

    drop_pages(buf);
    return IRQ_HANDLED;
}

static int dev_open(struct inode *inode, struct file *file)
{
    struct dev *dev = the_dev;

    dev->busy = kzalloc(sizeof(*dev->busy), GFP_KERNEL);
    return request_irq(dev->irq, handle, 0, "dev", dev);
}

static int add(struct dev *dev, unsigned long addr, int nr)
{
    struct buf *buf = dev->busy;

    return take_pages(buf, addr, nr);
}

static int forget_at(struct dev *dev, unsigned long addr)
{
    drop_pages(dev->busy);
    return 0;
}

static int dev_release(struct inode *inode, struct file *file)
{
    struct dev *dev = file->private_data;

    drop_pages(dev->busy);
    return 0;
}
""" + COMMAND + TAIL.replace("    .release", "    .open = dev_open,\n    .release")

# A table of a library: whether a method runs when the user asks, its name says.
LIBRARY = """\
struct queue_ops {
    void (*start)(void *what);
    void (*free_job)(void *what);
};
"""
QUEUE = """
static void queue_METHOD(void *what)
{
    struct buf *buf = what;

    forget(buf);
}

static const struct queue_ops queue_ops = {
    .METHOD = queue_METHOD,
};
"""
START = """
static int __init start(void)
{
    forget(the_dev->busy);
    return -ENODEV;
}
module_init(start);
"""

NO_RELEASE = """
static int dev_release(struct inode *inode, struct file *file)
{
    return 0;
}
"""
# What it drops are pages of its own that it could not use.
UNDONE = """\
    if (take_pages(buf, addr, 1))
        return -EFAULT;
    if (dma_map(buf)) {
        drop_pages(buf);
        return -EIO;
    }
    return 0;"""
MADE = "kzalloc(sizeof(*buf), GFP_KERNEL)"
ADDED = f"""\
add(struct dev *dev, unsigned long addr, int nr)
{{
    struct buf *buf = {MADE}"""

CASES = {
    "queue_start": (MEMBER.replace("AFTER", "") + QUEUE.replace(
        "METHOD", "start"), LONG),
    "queue_freed": (MEMBER.replace("AFTER", "") + QUEUE.replace(
        "METHOD", "free_job"), UNKNOWN),
    "module_start": (MEMBER.replace("AFTER", "") + START, LONG),
    "member": (MEMBER.replace("AFTER", ""), LONG),
    "member_read": (MEMBER.replace("AFTER", "") + READ, UNKNOWN),
    "member_hidden": (MEMBER.replace("AFTER", "") + HIDDEN, UNKNOWN),
    "member_elsewhere": (MEMBER.replace("AFTER", "") + ELSEWHERE, UNKNOWN),
    # The same system call drops them again.
    "member_at_once": (MEMBER.replace(
        "AFTER", "    copy(buf);\n    forget(buf);\n"), None),
    "ops": (OPS.replace("AFTER", ""), LONG),
    "array": (ARRAY.replace("AFTER", ""), LONG),
    "array_lent": (ARRAY.replace("AFTER", "    lend(drops);\n"), UNKNOWN),
    "old": (OLD.replace("AFTER", ""), LONG),
    "counted": (COUNTED, LONG),
    "atomic": (ATOMIC, LONG),
    "lowered": (LOWERED, LONG),
    # No reference of its own: this put may be the last.
    "counted_bare": (COUNTED.replace(IN_IOCTL, IN_IOCTL.replace(
        ", 1)", ", 0)")), None),
    # The object may have been made just now.
    "counted_made": (COUNTED.replace(IN_IOCTL, IN_IOCTL.replace(
        "get_dev(file->irq, 1)", "open_dev(file->irq)")), None),
    "counted_twice": (COUNTED.replace(
        "    put_dev(dev);\n    return ret;",
        "    put_dev(dev);\n    put_dev(dev);\n    return ret;"), None),
    "kref": (KREF.replace("AFTER", ""), LONG),
    # It starts the transfer that drops them when it is done.
    "kref_started": (KREF.replace(
        "AFTER", "    start(dev, addr, the_job);\n    forget(buf);\n"), None),
    # No other function drops them, but another arm of the same.
    "arms": (MEMBER.replace("AFTER", "").replace(RELEASE, NO_RELEASE), LONG),
    "arms_undone": (MEMBER.replace("AFTER", "").replace(
        RELEASE, NO_RELEASE).replace("    forget(buf);\n    return 0;", UNDONE),
        None),
    "kref_found": (KREF.replace("AFTER", "").replace(MADE, "dev->busy"),
                   UNKNOWN),
    "kref_filled": (KREF.replace("AFTER", "    the_job(dev)->buf = buf;\n"),
                    UNKNOWN),
    "callback": (CALLBACK.replace("AFTER", ""), LONG),
    # A buffer from before, of which the library may know already.
    "callback_found": (CALLBACK.replace("AFTER", "").replace(
        ADDED, ADDED.replace(MADE, "find(dev, 0)")), UNKNOWN),
    "callback_told": (CALLBACK.replace(
        "AFTER", "    other_register(addr, revoked, buf);\n"), UNKNOWN),
    "device": (DEVICE, UNKNOWN),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    files = {f"drivers/{name}/main.c": lab.c(text)
             for name, (text, _) in CASES.items()}
    return lab.shared(lab.make(tmp_path_factory.mktemp("kept") / "linux", {
        "include/linux/list.h": lab.c(LIBRARY), **files}))


@pytest.mark.parametrize("name", CASES)
def test_how_long(found: Analysis, name: str) -> None:
    """Long only where an entry point surely leaves them to another."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    made = (decision.disposition, decision.code)
    right = CASES[name][1]
    assert made != LONG if right is None else made == right, decision.reason
