// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heads of lines.
 */
#include <string.h>

#include "heads.h"

/* With a number, or a field that holds one, for the #. */
static const struct {
	const char *words[4];
	enum place place;
} places[] = {
	{ { "name" }, P_NAME },
	{ { "access" }, P_ACCESS },
	{ { "before", "close" }, P_CLOSE },
	{ { "argument", "#" }, P_ARGUMENT },
	{ { "behind", "argument", "#" }, P_BEHIND_ARGUMENT },
	{ { "operand", "<" }, P_OPERAND },
	{ { "statement" }, P_STATEMENT },
	{ { "before", "statement" }, P_BEFORE_STATEMENT },
	{ { "behind", "statement" }, P_BEHIND_STATEMENT },
	{ { "top", "of", "block" }, P_BLOCK },
	{ { "behind", "member" }, P_MEMBER },
	{ { "flags", "#", "less" }, P_FLAGS_LESS },
	{ { "flags", "#", "plus" }, P_FLAGS_PLUS },
	{ { "flags", "#", "truth" }, P_FLAGS_TRUTH },
	{ { "flags", "#", "loose" }, P_FLAGS_LOOSE },
};

bool is_count(const struct word *word)
{
	return is_capture(word) ||
		(word->kind == T_NUMBER && word->len == 1 &&
		 word->text[0] >= '0' && word->text[0] <= '9');
}

static bool is_place(struct words head, const char *const words[4],
		     struct word *which)
{
	u32 n = 0;

	for (; n < 4 && words[n]; n++) {
		if (n >= head.n)
			return false;
		if (words[n][0] == '#' && is_count(&head.word[n]))
			*which = head.word[n];
		else if (!word_is(&head.word[n], words[n]))
			return false;
	}
	return n == head.n;
}

/* FIELD, !FIELD or FIELD = VALUE, with commas between. */
static const char *read_conditions(struct words from, struct conditions *when)
{
	u32 i = 0;

	while (i < from.n) {
		struct condition *condition;

		if (when->n == MOST_CONDITIONS)
			return "too many conditions";
		condition = &when->one[when->n++];
		condition->no = from.word[i].kind == '!';
		i += condition->no;
		if (i == from.n || from.word[i].kind != T_NAME)
			return "a condition names a field";
		condition->field = from.word[i++];
		if (i + 1 < from.n && from.word[i].kind == '=') {
			condition->value = from.word[i + 1];
			i += 2;
		}
		if (i < from.n && from.word[i++].kind != ',')
			return "conditions have commas between them";
		if (i == from.n && from.word[i - 1].kind == ',')
			return "a condition names a field";
	}
	return when->n ? NULL : "a condition names a field";
}

/* A statement may go; everything else has something in its place. */
static const char *check_make(const struct slot_rule *slot)
{
	if (slot->place == P_FLAGS_LOOSE)
		return slot->make.n ? "no words belong here" : NULL;
	if (slot->place >= P_FLAGS_LESS && slot->make.n != 1)
		return "a flag is one name";
	if (slot->place != P_STATEMENT && !slot->make.n)
		return "nothing is said to stand there";
	return NULL;
}

/* What stands before the conditions, which are read. */
static struct words before_when(struct words head, struct conditions *when,
				const char **why)
{
	struct words before = { head.word, 0 };

	while (before.n < head.n && !word_is(&head.word[before.n], "when"))
		before.n++;
	*why = NULL;
	if (before.n < head.n)
		*why = read_conditions((struct words){
			head.word + before.n + 1, head.n - before.n - 1 }, when);
	return before;
}

const char *read_head(struct words head, struct slot_rule *slot)
{
	const char *why;
	struct words place = before_when(head, &slot->when, &why);

	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		if (!is_place(place, places[i].words, &slot->which))
			continue;
		slot->place = places[i].place;
		return why ? why : check_make(slot);
	}
	return "this place is not known";
}

static bool read_flag(struct words head, u32 at, const char *name, bool *flag)
{
	*flag = at < head.n && word_is(&head.word[at], name);
	return *flag;
}

const char *read_form_head(struct words head, struct form *form)
{
	const char *why;
	u32 i = 1;

	head = before_when(head, &form->when, &why);
	if (why)
		return why;
	if (i + 1 < head.n && word_is(&head.word[i], "index")) {
		form->index = head.word[i + 1];
		if (!is_capture(&form->index))
			return "an index is a capture";
		i += 2;
	}
	i += read_flag(head, i, "unbrace", &form->unbrace);
	i += read_flag(head, i, "pure", &form->pure);
	i += read_flag(head, i, "initialiser", &form->initialiser);
	if (i < head.n && word_is(&head.word[i], "within")) {
		form->guard = (struct words){ head.word + i + 1,
					      head.n - i - 1 };
		return form->guard.n ? NULL : "a guard has words";
	}
	return i < head.n ? "this is not known of a form" : NULL;
}
