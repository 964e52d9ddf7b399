/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conditions of #if as expressions, and what can be said of them.
 */
#ifndef READER_COND_H
#define READER_COND_H

#include "source.h"

enum truth {
	TRUTH_UNKNOWN,
	TRUTH_FALSE,
	TRUTH_TRUE,
};

/**
 * struct known_name - what is known of a macro
 * @name: its name
 * @len: length of the name
 * @defined: whether it is defined
 * @has_value: it is defined as a number
 * @value: the number
 */
struct known_name {
	const char *name;
	u32 len;
	bool defined;
	bool has_value;
	s64 value;
};

/**
 * struct known - what is known of the kernel that a file is for
 * @version: its LINUX_VERSION_CODE, 0 when it is not known
 * @name: macros that something is known of
 * @names: number of them
 */
struct known {
	u32 version;
	const struct known_name *name;
	u32 names;
};

/**
 * cond_parse - Read a condition
 * @source: the file
 * @d: the #if, #ifdef, #elif or so
 *
 * Return: the condition, in the file's arena.
 */
const struct cond *cond_parse(struct source *source, const struct directive *d);

/**
 * cond_eval - What is the value of a condition?
 * @cond: the condition; NULL is that of #else
 * @known: what is known beside what C fixes: that the source is neither
 *	assembly nor C++; may be NULL
 *
 * A name that nothing is known of may have any value, defined or not.
 *
 * Return: its truth.
 */
enum truth cond_eval(const struct cond *cond, const struct known *known);

/**
 * cond_key - Compare conditions
 * @cond: the condition
 * @negated: set when it says the opposite of what its key stands for
 *
 * #ifdef CONFIG_X, #if defined(CONFIG_X) and #if IS_ENABLED(CONFIG_X) have one
 * key: which of them a file uses does not change what was meant.
 *
 * Return: a number that differs between conditions that say different things.
 */
u64 cond_key(const struct cond *cond, bool *negated);

/**
 * kernel_version - Read a version as the kernel counts it
 * @text: such as "6.1.55" or "6.12"
 *
 * Return: its LINUX_VERSION_CODE, 0 when it is no version.
 */
u32 kernel_version(const char *text);

#endif
