/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct tag_inside_door {
	int number;
	struct tag_inside_frame {
		unsigned int wide:1;
		struct tag_inside_pane {
			struct page *glass_ti;
			bool broken;
		} left, right;
	} frame;
};

void tag_inside_sweep(struct tag_inside_pane *pane);
