/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a condition is kept, for those who read and evaluate it.
 */
#ifndef READER_COND_TREE_H
#define READER_COND_TREE_H

#include "token.h"

/* Operators beside those of enum token_kind. */
enum cond_op {
	CO_DEFINED = 1,		/* defined(name) */
	CO_CALL,		/* name(a, b, c) */
	CO_UNREAD,		/* no expression */
	CO_NUMBER,
	CO_NAME,
};

/* KERNEL_VERSION() has the most arguments of those that are evaluated. */
#define COND_ARGS 3

/**
 * struct cond - a condition or part of it
 * @op: enum cond_op, or the token of an operator
 * @is_unsigned: a number that is not signed
 * @args: number of operands
 * @len: length of @name
 * @name: the name, or the text of what was not read
 * @value: of a number
 * @arg: operands
 */
struct cond {
	u8 op;
	bool is_unsigned;
	u32 args;
	u32 len;
	const char *name;
	u64 value;
	const struct cond *arg[COND_ARGS];
};

#endif
