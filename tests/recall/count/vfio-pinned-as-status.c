// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct pin_batch {
	struct page **pages;
	int size;
};

/* Returns how many pages were pinned, or an error. */
static int batch_pin(struct pin_batch *batch, unsigned long addr, long nr)
{
	int ret;

	mmap_read_lock(current->mm);
	ret = pin_user_pages(addr, nr, FOLL_WRITE | FOLL_LONGTERM,
			     batch->pages, NULL);
	if (ret > 0)
		batch->size = ret;
	else if (!ret)
		ret = -EFAULT;
	mmap_read_unlock(current->mm);
	return ret;
}

static int batch_pin_one(struct pin_batch *batch, unsigned long addr,
			 struct page **page)
{
	int ret;

	ret = batch_pin(batch, addr, 1);
	if (ret)
		return ret;
	*page = batch->pages[0];	/* @count-as-error */
	return 0;
}

int batch_add(struct pin_batch *batch, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = batch_pin_one(batch, addr, &page);
	if (ret)
		return ret;
	set_page_dirty_lock(page);
	unpin_user_page(page);
	return 0;
}
