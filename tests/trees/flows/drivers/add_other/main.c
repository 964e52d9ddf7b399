// SPDX-License-Identifier: GPL-2.0-only
/* What stores the page is called for a page of our own as well. */
#include <linux/mm.h>

struct add_other {
	struct page *row[16];
	int count;
};

static void add_one(struct add_other *add, struct page *page)
{
	add->row[add->count++] = page;
}

int add_user_other(struct add_other *add, unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	add_one(add, page);
	return 0;
}

int add_own_other(struct add_other *add)
{
	add_one(add, alloc_page(GFP_KERNEL));
	return 0;
}

int add_all_other(struct add_other *add, unsigned long at)
{
	int ret = add_user_other(add, at);

	if (!ret)
		ret = add_own_other(add);
	while (add->count)
		if (add->row[--add->count])
			put_page(add->row[add->count]); /* @blocks */
	return ret;
}
