// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct crypt_region {
	struct list_head list;
	struct page **pages;
	unsigned long npages;
	unsigned long addr;
};

static LIST_HEAD(crypt_regions);

static struct page **crypt_pin(unsigned long addr, unsigned long n,
			     unsigned int flags)
{
	struct page **pages;
	int got;

	pages = kvcalloc(n, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	got = pin_user_pages_fast(addr, n, flags, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kvfree(pages);
		return ERR_PTR(-ENOMEM);
	}
	return pages;
}

static long crypt_register(unsigned long addr, unsigned long n)
{
	struct crypt_region *region = kzalloc(sizeof(*region), GFP_KERNEL);

	if (!region)
		return -ENOMEM;
	region->pages = crypt_pin(addr, n, FOLL_WRITE | FOLL_LONGTERM);
	if (IS_ERR(region->pages)) {
		long ret = PTR_ERR(region->pages);

		kfree(region);
		return ret;
	}
	region->npages = n;
	region->addr = addr;
	list_add_tail(&region->list, &crypt_regions);
	return 0;
}

static long crypt_unregister(unsigned long addr)
{
	struct crypt_region *region;

	list_for_each_entry(region, &crypt_regions, list) {
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

static long crypt_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case 1:
		return crypt_register(arg, 16);
	case 2:
		return crypt_unregister(arg);
	}
	return -ENOTTY;
}

const struct file_operations crypt_fops = {
	.unlocked_ioctl = crypt_ioctl,
};
