// SPDX-License-Identifier: GPL-2.0-only
void asked_filled_put(struct page **list, int nr);
