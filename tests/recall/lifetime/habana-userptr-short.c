// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct acc_buf {
	struct list_head node;
	struct page **pages;
	unsigned int npages;
	struct sg_table sgt;
};

struct acc_ctx {
	struct list_head bufs;
};

static int acc_pin(struct acc_buf *buf, unsigned long addr, unsigned int n)
{
	int rc;

	buf->pages = kvmalloc_array(n, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages)
		return -ENOMEM;
	rc = pin_user_pages_fast(addr, n, FOLL_FORCE | FOLL_WRITE,	/* @not-longterm */
				 buf->pages);
	if (rc != n) {
		if (rc > 0)
			unpin_user_pages(buf->pages, rc);
		rc = rc < 0 ? rc : -EFAULT;
		goto free;
	}
	buf->npages = n;
	rc = sg_alloc_table_from_pages(&buf->sgt, buf->pages, n, 0,
				       n << PAGE_SHIFT, GFP_KERNEL);
	if (!rc)
		return 0;
	unpin_user_pages(buf->pages, n);
free:
	kvfree(buf->pages);
	return rc;
}

static void acc_unpin(struct acc_buf *buf)
{
	sg_free_table(&buf->sgt);
	unpin_user_pages_dirty_lock(buf->pages, buf->npages, true);
	kvfree(buf->pages);
	list_del(&buf->node);
	kfree(buf);
}

static long acc_map(struct acc_ctx *ctx, unsigned long addr)
{
	struct acc_buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	int rc;

	if (!buf)
		return -ENOMEM;
	rc = acc_pin(buf, addr, 16);
	if (rc) {
		kfree(buf);
		return rc;
	}
	list_add_tail(&buf->node, &ctx->bufs);
	return 0;
}

static long acc_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == 1 ? acc_map(file->private_data, arg) : -ENOTTY;
}

static int acc_release(struct inode *inode, struct file *file)
{
	struct acc_ctx *ctx = file->private_data;
	struct acc_buf *buf, *next;

	list_for_each_entry_safe(buf, next, &ctx->bufs, node)
		acc_unpin(buf);
	return 0;
}

const struct file_operations acc_fops = {
	.unlocked_ioctl = acc_ioctl,
	.release = acc_release,
};
