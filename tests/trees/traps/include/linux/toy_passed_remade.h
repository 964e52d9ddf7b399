/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_REMADE_H
#define _LINUX_TOY_PASSED_REMADE_H

struct table_passed_remade {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_remade {
	struct table_passed_remade table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_remade *op);
};

struct op_passed_remade *op_passed_remade_alloc(void);
void op_passed_remade_start(struct op_passed_remade *op);
void op_passed_remade_set_table(struct op_passed_remade *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
