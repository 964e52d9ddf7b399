/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_COPIED_H
#define _LINUX_TOY_PASSED_COPIED_H

struct table_passed_copied {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_copied {
	struct table_passed_copied table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_copied *op);
};

struct op_passed_copied *op_passed_copied_alloc(void);
void op_passed_copied_start(struct op_passed_copied *op);
void op_passed_copied_set_table(struct op_passed_copied *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
