// SPDX-License-Identifier: GPL-2.0-only
/*
 * Initializers.
 */
#include "parse.h"

/* What stands behind `=`. */
bool parse_value(struct parser *p)
{
	return next(p) == '{' ? parse_init(p) : parse_assignment(p);
}

static bool parse_index_designator(struct parser *p)
{
	struct mark m;
	u32 close = closer(p, p->i);

	if (!close)
		return false;
	p->i++;
	m = mark(p);
	if (!parse_conditional(p))
		return false;
	if (accept(p, T_ELLIPSIS)) {
		if (!parse_conditional(p))
			return false;
		finish(p, &m, N_RANGE, 0);
	}
	if (p->i != close)
		return false;
	p->i++;
	return true;
}

/* .a.b[3], [FIRST ... LAST], and a macro that makes the name: .NAME(x) */
bool parse_designators(struct parser *p)
{
	u32 first = p->i;

	while (next(p) == '.' || next(p) == '[') {
		struct mark m = mark(p);
		u8 op = next(p);

		if (op == '[') {
			if (!parse_index_designator(p))
				return false;
		} else {
			struct mark name;

			p->i++;
			name = mark(p);
			if (is_keyword(next(p)))
				leaf(p, N_NAME, 0);
			else if (!parse_primary(p) || !last_is(p, N_NAME))
				return false;
			if (next(p) == '(' && closer(p, p->i)) {
				u32 close = closer(p, p->i);

				p->i++;
				parse_args(p, close);
				finish(p, &name, N_CALL, 0);
			}
		}
		finish(p, &m, N_DESIGNATOR, op);
	}
	return p->i > first;
}

/* The older form of a designator, name: value. */
static bool parse_old_designator(struct parser *p)
{
	struct mark m = mark(p);

	if (next(p) != T_NAME || ahead(p, 1) != ':')
		return false;
	leaf(p, N_NAME, 0);
	p->i++;
	finish(p, &m, N_DESIGNATOR, ':');
	return true;
}

static bool parse_element(struct parser *p, u32 close)
{
	struct mark m = mark(p);
	bool designated;

	designated = next(p) == '.' || next(p) == '[';
	if (designated) {
		if (!parse_designators(p))
			return false;
		/* A macro can be all of it: [X] MACRO(y), .x MACRO */
		accept(p, '=');
	} else {
		designated = parse_old_designator(p);
	}
	if (p->i < close && next(p) != ',' && !parse_value(p))
		return false;
	if (designated)
		finish(p, &m, N_DESIGNATED, 0);
	return true;
}

/* Can an element follow one without a comma, that a macro brings? */
static bool begins_element(u8 kind)
{
	return kind == T_NAME || kind == '{' || kind == '[' || kind == '.' ||
		kind == '(' || kind == T_STRING;
}

static void skip_element(struct parser *p, const struct mark *m, u32 close)
{
	u32 i = m->token;

	while (i < close && at(p, i) != ',')
		i = over(p, i);
	unread(p, m, i < close ? i : close, R_INITIALIZER);
}

/* All elements up to a token. */
void parse_elements(struct parser *p, u32 close)
{
	while (p->i < close) {
		struct mark one = mark(p);

		if (accept(p, ','))
			continue;
		if (!step(p))
			unread(p, &one, close, R_BUDGET);
		else if (!parse_element(p, close) || p->i > close ||
			 p->i == one.token ||
			 (p->i < close && next(p) != ',' &&
			  !begins_element(next(p))))
			skip_element(p, &one, close);
	}
}

/* Braces with elements. */
bool parse_init(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i);
	bool members = p->members;
	u32 around = p->argument_end;

	if (!close)
		return false;
	if (p->depth >= MOST_DEPTH) {
		unread(p, &m, close + 1, R_DEPTH);
		return true;
	}
	p->depth++;
	p->members = false;
	p->argument_end = 0;
	p->i++;
	parse_elements(p, close);
	p->members = members;
	p->argument_end = around;
	p->depth--;
	p->i = close + 1;
	finish(p, &m, N_INIT, 0);
	return true;
}
