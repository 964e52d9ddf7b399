// SPDX-License-Identifier: GPL-2.0-only
/* What is moved already has pages of another set in it. */
#include <linux/mm.h>

struct grown_kept_set {
	struct page **pages;
	int room, nr;
};

static int grown_kept_grow(struct grown_kept_set *set, int nr)
{
	struct page **more;

	if (nr <= set->room)
		return 0;
	more = krealloc(set->pages, nr * sizeof(*more), GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	more[set->room] = alloc_page(GFP_KERNEL);
	set->pages = more;
	set->room = nr;
	return 0;
}

static void grown_kept_drop(struct grown_kept_set *set)
{
	int i;

	for (i = 0; i < set->nr; i++)
		put_page(set->pages[i]); /* @blocks */
	set->nr = 0;
}

int grown_kept_send(struct grown_kept_set *set, unsigned long at, int nr)
{
	int got;

	if (grown_kept_grow(set, nr))
		return -ENOMEM;
	got = get_user_pages_fast(at, nr, 0, set->pages);
	if (got < 0)
		return got;
	set->nr = got;
	send_all(NULL, page_to_phys(set->pages[0]));
	grown_kept_drop(set);
	return 0;
}
