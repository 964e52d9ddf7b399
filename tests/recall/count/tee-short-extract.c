// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct ta_mem {
	struct page **pages;
	size_t num_pages;
	size_t offset;
};

int ta_register(struct page **pages, size_t num);

struct ta_mem *ta_mem_get(void __user *addr, size_t length)
{
	struct ta_mem *mem;
	struct iov_iter iter;
	size_t num, off;
	struct iovec iov;
	ssize_t len;
	int ret;

	ret = import_single_range(ITER_DEST, addr, length, &iov, &iter);
	if (ret < 0)
		return ERR_PTR(ret);
	mem = kzalloc(sizeof(*mem), GFP_KERNEL);
	if (!mem)
		return ERR_PTR(-ENOMEM);
	num = iov_iter_npages(&iter, INT_MAX);
	mem->pages = kcalloc(num, sizeof(*mem->pages), GFP_KERNEL);
	if (!mem->pages) {
		ret = -ENOMEM;
		goto free_mem;
	}
	len = iov_iter_extract_pages(&iter, &mem->pages, LONG_MAX, num, 0,	/* @short-pin-as-full */
				     &off);
	if (unlikely(len <= 0)) {
		ret = len ? len : -ENOMEM;
		goto free_pages;
	}
	mem->offset = off;
	mem->num_pages = num;
	ret = ta_register(mem->pages, num);
	if (ret)
		goto put_pages;
	return mem;

put_pages:
	unpin_user_pages(mem->pages, mem->num_pages);
free_pages:
	kfree(mem->pages);
free_mem:
	kfree(mem);
	return ERR_PTR(ret);
}

void ta_mem_put(struct ta_mem *mem)
{
	unpin_user_pages(mem->pages, mem->num_pages);
	kfree(mem->pages);
	kfree(mem);
}
