// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int many(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, FOLL_WRITE, NULL, pages); /* @pin refused="was not made" */
}

static long old(unsigned long addr, struct page **pages)
{
	return get_user_pages(addr, 1, FOLL_WRITE, pages, NULL); /* @pin refused="was not made" */
}

static long another(unsigned long addr, struct page **pages)
{
	return get_user_pages_unlocked(addr, 1, pages, (FOLL_GET) | FOLL_WRITE); /* @pin refused="cannot be taken out" */
}

static int deep(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, (FOLL_GET) | FOLL_WRITE, pages); /* @pin refused="cannot be taken out" */
}

static int held(unsigned long addr, struct page **page)
{
	return hold_all(addr, page); /* @lasting token=hold_all flags=1 args=3 refused="was not made" */
}

static int dead(unsigned long addr, struct page **pages)
{
#if 0
	return get_user_pages_fast(addr, 1, FOLL_WRITE, pages); /* @pin refused="was not made" */
#endif
	return pin_user_pages_fast(addr, 1, FOLL_WRITE, pages);
}
