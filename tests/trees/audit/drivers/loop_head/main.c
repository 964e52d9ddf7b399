// SPDX-License-Identifier: GPL-2.0-only
/* Pages taken in a loop's own test, and dropped in a loop's test. */
#include <linux/mm.h>

int loop_head_bad(struct toy *toy, unsigned long addr)
{
	struct page *page;

	while (get_user_pages_fast(addr, 1, 0, &page) == 1) {
		if (toy_map(toy->dma[0]))
			return -EIO;    /* @leak-error */
		put_page(page);
		addr += 4096;
	}
	return 0;
}

int loop_head_good(struct toy *toy, unsigned long addr)
{
	struct page *page;

	while (get_user_pages_fast(addr, 1, 0, &page) == 1) {
		if (toy_map(toy->dma[0])) {
			put_page(page);
			return -EIO;
		}
		put_page(page);
		addr += 4096;
	}
	return 0;
}

int loop_head_down_bad(struct toy *toy, unsigned long addr)
{
	struct page *pages[16];
	int n = get_user_pages_fast(addr, 16, 0, pages);

	if (n <= 0)
		return -EFAULT;
	if (toy_map(toy->dma[0]))
		return -EIO;    /* @leak-error */
	do {
		put_page(pages[--n]);
	} while (n);
	return 0;
}

int loop_head_down_good(struct toy *toy, unsigned long addr)
{
	struct page *pages[16];
	int ret = 0, n = get_user_pages_fast(addr, 16, 0, pages);

	if (n <= 0)
		return -EFAULT;
	if (toy_map(toy->dma[0]))
		ret = -EIO;
	do {
		put_page(pages[--n]);
	} while (n);
	return ret;
}
