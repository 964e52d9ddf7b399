// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_remade.h>

static void op_passed_remade_keep(struct op_passed_remade *op, struct table_passed_remade *table)
{
	op->table = *table;
}

void op_passed_remade_set_table(struct op_passed_remade *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_remade table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_remade_keep(op, &table);
}
