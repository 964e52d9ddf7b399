/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_bvec_ops {
	void *(*keep)(struct bio_vec *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_bvec_dev {
	struct method_bvec_ops *ops;
	void *kept;
};

extern struct method_bvec_ops method_bvec_keeper_ops;
