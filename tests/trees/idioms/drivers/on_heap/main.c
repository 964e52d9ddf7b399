// SPDX-License-Identifier: GPL-2.0-only
/* What keeps the pages may stay, for the same ioctl to go on with. */
#include <linux/mm.h>

struct on_heap_batch {
	struct page *pages[8];
	unsigned int nr;
};

static int on_heap_get(struct on_heap_batch *batch, unsigned long start)
{
	struct page *page;
	int got = get_user_pages_fast(start, 1, FOLL_WRITE, &page);

	if (got < 0)
		return got;
	batch->pages[batch->nr++] = page;
	toy_add(page_to_phys(page));
	return 0;
}

static void on_heap_put(struct on_heap_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++)
		put_page(batch->pages[i]); /* @release @blocks */
	batch->nr = 0;
}

long on_heap_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct on_heap_batch *batch = file->private_data;
	int ret = 0;

	if (cmd == 1)
		ret = on_heap_get(batch, arg);
	else
		on_heap_put(batch);
	return ret;
}
