/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_OTHER_H
#define _LINUX_TOY_PASSED_OTHER_H

struct table_passed_other {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_other {
	struct table_passed_other table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_other *op);
};

struct op_passed_other *op_passed_other_alloc(void);
void op_passed_other_start(struct op_passed_other *op);
void op_passed_other_set_table(struct op_passed_other *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
