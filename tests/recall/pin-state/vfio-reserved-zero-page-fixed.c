// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct dma_entry {
	unsigned long pfn;
};

static bool entry_reserved(unsigned long pfn)
{
	return !pfn_valid(pfn) || PageReserved(pfn_to_page(pfn));
}

int entry_pin(struct dma_entry *slot, unsigned long addr)
{
	struct page *page;
	long got;

	mmap_read_lock(current->mm);
	got = pin_user_pages(addr, 1, FOLL_LONGTERM, &page, NULL);
	mmap_read_unlock(current->mm);
	if (got != 1)
		return got < 0 ? got : -EFAULT;
	/* The release passes over it. */
	if (entry_reserved(page_to_pfn(page)))
		unpin_user_page(page);
	slot->pfn = page_to_pfn(page);
	return 0;
}

void entry_unpin(struct dma_entry *slot)
{
	if (!entry_reserved(slot->pfn))
		unpin_user_page(pfn_to_page(slot->pfn));
}
