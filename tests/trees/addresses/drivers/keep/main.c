// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct toy_buffer {
	struct page **pages;
	long count;
};

int toy_attach(struct toy_buffer *buffer, unsigned long addr, int nr)
{
	struct page **pages = kvcalloc(nr, sizeof(*pages), GFP_KERNEL);
	long i, got;

	if (!pages)
		return -ENOMEM;
	got = get_user_pages(addr, nr, FOLL_WRITE | FOLL_LONGTERM, pages);
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

void toy_detach(struct toy_buffer *buffer)
{
	long i;

	for (i = 0; i < buffer->count; i++)
		put_page(buffer->pages[i]); /* @release */
	kvfree(buffer->pages);
}
