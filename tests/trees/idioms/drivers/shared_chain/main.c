// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first call shares a function with the second, that one another with
 * the third, whose pages are also allocated ones: all three stay.
 */
#include <linux/mm.h>

static void shared_chain_one(struct page **pages, int nr)
{
	while (nr-- > 0)
		put_page(pages[nr]);
}

static void shared_chain_two(struct page **pages, int nr)
{
	while (nr-- > 0)
		put_page(pages[nr]);
}

int shared_chain_first(unsigned long from)
{
	struct page *first[4];
	int got = get_user_pages_fast(from, 4, FOLL_WRITE, first);

	if (got < 0)
		return got;
	memset(page_address(first[0]), 0, PAGE_SIZE);
	shared_chain_one(first, got);
	return 0;
}

int shared_chain_second(unsigned long from, bool quick)
{
	struct page *second[4];
	int got = get_user_pages_fast(from, 4, FOLL_WRITE, second);

	if (got < 0)
		return got;
	memset(page_address(second[0]), 0, PAGE_SIZE);
	if (quick)
		shared_chain_one(second, got);
	else
		shared_chain_two(second, got);
	return 0;
}

int shared_chain_third(unsigned long from, bool own)
{
	struct page *third[1];
	int got = 1;

	if (own)
		third[0] = alloc_page(GFP_KERNEL);
	else
		got = get_user_pages_fast(from, 1, FOLL_WRITE, third);
	if (got != 1 || !third[0])
		return -EFAULT;
	memset(page_address(third[0]), 0, PAGE_SIZE);
	shared_chain_two(third, 1);
	return 0;
}
