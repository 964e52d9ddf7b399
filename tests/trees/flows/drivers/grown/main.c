// SPDX-License-Identifier: GPL-2.0-only
/* The array is moved to where there is room for more. */
#include <linux/mm.h>

struct grown_set {
	struct page **pages;
	int room, nr;
};

static int grown_grow(struct grown_set *set, int nr)
{
	struct page **more;

	if (nr <= set->room)
		return 0;
	more = krealloc(set->pages, nr * sizeof(*more), GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	set->pages = more;
	set->room = nr;
	return 0;
}

static void grown_drop(struct grown_set *set)
{
	int i;

	for (i = 0; i < set->nr; i++)
		put_page(set->pages[i]); /* @release */
	set->nr = 0;
}

int grown_send(struct grown_set *set, unsigned long at, int nr)
{
	int got;

	if (grown_grow(set, nr))
		return -ENOMEM;
	got = get_user_pages_fast(at, nr, 0, set->pages);
	if (got < 0)
		return got;
	set->nr = got;
	send_all(NULL, page_to_phys(set->pages[0]));
	grown_drop(set);
	return 0;
}
