// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/pfn.h>

int dev_map_chunk(void *dev, u64 iova, u64 size, u64 phys);
void dev_unmap_range(void *dev, u64 iova, u64 end);

/* The device unpins what is mapped when it is unmapped. */
int ring_map(void *dev, u64 iova, u64 uaddr, unsigned long npages)
{
	unsigned long list_size = PAGE_SIZE / sizeof(struct page *);
	unsigned long map_pfn = 0, last_pfn = 0, pfn, sz, chunks = 0, i;
	struct page **list;
	u64 start = iova, size;
	long pinned;
	int ret = 0;

	list = (struct page **)__get_free_page(GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	mmap_read_lock(current->mm);
	while (npages) {
		sz = min_t(unsigned long, npages, list_size);
		pinned = pin_user_pages(uaddr, sz, FOLL_LONGTERM, list, NULL);
		if (sz != pinned) {
			if (pinned < 0) {
				ret = pinned;
			} else {
				unpin_user_pages(list, pinned);
				ret = -ENOMEM;
			}
			goto out;	/* @leak-error */
		}
		chunks++;
		if (!last_pfn)
			map_pfn = page_to_pfn(list[0]);
		for (i = 0; i < pinned; i++) {
			pfn = page_to_pfn(list[i]);
			if (last_pfn && pfn != last_pfn + 1) {
				size = PFN_PHYS(last_pfn - map_pfn + 1);
				ret = dev_map_chunk(dev, iova, size,
						    PFN_PHYS(map_pfn));
				if (ret) {
					unpin_user_pages(&list[i], pinned - i);
					goto out;	/* @leak-error */
				}
				map_pfn = pfn;
				iova += size;
				chunks = 0;
			}
			last_pfn = pfn;
		}
		uaddr += PFN_PHYS(pinned);
		npages -= pinned;
	}
	ret = dev_map_chunk(dev, iova, PFN_PHYS(last_pfn - map_pfn + 1),
			    PFN_PHYS(map_pfn));
out:
	if (ret) {
		if (chunks)
			for (pfn = map_pfn; pfn <= last_pfn; pfn++)
				unpin_user_page(pfn_to_page(pfn));
		dev_unmap_range(dev, start, iova);
	}
	mmap_read_unlock(current->mm);
	free_page((unsigned long)list);
	return ret;	/* @leak-error */
}
