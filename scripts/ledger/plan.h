/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The edits that were planned for a file.
 */
#ifndef LEDGER_PLAN_H
#define LEDGER_PLAN_H

#include "rules.h"

/**
 * struct field - what an edit says under a name
 * @name: the name
 * @text: the value, terminated
 * @words: the value as words of C
 * @why: why the value is no whole piece of C, else NULL
 */
struct field {
	const char *name;
	const char *text;
	struct words words;
	const char *why;
};

struct edit {
	const struct field *field;
	u32 fields;
	u32 line;
	u32 column;
};

struct plan {
	struct edit *edit;
	u32 edits;
	u32 room;
};

/**
 * plan_read - Read the edits of one file
 * @plan: what to fill; the plan before is forgotten
 * @scratch: memory for words
 * @arena: where fields go
 * @bytes: names and values, each with a zero byte behind it; an empty name
 *	ends an edit
 * @size: number of bytes
 *
 * Return: NULL, or what is wrong.
 */
const char *plan_read(struct plan *plan, struct text *scratch,
		      struct arena *arena, const char *bytes, u32 size);

/**
 * edit_field - Find a field of an edit
 * @edit: the edit
 * @name: the name of the field, not terminated
 * @len: its length
 *
 * Return: the field, or NULL where it is missing or empty.
 */
const struct field *edit_field(const struct edit *edit, const char *name,
			       u32 len);

/**
 * edit_text - What an edit says under a name
 * @edit: the edit
 * @name: the name of the field
 *
 * Return: the text, which may be empty.
 */
const char *edit_text(const struct edit *edit, const char *name);

#endif
