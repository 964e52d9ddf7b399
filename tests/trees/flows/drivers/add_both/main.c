// SPDX-License-Identifier: GPL-2.0-only
/* Who else calls what stores the page took its page in the same way. */
#include <linux/mm.h>

struct add_both {
	struct page *row[16];
	int count;
};

static void add_one(struct add_both *add, struct page *page)
{
	add->row[add->count++] = page;
}

int add_user_both(struct add_both *add, unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	add_one(add, page);
	return 0;
}

int add_more_both(struct add_both *add, unsigned long at)
{
	struct page *next;

	if (get_user_pages(at, 1, FOLL_WRITE, &next, NULL) != 1)
		return -EFAULT;
	add_one(add, next);
	return 0;
}

int add_all_both(struct add_both *add, unsigned long at)
{
	int ret = add_user_both(add, at);

	if (!ret)
		ret = add_more_both(add, at + PAGE_SIZE);
	while (add->count)
		if (add->row[--add->count])
			put_page(add->row[add->count]); /* @blocks */
	return ret;
}
