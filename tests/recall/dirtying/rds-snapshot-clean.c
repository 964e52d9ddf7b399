// SPDX-License-Identifier: GPL-2.0-only
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct snap {
	struct page **pages;
	void *addr;
	unsigned long offset;
};

static void snap_copy(struct snap *snap, const void *data, size_t bytes)
{
	while (bytes) {
		size_t part = min(bytes, PAGE_SIZE - snap->offset);

		if (!snap->addr)
			snap->addr = kmap_atomic(*snap->pages);
		memcpy(snap->addr + snap->offset, data, part);
		data += part;
		bytes -= part;
		snap->offset += part;
		if (snap->offset == PAGE_SIZE) {
			kunmap_atomic(snap->addr);
			snap->addr = NULL;
			snap->offset = 0;
			snap->pages++;
		}
	}
}

int snap_getsockopt(unsigned long start, int nr, const void *data, size_t len)
{
	struct snap snap = { };
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
	snap.pages = pages;
	snap_copy(&snap, data, len);
	if (snap.addr)
		kunmap_atomic(snap.addr);
	unpin_user_pages(pages, nr);	/* @not-dirtied */
	kfree(pages);
	return 0;
}
