// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/pfn.h>

int iotlb_map(void *dev, u64 iova, u64 size, u64 phys);
void iotlb_unmap(void *dev, u64 iova, u64 end);

/* The device unpins what is mapped when it is unmapped. */
int iotlb_update(void *dev, u64 iova, unsigned long addr, unsigned long npages)
{
	unsigned long list_size = PAGE_SIZE / sizeof(struct page *);
	struct page **list;
	u64 start = iova;
	long pinned;
	int ret = 0;
	long i;

	list = (struct page **)__get_free_page(GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	mmap_read_lock(current->mm);
	while (npages) {
		unsigned long want = min_t(unsigned long, npages, list_size);

		ret = -ENOMEM;
		pinned = pin_user_pages(addr, want, FOLL_LONGTERM, list, NULL);
		if (want != pinned) {
			goto out;	/* @leak-short-pin */
		}
		for (i = 0; i < pinned; i++) {
			ret = iotlb_map(dev, iova, PAGE_SIZE,
					page_to_phys(list[i]));
			if (ret) {
				goto out;
			}
			iova += PAGE_SIZE;
		}
		addr += pinned << PAGE_SHIFT;
		npages -= pinned;
	}
out:
	if (ret)
		iotlb_unmap(dev, start, iova);
	mmap_read_unlock(current->mm);
	free_page((unsigned long)list);
	return ret;
}
