// SPDX-License-Identifier: GPL-2.0-only
/* A request that was started gives them back when it is done. */
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
	if (!ret)
		return 0;
	for (i = 0; i < full; i++)
		put_page(row[i]); /* @blocks */
	return ret;
}

void tap_done(struct chunk *chunks, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(chunks[i].page);
}
