// SPDX-License-Identifier: GPL-2.0-only
/* The pages go on in a table that grows, and are dropped out of it. */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct sg_append_mem {
	struct sg_append_table table;
	bool writable;
};

int sg_append_map(struct sg_append_mem *mem, unsigned long start, int nr)
{
	struct page **pages = (struct page **)__get_free_page(GFP_KERNEL);
	int i, got, ret;

	if (!pages)
		return -ENOMEM;
	got = get_user_pages_fast(start, nr, FOLL_WRITE, pages);
	if (got != nr) {
		for (i = 0; i < got; i++)
			put_page(pages[i]); /* @release */
		free_page((unsigned long)pages);
		return -EFAULT;
	}
	ret = sg_alloc_append_table_from_pages(&mem->table, pages, nr, 0,
					       nr * PAGE_SIZE, UINT_MAX, 0,
					       GFP_KERNEL);
	if (ret)
		for (i = 0; i < nr; i++)
			put_page(pages[i]); /* @release */
	free_page((unsigned long)pages);
	return ret;
}

void sg_append_unmap(struct sg_append_mem *mem)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&mem->table.sgt, sg, i) {
		if (mem->writable)
			set_page_dirty_lock(sg_page(sg));
		put_page(sg_page(sg)); /* @release */
	}
	sg_free_append_table(&mem->table);
}

const struct toy_operations sg_append_ops = {
	.map = sg_append_map,
	.unmap = sg_append_unmap,
};
