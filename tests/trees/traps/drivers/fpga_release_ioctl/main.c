// SPDX-License-Identifier: GPL-2.0-only
/* pages of one ioctl, dropped in another and when the file is closed */
#include <linux/mm.h>

struct region_fpga {
	struct list_head node;
	struct page **pages;
	long npages;
	unsigned long iova;
};

struct state_fpga {
	struct list_head regions;
};

static void put_region_fpga(struct region_fpga *region)
{
	long n = region->npages;

	while (n--)
		put_page(region->pages[n]); /* @release */
	list_del(&region->node);
	kvfree(region->pages);
	kfree(region);
}

static long map_fpga(struct state_fpga *state, unsigned long addr, long n)
{
	struct region_fpga *region = kzalloc(sizeof(*region), GFP_KERNEL);

	if (!region)
		return -ENOMEM;
	region->pages = kvcalloc(n, sizeof(*region->pages), GFP_KERNEL);
	if (!region->pages) {
		kfree(region);
		return -ENOMEM;
	}
	region->npages = get_user_pages_fast(addr, n, FOLL_WRITE,
					     region->pages);
	if (region->npages != n)
		goto fail;
	region->iova = page_to_phys(region->pages[0]);
	list_add(&region->node, &state->regions);
	return 0;
fail:
	while (region->npages > 0)
		put_page(region->pages[--region->npages]); /* @release */
	kvfree(region->pages);
	kfree(region);
	return -EFAULT;
}

static long ioctl_fpga(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct state_fpga *state = file->private_data;
	struct region_fpga *region, *next;

	if (cmd == 1)
		return map_fpga(state, arg, 16);
	list_for_each_entry_safe(region, next, &state->regions, node)
		if (region->iova == arg)
			put_region_fpga(region);
	return 0;
}

static int close_fpga(struct inode *inode, struct file *file)
{
	struct state_fpga *state = file->private_data;
	struct region_fpga *region, *next;

	list_for_each_entry_safe(region, next, &state->regions, node)
		put_region_fpga(region);
	return 0;
}

const struct file_operations fops_fpga = {
	.unlocked_ioctl = ioctl_fpga,
	.release = close_fpga,
};
