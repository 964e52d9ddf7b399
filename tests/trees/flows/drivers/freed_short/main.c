// SPDX-License-Identifier: GPL-2.0-only
/* The array goes with what is in it, whatever the callback does elsewhere. */
#include <linux/mm.h>
#include <linux/slab.h>

struct tap {
	struct page **row;
	int asked;
};

int tap_fill(struct tap *tap, unsigned long at)
{
	int err = -EFAULT, got;

	tap->row = kmalloc_array(tap->asked, sizeof(*tap->row), GFP_KERNEL);
	if (!tap->row)
		return -ENOMEM;
	got = get_user_pages_fast(at, tap->asked, FOLL_WRITE, tap->row);
	if (got != tap->asked)
		goto fail; /* @blocks */
	return 0;
fail:
	kfree(tap->row);
	tap->row = NULL;
	return err;
}

void tap_show(struct tap *tap, void (*shown)(struct page **row))
{
	shown(tap->row);
}

void tap_end(struct tap *tap)
{
	release_pages(tap->row, tap->asked);
	kfree(tap->row);
}
