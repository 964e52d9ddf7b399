// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call that may become others together with the statements around it.
 */
#include "apart.h"
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

/**
 * struct changes - all that may become of a call
 * @change: each
 * @n: their number
 * @form: the form of one that is made as it says
 * @bound: that form's captures
 */
struct changes {
	struct change change[MOST_CHANGES];
	u32 n;
	const struct form *form;
	struct scope bound;
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

/* Braces around a stretch and nothing else? */
static bool is_braced(const struct text *text, struct span span)
{
	return span.low && span.high < text->n &&
		text->word[span.low - 1].kind == '{' &&
		text->mate[span.low - 1] == span.high;
}

/* The if or loop that does nothing but a stretch. */
static u32 control_of(const struct text *text, struct span span)
{
	u32 before = span.low - is_braced(text, span);

	return before ? control_word(text, before - 1) : NO_WORD;
}

/* Do the braces around a stretch belong to an if or a loop? */
static bool is_only_body(const struct text *text, struct span span)
{
	u32 control = control_of(text, span);

	return is_braced(text, span) && control != NO_WORD &&
		text->word[control].kind != T_SWITCH;
}

/* Is a stretch all that an if does, which says what is wanted? */
static bool is_guarded(struct scope *scope, const struct form *form,
		       struct span span)
{
	const struct text *text = &scope->check->before;
	u32 control = control_of(text, span);
	struct words want;

	return control != NO_WORD && text->word[control].kind == T_IF &&
		scope_make(scope, form->guard, &want) &&
		implies(scope->check, (struct span){
			control + 2, text->mate[control + 1] }, want);
}

static bool has_index(const struct scope *scope, const struct form *form,
		      struct words made)
{
	const struct words index = scope_find(scope, &form->index)->words;

	for (u32 i = 0; i < made.n; i++) {
		if (word_same(&made.word[i], index.word))
			return true;
	}
	return false;
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

	if (!holds(scope, &form->when) ||
	    (form->index.len && block == NO_WORD) ||
	    !match(scope, form, &span) || !fits(scope, form->make) ||
	    (form->guard.n && !is_guarded(scope, form, span)))
		return true;
	if (!scope_make(scope, form->make, &made))
		return false;
	if (form->index.len && has_index(scope, form, made))
		return true;
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
	changes->form = form;
	changes->bound = *scope;
	if (form->unbrace && is_simple(made) &&
	    is_only_body(&check->before, span))
		add_change(changes, span.low - 1, span.high + 1, made);
	return true;
}

bool find_forms(struct scope *scope, struct words name, const char *why)
{
	struct check *check = scope->check;
	struct changes changes = { .n = 0, .form = NULL };
	u32 low = scope->anchor;
	u32 high = scope->anchor + 1;
	struct words *option;

	if (name.n)
		add_change(&changes, low, high, name);
	for (u32 i = 0; i < scope->op->forms; i++) {
		if (!try_form(scope, &scope->op->form[i], &changes))
			return false;
	}
	scope->n = scope->always;
	if (!changes.n)
		return refuse(check, scope->anchor, "%s", why);
	if (changes.n == 1 && changes.form) {
		add_apart(&changes.bound, changes.change[0].span,
			  changes.form->make, why);
		return true;
	}
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
