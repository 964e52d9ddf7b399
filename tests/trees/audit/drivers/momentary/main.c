// SPDX-License-Identifier: GPL-2.0-only
/* FOLL_LONGTERM for pins that are over at once, and for some that last. */
#include <linux/mm.h>

struct momentary_ring {
	struct page *page;
};

int momentary_bad(unsigned long addr, void *to)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_LONGTERM, &page) != 1) /* @longterm-for-a-moment */
		return -EFAULT;
	memcpy(to, page_address(page), 64);
	unpin_user_page(page);
	return 0;
}

int momentary_waits(unsigned long addr, struct completion *done)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	ring(page_to_nid(page));
	wait_for_completion(done);
	unpin_user_page(page);
	return 0;
}

static int momentary_keep(struct momentary_ring *ring, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	if (prepare(ring)) {
		unpin_user_page(page);
		return -EIO;
	}
	ring->page = page;
	return 0;
}

static void momentary_drop(struct momentary_ring *ring)
{
	unpin_user_page(ring->page);
}
