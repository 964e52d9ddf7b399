// SPDX-License-Identifier: GPL-2.0-only
/* Elsewhere a literal puts an allocated page into the same member. */
#include <linux/mm.h>

struct chunk {
	int id;
	struct page *page;
};

int motor_run(struct chunk *chunk);

static void chunk_drop(struct chunk *chunk)
{
	set_page_dirty_lock(chunk->page);
	put_page(chunk->page); /* @blocks */
}

void motor_own(struct chunk *chunk)
{
	*chunk = (struct chunk) { .page = alloc_page(GFP_KERNEL) };
	motor_run(chunk);
	chunk_drop(chunk);
}

int tap_run(unsigned long at, struct chunk *out)
{
	struct page *got;
	int ret;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*out = (struct chunk) { .id = 1, .page = got };
	ret = motor_run(out);
	chunk_drop(out);
	return ret;
}
