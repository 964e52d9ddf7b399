// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expressions.
 */
#include "parse.h"

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
	u32 close;

	p->i++;
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (close == p->i + 2 && ahead(p, 1) == T_NAME &&
	    at(p, close + 1) != '{' && !may_go_on(p, close + 1)) {
		parse_name_or_type(p);
	} else if (close && at(p, close + 1) != '{' &&
		   what_in_paren(p, p->i) == PAREN_TYPE) {
		p->i++;
		parse_type(p, close);
		p->i = close + 1;
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
