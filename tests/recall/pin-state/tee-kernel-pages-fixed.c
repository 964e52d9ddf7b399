// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct slot {
	struct page **pages;
	size_t num;
	bool user;
};

static void slot_put_pages(struct slot *slot)
{
	if (slot->user)
		unpin_user_pages(slot->pages, slot->num);
}

static int slot_fill(struct slot *slot, struct iov_iter *iter)
{
	size_t off, num = iov_iter_npages(iter, INT_MAX);
	ssize_t len;

	slot->pages = kcalloc(num, sizeof(*slot->pages), GFP_KERNEL);
	if (!slot->pages)
		return -ENOMEM;
	len = iov_iter_extract_pages(iter, &slot->pages, LONG_MAX, num, 0,
				     &off);
	if (len <= 0) {
		kfree(slot->pages);
		return len ? len : -ENOMEM;
	}
	slot->num = DIV_ROUND_UP(off + len, PAGE_SIZE);
	slot->user = iov_iter_extract_will_pin(iter);
	return 0;
}

/* The buffer may be kmalloc()ed. */
int slot_of_kernel(struct slot *slot, void *addr, size_t length)
{
	struct kvec kvec = { .iov_base = addr, .iov_len = length };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, length);
	return slot_fill(slot, &iter);
}

int slot_of_user(struct slot *slot, void __user *addr, size_t length)
{
	struct iov_iter iter;
	struct iovec iov;
	int ret;

	ret = import_single_range(ITER_DEST, addr, length, &iov, &iter);
	return ret < 0 ? ret : slot_fill(slot, &iter);
}

void slot_free(struct slot *slot)
{
	slot_put_pages(slot);
	kfree(slot->pages);
}
