// SPDX-License-Identifier: GPL-2.0-only
/* A member of a member, which another function drops. */
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

int tap_run(unsigned long at, struct chunk *out)
{
	struct page *got;
	int ret;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*out = (struct chunk) { .id = 1, .part = { .page = got, .len = 1 } };
	ret = motor_run(out);
	chunk_drop(out);
	return ret;
}
