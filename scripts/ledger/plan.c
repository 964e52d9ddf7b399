// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the planned edits.
 */
#include <string.h>

#include "plan.h"

#define MOST_FIELDS 24

/* A string with its zero byte, of what is left; NULL without one. */
static const char *take(const char **p, const char *end)
{
	const char *start = *p;
	const char *zero = memchr(start, 0, end - start);

	*p = zero ? zero + 1 : end;
	return zero ? start : NULL;
}

static bool number(const char *text, u32 *value)
{
	u64 sum = 0;

	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || p - text > 8)
			return false;
		sum = 10 * sum + (*p - '0');
	}
	*value = sum;
	return *text;
}

static const char *add_edit(struct plan *plan, const struct field *field,
			    u32 n)
{
	struct edit *edit;

	plan->edit = room_for(plan->edit, plan->edits, &plan->room,
			      sizeof(*plan->edit));
	edit = &plan->edit[plan->edits++];
	edit->field = field;
	edit->fields = n;
	if (!*edit_text(edit, "op"))
		return "an edit has no op";
	if (!number(edit_text(edit, "line"), &edit->line) ||
	    !number(edit_text(edit, "column"), &edit->column))
		return "an edit has no line and column";
	return NULL;
}

const char *plan_read(struct plan *plan, struct text *scratch,
		      struct arena *arena, const char *bytes, u32 size)
{
	const char *end = bytes + size;
	const char *p = bytes;
	const char *why = NULL;

	plan->edits = 0;
	while (!why && p < end) {
		struct field *field = arena_alloc(arena, MOST_FIELDS *
						  sizeof(*field));
		u32 n = 0;

		for (;;) {
			const char *name = take(&p, end);
			const char *text;

			if (name && !*name)
				break;
			text = name ? take(&p, end) : NULL;
			if (!text)
				return "an edit without its end";
			if (n == MOST_FIELDS)
				return "an edit has too many fields";
			field[n].name = name;
			field[n].text = text;
			field[n].words = text_snippet(scratch, arena, text,
						      strlen(text),
						      &field[n].why);
			n++;
		}
		why = add_edit(plan, field, n);
	}
	return why;
}

const struct field *edit_field(const struct edit *edit, const char *name,
			       u32 len)
{
	for (u32 i = 0; i < edit->fields; i++) {
		const struct field *field = &edit->field[i];

		if (strlen(field->name) == len &&
		    !memcmp(field->name, name, len))
			return *field->text ? field : NULL;
	}
	return NULL;
}

const char *edit_text(const struct edit *edit, const char *name)
{
	const struct field *field = edit_field(edit, name, strlen(name));

	return field ? field->text : "";
}
