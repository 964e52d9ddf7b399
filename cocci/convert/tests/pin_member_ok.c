// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct carrier {
	struct {
		unsigned int nested;
	} inner;
	struct page **pages; /* @member struct=carrier after=missing name=pinned refused="struct carrier has no member missing" */
	unsigned int npages; /* @member struct=carriers after=npages name=pinned refused="struct carriers has no member npages" */
	void (*drop)(struct page *page); /* @member struct=carrier after=nested name=pinned refused="struct carrier has no member nested" */
};

struct several {
	unsigned int npages, order; /* @member struct=several after=order name=pinned refused="the planned member of order was not made" */
	unsigned int state : 4; /* @member struct=several after=state name=pinned refused="the planned member of state was not made" */
};
