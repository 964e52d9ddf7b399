// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expressions.
 */
#include "parse.h"

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

	while (i < p->i + MOST_JOINED && (at(p, i) == T_NAME ||
					  at(p, i) == T_NUMBER))
		i++;
	return i > p->i + 1 && (at(p, i) == ';' || at(p, i) == ')' ||
				at(p, i) == ',' || is_binary(at(p, i)) ||
				at(p, i) == T_END || at(p, i) == '}');
}

static void parse_joined(struct parser *p, const struct mark *m)
{
	while (next(p) == T_NAME || next(p) == T_NUMBER)
		leaf(p, next(p) == T_NAME ? N_NAME : N_NUMBER, 0);
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

static void parse_string(struct parser *p, const struct mark *m)
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
static bool parse_pasted(struct parser *p)
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

static bool parse_index(struct parser *p)
{
	u32 close = closer(p, p->i);

	if (!close)
		return false;
	p->i++;
	if (!parse_expression(p))
		return false;
	if (next(p) == T_ELLIPSIS) {
		p->i++;
		if (!parse_conditional(p))
			return false;
	}
	if (p->i != close)
		return false;
	p->i++;
	return true;
}

static bool parse_member(struct parser *p)
{
	p->i++;
	if (ahead(p, 1) == T_PASTE && parse_pasted(p))
		return true;
	if (next(p) != T_NAME && !is_keyword(next(p)))
		return false;
	leaf(p, N_NAME, 0);
	return true;
}

/*
 * What stands behind an operand: calls, indices, members, ++ and --. With
 * NF_SUFFIX each node holds its own part only, for the base is not yet known.
 */
bool parse_suffixes(struct parser *p, const struct mark *m, u16 flags)
{
	while (step(p)) {
		struct mark from = flags ? mark(p) : *m;
		u8 kind = next(p);
		u32 close;

		switch (kind) {
		case '(':
			close = closer(p, p->i);
			if (!close)
				return false;
			p->i++;
			parse_args(p, close);
			finish(p, &from, N_CALL, 0)->flags |= flags;
			break;
		case '[':
			if (!parse_index(p))
				return false;
			finish(p, &from, N_INDEX, 0)->flags |= flags;
			break;
		case '.':
		case T_ARROW:
			if (!parse_member(p))
				return false;
			finish(p, &from, N_MEMBER, kind)->flags |= flags;
			break;
		case T_INC:
		case T_DEC:
			/* for_each_x(y) ++n; */
			if (last_is(p, N_CALL) && ahead(p, 1) == T_NAME)
				return true;
			p->i++;
			finish(p, &from, N_POSTFIX, kind)->flags |= flags;
			break;
		case T_STRING:
			if (flags || !last_is(p, N_CALL))
				return true;
			parse_string(p, m);
			break;
		default:
			return true;
		}
	}
	return false;
}

static bool parse_sizeof(struct parser *p)
{
	struct mark m = mark(p);
	u8 op = next(p);
	enum paren paren;
	u32 close;

	p->i++;
	paren = next(p) == '(' ? what_in_paren(p, p->i) : PAREN_EXPRESSION;
	close = paren == PAREN_EXPRESSION ? 0 : closer(p, p->i);
	if (close && at(p, close + 1) != '{' &&
	    (paren == PAREN_TYPE || !may_go_on(p, close + 1))) {
		if (paren == PAREN_NAME) {
			parse_name_or_type(p);
		} else {
			p->i++;
			parse_type(p, close);
			p->i = close + 1;
		}
	} else if (!parse_unary(p)) {
		return false;
	}
	finish(p, &m, N_SIZEOF, op);
	return true;
}

/* At a parenthesis: (type) operand, (type) { ... } */
static bool parse_cast(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i);

	p->i++;
	parse_type(p, close);
	p->i = close + 1;
	if (next(p) == '{') {
		if (!parse_init(p))
			return false;
		finish(p, &m, N_COMPOUND, 0);
		return parse_suffixes(p, &m, 0);
	}
	if (!parse_unary(p))
		return false;
	finish(p, &m, N_CAST, 0);
	return true;
}

static bool parse_prefixed(struct parser *p)
{
	struct mark m = mark(p);
	u8 op = next(p);

	p->i++;
	if (op == T_ANDAND) {
		if (next(p) != T_NAME)
			return false;
		leaf(p, N_NAME, 0);
		finish(p, &m, N_LABEL_ADDRESS, 0);
		return true;
	}
	if (!parse_unary(p))
		return false;
	finish(p, &m, N_UNARY, op);
	return true;
}

static bool parse_operand(struct parser *p)
{
	struct mark m = mark(p);

	switch (next(p)) {
	case T_INC: case T_DEC: case '&': case '*': case '+': case '-':
	case '~': case '!': case T_ANDAND: case T_EXTENSION:
		return parse_prefixed(p);
	case T_SIZEOF: case T_ALIGNOF:
		return parse_sizeof(p);
	case '(':
		switch (what_in_paren(p, p->i)) {
		case PAREN_TYPE:
			return parse_cast(p);
		case PAREN_NAME:
			return parse_cast_or_call(p);
		default:
			break;
		}
		break;
	}
	return parse_primary(p) && parse_suffixes(p, &m, 0);
}

bool parse_unary(struct parser *p)
{
	bool read;

	if (!step(p))
		return false;
	if (p->depth >= MOST_DEPTH)
		return too_deep(p);
	p->depth++;
	read = parse_operand(p);
	p->depth--;
	return read;
}

bool parse_conditional(struct parser *p)
{
	struct mark m = mark(p);

	if (!parse_chain(p))
		return false;
	if (!accept(p, '?'))
		return true;
	if (next(p) != ':' && !parse_expression(p))
		return false;
	if (!accept(p, ':') || !parse_assignment(p))
		return false;
	finish(p, &m, N_CONDITIONAL, 0);
	return true;
}

bool parse_assignment(struct parser *p)
{
	struct mark m = mark(p);
	bool read;
	u8 op;

	if (p->depth >= MOST_DEPTH)
		return too_deep(p);
	p->depth++;
	read = parse_conditional(p);
	op = next(p);
	if (read && is_assignment(op)) {
		p->i++;
		read = parse_value(p);
		if (read)
			finish(p, &m, N_ASSIGN, op);
	}
	p->depth--;
	return read;
}

bool parse_expression(struct parser *p)
{
	struct mark m = mark(p);

	if (!parse_assignment(p))
		return false;
	while (accept(p, ',')) {
		if (!parse_assignment(p))
			return false;
		finish(p, &m, N_BINARY, ',');
	}
	return true;
}
