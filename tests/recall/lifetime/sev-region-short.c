// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct enc_region {
	struct list_head list;
	struct page **pages;
	unsigned long npages;
	unsigned long addr;
};

static LIST_HEAD(enc_regions);

static struct page **enc_pin(unsigned long addr, unsigned long n,
			     unsigned int flags)
{
	struct page **pages;
	int got;

	pages = kvcalloc(n, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	got = pin_user_pages_fast(addr, n, flags, pages);	/* @not-longterm */
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kvfree(pages);
		return ERR_PTR(-ENOMEM);
	}
	return pages;
}

static long enc_register(unsigned long addr, unsigned long n)
{
	struct enc_region *region = kzalloc(sizeof(*region), GFP_KERNEL);

	if (!region)
		return -ENOMEM;
	region->pages = enc_pin(addr, n, FOLL_WRITE);
	if (IS_ERR(region->pages)) {
		long ret = PTR_ERR(region->pages);

		kfree(region);
		return ret;
	}
	region->npages = n;
	region->addr = addr;
	list_add_tail(&region->list, &enc_regions);
	return 0;
}

static long enc_unregister(unsigned long addr)
{
	struct enc_region *region;

	list_for_each_entry(region, &enc_regions, list) {
		if (region->addr != addr)
			continue;
		list_del(&region->list);
		unpin_user_pages_dirty_lock(region->pages, region->npages, true);
		kvfree(region->pages);
		kfree(region);
		return 0;
	}
	return -EINVAL;
}

static long enc_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case 1:
		return enc_register(arg, 16);
	case 2:
		return enc_unregister(arg);
	}
	return -ENOTTY;
}

const struct file_operations enc_fops = {
	.unlocked_ioctl = enc_ioctl,
};
