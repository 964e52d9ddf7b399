// SPDX-License-Identifier: GPL-2.0-only
/* structures with tags inside another one: each is one type everywhere */
#include "door.h"

static int tag_inside_grab(unsigned long addr, struct page **page)
{
	int ret = get_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM,
				      page);

	if (ret != 1)
		return -EFAULT;
	return 0;
}

static long tag_inside_ioctl(struct file *file, unsigned int cmd,
			     unsigned long addr)
{
	struct tag_inside_door *door = file->private_data;
	struct page *page;

	if (tag_inside_grab(addr, &page))
		return -EFAULT;
	if (door->frame.left.glass_ti) {
		put_page(page); /* @release */
		return -EBUSY;
	}
	door->frame.left.glass_ti = page;
	return 0;
}

static int tag_inside_close(struct inode *inode, struct file *file)
{
	struct tag_inside_door *door = file->private_data;

	tag_inside_sweep(&door->frame.left);
	kfree(door);
	return 0;
}

static const struct file_operations tag_inside_fops = {
	.unlocked_ioctl = tag_inside_ioctl,
	.release = tag_inside_close,
};
