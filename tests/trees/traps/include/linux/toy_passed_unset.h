/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_UNSET_H
#define _LINUX_TOY_PASSED_UNSET_H

struct table_passed_unset {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_unset {
	struct table_passed_unset table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_unset *op);
};

struct op_passed_unset *op_passed_unset_alloc(void);
void op_passed_unset_start(struct op_passed_unset *op);
void op_passed_unset_set_table(struct op_passed_unset *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
