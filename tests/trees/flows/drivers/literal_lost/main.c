// SPDX-License-Identifier: GPL-2.0-only
/* Nothing says what the members are, and which one is first. */
#include <linux/mm.h>

int tap_run(unsigned long at, struct elsewhere *out)
{
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*out = (struct elsewhere) { got, 1 }; /* @blocks */
	put_page(got);
	return 0;
}
