// SPDX-License-Identifier: GPL-2.0-only
/* an inner tag in a typedef, and once more behind an #ifdef */
#include <linux/mm.h>

typedef struct {
#ifdef CONFIG_WIDE
	struct tag_typedef_cup { struct page *tea_tt; int sugar; } *cup;
#else
	struct tag_typedef_cup { struct page *tea_tt; } *cup;
#endif
	int saucer;
} tag_typedef_tray_t;
typedef struct tag_typedef_cup tag_typedef_cup_t;

static int tag_typedef_grab(unsigned long addr, struct page **page)
{
	int ret = get_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM,
				      page);

	if (ret != 1)
		return -EFAULT;
	return 0;
}

static void tag_typedef_pour(tag_typedef_cup_t *cup)
{
	if (!cup->tea_tt)
		return;
	set_page_dirty_lock(cup->tea_tt);
	put_page(cup->tea_tt); /* @release */
	cup->tea_tt = NULL;
}

static long tag_typedef_ioctl(struct file *file, unsigned int cmd,
			      unsigned long addr)
{
	tag_typedef_tray_t *tray = file->private_data;
	struct page *page;

	if (tag_typedef_grab(addr, &page))
		return -EFAULT;
	if (tray->cup->tea_tt) {
		put_page(page); /* @release */
		return -EBUSY;
	}
	tray->cup->tea_tt = page;
	return 0;
}

static int tag_typedef_close(struct inode *inode, struct file *file)
{
	tag_typedef_tray_t *tray = file->private_data;

	tag_typedef_pour(tray->cup);
	return 0;
}

static const struct file_operations tag_typedef_fops = {
	.unlocked_ioctl = tag_typedef_ioctl,
	.release = tag_typedef_close,
};
