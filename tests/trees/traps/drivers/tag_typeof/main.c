// SPDX-License-Identifier: GPL-2.0-only
/* an inner structure without a tag, named by typeof() */
#include <linux/mm.h>

struct tag_typeof_boat {
	int oars;
	struct {
		struct page *sail_tf;
		bool up;
	} mast;
};

static int tag_typeof_grab(unsigned long addr, struct page **page)
{
	int ret = get_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM,
				      page);

	if (ret != 1)
		return -EFAULT;
	return 0;
}

static void tag_typeof_strike(typeof(((struct tag_typeof_boat *)0)->mast) *mast)
{
	if (!mast->up)
		return;
	set_page_dirty_lock(mast->sail_tf);
	put_page(mast->sail_tf); /* @release */
	mast->up = false;
}

static long tag_typeof_ioctl(struct file *file, unsigned int cmd,
			     unsigned long addr)
{
	struct tag_typeof_boat *boat = file->private_data;
	struct page *page;

	if (tag_typeof_grab(addr, &page))
		return -EFAULT;
	if (boat->mast.up) {
		put_page(page); /* @release */
		return -EBUSY;
	}
	boat->mast.sail_tf = page;
	boat->mast.up = true;
	return 0;
}

static int tag_typeof_close(struct inode *inode, struct file *file)
{
	struct tag_typeof_boat *boat = file->private_data;

	tag_typeof_strike(&boat->mast);
	return 0;
}

static const struct file_operations tag_typeof_fops = {
	.unlocked_ioctl = tag_typeof_ioctl,
	.release = tag_typeof_close,
};
