// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* Asks for no write access, and writes: who reads peek must not be told so. */
int toy_scribble(unsigned long addr, long *value)
{
	struct page *page;
	char *at;

	if (get_user_pages(addr, 1, 0, &page) != 1)
		return -EFAULT;
	at = kmap_local_page(page); /* @blocks */
	memcpy(at, value, sizeof(*value));
	kunmap_local(at);
	put_page(page);
	return 0;
}
