// SPDX-License-Identifier: GPL-2.0-only
/* Two calls take pages, one function drops those of both. */
#include <linux/mm.h>

static void shared_put_all(struct page **pages, int nr)
{
	while (nr-- > 0)
		put_page(pages[nr]); /* @release */
}

int shared_put_copy(unsigned long from, unsigned long to)
{
	struct page *source[4], *target[4];
	int i, got, room;

	got = get_user_pages_fast(from, 4, 0, source);
	if (got < 0)
		return got;
	room = get_user_pages_fast(to, got, FOLL_WRITE, target);
	for (i = 0; i < room; i++)
		toy_dma(page_to_phys(source[i]), page_to_phys(target[i]));
	shared_put_all(target, room);
	shared_put_all(source, got);
	return room;
}
