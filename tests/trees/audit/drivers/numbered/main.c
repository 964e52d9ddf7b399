// SPDX-License-Identifier: GPL-2.0-only
/* A page number that is asked about is no way back to the pages. */
#include <linux/mm.h>

struct guest {
	struct page **pages;
	int count;
};

int guest_map(struct guest *guest, unsigned long at, int count,
	      unsigned long first)
{
	struct page **pages;
	int i, got;

	if (pfn_valid(first) && !PageReserved(pfn_to_page(first)))
		return -EFAULT;
	pages = kcalloc(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(at, count, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got != count)
		goto put;
	for (i = 0; i < count; i++)
		hypervisor_add(page_to_phys(pages[i]));
	guest->pages = pages;
	guest->count = count;
	return 0;
put:
	for (i = 0; i < got; i++)
		unpin_user_page(pages[i]);
	kfree(pages);
	return -EFAULT;
}

void guest_unmap(struct guest *guest)
{
	int i;

	for (i = 0; i < guest->count; i++)
		unpin_user_page(guest->pages[i]);	/* @not-dirtied */
	kfree(guest->pages);
}
