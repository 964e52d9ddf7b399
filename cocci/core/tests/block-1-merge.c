// SPDX-License-Identifier: GPL-2.0-only
static int bio_map_user_iov(struct request *rq, struct page **pages, int nr)
{
	bool same_page = false;
	int j;

	for (j = 0; j < nr; j++) {
		struct page *page = pages[j];

		if (!bio_add_hw_page(rq->q, page, PAGE_SIZE, 0, &same_page)) {
			if (same_page)
				put_page(page);
			break;
		}
		account(page);
	}
	return j;
}

/* must not change: another function, which may mean it */
static void bio_map_other(struct request *rq, struct page *page)
{
	bool same_page = false;

	do {
		if (!bio_add_hw_page(rq->q, page, PAGE_SIZE, 0, &same_page)) {
			if (same_page)
				put_page(page);
			break;
		}
	} while (more(rq));
}
