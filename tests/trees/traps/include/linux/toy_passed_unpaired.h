/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_UNPAIRED_H
#define _LINUX_TOY_PASSED_UNPAIRED_H

struct table_passed_unpaired {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_unpaired {
	struct table_passed_unpaired table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_unpaired *op);
};

struct op_passed_unpaired *op_passed_unpaired_alloc(void);
void op_passed_unpaired_start(struct op_passed_unpaired *op);
void op_passed_unpaired_set_table(struct op_passed_unpaired *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
