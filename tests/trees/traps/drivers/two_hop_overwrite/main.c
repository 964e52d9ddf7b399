// SPDX-License-Identifier: GPL-2.0-only
/* local reused for a second page that came by two hops */
#include <linux/mm.h>

struct ctx_two_hop_overwrite {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_two_hop_overwrite(struct ctx_two_hop_overwrite *ctx, unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < n) {
		for (i = 0; i < ret; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	{
		struct page *one, *tmp;

		one = pages[0];
		dma_map_page(NULL, one, 0, 4096, 0);
		tmp = pages[1];
		ctx->page = tmp;
		put_page(one); /* @release */
		one = ctx->page;
		put_page(one); /* @release */
	}
	return 0;
}

