// SPDX-License-Identifier: GPL-2.0-only
struct other {
	struct page *pages[4];
	unsigned int npages;
};

struct carrier {
	struct page *pages[16];	/* as taken */
	unsigned int npages;	/* how many of them */ /* @member struct=carrier after=npages name=npages_pinned */
	void *private;
};
