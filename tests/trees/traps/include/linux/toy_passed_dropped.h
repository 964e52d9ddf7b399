/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TOY_PASSED_DROPPED_H
#define _LINUX_TOY_PASSED_DROPPED_H

struct table_passed_dropped {
	struct bio_vec *vecs;
	unsigned int bytes;
};

struct op_passed_dropped {
	struct table_passed_dropped table;
	unsigned int nr_vecs;
	void *owner;
	void (*done)(struct op_passed_dropped *op);
};

struct op_passed_dropped *op_passed_dropped_alloc(void);
void op_passed_dropped_start(struct op_passed_dropped *op);
void op_passed_dropped_set_table(struct op_passed_dropped *op, struct bio_vec *vecs,
		      unsigned int nr, unsigned int bytes);

#endif
