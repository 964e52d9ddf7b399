// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_copied.h>

static void op_passed_copied_keep(struct op_passed_copied *op, struct table_passed_copied *table)
{
	op->table = *table;
}

void op_passed_copied_set_table(struct op_passed_copied *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_copied table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_copied_keep(op, &table);
}
