// SPDX-License-Identifier: GPL-2.0-only
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct shot {
	struct page **pages;
	void *addr;
	unsigned long offset;
};

static void shot_copy(struct shot *shot, const void *data, size_t bytes)
{
	while (bytes) {
		size_t part = min(bytes, PAGE_SIZE - shot->offset);

		if (!shot->addr)
			shot->addr = kmap_atomic(*shot->pages);
		memcpy(shot->addr + shot->offset, data, part);
		data += part;
		bytes -= part;
		shot->offset += part;
		if (shot->offset == PAGE_SIZE) {
			kunmap_atomic(shot->addr);
			shot->addr = NULL;
			shot->offset = 0;
			shot->pages++;
		}
	}
}

int shot_getsockopt(unsigned long start, int nr, const void *data, size_t len)
{
	struct shot shot = { };
	struct page **pages;
	int ret;

	pages = kmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(start, nr, FOLL_WRITE, pages);
	if (ret != nr) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		kfree(pages);
		return -EAGAIN;
	}
	shot.pages = pages;
	shot_copy(&shot, data, len);
	if (shot.addr)
		kunmap_atomic(shot.addr);
	unpin_user_pages_dirty_lock(pages, nr, true);
	kfree(pages);
	return 0;
}
