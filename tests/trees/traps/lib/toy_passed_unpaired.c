// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_unpaired.h>

static void op_passed_unpaired_keep(struct op_passed_unpaired *op, struct table_passed_unpaired *table)
{
	op->table = *table;
}

void op_passed_unpaired_set_table(struct op_passed_unpaired *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_unpaired table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_unpaired_keep(op, &table);
}
