// SPDX-License-Identifier: GPL-2.0-only
static int flow(struct page **pages, struct item *item, int n)
{
	item->page = pages[n];
	put_page(pages[0]);
	n++;
	if (!n)
		return -EFAULT;
	return item_next(item) ? n : 0;
}
