// SPDX-License-Identifier: GPL-2.0-only
/* A descriptor of the caller's shows the pages, which are given back here. */
#include <linux/mm.h>

struct chunk {
	struct page *page;
	unsigned int len;
};

int motor_run(struct chunk *chunks, int n);

int tap_run(struct chunk *chunks, unsigned long at, int n)
{
	struct page *row[16];
	int full, i, ret;

	full = get_user_pages_fast(at, n, FOLL_WRITE, row);
	if (full <= 0)
		return -EFAULT;
	for (i = 0; i < full; i++) {
		chunks[i].page = row[i];
		chunks[i].len = PAGE_SIZE;
	}
	ret = motor_run(chunks, full);
	for (i = 0; i < full; i++) {
		set_page_dirty_lock(row[i]);
		put_page(row[i]); /* @release */
	}
	return ret;
}
