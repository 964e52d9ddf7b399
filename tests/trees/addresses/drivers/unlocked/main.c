// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct old_buffer {
	struct page **pages;
	long count;
};

int old_attach(struct old_buffer *buffer, unsigned long addr, int nr)
{
	struct page **pages = kvcalloc(nr, sizeof(*pages), GFP_KERNEL);
	long i, got;

	if (!pages)
		return -ENOMEM;
	got = get_user_pages_unlocked(addr, nr, pages, FOLL_WRITE);
	if (got < nr) {
		for (i = 0; i < got; i++)
			put_page(pages[i]); /* @release */
		kvfree(pages);
		return -EFAULT;
	}
	buffer->pages = pages;
	buffer->count = got;
	return 0;
}

void old_detach(struct old_buffer *buffer)
{
	long i;

	for (i = 0; i < buffer->count; i++)
		put_page(buffer->pages[i]); /* @release */
	kvfree(buffer->pages);
}

const struct toy_operations unlocked_ops = {
	.old_attach = old_attach,
	.old_detach = old_detach,
};
