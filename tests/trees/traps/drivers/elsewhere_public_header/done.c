// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_public_header.h>

void toy_done_public_header(struct toydev_public_header *dev)
{
	put_page(dev->cur->userpg); /* @release */
}
