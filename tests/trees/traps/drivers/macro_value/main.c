// SPDX-License-Identifier: GPL-2.0-only
/* A macro with a value returns on the way to it. */
#include <linux/mm.h>

#define TRY(call) ({ \
	int __failed = (call); \
	if (__failed) \
		return __failed; \
	0; })

int macro_value_fill(struct toy *toy, unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, PAGE_SIZE);
	TRY(toy_note(toy, addr));	/* @leak */
	set_page_dirty_lock(page);
	put_page(page);
	return 0;
}
