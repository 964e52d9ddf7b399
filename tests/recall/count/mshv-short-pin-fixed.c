// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

struct hv_part {
	u64 start;
	u64 nr_pages;
	struct page *pages[];
};

static void hv_part_drop(struct hv_part *slice, u64 first, u64 count)
{
	unpin_user_pages(slice->pages + first, count);
	memset(slice->pages + first, 0, count * sizeof(struct page *));
}

int hv_part_pin(struct hv_part *slice)
{
	u64 done, batch;
	struct page **pages;
	int ret;

	for (done = 0; done < slice->nr_pages; done += ret) {
		pages = slice->pages + done;
		batch = min(slice->nr_pages - done, 512ULL);
		ret = pin_user_pages_fast(slice->start + done * PAGE_SIZE,
					  batch, FOLL_WRITE | FOLL_LONGTERM,
					  pages);
		if (ret != batch)
			goto undo;
	}
	return 0;

undo:
	if (ret > 0)
		done += ret;
	hv_part_drop(slice, 0, done);
	return ret < 0 ? ret : -ENOMEM;
}

void hv_part_free(struct hv_part *slice)
{
	hv_part_drop(slice, 0, slice->nr_pages);
	vfree(slice);
}
