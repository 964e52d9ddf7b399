// SPDX-License-Identifier: GPL-2.0-only
struct item {
	struct page *pages[16];
	unsigned int n, m:1;
	struct {
		void *priv;
	} inner;
};

struct declared;

static struct item one;
