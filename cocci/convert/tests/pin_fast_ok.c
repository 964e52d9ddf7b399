// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int many(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, FOLL_WRITE, NULL, pages); /* @pin refused="was not made" */
}

static int deep(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, (FOLL_GET) | FOLL_WRITE, pages); /* @pin refused="cannot be taken out" */
}

static int dead(unsigned long addr, struct page **pages)
{
#if 0
	return get_user_pages_fast(addr, 1, FOLL_WRITE, pages); /* @pin refused="was not made" */
#endif
	return pin_user_pages_fast(addr, 1, FOLL_WRITE, pages);
}
