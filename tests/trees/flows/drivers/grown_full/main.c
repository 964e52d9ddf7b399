// SPDX-License-Identifier: GPL-2.0-only
/* The moved array goes to somebody who is not known. */
#include <linux/mm.h>

struct grown_full_set {
	struct page **pages;
	int room, nr;
};

static int grown_full_grow(struct grown_full_set *set, int nr)
{
	struct page **more;

	if (nr <= set->room)
		return 0;
	more = krealloc(set->pages, nr * sizeof(*more), GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	share_pages(more); /* @blocks */
	set->pages = more;
	set->room = nr;
	return 0;
}

static void grown_full_drop(struct grown_full_set *set)
{
	int i;

	for (i = 0; i < set->nr; i++)
		put_page(set->pages[i]);
	set->nr = 0;
}

int grown_full_send(struct grown_full_set *set, unsigned long at, int nr)
{
	int got;

	if (grown_full_grow(set, nr))
		return -ENOMEM;
	got = get_user_pages_fast(at, nr, 0, set->pages);
	if (got < 0)
		return got;
	set->nr = got;
	send_all(NULL, page_to_phys(set->pages[0]));
	grown_full_drop(set);
	return 0;
}
