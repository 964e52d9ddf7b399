// SPDX-License-Identifier: GPL-2.0-only
/* A variable that points into a caller's array, which the caller drops. */
#include <linux/mm.h>

struct load {
	struct page **pages;
	unsigned int count;
};

int load_fill(struct load *load, unsigned long at, unsigned int wanted)
{
	struct page **next;
	long got = 0;

	while (load->count < wanted) {
		next = &load->pages[load->count];
		got = pin_user_pages_fast(at + load->count * PAGE_SIZE,
					  wanted - load->count, 0, next);
		if (got < 0)
			break;
		load->count += got;
	}
	return got < 0 ? got : 0;
}

static void load_drop(struct load *load)
{
	unsigned int i;

	for (i = 0; i < load->count; i++)
		unpin_user_page(load->pages[i]);
}

int load_send(struct load *load, unsigned long at, unsigned int wanted)
{
	int err = load_fill(load, at, wanted);

	if (load->count)
		load_move(load->pages, load->count);
	load_drop(load);
	return err;
}

int load_own(struct load *load, unsigned long at)
{
	struct page **next = kcalloc(8, sizeof(*next), GFP_KERNEL);
	int got;

	got = pin_user_pages_fast(at, 8, 0, next);
	if (got < 0)
		return got;
	if (load->count)
		return -EBUSY;	/* @leak-error */
	unpin_user_pages(next, got);
	kfree(next);
	return 0;
}
