// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an edit to its slots.
 */
#include <stdio.h>
#include <string.h>

#include "apart.h"
#include "grammar.h"
#include "precedence.h"
#include "slots.h"

static bool has_field(const struct edit *edit, const struct condition *condition)
{
	const struct word *value = &condition->value;
	const struct field *field = edit_field(edit, condition->field.text,
					       condition->field.len);

	return field && (!value->len ||
			 (strlen(field->text) == value->len &&
			  !memcmp(field->text, value->text, value->len)));
}

bool holds(const struct scope *scope, const struct conditions *when)
{
	for (u32 i = 0; i < when->n; i++) {
		const struct condition *condition = &when->one[i];
		u8 of = scope->op->member ?
			kind_at(&scope->check->before, scope->access.of) : T_END;
		bool is;

		if (of != T_END && word_is(&condition->field, "dot"))
			is = of == '.';
		else if (of != T_END && word_is(&condition->field, "arrow"))
			is = of == T_ARROW;
		else
			is = has_field(scope->edit, condition);
		if (is == condition->no)
			return false;
	}
	return true;
}

/* A name of the list, and the one that the plan expects. */
static bool find_anchor(struct scope *scope)
{
	struct check *check = scope->check;
	const struct edit *edit = scope->edit;
	struct words names = scope->op->anchor;
	const char *token = edit_text(edit, "token");
	u32 at = text_at(&check->before, edit->line, edit->column);
	const struct word *word;

	if (names.n == 1 && is_capture(names.word)) {
		/* Nothing of the old text is known yet that could be named. */
		const struct field *field = edit_field(edit,
						       names.word->text + 1,
						       names.word->len - 1);

		names = field ? field->words : (struct words){ NULL, 0 };
		token = field ? field->text : token;
	}
	word = at == NO_WORD ? NULL : &check->before.word[at];
	if (!word || !is_listed(names, word) ||
	    (*token && !word_is(word, token)))
		return refuse(check, NO_WORD, "the plan expects '%s' here",
			      token);
	scope->anchor = at;
	return true;
}

static bool inside(struct scope *scope)
{
	struct check *check = scope->check;
	u32 brace = brace_around(&check->before, scope->anchor);
	struct words want;

	if (!scope_make(scope, scope->op->inside, &want))
		return false;
	if (brace == NO_WORD || brace < want.n ||
	    !words_same(want, old_words(check, brace - want.n, brace)))
		return refuse(check, scope->anchor,
			      "the plan expects other braces around");
	return true;
}

static void bind(struct scope *scope, const char *name, u32 low, u32 high)
{
	scope->bound[scope->always++] = (struct binding){
		{ .text = name, .len = strlen(name), .kind = T_NAME },
		old_words(scope->check, low, high),
	};
	scope->n = scope->always;
}

static bool find_object(struct scope *scope)
{
	struct access *access = &scope->access;
	const char *why = access_find(&scope->check->before, scope->anchor,
				      access);

	if (why)
		return refuse(scope->check, scope->anchor, "%s", why);
	bind(scope, "$object", access->low, access->of);
	bind(scope, "$of", access->of, access->member);
	return true;
}

static const char *not_made(struct scope *scope)
{
	const struct text *before = &scope->check->before;
	const struct word *name = &before->word[scope->anchor];
	bool call = kind_at(before, scope->anchor + 1) == '(';
	u32 room = name->len + scope->op->name.len + 64;
	char *why = arena_alloc(&scope->check->arena, room);

	snprintf(why, room, "the planned %.*s of %.*s%s was not made",
		 (int)scope->op->name.len, scope->op->name.text,
		 (int)name->len, name->text, call ? "()" : "");
	return why;
}

/* Conditions that hold for the whole of an operation. */
static bool stands(struct scope *scope, const char *not)
{
	struct check *check = scope->check;
	const struct op *op = scope->op;
	const char *why = "";
	struct span span;
	u32 n;

	if (op->inside.n && !inside(scope))
		return false;
	if (op->member && !find_object(scope))
		return false;
	if (op->arguments.len) {
		if (!scope_number(scope, &op->arguments, &n))
			return false;
		if (call_arguments(&check->before, scope->anchor, 0,
				   &span) != n)
			return refuse(check, scope->anchor, "%s", not);
	}
	if (!op->alone)
		return true;
	n = statement_start(&check->before, scope->anchor, &why);
	if (n == NO_WORD)
		return refuse(check, scope->anchor, "%s", why);
	if (n != scope->anchor)
		return refuse(check, scope->anchor, "%.*s() is no statement here",
			      (int)check->before.word[scope->anchor].len,
			      check->before.word[scope->anchor].text);
	return true;
}

static bool in_call(struct scope *scope, const struct slot_rule *rule,
		    struct words made, const char *why)
{
	struct check *check = scope->check;
	const struct text *before = &check->before;
	u32 close = call_end(before, scope->anchor);
	struct span span;
	u32 nth;

