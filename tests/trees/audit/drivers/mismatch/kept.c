// SPDX-License-Identifier: GPL-2.0-only
/* A pin goes through an object; whoever frees that drops a reference. */
#include <linux/mm.h>
#include <linux/slab.h>

struct kept_doorbell {
	struct page *page;
};

static void kept_free(struct kept_doorbell *bell)
{
	struct page *last = bell->page;

	put_page(last);	/* @mismatch */
	kfree(bell);
}

int kept_ring(unsigned long addr)
{
	struct kept_doorbell *bell = kzalloc(sizeof(*bell), GFP_KERNEL);
	struct page *page;

	if (!bell)
		return -ENOMEM;
	if (pin_user_pages_fast(addr, 1, 0, &page) != 1) {
		kfree(bell);
		return -EFAULT;
	}
	bell->page = page;
	ring(page_to_nid(page));
	kept_free(bell);
	return 0;
}
