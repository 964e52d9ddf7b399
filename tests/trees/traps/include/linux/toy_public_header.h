/* SPDX-License-Identifier: GPL-2.0-only */
struct toyreq_public_header {
	struct page *userpg;
	int n;
};

struct toydev_public_header {
	struct toyreq_public_header *cur;
};
