// SPDX-License-Identifier: GPL-2.0-only
/* A callback drops the pages, but on some ways out it never runs. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/completion.h>

struct haul {
	struct page **pages;
	int count;
	void (*done)(struct haul *haul);
	struct work_struct work;
	struct engine *engine;
};

static void haul_done(struct haul *haul)
{
	unpin_user_pages(haul->pages, haul->count);
	kfree(haul->pages);
	kfree(haul);
}

/* Submission fails, and the callback never runs. */
int haul_bad(struct engine *engine, unsigned long at, int n)
{
	struct haul *haul = kzalloc(sizeof(*haul), GFP_KERNEL);
	int err;

	if (!haul)
		return -ENOMEM;
	haul->pages = kcalloc(n, sizeof(*haul->pages), GFP_KERNEL);
	if (!haul->pages) {
		kfree(haul);
		return -ENOMEM;
	}
	haul->count = pin_user_pages_fast(at, n, 0, haul->pages);
	if (haul->count != n) {
		if (haul->count > 0)
			unpin_user_pages(haul->pages, haul->count);
		kfree(haul->pages);
		kfree(haul);
		return -EFAULT;
	}
	haul->done = haul_done;
	err = engine_submit(engine, haul);
	if (err) {
		kfree(haul->pages);	/* @leak-error */
		kfree(haul);
		return err;
	}
	return 0;
}

/* An exit before the callback is set. */
int haul_early(struct engine *engine, unsigned long at, int n)
{
	struct haul *haul = kzalloc(sizeof(*haul), GFP_KERNEL);
	int got;

	if (!haul)
		return -ENOMEM;
	haul->pages = kcalloc(n, sizeof(*haul->pages), GFP_KERNEL);
	if (!haul->pages) {
		kfree(haul);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(at, n, 0, haul->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(haul->pages, got);
		kfree(haul->pages);
		kfree(haul);
		return -EFAULT;
	}
	haul->count = got;
	if (engine_busy(engine)) {
		kfree(haul->pages);
		kfree(haul);
		return -EBUSY;	/* @leak-error */
	}
	haul->done = haul_done;
	engine_queue(engine, haul);
	return 0;
}

/* The same with a release. */
int haul_good(struct engine *engine, unsigned long at, int n)
{
	struct haul *haul = kzalloc(sizeof(*haul), GFP_KERNEL);
	int err;

	if (!haul)
		return -ENOMEM;
	haul->pages = kcalloc(n, sizeof(*haul->pages), GFP_KERNEL);
	if (!haul->pages) {
		kfree(haul);
		return -ENOMEM;
	}
	haul->count = pin_user_pages_fast(at, n, 0, haul->pages);
	if (haul->count <= 0) {
		err = haul->count ? haul->count : -EFAULT;
		goto free;
	}
	haul->done = haul_done;
	err = engine_submit(engine, haul);
	if (err)
		goto unpin;
	return 0;
unpin:
	unpin_user_pages(haul->pages, haul->count);
free:
	kfree(haul->pages);
	kfree(haul);
	return err;
}

/* The function goes with the call that may fail. */
int haul_given(struct engine *engine, unsigned long at, int n)
{
	struct haul *haul = kzalloc(sizeof(*haul), GFP_KERNEL);
	int err;

	if (!haul)
		return -ENOMEM;
	haul->pages = kcalloc(n, sizeof(*haul->pages), GFP_KERNEL);
	if (!haul->pages) {
		kfree(haul);
		return -ENOMEM;
	}
	haul->count = pin_user_pages_fast(at, n, 0, haul->pages);
	if (haul->count <= 0) {
		err = haul->count ? haul->count : -EFAULT;
		goto free;
	}
	err = engine_register(engine, haul_done, haul);
	if (err)
		goto free;	/* @leak-error */
	return 0;
free:
	kfree(haul->pages);
	kfree(haul);
	return err;
}
