// SPDX-License-Identifier: GPL-2.0-only
/* Each round's pages go on to a local table, and the array is only scratch. */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct tap {
	struct bio_vec *list;
	int count;
};

int tap_fill(struct tap *tap, unsigned long at, int most)
{
	struct bio_vec *list = kmalloc_array(most, sizeof(*list), GFP_KERNEL);
	struct page **row = kmalloc_array(most, sizeof(*row), GFP_KERNEL);
	int done = 0, got, i;

	while (done < most) {
		got = get_user_pages_fast(at, most - done, FOLL_WRITE, row);
		if (got < 0)
			break;
		for (i = 0; i < got; i++)
			list[done + i].bv_page = row[i];
		done += got;
	}
	kfree(row);
	tap->list = list;
	tap->count = done;
	return 0;
}

void tap_end(struct tap *tap)
{
	int i;

	for (i = 0; i < tap->count; i++)
		put_page(tap->list[i].bv_page); /* @blocks */
	kfree(tap->list);
}
