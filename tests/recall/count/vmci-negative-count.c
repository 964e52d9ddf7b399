// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct pair_half {
	struct page **pages;
	u64 num;
};

static void half_release(struct page **pages, u64 num, bool dirty)
{
	u64 i;

	for (i = 0; i < num; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
		pages[i] = NULL;
	}
}

int half_get_both(struct pair_half *in, struct pair_half *out, u64 in_addr,
		  u64 out_addr)
{
	int got;

	got = get_user_pages_fast(in_addr, in->num, 1, in->pages);
	if (got < (int)in->num) {
		half_release(in->pages, got, false);	/* @negative-count */
		return -ENOMEM;
	}
	got = get_user_pages_fast(out_addr, out->num, 1, out->pages);
	if (got < (int)out->num) {
		half_release(out->pages, got, false);	/* @negative-count */
		half_release(in->pages, in->num, false);
		return -ENOMEM;
	}
	return 0;
}

void half_put_both(struct pair_half *in, struct pair_half *out)
{
	half_release(in->pages, in->num, true);
	half_release(out->pages, out->num, true);
}
