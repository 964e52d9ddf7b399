// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pieces of an edit.
 */
#include "apart.h"

/* Where the old words of a capture are that is made once; else nothing. */
static struct span held(const struct scope *scope, struct words make, u32 at)
{
	const struct text *text = &scope->check->before;
	const struct binding *bound = scope_find(scope, &make.word[at]);
	struct span none = { 0, 0 };
	u32 low;

	if (!bound || bound->words.word < text->word ||
	    bound->words.word >= text->word + text->n)
		return none;
	for (u32 i = 0; i < make.n; i++) {
		if (i != at && word_same(&make.word[i], &make.word[at]))
			return none;
	}
	low = bound->words.word - text->word;
	return (struct span){ low, low + bound->words.n };
}

void add_apart(struct scope *scope, struct span span, struct words make,
	       const char *why)
{
	struct check *check = scope->check;
	struct words made = { NULL, 0 };
	u32 at = span.low;

	for (u32 i = 0; i < make.n; i++) {
		struct words words = { make.word + i, 1 };
		struct span old = held(scope, make, i);

		if (old.high > old.low && old.low >= at &&
		    old.high <= span.high) {
			if (made.n || old.low > at)
				add_words(check, at, old.low, made, why);
			made.n = 0;
			at = old.high;
			continue;
		}
		if (is_capture(&make.word[i]) &&
		    !scope_words(scope, &make.word[i], &words))
			return;
		made = join(check, made, words);
	}
	if (made.n || span.high > at)
		add_words(check, at, span.high, made, why);
}
