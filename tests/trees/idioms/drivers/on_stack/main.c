// SPDX-License-Identifier: GPL-2.0-only
/* What keeps the pages is a variable, lent to other functions. */
#include <linux/mm.h>

struct on_stack_batch {
	struct page *pages[8];
	unsigned int nr;
};

static int on_stack_get(struct on_stack_batch *batch, unsigned long start)
{
	struct page *page;
	int got = get_user_pages_fast(start, 1, FOLL_WRITE, &page);

	if (got < 0)
		return got;
	batch->pages[batch->nr++] = page;
	toy_add(page_to_phys(page));
	return 0;
}

static void on_stack_put(struct on_stack_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++)
		put_page(batch->pages[i]); /* @release */
	batch->nr = 0;
}

long on_stack_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct on_stack_batch batch = { .nr = 0 };
	int i, ret = 0;

	for (i = 0; i < 8 && !ret; i++)
		ret = on_stack_get(&batch, arg + i * PAGE_SIZE);
	if (!ret)
		ret = toy_run();
	on_stack_put(&batch);
	return ret;
}
