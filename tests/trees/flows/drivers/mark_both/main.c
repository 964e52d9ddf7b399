// SPDX-License-Identifier: GPL-2.0-only
/* The mark of the pages is set for others as well, in another arm. */
#include <linux/fs.h>
#include <linux/mm.h>

struct sail {
	struct page *page;
	bool on;
};

struct boat {
	struct sail fore, aft;
};

static void sail_drop(struct sail *sail)
{
	if (sail->on)
		put_page(sail->page); /* @blocks */
	sail->on = false;
}

static long boat_ioctl(struct file *file, unsigned int cmd, unsigned long at)
{
	struct boat *boat = file->private_data;

	if (cmd == 1) {
		if (boat->fore.on)
			return -EBUSY;
		if (get_user_pages_fast(at, 1, FOLL_WRITE, &boat->fore.page) != 1)
			return -EFAULT;
		boat->fore.on = true;
		return 0;
	}
	if (boat->aft.on)
		return -EBUSY;
	boat->aft.page = alloc_page(GFP_KERNEL);
	if (!boat->aft.page)
		return -ENOMEM;
	boat->aft.on = true;
	return 0;
}

static int boat_release(struct inode *inode, struct file *file)
{
	struct boat *boat = file->private_data;

	sail_drop(&boat->fore);
	sail_drop(&boat->aft);
	return 0;
}

static const struct file_operations boat_fops = {
	.unlocked_ioctl = boat_ioctl,
	.release = boat_release,
};
