// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_other.h>

static void op_passed_other_keep(struct op_passed_other *op, struct table_passed_other *table)
{
	op->table = *table;
}

void op_passed_other_set_table(struct op_passed_other *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_other table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_other_keep(op, &table);
}
