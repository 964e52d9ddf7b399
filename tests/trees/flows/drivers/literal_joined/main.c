// SPDX-License-Identifier: GPL-2.0-only
/* The same in one designator, in a declaration. */
#include <linux/mm.h>

struct chunk {
	int id;
	struct {
		struct page *page;
		int len;
	} part;
};

int motor_run(struct chunk *chunk);

static void chunk_drop(struct chunk *chunk)
{
	set_page_dirty_lock(chunk->part.page);
	put_page(chunk->part.page); /* @release */
}

static int tap_show(struct page *page)
{
	struct chunk made = { .part.page = page, .id = 2 };
	int ret = motor_run(&made);

	chunk_drop(&made);
	return ret;
}

int tap_run(unsigned long at)
{
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	return tap_show(got);
}
