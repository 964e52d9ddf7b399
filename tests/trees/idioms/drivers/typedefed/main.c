// SPDX-License-Identifier: GPL-2.0-only
/* Names for structures, with and without a tag, and for a pointer to one. */
#include <linux/mm.h>
#include "typedefed.h"

static void typedefed_drop(typedefed_handle req)
{
	typedefed_table_t *table = &req->in;
	int i;

	for (i = 0; i < table->nr; i++)
		put_page(table->pages[i]); /* @release */
	kfree(table->pages);
	table->nr = 0;
}

int typedefed_map(typedefed_req *req, unsigned long start, int nr)
{
	int got;

	req->in.pages = kcalloc(nr, sizeof(*req->in.pages), GFP_KERNEL);
	if (!req->in.pages)
		return -ENOMEM;
	got = get_user_pages_fast(start, nr, FOLL_WRITE, req->in.pages);
	req->in.nr = got < 0 ? 0 : got;
	if (got != nr) {
		typedefed_drop(req);
		return -EFAULT;
	}
	return 0;
}

int typedefed_close(struct inode *inode, struct file *file)
{
	typedefed_drop((typedefed_req *)file->private_data);
	return 0;
}

const struct toy_operations typedefed_ops = {
	.map = typedefed_map,
	.close = typedefed_close,
};
