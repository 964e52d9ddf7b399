// SPDX-License-Identifier: GPL-2.0-only
/*
 * Declarators and declarations.
 */
#include "parse.h"

static bool is_declared_name(const struct parser *p)
{
	return p->name && p->i == p->name;
}

/* An annotation between a star and what it points from. */
static bool parse_pointer_annotation(struct parser *p)
{
	u8 then = ahead(p, 1);

	if (!is_reserved(p, p->i) || is_declared_name(p))
		return false;
	if (then == T_NAME || then == '*' || is_qualifier(then)) {
		parse_named(p, N_ATTRIBUTE);
		return true;
	}
	if (then == '(' && closer(p, p->i + 1) &&
	    at(p, closer(p, p->i + 1) + 1) == T_NAME) {
		parse_named(p, N_ATTRIBUTE);
		return true;
	}
	return false;
}

static void parse_pointers(struct parser *p)
{
	while (step(p)) {
		u8 kind = next(p);

		if (kind == '*' || kind == '^')
			leaf(p, N_POINTER, kind);
		else if (is_qualifier(kind) || kind == T_ATOMIC ||
			 kind == T_INLINE)
			leaf(p, N_KEYWORD, kind);
		else if (is_attribute(kind))
			parse_attribute(p);
		else if (!parse_pointer_annotation(p))
			break;
	}
}

static void parse_param(struct parser *p, u32 close)
{
	struct mark m = mark(p);

	if (next(p) == T_ELLIPSIS && (ahead(p, 1) == ',' || p->i + 1 == close)) {
		leaf(p, N_ELLIPSIS, 0);
		return;
	}
	if (!(p->hint[p->i] & HINT_NO_TYPE)) {
		if (parse_specifiers(p, false) &&
		    (p->i == close || next(p) == ',' ||
		     parse_declarator(p, ABSTRACT)) &&
		    (p->i == close || next(p) == ',')) {
			finish(p, &m, N_PARAM, 0);
			return;
		}
		p->hint[m.token] |= HINT_NO_TYPE;
		undo(p, &m);
	}
	parse_argument(p, close);
}

/* At a parenthesis: parameters. */
bool parse_params(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i);
	u32 name = p->name;
	struct mark rest;

	if (!close)
		return false;
	p->name = 0;
	p->depth++;
	p->i++;
	while (p->i < close && p->depth < MOST_DEPTH) {
		parse_param(p, close);
		if (!accept(p, ','))
			break;
	}
	rest = mark(p);
	if (p->i < close)
		unread(p, &rest, close, p->depth < MOST_DEPTH ?
		       R_DECLARATION : R_DEPTH);
	p->depth--;
	p->name = name;
	p->i = close + 1;
	finish(p, &m, N_PARAMS, 0);
	return true;
}

static bool parse_array(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i);
	struct mark size;

	if (!close)
		return false;
	p->i++;
	while (next(p) == T_STATIC || is_qualifier(next(p)))
		leaf(p, N_KEYWORD, next(p));
	size = mark(p);
	if (p->i < close && (!parse_expression(p) || p->i != close))
		unread(p, &size, close, R_EXPRESSION);
	p->i = close + 1;
	finish(p, &m, N_ARRAY, 0);
	return true;
}

/* Is a parenthesis here around a declarator, and not before parameters? */
static bool is_nested(const struct parser *p, enum declarator form)
{
	u8 kind = ahead(p, 1);

	if (kind == '*' || kind == '(' || kind == '^' || is_attribute(kind))
		return true;
	return kind == T_NAME && (form != ABSTRACT || ahead(p, 2) == '*' ||
				  is_declared_name(p));
}

static bool parse_nested(struct parser *p)
{
	u32 close = closer(p, p->i);
	bool read;

	if (!close || p->depth >= MOST_DEPTH)
		return false;
	p->i++;
	p->depth++;
	read = parse_declarator(p, ABSTRACT) && p->i == close;
	p->depth--;
	p->i = close + 1;
	return read;
}

static bool parse_declared(struct parser *p, enum declarator form)
{
	if (next(p) == T_NAME) {
		if (ahead(p, 1) == T_PASTE)
			return parse_primary(p);
		leaf(p, N_NAME, 0);
		return true;
	}
	if (next(p) == '(' && is_nested(p, form))
		return parse_nested(p);
	/* A bit-field can do without a name. */
	return form == ABSTRACT || next(p) == ':';
}

/* What stands behind a declarator: attributes, and names that expand to one. */
void parse_annotations(struct parser *p)
{
	while (step(p)) {
		if (is_attribute(next(p)))
			parse_attribute(p);
		else if (next(p) == T_ASM && ahead(p, 1) == '(')
			parse_asm_attribute(p);
		else if (next(p) == T_NAME &&
			 !(p->t[p->i].flags & TF_COLUMN0))
			parse_named(p, N_ATTRIBUTE);
		else
			return;
	}
}

bool parse_declarator(struct parser *p, enum declarator form)
{
	struct mark m = mark(p);

	parse_pointers(p);
	if (!parse_declared(p, form))
		return false;
	while (next(p) == '[' || next(p) == '(') {
		if (!(next(p) == '[' ? parse_array(p) : parse_params(p)))
			return false;
	}
	parse_annotations(p);
	if (form != ABSTRACT && next(p) == ':') {
		struct mark width = mark(p);

		p->i++;
		if (!parse_conditional(p))
			return false;
		finish(p, &width, N_BITFIELD, 0);
		parse_annotations(p);
	}
	finish(p, &m, N_DECLARATOR, 0);
	return true;
}

/* Without a type in front, `static NAME(x);` is a macro's work. */
static bool lacks_type(const struct parser *p, const struct node *specifiers)
{
	u32 i = specifiers - p->tree.node;

	while (i > specifiers->first) {
		const struct node *node = &p->tree.node[i - 1];

		if (node->kind != N_ATTRIBUTE &&
		    !(node->kind == N_KEYWORD && (is_storage(node->op) ||
						  is_qualifier(node->op))))
			return false;
		i = node->first;
	}
	return true;
}

static bool parse_declared_list(struct parser *p)
{
	while (step(p)) {
		struct mark one = mark(p);

		if (!parse_declarator(p, PLAIN))
			return false;
		if (accept(p, '=')) {
			if (!parse_value(p))
				return false;
			finish(p, &one, N_INITIALIZED, 0);
		}
		if (end_statement(p))
			return true;
		if (!accept(p, ','))
			return false;
	}
	return false;
}

bool parse_declaration(struct parser *p)
{
	struct mark m = mark(p);
	u16 flags = 0;

	if (!parse_specifiers(p, true))
		return false;
	if (next(p) == T_NAME && ahead(p, 1) == '(' &&
	    lacks_type(p, &p->tree.node[p->tree.n - 1]))
		flags = NF_MACRO | NF_AMBIGUOUS;
	if (!end_statement(p) && !parse_declared_list(p))
		return false;
	finish(p, &m, N_DECLARATION, 0)->flags |= flags;
	return true;
}
