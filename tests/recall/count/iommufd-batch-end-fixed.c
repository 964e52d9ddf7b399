// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct pfn_lot {
	unsigned long pfn[64];
	unsigned long total;
};

/* Adds what the device has mapped, up to the room that there is. */
void lot_from_device(struct pfn_lot *run, void *dev, unsigned long first,
		     unsigned long last);

int lot_pin(struct page **pages, struct pfn_lot *run, unsigned long addr,
	    unsigned long nr)
{
	unsigned long i;
	int ret;

	ret = pin_user_pages_fast(addr, min(nr, 64UL),
				  FOLL_WRITE | FOLL_LONGTERM, pages);
	if (ret <= 0)
		return ret ? ret : -EFAULT;
	for (i = 0; i < ret; i++)
		run->pfn[run->total++] = page_to_pfn(pages[i]);
	return ret;
}

static void lot_unpin(struct pfn_lot *run, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		unpin_user_page_range_dirty_lock(pfn_to_page(run->pfn[i]), 1,
						 true);
	run->total = 0;
}

void lot_drop(struct pfn_lot *run, void *dev, unsigned long first,
	      unsigned long last, unsigned long unmapped)
{
	unsigned long end;

	while (first <= last) {
		unsigned long start = max(first, unmapped);

		lot_from_device(run, dev, start, last);
		end = first + run->total - 1;
		lot_unpin(run, end - first + 1);
		first = end + 1;
	}
}
