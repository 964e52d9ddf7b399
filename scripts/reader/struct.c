// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures, unions and enumerations.
 */
#include "parse.h"

/* The index behind the names and attributes at the head of a struct. */
static u32 find_brace(const struct parser *p)
{
	u32 i = p->i;

	while (at(p, i) == T_NAME || is_attribute(at(p, i))) {
		bool first = i == p->i;

		if (p->name && i == p->name)
			break;
		if (at(p, i + 1) != '(')
			i++;
		else if (first || is_attribute(at(p, i)) || is_reserved(p, i))
			i = behind(p, i + 1);
		else
			break;
	}
	return i;
}

/* struct TAG(x) { or struct TAG(x) name */
static bool is_macro_tag(const struct parser *p, u32 brace)
{
	u32 close = ahead(p, 1) == '(' ? closer(p, p->i + 1) : 0;

	if (!close || (p->name && p->i == p->name))
		return false;
	return at(p, brace) == '{' || (at(p, close + 1) == T_NAME &&
				       ahead(p, 2) != '*');
}

/* Names before a brace, of which the first that is no annotation is the tag. */
static void parse_tag(struct parser *p)
{
	bool tagged = false;
	u32 brace = find_brace(p);

	while (is_attribute(next(p)) || next(p) == T_NAME) {
		if (is_attribute(next(p))) {
			if (tagged && at(p, brace) != '{')
				return;
			parse_attribute(p);
		} else if (tagged && at(p, brace) != '{') {
			return;
		} else if (tagged || (at(p, brace) == '{' &&
				      ahead(p, 1) == T_NAME &&
				      is_reserved(p, p->i))) {
			parse_named(p, N_ATTRIBUTE);
		} else if (is_macro_tag(p, brace)) {
			parse_named(p, N_CALL);
			tagged = true;
		} else if (ahead(p, 1) == T_PASTE) {
			if (!parse_primary(p))
				return;
			tagged = true;
		} else {
			leaf(p, N_NAME, 0);
			tagged = true;
		}
	}
}

static void parse_enumerator(struct parser *p, u32 close)
{
	struct mark m = mark(p);
	bool read = parse_primary(p);

	/* A macro can bring several. */
	if (read && next(p) == '(')
		read = parse_suffixes(p, &m, 0);
	while (read && (is_attribute(next(p)) || is_reserved(p, p->i))) {
		if (is_attribute(next(p)))
			parse_attribute(p);
		else
			parse_named(p, N_ATTRIBUTE);
	}
	if (read && accept(p, '='))
		read = parse_conditional(p);
	if (read && (next(p) == ',' || next(p) == T_NAME || p->i == close)) {
		finish(p, &m, N_ENUMERATOR, 0);
		return;
	}
	for (p->i = m.token; p->i < close && next(p) != ',';)
		p->i = over(p, p->i);
	unread(p, &m, p->i < close ? p->i : close, R_DECLARATION);
}

static void parse_enumerators(struct parser *p, u32 close)
{
	while (p->i < close) {
		struct mark m = mark(p);

		if (accept(p, ','))
			continue;
		if (step(p))
			parse_enumerator(p, close);
		else
			unread(p, &m, close, R_BUDGET);
		if (p->i == m.token || p->i > close)
			unread(p, &m, close, R_DECLARATION);
	}
}

static void parse_members(struct parser *p, u8 kind, u32 close)
{
	struct mark m = mark(p);
	bool members = p->members;
	u32 argument_end = p->argument_end;
	u32 name = p->name;

	p->i++;
	p->members = true;
	p->argument_end = 0;
	p->name = 0;
	if (kind == T_ENUM)
		parse_enumerators(p, close);
	else
		parse_statements(p, close);
	p->members = members;
	p->argument_end = argument_end;
	p->name = name;
	p->i = close + 1;
	finish(p, &m, N_MEMBERS, 0);
}

/* At struct, union or enum. */
bool parse_struct(struct parser *p)
{
	struct mark m = mark(p);
	u8 kind = next(p);

	p->i++;
	parse_tag(p);
	if (next(p) == '{') {
		u32 close = closer(p, p->i);

		if (!close)
			return false;
		if (p->depth >= MOST_DEPTH) {
			struct mark body = mark(p);

			unread(p, &body, close + 1, R_DEPTH);
		} else {
			p->depth++;
			parse_members(p, kind, close);
			p->depth--;
		}
	}
	finish(p, &m, kind == T_ENUM ? N_ENUM : N_STRUCT, kind);
	return true;
}
