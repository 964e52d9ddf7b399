// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct kettle {
	void *lid;
	bool dirty;
};

static int kettle_open(struct kettle *kettle, unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	kettle->lid = page_address(page);
	return 0;
}

static void kettle_boil(struct kettle *kettle, bool twice)
{
	if (kettle->lid) {
		u32 *steam = kettle->lid;

		steam[0]++;
		kettle->dirty = true;
	}
	if (twice && kettle->lid) {
		u32 *steam = kettle->lid;

		steam[1]++;
	}
}

static void kettle_close(struct kettle *kettle)
{
	struct page *page = virt_to_page(kettle->lid);

	if (kettle->dirty)
		set_page_dirty_lock(page);
	put_page(page);
	kettle->lid = NULL;
}

static long kettle_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct kettle *kettle = file->private_data;

	if (cmd == KETTLE_OPEN)
		return kettle_open(kettle, arg);
	kettle_boil(kettle, cmd == KETTLE_TWICE);
	return 0;
}

static int kettle_release(struct inode *inode, struct file *file)
{
	kettle_close(file->private_data);
	return 0;
}

static const struct file_operations kettle_fops = {
	.unlocked_ioctl = kettle_ioctl,
	.release = kettle_release,
};
