// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/pin_trace: exact page counts, and who took and dropped pages.
 *
 * Of the boot kernel only. The linker's --wrap leads every call of the functions
 * below from another file here, so that the code under test is not touched.
 * Each is recorded with its return address; the host turns that into a line.
 */
#include <linux/bvec.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include "pin_trace.h"
#include "pin_trace_calls.h"

#define NR_CALLS	1024

struct call {
	const char *name;	/* the function that was called */
	const char *kind;	/* of iterator, or "-" */
	unsigned long caller;
	unsigned long calls;
	unsigned long pages;
	unsigned long pinned;	/* of these, pinned when the call returned */
	unsigned long failed;	/* calls that took nothing */
};

static DEFINE_SPINLOCK(lock);
static struct call table[NR_CALLS];
static unsigned int nr_calls;
static unsigned int lost;
static unsigned int delay_ms;

static void record(const char *name, const char *kind, void *caller,
		   unsigned long pages, unsigned long pinned)
{
	unsigned long flags;
	unsigned int k;

	spin_lock_irqsave(&lock, flags);
	for (k = 0; k < nr_calls; k++) {
		if (table[k].caller == (unsigned long)caller &&
		    table[k].name == name && table[k].kind == kind)
			break;
	}
	if (k == NR_CALLS) {
		lost++;
	} else {
		if (k == nr_calls) {
			nr_calls++;
			table[k] = (struct call){
				.name = name, .kind = kind,
				.caller = (unsigned long)caller,
			};
		}
		table[k].calls++;
		table[k].pages += pages;
		table[k].pinned += pinned;
		table[k].failed += !pages;
	}
	spin_unlock_irqrestore(&lock, flags);
}

/* Whether a page is pinned, as far as its count can tell. */
static bool maybe_pinned(struct page *page)
{
#ifdef TREE_FOLIO_PINNED
	return folio_maybe_dma_pinned(page_folio(page));
#else
	return page_maybe_dma_pinned(page);
#endif
}

static unsigned long count_pinned(struct page **pages, long nr)
{
	unsigned long pinned = 0;

	while (nr-- > 0)
		pinned += maybe_pinned(pages[nr]);
	return pinned;
}

/* Record pages that were just taken, and keep them for a while if asked. */
static void taken(const char *name, const char *kind, void *caller,
		  unsigned long nr, unsigned long pinned)
{
	record(name, kind, caller, nr, pinned);
	if (nr && READ_ONCE(delay_ms))
		msleep(READ_ONCE(delay_ms));
}

static void acquired(const char *name, const char *kind, void *caller,
		     struct page **pages, long nr)
{
	taken(name, kind, caller, max(nr, 0L),
	      pages ? count_pinned(pages, nr) : 0);
}

static const char *kind_of(const struct iov_iter *i)
{
	if (iter_is_iovec(i))
		return "user";
#ifdef TREE_UBUF
	if (iter_is_ubuf(i))
		return "user";
#endif
	if (iov_iter_is_bvec(i))
		return "bvec";
	if (iov_iter_is_kvec(i))
		return "kvec";
#ifdef TREE_PIPE
	if (iov_iter_is_pipe(i))
		return "pipe";
#endif
	return "other";
}

static void iter_acquired(const char *name, const char *kind, void *caller,
			  struct page **pages, ssize_t len, size_t *offset)
{
	long nr = len > 0 ? DIV_ROUND_UP(len + *offset, PAGE_SIZE) : 0;

	acquired(name, kind, caller, pages, nr);
}

#define CALLER	__builtin_return_address(0)

#ifdef TREE_GET_PAGES2
ssize_t __wrap_iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
				   size_t maxsize, unsigned int maxpages,
				   size_t *start)
{
	const char *kind = kind_of(i);
	ssize_t len = __real_iov_iter_get_pages2(i, pages, maxsize, maxpages,
						 start);

	iter_acquired("iov_iter_get_pages2", kind, CALLER, pages, len, start);
	return len;
}

