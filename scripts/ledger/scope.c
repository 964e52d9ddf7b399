// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names with a $, and the words that they stand for.
 */
#include <string.h>

#include "grammar.h"
#include "precedence.h"
#include "scope.h"

const struct binding *scope_find(const struct scope *scope,
				 const struct word *name)
{
	for (u32 i = 0; i < scope->n; i++) {
		if (word_same(&scope->bound[i].name, name))
			return &scope->bound[i];
	}
	return NULL;
}

/* Does an operator stand before one operand here, not between two? */
static bool is_prefix(struct words around, u32 at)
{
	u8 kind = around.word[at].kind;
	u8 before = at ? around.word[at - 1].kind : T_END;

	if (kind == '!' || kind == '~' || kind == T_INC || kind == T_DEC)
		return true;
	if (kind != '&' && kind != '*' && kind != '+' && kind != '-')
		return false;
	return before == T_END || is_opener(before) || before == ';' ||
		before == '}' || operator_level(before) < L_OPERAND;
}

bool scope_fits(const struct scope *scope, struct words around, u32 at,
		struct words words)
{
	struct words types = scope->check->rules->types;
	enum level level = expression_level(words, types);
	u8 next = at + 1 < around.n ? around.word[at + 1].kind : T_END;
	u8 before = at ? around.word[at - 1].kind : T_END;

	if (next == '[' || next == '.' || next == '(' || next == T_ARROW ||
	    next == T_INC || next == T_DEC) {
		if (level != L_OPERAND)
			return false;
	} else if (operator_level(next) < L_OPERAND &&
		   level <= operator_level(next)) {
		return false;
	}
	if (before == '(')
		return level > L_COMMA;
	if (at && is_prefix(around, at - 1))
		return before == '&' ? is_object(words, types) :
			level >= L_UNARY;
	if (is_assignment(before))
		return level >= L_ASSIGN;
	return operator_level(before) == L_OPERAND ||
		level > operator_level(before);
}

static bool find_argument(struct scope *scope, const struct word *name,
			  struct words *found)
{
	u32 nth = name->text[name->len - 1] - '0';
	struct span span = { 0, 0 };

	if (call_arguments(&scope->check->before, scope->anchor, nth,
			   &span) <= nth)
		return refuse(scope->check, scope->anchor,
			      "there is no argument %u here", nth);
	*found = old_words(scope->check, span.low, span.high);
	return true;
}

bool scope_words(struct scope *scope, const struct word *name,
		 struct words *found)
{
	const struct binding *binding = scope_find(scope, name);
	const struct field *field;

	if (binding) {
		*found = binding->words;
		return true;
	}
	if (word_is(name, "$anchor")) {
		*found = old_words(scope->check, scope->anchor,
				   scope->anchor + 1);
		return true;
	}
	if (name->len == 5 && !memcmp(name->text, "$arg", 4) &&
	    name->text[4] >= '0' && name->text[4] <= '9')
		return find_argument(scope, name, found);
	field = edit_field(scope->edit, name->text + 1, name->len - 1);
	if (!field)
		return refuse(scope->check, scope->anchor,
			      "the plan gives no '%.*s'", (int)name->len - 1,
			      name->text + 1);
	if (field->why)
		return refuse(scope->check, scope->anchor,
			      "the plan's '%s' has %s", field->name,
			      field->why);
	*found = field->words;
	return true;
}

bool scope_make(struct scope *scope, struct words from, struct words *made)
{
	struct check *check = scope->check;
	struct words result = { NULL, 0 };

	for (u32 i = 0; i < from.n; i++) {
		struct words words = { from.word + i, 1 };

		if (is_capture(&from.word[i])) {
			if (!scope_words(scope, &from.word[i], &words))
				return false;
			if (!scope_fits(scope, from, i, words))
				return refuse(check, scope->anchor,
					      "'%.*s' would be read otherwise",
					      (int)from.word[i].len - 1,
					      from.word[i].text + 1);
		}
		result = join(check, result, words);
	}
	*made = result;
	return true;
}

bool scope_number(struct scope *scope, const struct word *word, u32 *value)
{
	struct words words = { word, 1 };

	if (is_capture(word) && !scope_words(scope, word, &words))
		return false;
	if (words.n != 1 || words.word[0].len != 1 ||
	    words.word[0].text[0] < '0' || words.word[0].text[0] > '9')
		return refuse(scope->check, scope->anchor,
			      "the plan gives no number '%.*s'",
			      (int)word->len - 1, word->text + 1);
	*value = words.word[0].text[0] - '0';
	return true;
}
