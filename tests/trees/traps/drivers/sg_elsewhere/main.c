// SPDX-License-Identifier: GPL-2.0-only
/* the scatterlist is dropped by a helper of another folder */
#include <linux/mm.h>

struct ctx_sg_elsewhere {
	struct page *page;
	struct page *pages[8];
	struct scatterlist sg[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_sg_elsewhere(struct ctx_sg_elsewhere *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (ctx->mapped) {
		put_page(page); /* @release */
		return -EIO;
	}
	sg_set_page(&ctx->sg[0], page, 4096, 0);
	return 0;
}

void drop_sg_elsewhere(struct ctx_sg_elsewhere *ctx)
{
	toy_sg_free_sg_elsewhere(ctx->sg, ctx->n);
}

const struct toy_operations sg_elsewhere_ops = {
	.take = take_sg_elsewhere,
	.drop = drop_sg_elsewhere,
};
