// SPDX-License-Identifier: GPL-2.0-only
static inline unsigned dio_pages_present(struct dio_submit *sdio)
{
	return sdio->tail - sdio->head;
}

/* get more */
static inline int dio_refill_pages(struct dio *dio, struct dio_submit *sdio)
{
	struct page *page = ZERO_PAGE(0);

	get_page(page);
	dio->pages[0] = page;
	return 0;
}

static inline void dio_cleanup(struct dio *dio, struct dio_submit *sdio)
{
	while (sdio->head < sdio->tail)
		put_page(dio->pages[sdio->head++]);
}

static inline int dio_bio_add_page(struct dio_submit *sdio)
{
	get_page(sdio->cur_page);
	return 0;
}

static inline int dio_send_cur_page(struct dio *dio, struct dio_submit *sdio)
{
	if (dio_bio_add_page(sdio) != 0)
		return -EIO;
	return 0;
}

static int submit_page_section(struct dio *dio, struct dio_submit *sdio,
			       struct page *page)
{
	if (sdio->cur_page)
		put_page(sdio->cur_page);
	get_page(page);		/* it is in dio */
	sdio->cur_page = page;
	return 0;
}

static ssize_t do_blockdev_direct_IO(struct kiocb *iocb, struct dio *dio)
{
	struct dio_submit sdio = { 0 };

	if (walk(dio, &sdio))
		put_page(sdio.cur_page);
	return 0;
}

/* must not change: a page that has nothing to do with the dio */
static void other(struct page *page)
{
	get_page(page);
	put_page(page);
}
