// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call that may become others together with the statements around it.
 */
#include "grammar.h"
#include "index.h"
#include "match.h"
#include "precedence.h"
#include "slots.h"

/* Old words, and what may stand there instead. */
struct change {
	struct span span;
	struct words words;
};

#define MOST_CHANGES 32

struct changes {
	struct change change[MOST_CHANGES];
	u32 n;
};

static void add_change(struct changes *changes, u32 low, u32 high,
		       struct words words)
{
	if (changes->n < MOST_CHANGES)
		changes->change[changes->n++] =
			(struct change){ { low, high }, words };
}

/* One statement that no else could be drawn to? */
static bool is_simple(struct words words)
{
	u8 first = words.word[0].kind;

	if (is_statement_word(first) || first == '{')
		return false;
	for (u32 i = 0; i + 1 < words.n; i++) {
		if (words.word[i].kind == ';')
			return false;
	}
	return true;
}

/* A condition less the parentheses around all of it. */
static struct span stripped(const struct text *text, struct span span)
{
	while (span.high - span.low > 2 && text->word[span.low].kind == '(' &&
	       text->mate[span.low] == span.high - 1) {
		span.low++;
		span.high--;
	}
	return span;
}

/* Is one of the conditions joined by && the one that is wanted? */
static bool implies(const struct check *check, struct span whole,
		    struct words want)
{
	const struct text *text = &check->before;
	struct span all = stripped(text, whole);
	u32 low = all.low;
	bool found = false;

	for (u32 i = all.low; i <= all.high; i++) {
		struct span one;

		if (i < all.high && is_opener(text->word[i].kind) &&
		    text->mate[i] < all.high)
			i = text->mate[i];
		if (i < all.high && operator_level(text->word[i].kind) < L_ANDAND)
			return false;
		if (i < all.high && text->word[i].kind != T_ANDAND)
			continue;
		one = stripped(text, (struct span){ low, i });
		found = found || words_same(want, old_words(check, one.low,
							    one.high));
		low = i + 1;
	}
	return found;
}

/* The braces around a stretch, where it is all that an if or a loop does. */
static bool is_only_body(struct scope *scope, const struct form *form,
			 struct span span)
{
	const struct check *check = scope->check;
	const struct text *text = &check->before;
	u32 brace = span.low - 1;
	struct words want;
	u32 control;

	if (brace < 2 || brace == NO_WORD || span.high >= text->n ||
	    text->word[brace].kind != '{' || text->mate[brace] != span.high)
		return false;
	control = control_word(text, brace - 1);
	if (control == NO_WORD || text->word[control].kind == T_SWITCH)
		return false;
	if (!form->guard.n)
		return true;
	return text->word[control].kind == T_IF &&
		scope_make(scope, form->guard, &want) &&
		implies(check, (struct span){ control + 2, brace - 1 }, want);
}

/* Do all captures stay what they are, in what a form makes? */
static bool fits(const struct scope *scope, struct words make)
{
	for (u32 i = 0; i < make.n; i++) {
		const struct binding *bound = scope_find(scope, &make.word[i]);

		if (bound && !scope_fits(scope, make, i, bound->words))
			return false;
	}
	return true;
}

static bool try_form(struct scope *scope, const struct form *form,
		     struct changes *changes)
{
	struct check *check = scope->check;
	struct words made;
	struct words braced;
	struct span span;
	u32 block = block_of(&check->before, scope->anchor);

	if ((form->index.len && block == NO_WORD) ||
	    !match(scope, form, &span) || !fits(scope, form->make))
		return true;
	if (!scope_make(scope, form->make, &made))
		return false;
	if (form->index.len)
		add_index(check, block,
			  scope_find(scope, &form->index)->words.word);
	if (is_bare_body(&check->before, span.low) && !is_simple(made)) {
		braced = join(check, join(check, brace(true), made),
			      brace(false));
		add_change(changes, span.low, span.high, braced);
		return true;
	}
	add_change(changes, span.low, span.high, made);
	if (form->unbrace && is_simple(made) && is_only_body(scope, form, span))
		add_change(changes, span.low - 1, span.high + 1, made);
	return true;
}

bool find_forms(struct scope *scope, struct words name, const char *why)
{
	struct check *check = scope->check;
	struct changes changes = { .n = 0 };
	u32 low = scope->anchor;
	u32 high = scope->anchor + 1;
	struct words *option;

	add_change(&changes, low, high, name);
	for (u32 i = 0; i < scope->op->forms; i++) {
		if (!try_form(scope, &scope->op->form[i], &changes))
			return false;
	}
	scope->n = 0;
	for (u32 i = 0; i < changes.n; i++) {
		struct span span = changes.change[i].span;

		low = span.low < low ? span.low : low;
		high = span.high > high ? span.high : high;
	}
	option = arena_alloc(&check->arena, changes.n * sizeof(*option));
	for (u32 i = 0; i < changes.n; i++) {
		struct change *change = &changes.change[i];

		option[i] = join(check, old_words(check, low, change->span.low),
				 change->words);
		option[i] = join(check, option[i],
				 old_words(check, change->span.high, high));
	}
	add_slot(check, low, high, option, changes.n, why);
	return true;
}