ssize_t __wrap_iov_iter_get_pages_alloc2(struct iov_iter *i,
					 struct page ***pages, size_t maxsize,
					 size_t *start)
{
	const char *kind = kind_of(i);
	ssize_t len = __real_iov_iter_get_pages_alloc2(i, pages, maxsize, start);

	iter_acquired("iov_iter_get_pages_alloc2", kind, CALLER, *pages, len,
		      start);
	return len;
}

#endif
ssize_t __wrap_iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
				      size_t maxsize, unsigned int maxpages,
				      unsigned int flags, size_t *offset)
{
	const char *kind = kind_of(i);
	ssize_t len = __real_iov_iter_extract_pages(i, pages, maxsize, maxpages,
						    flags, offset);

	iter_acquired("iov_iter_extract_pages", kind, CALLER, *pages, len,
		      offset);
	return len;
}

ssize_t __wrap_iov_iter_extract_pages_alloc(struct iov_iter *i,
					    struct page ***pages,
					    size_t maxsize, size_t *offset)
{
	const char *kind = kind_of(i);
	ssize_t len = __real_iov_iter_extract_pages_alloc(i, pages, maxsize,
							  offset);

	iter_acquired("iov_iter_extract_pages_alloc", kind, CALLER, *pages, len,
		      offset);
	return len;
}

#ifdef TREE_EXTRACT_BVECS
/* It extracts pages in its own file, where no call is led here. */
ssize_t __wrap_iov_iter_extract_bvecs(struct iov_iter *i, struct bio_vec *bv,
				      size_t maxsize, unsigned short *nr_vecs,
				      unsigned short max_vecs,
				      unsigned int flags)
{
	const char *kind = kind_of(i);
	const struct bvec_iter first = {};
	unsigned short k = *nr_vecs;
	unsigned long nr = 0, pinned = 0;
	ssize_t len = __real_iov_iter_extract_bvecs(i, bv, maxsize, nr_vecs,
						    max_vecs, flags);

	/* All pages of an entry are of one folio. */
	for (; k < *nr_vecs; k++) {
		unsigned long pages = DIV_ROUND_UP(bv[k].bv_offset + bv[k].bv_len,
						   PAGE_SIZE);

		nr += pages;
		pinned += maybe_pinned(mp_bvec_iter_page(&bv[k], first)) ?
			pages : 0;
	}
	taken("iov_iter_extract_bvecs", kind, CALLER, nr, pinned);
	return len;
}

#endif
int __wrap_get_user_pages_fast(unsigned long start, int nr, unsigned int flags,
			       struct page **pages)
{
	int got = __real_get_user_pages_fast(start, nr, flags, pages);

	acquired("get_user_pages_fast", "user", CALLER, pages, got);
	return got;
}

int __wrap_pin_user_pages_fast(unsigned long start, int nr, unsigned int flags,
			       struct page **pages)
{
	int got = __real_pin_user_pages_fast(start, nr, flags, pages);

	acquired("pin_user_pages_fast", "user", CALLER, pages, got);
	return got;
}

void __wrap_unpin_user_page(struct page *page)
{
	record("unpin_user_page", "-", CALLER, 1, count_pinned(&page, 1));
	__real_unpin_user_page(page);
}

void __wrap_unpin_user_pages(struct page **pages, unsigned long nr)
{
	record("unpin_user_pages", "-", CALLER, nr, count_pinned(pages, nr));
	__real_unpin_user_pages(pages, nr);
}

void __wrap_unpin_user_pages_dirty_lock(struct page **pages, unsigned long nr,
					bool dirty)
{
	record("unpin_user_pages_dirty_lock", "-", CALLER, nr,
	       count_pinned(pages, nr));
	__real_unpin_user_pages_dirty_lock(pages, nr, dirty);
}

