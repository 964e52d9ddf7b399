// SPDX-License-Identifier: GPL-2.0-only
/* Whether something is held where the array is freed, a flag may say. */
#include <linux/mm.h>
#include <linux/slab.h>

struct tap {
	struct page **row;
	int asked;
	bool held;
};

int tap_fill(struct tap *tap, unsigned long at)
{
	int err = -EFAULT, got;

	tap->row = kmalloc_array(tap->asked, sizeof(*tap->row), GFP_KERNEL);
	if (!tap->row)
		return -ENOMEM;
	got = get_user_pages_fast(at, tap->asked, FOLL_WRITE, tap->row);
	if (got != tap->asked)
		goto fail;
	return 0;
fail:
	if (tap->held)
		release_pages(tap->row, got);
	kfree(tap->row);
	tap->row = NULL;
	return err;
}

void tap_show(struct tap *tap, void (*shown)(struct page **row))
{
	shown(tap->row); /* @blocks */
}

void tap_end(struct tap *tap)
{
	release_pages(tap->row, tap->asked);
	kfree(tap->row);
}
