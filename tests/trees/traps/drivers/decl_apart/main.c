// SPDX-License-Identifier: GPL-2.0-only
/* two blocks have a variable of the same name and type */
#include <linux/mm.h>

struct ctx_decl_apart {
	struct page *page;
	int mapped;
};

int take_decl_apart(struct ctx_decl_apart *ctx, unsigned long addr)
{
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page) != 1)
		return -EFAULT;
	ctx->mapped = 1;
	dma_map_page(NULL, ctx->page, 0, 4096, 0);
	return 0;
}

void drop_decl_apart(struct ctx_decl_apart *ctx, int dirty)
{
	if (dirty) {
		struct page *page = ctx->page;

		set_page_dirty_lock(page);
		put_page(page); /* @release */
	} else {
		struct page *page = ctx->page;

		put_page(page); /* @release */
	}
	ctx->page = NULL;
}

static int drop_all_decl_apart(struct inode *inode, struct file *file)
{
	drop_decl_apart(file->private_data, 1);
	return 0;
}

static long ioctl_decl_apart(struct file *file, unsigned int cmd,
			     unsigned long arg)
{
	return take_decl_apart(file->private_data, arg);
}

const struct file_operations decl_apart_ops = {
	.unlocked_ioctl = ioctl_decl_apart,
	.release = drop_all_decl_apart,
};
