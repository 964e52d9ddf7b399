// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_passed_public.h>

static void op_passed_public_keep(struct op_passed_public *op, struct table_passed_public *table)
{
	op->table = *table;
}

void op_passed_public_set_table(struct op_passed_public *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes)
{
	struct table_passed_public table = {
		.vecs = vecs,
		.bytes = bytes,
	};

	op->nr_vecs = nr;
	op_passed_public_keep(op, &table);
}

void op_passed_public_flush(struct op_passed_public *op)
{
	passed_public_done(op);
}
