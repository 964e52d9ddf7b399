// SPDX-License-Identifier: GPL-2.0-only
/* It goes on with another table. */
#include <linux/mm.h>

static struct scatterlist *table_changed_skip(struct scatterlist *sg, unsigned int nr)
{
	while (sg && nr--)
		sg = sg_next(sg);
	if (!sg)
		return NULL;
	sg = sg_spare(sg);
	sg->offset = 0;
	return sg;
}

static int table_changed_fill(unsigned long at, int nr, struct page **pages,
		     struct scatterlist *sg, struct scatterlist **first)
{
	int got, i;

	got = get_user_pages_fast(at, nr, 0, pages);
	if (got != nr) {
		for (i = 0; i < got; i++)
			put_page(pages[i]);
		return -EFAULT;
	}
	for (i = 0; i < got; i++)
		sg_set_page(&sg[i], pages[i], PAGE_SIZE, 0);
	*first = sg;
	*first = table_changed_skip(*first, 1); /* @blocks */
	return 0;
}

int table_changed_send(unsigned long at)
{
	struct scatterlist sg[8], *first;
	struct page *pages[8];
	int i;

	if (table_changed_fill(at, 8, pages, sg, &first))
		return -EFAULT;
	dma_map_sg(NULL, first, 7, DMA_TO_DEVICE);
	for (i = 0; i < 8; i++)
		put_page(pages[i]);
	return 0;
}
