// SPDX-License-Identifier: GPL-2.0-only
/* what a device is told is made of the page's number */
#include <linux/mm.h>

int run_number_given(void __iomem *regs, unsigned long addr)
{
	struct page *page;
	unsigned long pfn;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	pfn = page_to_pfn(page);
	writeq((u64)pfn << PAGE_SHIFT, regs);
	while (!(readl(regs + 8) & 1))
		cpu_relax();
	put_page(page); /* @release */
	return 0;
}
