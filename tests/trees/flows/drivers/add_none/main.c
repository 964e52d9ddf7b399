// SPDX-License-Identifier: GPL-2.0-only
/* Who else calls what stores the page passes none. */
#include <linux/mm.h>

struct add_none {
	struct page *row[16];
	int count;
};

static void add_one(struct add_none *add, struct page *page)
{
	add->row[add->count++] = page;
}

int add_user_none(struct add_none *add, unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	add_one(add, page);
	return 0;
}

int add_hole_none(struct add_none *add)
{
	add_one(add, NULL);
	return 0;
}

int add_all_none(struct add_none *add, unsigned long at)
{
	int ret = add_user_none(add, at);

	if (!ret)
		ret = add_hole_none(add);
	while (add->count)
		if (add->row[--add->count])
			put_page(add->row[add->count]); /* @release */
	return ret;
}
