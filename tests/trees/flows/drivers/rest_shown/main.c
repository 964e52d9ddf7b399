// SPDX-License-Identifier: GPL-2.0-only
/* A loop goes on where another one ended, and begins at zero again. */
#include <linux/mm.h>

struct crate {
	struct page *page;
};

void crates_send(struct crate *crates, int n);

static void crates_drop(struct crate *crates, int n)
{
	while (n-- > 0)
		put_page(crates[n].page); /* @release */
}

int store_send(struct crate *crates, unsigned long at)
{
	struct page *row[16];
	int got, i = 0;

	got = get_user_pages_fast(at, 16, 0, row);
	while (i < got) {
		crates[i].page = row[i];
		i++;
	}
	if (got < 16) {
		crates_drop(crates, i);
		return -EFAULT;
	}
	crates_send(crates, got);
	i = 0;
	while (i < got)
		put_page(row[i++]); /* @release */
	return 0;
}
