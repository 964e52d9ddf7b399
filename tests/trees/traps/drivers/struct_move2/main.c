// SPDX-License-Identifier: GPL-2.0-only
/* acquired into a made object, moved to one made elsewhere */
#include <linux/mm.h>

struct ctx_struct_move2 {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

static void finish_struct_move2(struct ctx_struct_move2 *c)
{
	put_page(c->page); /* @release */
	kfree(c);
}

int take_struct_move2(unsigned long addr, struct list_head *list)
{
	struct ctx_struct_move2 *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page);
	if (ret != 1) {
		kfree(ctx);
		return -EFAULT;
	}
	if (dma_map_page(NULL, ctx->page, 0, 4096, 0)) {
		put_page(ctx->page); /* @release */
		kfree(ctx);
		return -EIO;
	}
	list_add(&ctx->list, list);
	return 0;
}

void move_struct_move2(struct list_head *list)
{
	struct ctx_struct_move2 *old = list_first_entry(list, struct ctx_struct_move2, list);
	struct ctx_struct_move2 *new = kzalloc(sizeof(*new), GFP_KERNEL);

	*new = *old;
	old->page = NULL;
	finish_struct_move2(new);
}

const struct toy_operations struct_move2_ops = {
	.take = take_struct_move2,
	.move = move_struct_move2,
};
