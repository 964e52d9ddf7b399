// SPDX-License-Identifier: GPL-2.0-only
/* A page that a socket buffer owns is put on an error path. */
#include <linux/mm.h>

int moved_bad(unsigned long addr, struct sk_buff *skb)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	skb_fill_page_desc(skb, 0, page, 0, 4096);
	ret = queue(skb);
	if (ret)
		put_page(page);	/* @release-after-move */
	return ret;
}

int moved_good(unsigned long addr, struct sk_buff *skb)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	ret = grow(skb);
	if (ret) {
		put_page(page);
		return ret;
	}
	skb_fill_page_desc(skb, 0, page, 0, 4096);
	return 0;
}
