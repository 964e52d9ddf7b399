// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct gpu_buf {
	struct list_head node;
	struct page **pages;
	unsigned int npages;
	struct sg_table sgt;
};

struct gpu_ctx {
	struct list_head bufs;
};

static int gpu_pin(struct gpu_buf *buf, unsigned long addr, unsigned int n)
{
	int rc;

	buf->pages = kvmalloc_array(n, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages)
		return -ENOMEM;
	rc = pin_user_pages_fast(addr, n, FOLL_WRITE | FOLL_LONGTERM,
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

static void gpu_unpin(struct gpu_buf *buf)
{
	sg_free_table(&buf->sgt);
	unpin_user_pages_dirty_lock(buf->pages, buf->npages, true);
	kvfree(buf->pages);
	list_del(&buf->node);
	kfree(buf);
}

static long gpu_map(struct gpu_ctx *ctx, unsigned long addr)
{
	struct gpu_buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	int rc;

	if (!buf)
		return -ENOMEM;
	rc = gpu_pin(buf, addr, 16);
	if (rc) {
		kfree(buf);
		return rc;
	}
	list_add_tail(&buf->node, &ctx->bufs);
	return 0;
}

static long gpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == 1 ? gpu_map(file->private_data, arg) : -ENOTTY;
}

static int gpu_release(struct inode *inode, struct file *file)
{
	struct gpu_ctx *ctx = file->private_data;
	struct gpu_buf *buf, *next;

	list_for_each_entry_safe(buf, next, &ctx->bufs, node)
		gpu_unpin(buf);
	return 0;
}

const struct file_operations gpu_fops = {
	.unlocked_ioctl = gpu_ioctl,
	.release = gpu_release,
};
