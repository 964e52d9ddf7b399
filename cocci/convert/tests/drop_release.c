// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

static struct page *next_page(struct cursor *cursor, size_t *offset)
{
	struct page *page;
	ssize_t len;

	len = iov_iter_get_pages2(&cursor->iter, &page, PAGE_SIZE, 1, offset); /* @extract local=pages */
	if (len <= 0)
		return NULL;
	/* Whoever made the iterator holds the page. */
	VM_BUG_ON_PAGE(!PageWriteback(page) && page_count(page) < 2, page); /* @fewer token=page_count limit=1 */
	put_page(page); /* @drop */
	return page;
}

static struct page *only(struct cursor *cursor, size_t *offset)
{
	struct page *page;

	if (iov_iter_get_pages2(&cursor->iter, &page, PAGE_SIZE, 1, offset) <= 0) /* @extract local=pages */
		return NULL;

	put_page(page); /* @drop */

	return page;
}
