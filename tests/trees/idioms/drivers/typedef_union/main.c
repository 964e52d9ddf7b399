// SPDX-License-Identifier: GPL-2.0-only
/* The place of the pages has a second name. */
#include <linux/mm.h>

typedef struct { /* @blocks */
	union {
		struct page *user;
		struct page *own;
	};
	bool mine;
} typedef_union_t;

int typedef_union_take(typedef_union_t *ctx, unsigned long start)
{
	if (get_user_pages_fast(start, 1, FOLL_WRITE, &ctx->user) != 1)
		return -EFAULT;
	ctx->mine = false;
	return 0;
}

int typedef_union_make(typedef_union_t *ctx)
{
	ctx->own = alloc_page(GFP_KERNEL);
	ctx->mine = true;
	return ctx->own ? 0 : -ENOMEM;
}

void typedef_union_drop(typedef_union_t *ctx)
{
	put_page(ctx->user);
}
