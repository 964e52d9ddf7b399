// SPDX-License-Identifier: GPL-2.0-only
/* As main.c, but pages are found again by their numbers, and may be marked then. */
#include <linux/mm.h>

struct lodger {
	struct page **pages;
	int count;
};

int lodger_map(struct lodger *lodger, unsigned long at, int count,
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
	lodger->pages = pages;
	lodger->count = count;
	return 0;
put:
	for (i = 0; i < got; i++)
		unpin_user_page(pages[i]);
	kfree(pages);
	return -EFAULT;
}

void lodger_unmap(struct lodger *lodger)
{
	int i;

	for (i = 0; i < lodger->count; i++)
		unpin_user_page(lodger->pages[i]);
	kfree(lodger->pages);
}

void lodger_wrote(struct lodger *lodger, unsigned long number)
{
	lodger_note(lodger, pfn_to_page(number));
}
