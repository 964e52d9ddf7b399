// SPDX-License-Identifier: GPL-2.0-only
/* A doubtful driver asks for the page as well as for the result. */
#include <linux/mm.h>

struct page_absent_vm {
	struct page *page;
	void *buffer;
};

int page_absent_open(struct page_absent_vm *vm, unsigned long start)
{
	struct page *page;
	int ret;

	vm->buffer = kzalloc(64, GFP_KERNEL);
	if (!vm->buffer)
		return -ENOMEM;
	ret = get_user_pages_fast(start, 1, FOLL_WRITE, &page);
	if (unlikely(ret != 1) || !page) {
		ret = -EFAULT;
		goto out;
	}
	vm->page = page;
	return 0;
out:
	kfree(vm->buffer);
	return ret;
}

void page_absent_close(struct page_absent_vm *vm)
{
	put_page(vm->page); /* @release */
}

const struct toy_operations page_absent_ops = {
	.open = page_absent_open,
	.close = page_absent_close,
};
