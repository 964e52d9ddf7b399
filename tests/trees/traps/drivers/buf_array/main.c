// SPDX-License-Identifier: GPL-2.0-only
/* an array of structures, each with pages of its own; one kind is allocated */
#include <linux/mm.h>

struct frame_buf_array {
	struct page *pages[64];
	int nr;
	int from_user;
};

struct dev_buf_array {
	struct frame_buf_array frames[8];
};

int user_frame_buf_array(struct dev_buf_array *dev, int k, unsigned long addr)
{
	struct frame_buf_array *f = &dev->frames[k];
	int got = get_user_pages_fast(addr, 64, FOLL_WRITE, f->pages);

	if (got < 0)
		return got;
	f->nr = got;
	f->from_user = 1;
	return 0;
}

int kernel_frame_buf_array(struct dev_buf_array *dev, int k)
{
	struct frame_buf_array *f = dev->frames + k;

	for (f->nr = 0; f->nr < 64; f->nr++) {
		f->pages[f->nr] = alloc_page(GFP_KERNEL);
		if (!f->pages[f->nr])
			return -ENOMEM;
	}
	return 0;
}

void drop_frames_buf_array(struct dev_buf_array *dev)
{
	int k, i;

	for (k = 0; k < 8; k++)
		for (i = 0; i < dev->frames[k].nr; i++)
			put_page(dev->frames[k].pages[i]); /* @mixed */
}
