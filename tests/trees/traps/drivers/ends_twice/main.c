// SPDX-License-Identifier: GPL-2.0-only
/* what drops the pages is compiled in one of two forms */
#include <linux/mm.h>

struct ends_twice_lot {
	struct page **pages;
	unsigned int held;
};

#if IS_ENABLED(CONFIG_TOY_NONCOHERENT)
static inline void settle_ends_twice(struct ends_twice_lot *lot)
{
	while (lot->held) {
		lot->held--;
		flush_dcache_page(lot->pages[lot->held]);
		set_page_dirty_lock(lot->pages[lot->held]);
		put_page(lot->pages[lot->held]); /* @release */
	}
}
#else
static inline void settle_ends_twice(struct ends_twice_lot *lot)
{
	while (lot->held) {
		lot->held--;
		set_page_dirty_lock(lot->pages[lot->held]);
		put_page(lot->pages[lot->held]); /* @release */
	}
}
#endif

int stamp_ends_twice(struct ends_twice_lot *lot, unsigned long from, int nr)
{
	int got = get_user_pages_fast(from, nr, FOLL_WRITE, lot->pages);

	if (got <= 0)
		return -EFAULT;
	lot->held = got;
	clear_highpage(lot->pages[0]);
	settle_ends_twice(lot);
	return 0;
}
