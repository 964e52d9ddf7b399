// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct host_region {
	struct list_head list;
	struct page **pages;
	unsigned long npages;
	unsigned long addr;
};

static LIST_HEAD(host_regions);

static struct page **host_pin(unsigned long addr, unsigned long n,
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

static long host_register(unsigned long addr, unsigned long n)
{
	struct host_region *region = kzalloc(sizeof(*region), GFP_KERNEL);

	if (!region)
		return -ENOMEM;
	region->pages = host_pin(addr, n, FOLL_LONGTERM);
	if (IS_ERR(region->pages)) {
		long ret = PTR_ERR(region->pages);

		kfree(region);
		return ret;
	}
	region->npages = n;
	region->addr = addr;
	list_add_tail(&region->list, &host_regions);
	return 0;
}

static long host_unregister(unsigned long addr)
{
	struct host_region *region;

	list_for_each_entry(region, &host_regions, list) {
		if (region->addr != addr)
			continue;
		list_del(&region->list);
		unpin_user_pages(region->pages, region->npages);
		kvfree(region->pages);
		kfree(region);
		return 0;
	}
	return -EINVAL;
}

static long host_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case 1:
		return host_register(arg, 16);
	case 2:
		return host_unregister(arg);
	}
	return -ENOTTY;
}

const struct file_operations host_fops = {
	.unlocked_ioctl = host_ioctl,
};
