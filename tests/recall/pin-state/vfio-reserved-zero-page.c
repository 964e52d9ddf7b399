// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct dma_slot {
	unsigned long pfn;
};

static bool slot_reserved(unsigned long pfn)
{
	return !pfn_valid(pfn) || PageReserved(pfn_to_page(pfn));
}

int slot_pin(struct dma_slot *slot, unsigned long addr)
{
	struct page *page;
	long got;

	mmap_read_lock(current->mm);
	got = pin_user_pages(addr, 1, FOLL_LONGTERM, &page, NULL);
	mmap_read_unlock(current->mm);
	if (got != 1)
		return got < 0 ? got : -EFAULT;
	slot->pfn = page_to_pfn(page);
	return 0;
}

void slot_unpin(struct dma_slot *slot)
{
	if (!slot_reserved(slot->pfn))
		unpin_user_page(pfn_to_page(slot->pfn));
}
