// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct toy_transfer {
	const void *data;
};

/* Only reads, but by whoever gets the address; that may be a device. */
int toy_lend(struct toy *toy, unsigned long addr)
{
	struct toy_transfer transfer;
	struct page *page;
	int ret;

	if (get_user_pages(addr, 1, 0, &page) < 1)
		return -EFAULT;
	transfer.data = kmap(page); /* @blocks */
	ret = toy_send(toy, &transfer);
	kunmap(page);
	put_page(page);
	return ret;
}
