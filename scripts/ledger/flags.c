// SPDX-License-Identifier: GPL-2.0-only
/*
 * An argument that holds flags joined by `|`.
 */
#include <string.h>

#include "grammar.h"
#include "precedence.h"
#include "slots.h"

/**
 * struct flags - what becomes of an argument
 * @which: its number, or a field with it; NULL where no rule is about flags
 * @less: the flag that goes, if it is there
 * @plus: the flag that comes
 * @truth: the flag that a truth value stands for
 * @loose: a macro may hold any operator
 */
struct flags {
	const struct word *which;
	struct words less;
	struct words plus;
	struct words truth;
	bool loose;
};

static const struct word zero = { .text = "0", .len = 1, .kind = T_NUMBER };
static const struct word or = { .text = "|", .len = 1, .kind = '|' };
static const struct word opening = { .text = "(", .len = 1, .kind = '(' };
static const struct word closing = { .text = ")", .len = 1, .kind = ')' };
static const struct word question = { .text = "?", .len = 1, .kind = '?' };
static const struct word colon = { .text = ":", .len = 1, .kind = ':' };

static struct words one(const struct word *word)
{
	return (struct words){ word, 1 };
}

static struct flags read_rules(const struct scope *scope)
{
	struct flags flags = { .which = NULL };

	for (u32 i = 0; i < scope->op->slots; i++) {
		const struct slot_rule *rule = &scope->op->slot[i];

		if (rule->place < P_FLAGS_LESS)
			continue;
		flags.which = &rule->which;
		if (!holds(scope, &rule->when))
			continue;
		if (rule->place == P_FLAGS_LESS)
			flags.less = rule->make;
		else if (rule->place == P_FLAGS_PLUS)
			flags.plus = rule->make;
		else if (rule->place == P_FLAGS_TRUTH)
			flags.truth = rule->make;
		else
			flags.loose = true;
	}
	return flags;
}

/* Is the word at @at an operand of `|`s alone? */
static bool is_operand(struct words words, u32 at)
{
	u8 before = at ? words.word[at - 1].kind : '(';
	u8 next = at + 1 < words.n ? words.word[at + 1].kind : ')';

	return (before == '|' || before == '(') && (next == '|' || next == ')');
}

static bool take_out(struct scope *scope, struct words flag,
		     struct words *words)
{
	struct check *check = scope->check;

	if (words->n == 1 && word_same(words->word, flag.word)) {
		*words = one(&zero);
		return true;
	}
	for (u32 i = 0; i < words->n;) {
		bool next = i + 1 < words->n && words->word[i + 1].kind == '|';
		u32 from = next ? i : i - 1;

		if (!word_same(&words->word[i], flag.word)) {
			i++;
			continue;
		}
		if (!is_operand(*words, i) ||
		    (!next && (!i || words->word[i - 1].kind != '|')))
			return refuse(check, scope->anchor,
				      "an explicit %.*s cannot be taken out",
				      (int)flag.word->len, flag.word->text);
		*words = join(check, (struct words){ words->word, from },
			      (struct words){ words->word + from + 2,
					      words->n - from - 2 });
		i = from;
	}
	return true;
}

static bool is_truth(enum level level, struct words words)
{
	return level == L_OROR || level == L_ANDAND || level == L_EQUAL ||
		level == L_LESS ||
		(level >= L_UNARY && words.n && words.word->kind == '!');
}

static struct words put_in(struct scope *scope, const struct flags *flags,
			   struct words words)
{
	struct check *check = scope->check;
	enum level level = expression_level(words, check->rules->types);

	if (words.n == 1 && word_is(words.word, "0"))
		return flags->plus;
	if (words.n == 1 && word_is(words.word, "1") && flags->truth.n)
		words = flags->truth;
	else if (!flags->loose && flags->truth.n && is_truth(level, words))
		words = join(check, join(check, join(check, one(&opening), words),
					 join(check, one(&question),
					      flags->truth)),
			     join(check, join(check, one(&colon), one(&zero)),
				  one(&closing)));
	else if (flags->loose || (level != L_OR && level < L_UNARY))
		words = join(check, join(check, one(&opening), words),
			     one(&closing));
	return join(check, words, join(check, one(&or), flags->plus));
}

bool flags_slot(struct scope *scope, const char *why)
{
	struct check *check = scope->check;
	struct flags flags = read_rules(scope);
	struct words words;
	struct span span;
	u32 nth;

	if (!flags.which)
		return true;
	if (!scope_number(scope, flags.which, &nth))
		return false;
	if (call_arguments(&check->before, scope->anchor, nth, &span) <= nth)
		return refuse(check, scope->anchor,
			      "there is no argument %u here", nth);
	words = old_words(check, span.low, span.high);
	if (flags.less.n && !take_out(scope, flags.less, &words))
		return false;
	if (flags.plus.n)
		words = put_in(scope, &flags, words);
	add_words(check, span.low, span.high, words, why);
	return true;
}
