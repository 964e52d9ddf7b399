/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_KEEPER_H
#define _LINUX_TOY_KEEPER_H

struct toy_table {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct toy_op {
	struct toy_table table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct toy_op *op);
};

struct toy_op *toy_op_alloc(void);
void toy_op_start(struct toy_op *op);
void toy_op_set_table(struct toy_op *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
