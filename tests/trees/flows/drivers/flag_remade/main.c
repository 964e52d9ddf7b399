// SPDX-License-Identifier: GPL-2.0-only
/* The local is made of the flag, and of something else later. */
#include <linux/fs.h>
#include <linux/mm.h>

#define TAP_USER 1
#define TAP_BUSY 2

struct tap {
	struct page **row;
	int full;
	unsigned int flags;
};

static int tap_open(struct inode *inode, struct file *file)
{
	struct tap *tap = kzalloc(sizeof(*tap), GFP_KERNEL);

	if (!tap)
		return -ENOMEM;
	tap->row = well_get_pages(tap);
	tap->full = 4;
	file->private_data = tap;
	return 0;
}

static long tap_ioctl(struct file *file, unsigned int cmd, unsigned long at)
{
	struct tap *tap = file->private_data;
	struct page **row = kvmalloc_array(4, sizeof(*row), GFP_KERNEL);
	int full;

	if (!row)
		return -ENOMEM;
	full = get_user_pages_fast(at, 4, FOLL_WRITE, row);
	if (full != 4) {
		if (full > 0)
			release_pages(row, full);
		kvfree(row);
		return -EFAULT;
	}
	tap->flags |= TAP_USER;
	tap->row = row;
	tap->full = full;
	memset(page_address(row[0]), 1, 8);
	return 0;
}

static int tap_release(struct inode *inode, struct file *file)
{
	struct tap *tap = file->private_data;
	bool user = !!(tap->flags & TAP_USER);

	if (inode->i_private)
		user = true;
	if (user) {
		release_pages(tap->row, tap->full);
		kvfree(tap->row);
	} else {
		well_put_pages(tap->row); /* @blocks */
	}
	kfree(tap);
	return 0;
}

const struct file_operations tap_fops = {
	.open = tap_open,
	.unlocked_ioctl = tap_ioctl,
	.release = tap_release,
};
