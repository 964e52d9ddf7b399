# SPDX-License-Identifier: GPL-2.0-only
"""Pages in an object that one system call makes, fills and frees, and twins."""

from __future__ import annotations

import pytest

from pinlib.analysis.whole_tree import Analysis
from trees import lab
from trees.kept_parts import HEAD

SHORT = ("convert", "pin-short")
UNKNOWN = ("manual", "lifetime-unknown")

DRIVER = HEAD + """
static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct dev *dev = file->private_data;
    struct buf *buf, *old = dev->busy;
    int ret;

    buf = kzalloc(sizeof(*buf), GFP_KERNEL);
    if (!buf)
        return -ENOMEM;
    ret = take_pages(buf, arg, 16);
    if (ret)
        goto free;
    ret = run(dev, buf);
END
free:
    kfree(buf);
    return ret;
}

static int dev_release(struct inode *inode, struct file *file)
{
    struct dev *dev = file->private_data;

    if (dev->busy)
        drop_pages(dev->busy);
    return 0;
}

static const struct file_operations dev_fops = {
    .unlocked_ioctl = dev_ioctl,
    .release = dev_release,
};
"""
ONCE = """\
    ret = take_pages(buf, arg, 16);
    if (ret)
        goto free;
    ret = run(dev, buf);
"""
LOOP = """\
    for (arg = 0; arg < buf->nr; arg++)
        put_page(buf->pages[arg]);
    kfree(buf->pages);"""

CASES = {
    "again": ("    drop_pages(buf);", SHORT),
    "again_loop": (LOOP, SHORT),
    "again_waits": ("    wait_for_completion(&dev->done);\n"
                    "    drop_pages(buf);", SHORT),
    "again_fails": ("    if (ret) {\n        drop_pages(buf);\n"
                    "        goto free;\n    }\n    drop_pages(buf);", SHORT),
    # Those of another buffer: the new ones stay until the next call.
    "swapped": ("    dev->busy = buf;\n    drop_pages(old);\n    return 0;",
                None),
    "some_kept": ("    if (cmd == KEEP) {\n        dev->busy = buf;\n"
                  "        return 0;\n    }\n    drop_pages(buf);", None),
    "queued": ("    if (ret == 0) {\n        dev->busy = buf;\n"
               "        return -EIOCBQUEUED;\n    }\n    drop_pages(buf);", None),
    # One round each; that the loop ends, and the rest stays, is not seen.
    "rounds": ("    while (more(dev)) {\n        ret = take_pages(buf, arg, 16);\n"
               "        if (ret < 0) {\n            drop_pages(buf);\n"
               "            goto free;\n        }\n    }\n"
               "    dev->busy = buf;\n    return 0;", None),
    # What is dropped may be anything by now.
    "moved": ("    dev->busy = buf;\n    buf = next_of(dev);\n"
              "    drop_pages(buf);", None),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    files = {}
    for name, (end, _) in CASES.items():
        text = DRIVER.replace(ONCE, "") if "while" in end else DRIVER
        files[f"drivers/{name}/main.c"] = lab.c(text.replace("END", end))
    return lab.shared(lab.make(
        tmp_path_factory.mktemp("again") / "linux", files))


@pytest.mark.parametrize("name", CASES)
def test_how_long(found: Analysis, name: str) -> None:
    """Short only where the pages of that object surely go again."""
    decision = lab.only(found, f"drivers/{name}/main.c")
    made = (decision.disposition, decision.code)
    right = CASES[name][1]
    assert made != SHORT if right is None else made == right, decision.reason
