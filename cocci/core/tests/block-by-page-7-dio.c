// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

struct dio {
	bool should_dirty;		/* pages are read into */
	struct page *pages[8];
} ____cacheline_aligned_in_smp;

static inline void dio_hold_page(struct dio *dio, struct page *page)
{
	get_page(page);
}

static inline void dio_drop_page(struct dio *dio, struct page *page)
{
	put_page(page);
}

static inline int dio_refill_pages(struct dio *dio, struct dio_submit *sdio)
{
	ssize_t ret;

	ret = iov_iter_get_pages2(sdio->iter, dio->pages, LONG_MAX, 8,
				  &sdio->from);
	if (ret < 0) {
		struct page *page = ZERO_PAGE(0);

		dio_hold_page(dio, page);
		dio->pages[0] = page;
	}
	return ret;
}

/* The form of kernels whose calls do not advance an iterator. */
static inline int dio_refill_pages(struct dio *dio, struct dio_submit *sdio)
{
	ssize_t ret;

	ret = iov_iter_get_pages(sdio->iter, dio->pages, LONG_MAX, 8,
				 &sdio->from);
	if (ret < 0) {
		struct page *page = ZERO_PAGE(0);

		dio_hold_page(dio, page);
		dio->pages[0] = page;
	}
	return ret;
}

static void dio_bio_alloc(struct dio *dio, struct block_device *bdev)
{
	struct bio *bio;

	bio = bio_alloc(bdev, dio->nr, dio->opf, GFP_KERNEL);
	bio_set_flag(bio, BIO_PAGE_REFFED);
	dio->bio = bio;
}

/* must not change: still an owner of its own */
static int submit_page_section(struct dio *dio, struct page *page)
{
	dio_hold_page(dio, page);
	return 0;
}

ssize_t __blockdev_direct_IO(struct kiocb *iocb, struct iov_iter *iter, int n)
{
	struct dio *dio = start(iocb);

	dio->should_dirty = iov_iter_rw(iter) == READ;
	return walk(dio, iter);
}

ssize_t do_blockdev_direct_IO(struct kiocb *iocb, struct iov_iter *iter, int n)
{
	struct dio *dio = start(iocb);

	dio->should_dirty = iov_iter_rw(iter) == READ;
	return walk(dio, iter);
}
