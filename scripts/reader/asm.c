// SPDX-License-Identifier: GPL-2.0-only
/*
 * asm statements.
 */
#include "parse.h"

/*
 * Strings, and macros that make strings: the text of the code, a constraint or
 * what is clobbered.
 */
static bool parse_strings(struct parser *p, u32 close)
{
	struct mark m = mark(p);

	while (p->i < close) {
		struct mark name = mark(p);
		u32 end;

		if (accept(p, T_STRING))
			continue;
		if (next(p) != T_NAME && next(p) != '#')
			break;
		if (ahead(p, 1) != T_PASTE) {
			accept(p, '#');
			leaf(p, N_NAME, 0);
		} else if (!parse_primary(p)) {
			break;
		}
		end = next(p) == '(' ? closer(p, p->i) : 0;
		if (end) {
			p->i++;
			parse_args(p, end);
			finish(p, &name, N_CALL, 0);
		}
	}
	if (p->i == m.token)
		return false;
	finish(p, &m, N_STRING, 0);
	return true;
}

/* [name] "constraint" (expression), or "clobber", or a label, or a macro. */
static bool parse_operand(struct parser *p, u32 close)
{
	struct mark m = mark(p);
	u32 end;

	if (next(p) == '[') {
		end = closer(p, p->i);
		p->i++;
		if (!parse_primary(p) || p->i != end)
			return false;
		p->i++;
	}
	if (!parse_strings(p, close))
		return false;
	end = next(p) == '(' ? closer(p, p->i) : 0;
	if (end) {
		p->i++;
		if (!parse_expression(p) || p->i != end)
			return false;
		p->i++;
	}
	finish(p, &m, N_OPERAND, 0);
	return true;
}

static void skip_operand(struct parser *p, const struct mark *m, u32 close)
{
	u32 i = m->token;

	while (i < close && at(p, i) != ',' && at(p, i) != ':')
		i = over(p, i);
	unread(p, m, i < close ? i : close, R_ASM);
}

/* Pieces of an asm statement that a macro takes as an argument. */
bool parse_asm_argument(struct parser *p, u32 end)
{
	struct mark m = mark(p);

	if (next(p) != '[' && next(p) != ':' && next(p) != T_STRING)
		return false;
	while (p->i < end && step(p)) {
		if (accept(p, ':'))
			continue;
		if (!parse_operand(p, end) || p->i > end ||
		    (p->i < end && next(p) != ':')) {
			undo(p, &m);
			return false;
		}
	}
	return true;
}

static void parse_operands(struct parser *p, u32 close)
{
	while (p->i < close) {
		struct mark m = mark(p);

		if (accept(p, ':') || accept(p, ',') || accept(p, T_PASTE))
			continue;
		if (!step(p))
			unread(p, &m, close, R_BUDGET);
		else if (!parse_operand(p, close) || p->i > close ||
			 (p->i < close && next(p) != ',' && next(p) != ':' &&
			  next(p) != '[' && next(p) != T_NAME))
			skip_operand(p, &m, close);
	}
}

static bool parse_asm_body(struct parser *p)
{
	u32 close = next(p) == '(' ? closer(p, p->i) : 0;
	struct mark m;

	if (!close)
		return false;
	p->i++;
	m = mark(p);
	if (p->i < close && next(p) != ':' &&
	    (!parse_strings(p, close) || (p->i != close && next(p) != ':')))
		skip_operand(p, &m, close);
	parse_operands(p, close);
	p->i = close + 1;
	return true;
}

bool parse_asm(struct parser *p)
{
	struct mark m = mark(p);

	p->i++;
	while (next(p) == T_VOLATILE || next(p) == T_INLINE ||
	       next(p) == T_GOTO || next(p) == T_NAME)
		p->i++;
	if (next(p) == '{') {
		unread(p, &m, behind(p, p->i), R_ASM);
		return true;
	}
	if (!parse_asm_body(p))
		return false;
	end_statement(p);
	finish(p, &m, N_ASM, 0);
	return true;
}

/* asm("name") behind a declarator. */
bool parse_asm_attribute(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i + 1);

	p->i++;
	if (close) {
		p->i++;
		parse_args(p, close);
	}
	finish(p, &m, N_ATTRIBUTE, 0);
	return true;
}
