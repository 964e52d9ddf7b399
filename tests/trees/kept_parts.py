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
FORGET = """
static int forget_at(struct dev *dev, unsigned long addr)
{
    struct buf *buf = find(dev, addr);

    if (!buf)
        return -ENOENT;
    forget(buf);
    return 0;
}
"""

# A count keeps the buffers' owner, and every entry point takes one of its own.
COUNTED = HEAD + """
static struct dev *get_dev(int irq, int keep)
{
    struct dev *dev = the_dev;

    if (!dev || dev->irq != irq)
        return NULL;
    if (keep)
        dev->users++;
    return dev;
}

static struct dev *open_dev(int irq)
{
    struct dev *dev = the_dev;

    if (dev) {
        dev->users++;
        return dev;
    }
    dev = kzalloc(sizeof(*dev), GFP_KERNEL);
    if (dev)
        dev->users = 1;
    return dev;
}

static void put_dev(struct dev *dev)
{
    struct buf *buf, *next;

    if (--dev->users == 0) {
        list_for_each_entry_safe(buf, next, &dev->bufs, node) {
            drop_pages(buf);
            kfree(buf);
        }
        kfree(dev);
    }
}

static int add(struct dev *dev, unsigned long addr, int nr)
{
    struct buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
    int ret;

    if (!buf)
        return -ENOMEM;
    ret = take_pages(buf, addr, nr);
    if (ret) {
        kfree(buf);
        return ret;
    }
    list_add(&buf->node, &dev->bufs);
    return 0;
}

static int dev_release(struct inode *inode, struct file *file)
{
    struct dev *dev = get_dev(file->irq, 1);

    if (!dev)
        return 0;
    put_dev(dev);
    put_dev(dev);
    return 0;
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
    struct dev *dev = get_dev(file->irq, 1);
    long ret = -ENOTTY;

    if (!dev)
        return -ENODEV;
    switch (cmd) {
    case ADD:
        ret = add(dev, arg, 16);
        break;
    }
    put_dev(dev);
    return ret;
}

static const struct file_operations dev_fops = {
    .unlocked_ioctl = dev_ioctl,
    .release = dev_release,
};
"""
