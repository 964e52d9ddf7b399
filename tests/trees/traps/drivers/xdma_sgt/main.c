// SPDX-License-Identifier: GPL-2.0-only
/* a character device: table built from the array, dropped through the array */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct io_cb_xdma_sgt {
	struct page **pages;
	unsigned int pages_nr;
	struct sg_table sgt;
	int write;
	int result;
};

static void unmap_xdma_sgt(struct io_cb_xdma_sgt *cb)
{
	int i;

	sg_free_table(&cb->sgt);
	if (!cb->pages || !cb->pages_nr)
		return;
	for (i = 0; i < cb->pages_nr; i++) {
		if (cb->pages[i]) {
			if (!cb->write)
				set_page_dirty_lock(cb->pages[i]);
			put_page(cb->pages[i]); /* @release */
		} else
			break;
	}
	kfree(cb->pages);
	cb->pages = NULL;
}

static int map_xdma_sgt(struct io_cb_xdma_sgt *cb, unsigned long buf, int nr)
{
	int i, rv;

	cb->pages = kcalloc(nr, sizeof(struct page *), GFP_KERNEL);
	if (!cb->pages)
		return -ENOMEM;
	rv = get_user_pages_fast(buf, nr, 1, cb->pages);
	if (rv < 0)
		goto err_out;
	if (rv != nr) {
		cb->pages_nr = rv;
		rv = -EFAULT;
		goto err_out;
	}
	for (i = 1; i < nr; i++)
		if (cb->pages[i - 1] == cb->pages[i]) {
			cb->pages_nr = nr;
			rv = -EFAULT;
			goto err_out;
		}
	cb->pages_nr = nr;
	rv = sg_alloc_table_from_pages(&cb->sgt, cb->pages, nr, 0,
				       (unsigned long)nr << 12, GFP_KERNEL);
	if (rv)
		goto err_out;
	return 0;
err_out:
	unmap_xdma_sgt(cb);
	return rv;
}

long submit_xdma_sgt(struct io_cb_xdma_sgt *cb, unsigned long buf, int nr)
{
	int rv = map_xdma_sgt(cb, buf, nr);

	if (rv)
		return rv;
	rv = dma_map_sg(NULL, cb->sgt.sgl, cb->sgt.nents, 0);
	unmap_xdma_sgt(cb);
	return rv;
}
