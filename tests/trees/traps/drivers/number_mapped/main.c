// SPDX-License-Identifier: GPL-2.0-only
/* an IOMMU knows the page's number, and the page stays */
#include <linux/mm.h>

int map_number_mapped(struct iommu_domain *domain, unsigned long addr)
{
	struct page *page;
	int ret;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	ret = iommu_map(domain, addr, PFN_PHYS(page_to_pfn(page)), 4096, 0);
	if (ret)
		put_page(page); /* @release */
	return ret;
}

void unmap_number_mapped(struct iommu_domain *domain, unsigned long addr)
{
	phys_addr_t place = iommu_iova_to_phys(domain, addr);

	iommu_unmap(domain, addr, 4096);
	put_page(pfn_to_page(place >> PAGE_SHIFT)); /* @release */
}
