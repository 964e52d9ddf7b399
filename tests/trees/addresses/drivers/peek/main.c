// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* The twin of poke that only reads. */
int toy_peek(struct mm_struct *mm, unsigned long addr, long *value)
{
	unsigned int flags = FOLL_FORCE;
	struct page *page;
	char *at;

	if (get_user_pages_remote(mm, addr, 1, flags, &page, NULL) != 1)
		return -EFAULT;
	at = kmap_local_page(page) + offset_in_page(addr);
	memcpy(value, at, sizeof(*value));
	kunmap_local(at);
	put_page(page);
	return 0;
}
