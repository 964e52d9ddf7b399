// SPDX-License-Identifier: GPL-2.0-only
/* The caller passes the address of a member, kept as a void pointer. */
#include <linux/mm.h>

struct tap {
	void *token;
};

static int tap_open(unsigned long at, void **token)
{
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*token = got;
	return 0;
}

static void tap_close(struct tap *tap)
{
	put_page(tap->token); /* @release */
	tap->token = NULL;
}

int tap_run(struct tap *tap, unsigned long at)
{
	if (tap_open(at, &tap->token))
		return -EFAULT;
	memset(page_address(tap->token), 1, 8);
	tap_close(tap);
	return 0;
}
