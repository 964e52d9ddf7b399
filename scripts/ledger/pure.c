// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an expression changes or names, by its own words.
 */
#include "precedence.h"
#include "pure.h"

/* More words than a person writes. */
#define MOST_PURE 1000

/* May parentheses stand behind this word, if they are not behind a cast? */
static bool may_open(const struct rules *rules, const struct word *before)
{
	if (before->kind == T_NAME)
		return is_listed(rules->pure, before);
	return before->kind == T_SIZEOF ||
		(!is_keyword(before->kind) && before->kind != ')' &&
		 before->kind != ']');
}

bool is_pure(const struct rules *rules, struct words words)
{
	u32 cast = NO_WORD;

	if (words.n > MOST_PURE)
		return false;
	for (u32 i = 0; i < words.n; i++) {
		u8 kind = words.word[i].kind;

		if (is_assignment(kind) || kind == T_INC || kind == T_DEC ||
		    kind == '{')
			return false;
		if (kind != '(')
			continue;
		if (i && cast != i - 1 && !may_open(rules, &words.word[i - 1]))
			return false;
		if (!i || operator_level(words.word[i - 1].kind) < L_OPERAND ||
		    is_opener(words.word[i - 1].kind) || cast == i - 1) {
			u32 end = group_end(words, i);

			cast = is_type(words, i, end, rules->types) ? end : cast;
		}
	}
	return true;
}

static bool has_words(struct words words, struct words part)
{
	for (u32 i = 0; part.n && i + part.n <= words.n; i++) {
		if (words_same((struct words){ words.word + i, part.n }, part))
			return true;
	}
	return false;
}

static bool has_member(struct words words, const struct word *name)
{
	for (u32 i = 1; i < words.n; i++) {
		u8 before = words.word[i - 1].kind;

		if ((before == '.' || before == T_ARROW) &&
		    word_same(&words.word[i], name))
			return true;
	}
	return false;
}

bool is_apart(const struct scope *scope, struct words pattern, u32 at,
	      struct words words)
{
	const struct text *text = &scope->check->before;
	const struct access *access = &scope->access;

	if (has_words(words, old_words(scope->check, access->low, access->of)))
		return false;
	for (u32 i = 1; i + 1 < pattern.n; i++) {
		const struct word *name = &pattern.word[i];

		if (!word_is(&pattern.word[i - 1], "$of") || i + 2 == at)
			continue;
		if (word_is(name, "$anchor"))
			name = &text->word[scope->anchor];
		if (has_member(words, name))
			return false;
	}
	return true;
}
