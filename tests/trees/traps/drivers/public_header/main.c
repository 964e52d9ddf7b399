// SPDX-License-Identifier: GPL-2.0-only
/* public header, and another release */
#include <linux/mm.h>

#include <linux/toy_public_header.h>

int take_public_header(struct toyreq_public_header *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	ctx->dma = dma_map_page(ctx->dev, page, 0, 4096, 0);
	if (dma_mapping_error(ctx->dev, ctx->dma)) {
		put_page(page); /* @release */
		return -EIO;
	}
	ctx->userpg = page;
	return 0;
}


void stop_public_header(struct toyreq_public_header *ctx)
{
	put_page(ctx->userpg); /* @release */
}

const struct toy_operations public_header_ops = {
	.take = take_public_header,
	.stop = stop_public_header,
};
