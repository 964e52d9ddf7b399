// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_dropped.h>

static void op_passed_dropped_keep(struct op_passed_dropped *op, struct table_passed_dropped *table)
{
	op->table = *table;
}

void op_passed_dropped_set_table(struct op_passed_dropped *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_dropped table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_dropped_keep(op, &table);
}

void op_passed_dropped_finish(struct op_passed_dropped *op)
{
	unsigned int i;

	for (i = 0; i < op->nr_vecs; i++)
		put_page(op->table.vecs[i].bv_page); /* @release */
}
