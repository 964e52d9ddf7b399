/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A member behind a dot or an arrow, and the object before it.
 */
#ifndef LEDGER_ACCESS_H
#define LEDGER_ACCESS_H

#include "text.h"

/**
 * struct access - a member of an object
 * @low: the first word of the object, a whole postfix expression
 * @of: the dot or arrow
 * @member: the name of the member, the last word
 */
struct access {
	u32 low;
	u32 of;
	u32 member;
};

/**
 * access_find - The access that a word is the member of
 * @text: the text
 * @member: the word
 * @access: filled
 *
 * Return: NULL, or why it is not certain to be one.
 */
const char *access_find(const struct text *text, u32 member,
			struct access *access);

/**
 * access_changes - Is a member changed, or its address taken?
 * @text: the text
 * @access: the access
 *
 * A value in its place would not compile there, or be another one.
 */
bool access_changes(const struct text *text, const struct access *access);

#endif
