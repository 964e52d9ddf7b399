// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operands of expressions.
 */
#include "parse.h"

/* Macros between strings, and names side by side, that are looked at. */
#define MOST_STRING_MACROS 4
#define MOST_JOINED 16

static bool parse_paren(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i);

	if (!close)
		return false;
	p->i++;
	if (next(p) == '{') {
		if (!parse_block(p))
			return false;
		/* A semicolon behind the block is an empty statement. */
		accept(p, ';');
		if (p->i != close) {
			struct mark rest = mark(p);

			unread(p, &rest, close, R_STATEMENT);
		}
		p->i = close + 1;
		finish(p, &m, N_STATEMENT_EXPR, 0);
		return true;
	}
	if (!parse_expression(p) || p->i != close)
		return false;
	p->i++;
	finish(p, &m, N_PAREN, 0);
	return true;
}

/*
 * At a name that no parenthesis follows: do more names and calls lead to a
 * string? "%s" is then preceded by macros that are strings.
 */
static bool leads_to_string(const struct parser *p)
{
	u32 i = p->i + 1;

	for (u32 n = 0; n < MOST_STRING_MACROS && at(p, i) == T_NAME; n++) {
		i++;
		if (at(p, i) == '(')
			i = behind(p, i);
	}
	return at(p, i) == T_STRING;
}

/*
 * `4 KB`, `x TIMES_HZ`, `left op right`: names side by side are macros that make
 * an expression of them.
 */
static bool is_joined(const struct parser *p)
{
	u32 i = p->i + 1;

	while (i < p->i + MOST_JOINED && at(p, i) == T_NAME)
		i++;
	/* 0 MORE(): what the macro adds to a number. */
	if (next(p) == T_NUMBER && i > p->i + 1 && at(p, i) == '(')
		i = over(p, i);
	return i > p->i + 1 && (at(p, i) == ';' || at(p, i) == ')' ||
				at(p, i) == ',' || is_binary(at(p, i)) ||
				at(p, i) == T_END || at(p, i) == '}');
}

static void parse_joined(struct parser *p, const struct mark *m)
{
	leaf(p, next(p) == T_NAME ? N_NAME : N_NUMBER, 0);
	while (next(p) == T_NAME) {
		if (ahead(p, 1) == '(')
			parse_named(p, N_CALL);
		else
			leaf(p, N_NAME, 0);
	}
	finish(p, m, N_JOINED, 0);
}

/* Names and calls between strings are macros that are strings. */
static bool in_strings(const struct parser *p)
{
	if (next(p) == T_STRING)
		return true;
	if (next(p) == '#')
		return ahead(p, 1) == T_NAME;
	return next(p) == T_NAME && (!(p->t[p->i].flags & TF_COLUMN0) ||
				     ahead(p, 1) == T_STRING);
}

/* Strings, and what makes strings, from a mark on. */
void parse_string(struct parser *p, const struct mark *m)
{
	while (in_strings(p)) {
		struct mark name = mark(p);

		if (accept(p, T_STRING) || accept(p, '#'))
			continue;
		leaf(p, N_NAME, 0);
		if (next(p) == '(' && closer(p, p->i)) {
			u32 close = closer(p, p->i);

			p->i++;
			parse_args(p, close);
			finish(p, &name, N_CALL, 0);
		}
	}
	finish(p, m, N_STRING, 0);
}

static bool can_be_pasted(u8 kind)
{
	return kind == T_NAME || kind == T_NUMBER || is_keyword(kind);
}

/* a ## b is one name, whatever the parts are. */
bool parse_pasted(struct parser *p)
{
	struct mark m = mark(p);
	u8 kind = next(p) == T_NUMBER ? N_NUMBER : N_NAME;

	while (can_be_pasted(next(p)) && ahead(p, 1) == T_PASTE &&
	       can_be_pasted(ahead(p, 2)))
		p->i += 2;
	if (m.token == p->i)
		return false;
	p->i++;
	finish(p, &m, kind, 0)->flags |= NF_PASTED;
	return true;
}

static bool parse_generic(struct parser *p)
{
	struct mark m = mark(p);
	u32 close;

	p->i++;
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (!close)
		return false;
	p->i++;
	if (!parse_assignment(p))
		return false;
	while (accept(p, ',')) {
		struct mark one = mark(p);
		u32 colon = p->i;

		while (colon < close && at(p, colon) != ':')
			colon = over(p, colon);
		if (!accept(p, T_DEFAULT) && !parse_type(p, colon))
			return false;
		if (!accept(p, ':') || !parse_assignment(p))
			return false;
		finish(p, &one, N_ASSOCIATION, 0);
	}
	if (p->i != close)
		return false;
	p->i++;
	finish(p, &m, N_GENERIC, 0);
	return true;
}

/* An operand without what stands behind or before it. */
bool parse_primary(struct parser *p)
{
	struct mark m = mark(p);

	if (ahead(p, 1) == T_PASTE && parse_pasted(p))
		return true;
	switch (next(p)) {
	case T_NAME:
		if (leads_to_string(p)) {
			parse_string(p, &m);
			return true;
		}
		if (is_joined(p))
			parse_joined(p, &m);
		else
			leaf(p, N_NAME, 0);
		return true;
	case T_NUMBER:
		if (is_joined(p))
			parse_joined(p, &m);
		else
			leaf(p, N_NUMBER, 0);
		return true;
	case T_CHAR:
		leaf(p, N_CHAR, 0);
		return true;
	case T_STRING:
		parse_string(p, &m);
		return true;
	case '#':
		if (ahead(p, 1) != T_NAME)
			return false;
		parse_string(p, &m);
		p->tree.node[p->tree.n - 1].flags |= NF_PASTED;
		return true;
	case '(':
		return parse_paren(p);
	case T_GENERIC:
		return parse_generic(p);
	}
	return false;
}
