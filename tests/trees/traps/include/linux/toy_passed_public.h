/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_PUBLIC_H
#define _LINUX_TOY_PASSED_PUBLIC_H

struct table_passed_public {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_public {
	struct table_passed_public table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_public *op);
};

struct op_passed_public *op_passed_public_alloc(void);
void op_passed_public_start(struct op_passed_public *op);
void op_passed_public_set_table(struct op_passed_public *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
