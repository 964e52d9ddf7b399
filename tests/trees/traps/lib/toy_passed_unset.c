// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_unset.h>

static void op_passed_unset_keep(struct op_passed_unset *op, struct table_passed_unset *table)
{
	op->table = *table;
}

void op_passed_unset_set_table(struct op_passed_unset *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_unset table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_unset_keep(op, &table);
}
