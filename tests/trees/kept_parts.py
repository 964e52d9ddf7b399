# SPDX-License-Identifier: GPL-2.0-only
"""Parts of small drivers that keep the pages of a buffer for a while."""

from __future__ import annotations

# What all of them have: a buffer in a list, with its pages.
HEAD = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/list.h>
#include <linux/kref.h>

struct buf;

struct buf_ops {
    void (*drop)(struct buf *buf);
};

struct buf {
    struct list_head node;
    struct kref ref;
    unsigned long addr;
    struct page **pages;
    int nr;
    void (*drop)(struct buf *buf);
    const struct buf_ops *ops;
};

struct job {
    void *buf;
    int nr;
};

struct dev {
    struct list_head bufs;
    struct buf *busy;
    int users;
    int irq;
};

static struct dev *the_dev;

static void drop_pages(struct buf *buf)
{
    int i;

    for (i = 0; i < buf->nr; i++)
        put_page(buf->pages[i]);
    kfree(buf->pages);
    buf->nr = 0;
}

static int take_pages(struct buf *buf, unsigned long addr, int nr)
{
    int got;

    buf->pages = kcalloc(nr, sizeof(*buf->pages), GFP_KERNEL);
    if (!buf->pages)
        return -ENOMEM;
    got = get_user_pages_fast(addr, nr, FOLL_WRITE, buf->pages);
    if (got <= 0) {
        kfree(buf->pages);
        return -EFAULT;
    }
    buf->nr = got;
    buf->addr = addr;
    dma_map_page(NULL, buf->pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
    return 0;
}

static struct buf *find(struct dev *dev, unsigned long addr)
{
    struct buf *buf;

    list_for_each_entry(buf, &dev->bufs, node)
        if (buf->addr == addr)
            return buf;
    return NULL;
}
"""

# One entry point with a command in each arm; what they call, differs.
TAIL = """
static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct dev *dev = file->private_data;
    long ret = -ENOTTY;

    switch (_IOC_TYPE(cmd)) {
    case 'b':
        ret = command(dev, cmd, arg);
        break;
    }
    return ret;
}

static const struct file_operations dev_fops = {
    .unlocked_ioctl = dev_ioctl,
    .release = dev_release,
};
"""
RELEASE = """
static int dev_release(struct inode *inode, struct file *file)
{
    struct dev *dev = file->private_data;
    struct buf *buf, *next;

    list_for_each_entry_safe(buf, next, &dev->bufs, node)
        forget(buf);
    return 0;
}
"""
COMMAND = """
static long command(struct dev *dev, unsigned int cmd, unsigned long arg)
{
    struct request req;

    if (copy_from_user(&req, (void __user *)arg, sizeof(req)))
        return -EFAULT;
    switch (req.what) {
    case ADD:
        return add(dev, req.addr, req.nr);
    case FORGET:
        return forget_at(dev, req.addr);
    }
    return -EINVAL;
}
"""
