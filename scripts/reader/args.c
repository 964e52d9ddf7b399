// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arguments of what looks like a call: macros take more than expressions.
 */
#include "parse.h"

/* Arguments of this many tokens need not be code: `=`, `< 3`. */
#define MOST_OPERATOR_TOKENS 3

static bool ends(const struct parser *p, u32 close)
{
	return p->i == close || (next(p) == ',' && p->i < close);
}

/* The index behind the argument that begins at the next token. */
static u32 end_of(const struct parser *p, u32 close)
{
	u32 i = p->i;

	while (i < close && at(p, i) != ',')
		i = over(p, i);
	return i < close ? i : close;
}

/* Is there a statement directly inside of a brace, by its sign or word? */
bool has_statements(const struct parser *p, u32 open)
{
	u32 close = closer(p, open);

	for (u32 i = open + 1; i < close;) {
		if (at(p, i) == ';' || is_statement_word(at(p, i)))
			return true;
		i = over(p, i);
	}
	return false;
}

static bool is_operator_sign(u8 kind)
{
	return kind && kind != T_NAME && kind != T_NUMBER && kind != T_STRING &&
		kind != T_CHAR && kind != T_PASTE && !is_keyword(kind);
}

/* `type *` at the end of an argument, or `type * const name`. */
static bool is_pointer_type(const struct parser *p, u32 close)
{
	u32 i = p->i + 1;
	bool qualified = false;

	for (;; i++) {
		if (is_qualifier(at(p, i)) || at(p, i) == T_ANNOTATION ||
		    (is_reserved(p, i) && at(p, i + 1) == T_NAME))
			qualified = true;
		else if (at(p, i) != '*')
			break;
	}
	if (i >= close || at(p, i) == ',')
		return true;
	return at(p, i) == T_NAME && (qualified || at(p, i + 1) == T_NAME);
}

static bool looks_like_type(const struct parser *p, u32 close)
{
	u8 kind = next(p);
	u8 after = ahead(p, 1);

	if (is_type_word(kind) || is_storage(kind) || is_attribute(kind))
		return true;
	if (kind != T_NAME)
		return false;
	if (after == '*')
		return is_pointer_type(p, close);
	return (after == T_NAME && ahead(p, 2) != T_STRING) ||
		is_type_word(after) || after == T_ANNOTATION;
}

/* FIELD(unsigned int x : 3, ...) */
static bool parse_width(struct parser *p)
{
	struct mark m = mark(p);

	if (!accept(p, ':'))
		return true;
	if (!parse_conditional(p))
		return false;
	finish(p, &m, N_BITFIELD, 0);
	return true;
}

/* A type, or a declaration, as macros and prototypes have them. */
static bool parse_type_argument(struct parser *p, u32 close)
{
	struct mark m = mark(p);

	if (p->hint[p->i] & HINT_NO_TYPE)
		return false;
	if (parse_specifiers(p, false) &&
	    (ends(p, close) || parse_declarator(p, ABSTRACT)) &&
	    parse_width(p) && ends(p, close)) {
		finish(p, &m, N_TYPE, 0);
		return true;
	}
	p->hint[m.token] |= HINT_NO_TYPE;
	undo(p, &m);
	return false;
}

/* .member = value, [INDEX] = value: an initializer's element in a macro. */
static bool parse_element(struct parser *p)
{
	struct mark m = mark(p);

	if (!parse_designators(p) || !accept(p, '=') || !parse_value(p))
		return false;
	finish(p, &m, N_DESIGNATED, 0);
	return true;
}

/* a * b can be `a *b` to a macro that takes declarations. */
static void mark_product(struct parser *p, const struct mark *m)
{
	struct node *node = &p->tree.node[p->tree.n - 1];

	if (node->kind == N_BINARY && node->op == '*' &&
	    p->i == m->token + 3 && at(p, m->token) == T_NAME &&
	    at(p, m->token + 2) == T_NAME)
		node->flags |= NF_AMBIGUOUS;
}

static bool parse_expression_argument(struct parser *p, u32 close)
{
	struct mark m = mark(p);
	bool read;

	if (p->hint[p->i] & HINT_NO_EXPRESSION)
		return false;
	if (next(p) == '{')
		read = !has_statements(p, p->i) && parse_init(p);
	else if (next(p) == '.' || next(p) == '[')
		read = parse_element(p);
	else
		read = parse_assignment(p);
	/* BITS(7 : 4) */
	if (read && accept(p, ':')) {
		read = parse_assignment(p);
		finish(p, &m, N_BINARY, ':');
	}
	if (read && ends(p, close)) {
		mark_product(p, &m);
		return true;
	}
	p->hint[m.token] |= HINT_NO_EXPRESSION;
	undo(p, &m);
	return false;
}

