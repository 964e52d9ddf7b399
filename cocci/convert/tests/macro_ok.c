// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define drop_all(pages, n, i, flag)			\
	do {						\
		for ((i) = 0; (i) < (n); (i)++)		\
			put_page((pages)[i]); /* @unpin-if flag=flag refused="was not made" */ \
	} while (0)

static void dangling(struct page *page, bool more)
{
	put_page(page);
}
