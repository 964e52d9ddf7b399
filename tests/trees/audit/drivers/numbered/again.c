// SPDX-License-Identifier: GPL-2.0-only
/* As main.c, but the pages are found again and marked by their numbers. */
#include <linux/mm.h>

struct host {
	unsigned long first;
	int count;
};

int host_map(struct host *host, unsigned long at, int count)
{
	struct page *page;
	int i;

	for (i = 0; i < count; i++) {
		if (pin_user_pages_fast(at + i * PAGE_SIZE, 1,
					FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
			return -EFAULT;
		host_note(host, page_to_pfn(page));
		hypervisor_add(page_to_phys(page));
		if (host->count > 64) {
			unpin_user_page(page);
			return -ENOMEM;
		}
	}
	return 0;
}

void host_unmap(struct host *host)
{
	int i;

	for (i = 0; i < host->count; i++)
		host_drop(pfn_to_page(host->first + i));
}
