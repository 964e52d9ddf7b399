// SPDX-License-Identifier: GPL-2.0-only
static struct page *spare;

static const struct file_operations ops = {
	.open = item_open,
};

static void locals(void)
{
	struct page *pages[16], **p = pages;
	unsigned int n, *m;
}
