// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_keeper.h>

static void toy_op_keep(struct toy_op *op, struct toy_table *table)
{
	op->table = *table;
}

void toy_op_set_table(struct toy_op *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct toy_table table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	toy_op_keep(op, &table);
}
