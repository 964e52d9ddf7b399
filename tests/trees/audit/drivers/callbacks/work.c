// SPDX-License-Identifier: GPL-2.0-only
/* Work that is set up, and queued only behind an exit. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct load {
	struct page *pages[8];
	int count;
	struct work_struct work;
};

static void load_work(struct work_struct *work)
{
	struct load *load = container_of(work, struct load, work);

	unpin_user_pages(load->pages, load->count);
	kfree(load);
}

/* The work is queued only behind an exit. */
int load_early(struct engine *engine, unsigned long at)
{
	struct load *load = kzalloc(sizeof(*load), GFP_KERNEL);
	int got;

	if (!load)
		return -ENOMEM;
	got = pin_user_pages_fast(at, 8, 0, load->pages);
	if (got <= 0) {
		kfree(load);
		return got ? got : -EFAULT;
	}
	load->count = got;
	INIT_WORK(&load->work, load_work);
	if (engine_start(engine, load->count)) {
		kfree(load);	/* @leak-error */
		return -EIO;
	}
	schedule_work(&load->work);
	return 0;
}

int load_good(struct engine *engine, unsigned long at)
{
	struct load *load = kzalloc(sizeof(*load), GFP_KERNEL);
	int got;

	if (!load)
		return -ENOMEM;
	got = pin_user_pages_fast(at, 8, 0, load->pages);
	if (got <= 0) {
		kfree(load);
		return got ? got : -EFAULT;
	}
	load->count = got;
	INIT_WORK(&load->work, load_work);
	if (engine_start(engine, load->count)) {
		unpin_user_pages(load->pages, load->count);
		kfree(load);
		return -EIO;
	}
	schedule_work(&load->work);
	return 0;
}