#ifdef TREE_UNPIN_FOLIO
/* The zero page comes here as well, and is never pinned. */
void __wrap_unpin_user_folio(struct folio *folio, unsigned long nr)
{
	unsigned long pins = is_zero_folio(folio) ? 0 : nr;

	record("unpin_user_folio", "-", CALLER, pins,
	       folio_maybe_dma_pinned(folio) ? pins : 0);
	__real_unpin_user_folio(folio, nr);
}

#endif
void __wrap_page_extract_release(struct page *page, bool pinned)
{
	record("page_extract_release", pinned ? "pinned" : "plain", CALLER,
	       1, page ? count_pinned(&page, 1) : 0);
	__real_page_extract_release(page, pinned);
}

void __wrap_page_extract_release_pages(struct page **pages, long nr,
				       bool pinned)
{
	record("page_extract_release_pages", pinned ? "pinned" : "plain",
	       CALLER, max(nr, 0L), 0);
	__real_page_extract_release_pages(pages, nr, pinned);
}

void __wrap_page_extract_release_pages_dirty_lock(struct page **pages, long nr,
						  bool pinned, bool dirty)
{
	record("page_extract_release_pages_dirty_lock",
	       pinned ? "pinned" : "plain", CALLER, max(nr, 0L), 0);
	__real_page_extract_release_pages_dirty_lock(pages, nr, pinned, dirty);
}

#ifdef TREE_PIN_FOLIO
void __wrap_page_extract_add_pin(struct page *page)
{
	unsigned long pins = !is_zero_page(page);

	record("page_extract_add_pin", "-", CALLER, pins, pins);
	__real_page_extract_add_pin(page);
}

/* A pin that nr_foll_pin_acquired does not count. */
void __wrap_folio_add_pin(struct folio *folio)
{
	unsigned long pins = !is_zero_folio(folio);

	record("folio_add_pin", "-", CALLER, pins, pins);
	__real_folio_add_pin(folio);
}

#endif
static long trace_ioctl(struct file *file, unsigned int command,
			unsigned long arg)
{
	struct pin_trace_count asked;
	unsigned long flags;

	switch (command) {
	case PIN_TRACE_RESET:
		spin_lock_irqsave(&lock, flags);
		nr_calls = 0;
		lost = 0;
		spin_unlock_irqrestore(&lock, flags);
		return 0;
	case PIN_TRACE_DELAY:
		WRITE_ONCE(delay_ms, min(arg, 1000UL));
		return 0;
	case PIN_TRACE_COUNT:
		if (copy_from_user(&asked, (void __user *)arg, sizeof(asked)))
			return -EFAULT;
		return pin_trace_count(&asked);
	}
	return -ENOTTY;
}

/* One line a caller; the whole table has to be read in one go. */
static ssize_t trace_read(struct file *file, char __user *to, size_t size,
			  loff_t *pos)
{
	char *text = kvmalloc(size + 1, GFP_KERNEL);
	unsigned int k, len = 0;
	unsigned long flags;
	ssize_t done;

	if (!text)
		return -ENOMEM;
	spin_lock_irqsave(&lock, flags);
	for (k = 0; k < nr_calls; k++)
		len += scnprintf(text + len, size + 1 - len,
				 "%s %s %lx %lu %lu %lu %lu\n", table[k].name,
				 table[k].kind, table[k].caller, table[k].calls,
				 table[k].pages, table[k].pinned,
				 table[k].failed);
	if (lost)
		len += scnprintf(text + len, size + 1 - len, "lost - 0 %u 0 0 0\n",
				 lost);
	spin_unlock_irqrestore(&lock, flags);
	done = simple_read_from_buffer(to, size, pos, text, len);
	kvfree(text);
	return done;
}

static const struct file_operations trace_fops = {
	.read = trace_read,
	.unlocked_ioctl = trace_ioctl,
};

static struct miscdevice trace_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pin_trace",
	.fops = &trace_fops,
};

static int __init trace_init(void)
{
	return misc_register(&trace_device);
}
device_initcall(trace_init);
