// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define drop_all(pages, n, i)				\
	do {						\
		for ((i) = 0; (i) < (n); (i)++)		\
			put_page((pages)[i]); /* @unpin */	\
	} while (0)

#define drop_one(page) put_page(page) /* @unpin */

static ssize_t after(struct iov_iter *iter, struct page **pages)
{
	struct page *page;
	size_t offset;
	ssize_t n;

	n = iov_iter_get_pages2(iter, &page, 1, 1, &offset); /* @extract local=extracted */
	if (n > 0)
		drop_one(page);
	return n;
}
