// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct other {
	struct page **pages;
	unsigned int npages;
};

struct array {
	struct {
		unsigned int npages;
	} inner;
	struct page *pages[16]; /* @member struct=array after=pages name=pages_pinned */
	unsigned int npages;
};

struct arms {
#ifdef CONFIG_TWO
	struct page *pages[2];
#endif
	struct page **more; /* @member struct=arms after=more name=more_pinned */
	struct other others;
};

struct last {
	struct page *page;
	u8 state;	/* of the page */ /* @member struct=last after=state name=page_pinned */
} __packed;

struct tabbed {
	struct page		**pages;
	unsigned int		npages; /* @member struct=tabbed after=npages name=pages_pinned */
	loff_t			pos;
	struct page		*page;	/* alone */ /* @member struct=tabbed after=page name=page_pinned */
};

static struct page *first(struct array *array)
{
	return array->pages[0];
}