static bool parse_statement_argument(struct parser *p, u32 close)
{
	struct mark m = mark(p);
	u32 around = p->argument_end;
	u32 n = 0;
	bool read = true;

	if (p->hint[p->i] & HINT_NO_STATEMENTS)
		return false;
	p->argument_end = close;
	while (read && !ends(p, close)) {
		u32 before = p->i;

		read = parse_statement(p) && p->i > before && p->i <= close;
		n++;
	}
	p->argument_end = around;
	if (read) {
		if (n > 1)
			finish(p, &m, N_STATEMENTS, 0);
		return true;
	}
	p->hint[m.token] |= HINT_NO_STATEMENTS;
	undo(p, &m);
	return false;
}

/* CHANGE(x, |= MASK): an operator with its right side. */
static bool parse_right_side(struct parser *p, u32 close)
{
	struct mark m = mark(p);

	if (!is_binary(next(p)) && !is_assignment(next(p)))
		return false;
	leaf(p, N_OPERATOR, next(p));
	if (parse_assignment(p) && ends(p, close))
		return true;
	undo(p, &m);
	return false;
}

/* ELEMENT(p, [i].x): what the macro puts behind something. */
static bool parse_access(struct parser *p, u32 end)
{
	struct mark m = mark(p);

	if ((next(p) == '[' || next(p) == '.') &&
	    parse_suffixes(p, &m, NF_SUFFIX) && p->i == end)
		return true;
	undo(p, &m);
	return false;
}

/* PROTOTYPE(f, (int x, void *y)) */
static bool parse_params_argument(struct parser *p, u32 end)
{
	struct mark m = mark(p);

	if (next(p) == '(' && closer(p, p->i) == end - 1 &&
	    parse_params(p) && p->source->regions == m.region)
		return true;
	undo(p, &m);
	return false;
}

/* `mov %[x]` and `.long x` are never C. */
static bool is_assembler(const struct parser *p, u32 i)
{
	u8 then = at(p, i + 1);

	if (at(p, i) == '%')
		return then == '[' || then == '%';
	if (at(p, i) == '[' && i == p->i)
		return then == T_NAME && at(p, i + 2) == ']';
	return i == p->i && at(p, i) == '.' &&
		(then == T_NAME || is_keyword(then)) &&
		at(p, i + 2) != '=' && at(p, i + 2) != '.' &&
		at(p, i + 2) != '[';
}

/*
 * Operators by themselves, what is pasted, and text for the assembler are no
 * code.
 */
static void parse_other_argument(struct parser *p, u32 close)
{
	struct mark m = mark(p);
	u32 end = end_of(p, close);
	bool signs = true;
	bool pasted = false;
	bool assembler = false;

	if (parse_asm_argument(p, end) || parse_access(p, end) ||
	    parse_params_argument(p, end))
		return;
	for (u32 i = p->i; i < end; i++) {
		signs &= is_operator_sign(at(p, i));
		pasted |= at(p, i) == T_PASTE || at(p, i) == '#';
		assembler |= is_assembler(p, i);
	}
	if (pasted || assembler || end - p->i < MOST_OPERATOR_TOKENS ||
	    (signs && end - p->i == MOST_OPERATOR_TOKENS)) {
		p->i = end;
		finish(p, &m, N_OPERATOR, 0)->flags |= pasted ? NF_PASTED : 0;
		return;
	}
	unread(p, &m, end, R_ARGUMENT);
}

/* One argument, which can be empty. */
void parse_argument(struct parser *p, u32 close)
{
	struct mark m = mark(p);

	/* , ##__VA_ARGS__ */
	accept(p, T_PASTE);
	p->depth++;
	if (!p->steps || p->depth > MOST_DEPTH)
		unread(p, &m, end_of(p, close), p->steps ? R_DEPTH : R_BUDGET);
	else if (!ends(p, close) &&
		 !(looks_like_type(p, close) && parse_type_argument(p, close)) &&
		 !parse_expression_argument(p, close) &&
		 !parse_statement_argument(p, close) &&
		 !parse_right_side(p, close))
		parse_other_argument(p, close);
	p->depth--;
	step(p);
	finish(p, &m, N_ARG, 0);
}

/* Behind a parenthesis: all arguments, and the closing one. */
void parse_args(struct parser *p, u32 close)
{
	if (p->i == close) {
		p->i++;
		return;
	}
	do
		parse_argument(p, close);
	while (p->i < close && accept(p, ','));
	p->i = close + 1;
}