	if (close == NO_WORD)
		return refuse(check, scope->anchor, "a bracket is not closed");
	if (rule->place == P_CLOSE) {
		add_words(check, close, close, made, why);
		return true;
	}
	if (rule->place == P_OPERAND) {
		u8 next = kind_at(before, close + 3);

		if (kind_at(before, close + 1) != '<' ||
		    kind_at(before, close + 2) != T_NUMBER ||
		    (operator_level(next) >= L_LESS && next != ';' &&
		     !is_closer(next)))
			return refuse(check, scope->anchor,
				      "no number is compared with here");
		add_words(check, close + 2, close + 3, made, why);
		return true;
	}
	if (!scope_number(scope, &rule->which, &nth))
		return false;
	if (call_arguments(before, scope->anchor, nth, &span) <= nth)
		return refuse(check, scope->anchor,
			      "there is no argument %u here", nth);
	if (rule->place == P_BEHIND_ARGUMENT)
		span.low = span.high;
	add_words(check, span.low, span.high, made, why);
	return true;
}

static bool at_access(struct scope *scope, const struct slot_rule *rule,
		      const char *why)
{
	const struct access *access = &scope->access;

	if (access_changes(&scope->check->before, access))
		return refuse(scope->check, scope->anchor,
			      "the member is changed here, or its address taken");
	add_apart(scope, (struct span){ access->low, access->member + 1 },
		  rule->make, why);
	return true;
}

static bool around_statement(struct scope *scope, enum place place,
			     struct words made, const char *why)
{
	struct check *check = scope->check;
	const char *no = "the statement has no end";
	u32 start = statement_start(&check->before, scope->anchor, &no);
	u32 end = start == NO_WORD ? NO_WORD :
		statement_end(&check->before, start);
	bool bare;

	if (end == NO_WORD)
		return refuse(check, scope->anchor, "%s", no);
	bare = is_bare_body(&check->before, start);
	if (place == P_BEHIND_STATEMENT) {
		if (bare || start != scope->anchor)
			return refuse(check, scope->anchor,
				      "no place for a statement behind this one");
		add_words(check, end, end, made, why);
	} else if (place == P_STATEMENT) {
		if (bare && !made.n)
			return refuse(check, scope->anchor, "%s",
				      "nothing else is done under the condition here");
		add_words(check, start, end, made, why);
	} else if (bare) {
		add_words(check, start, start, join(check, brace(true), made),
			  why);
		add_words(check, end, end, brace(false), why);
	} else {
		add_words(check, start, start, made, why);
	}
	return true;
}

static bool elsewhere(struct scope *scope, enum place place,
		      struct words made, const char *why)
{
	struct check *check = scope->check;
	u32 at;

	if (place == P_MEMBER) {
		at = statement_end(&check->before, scope->anchor);
		if (at == NO_WORD)
			return refuse(check, scope->anchor,
				      "the member has no end");
	} else {
		at = block_of(&check->before, scope->anchor);
		if (at == NO_WORD)
			return refuse(check, scope->anchor,
				      "the place is in no function");
		at = check->before.block[at].low + 1;
	}
	add_words(check, at, at, made, why);
	return true;
}

static bool slot_of(struct scope *scope, const struct slot_rule *rule,
		    const char *why)
{
	struct words made;

	if (!scope_make(scope, rule->make, &made))
		return false;
	switch (rule->place) {
	case P_NAME:
		if (scope->op->forms)
			return find_forms(scope, made, why);
		add_words(scope->check, scope->anchor, scope->anchor + 1, made,
			  why);
		return true;
	case P_ACCESS:
		return at_access(scope, rule, why);
	case P_CLOSE:
	case P_ARGUMENT:
	case P_BEHIND_ARGUMENT:
	case P_OPERAND:
		return in_call(scope, rule, made, why);
	case P_STATEMENT:
	case P_BEHIND_STATEMENT:
		return around_statement(scope, rule->place, made, why);
	default:
		return elsewhere(scope, rule->place, made, why);
	}
}

/* Statements that come before the edit's own stand in one slot. */
static bool all_slots(struct scope *scope, const char *why)
{
	const struct op *op = scope->op;
	struct words ahead = { NULL, 0 };
	bool named = false;

	for (u32 i = 0; i < op->slots; i++) {
		const struct slot_rule *rule = &op->slot[i];
		struct words made;

		named = named || rule->place == P_NAME;
		if (rule->place >= P_FLAGS_LESS ||
		    !holds(scope, &rule->when))
			continue;
		if (rule->place == P_BEFORE_STATEMENT) {
			if (!scope_make(scope, rule->make, &made))
				return false;
			ahead = join(scope->check, ahead, made);
		} else if (!slot_of(scope, rule, why)) {
			return false;
		}
	}
	if (op->forms && !named &&
	    !find_forms(scope, (struct words){ NULL, 0 }, why))
		return false;
	return !ahead.n || around_statement(scope, P_BEFORE_STATEMENT, ahead,
					    why);
}

static bool find_all(struct scope *scope)
{
	const char *why;

	if (!find_anchor(scope))
		return false;
	why = not_made(scope);
	return stands(scope, why) && all_slots(scope, why) &&
		flags_slot(scope, why);
}

bool find_slots(struct check *check, const struct edit *edit)
{
	const char *name = edit_text(edit, "op");
	struct word word = { .text = name, .len = strlen(name) };
	struct scope scope = {
		.check = check, .edit = edit,
		.op = rules_op(check->rules, &word),
	};

	if (!scope.op)
		refuse(check, NO_WORD, "nothing is known of a planned %s",
		       name);
	else if (find_all(&scope))
		return true;
	check->line = edit->line;
	return false;
}
