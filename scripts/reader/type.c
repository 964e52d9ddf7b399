// SPDX-License-Identifier: GPL-2.0-only
/*
 * Specifiers of declarations, and names of types.
 */
#include "parse.h"

/* More words before a declarator are no declaration. */
#define MOST_SPECIFIERS 200

/* What was seen of the specifiers so far. */
struct seen {
	bool type;		/* a type, if only by a name */
	bool certain;		/* a type that is no name */
	u32 names;
};

/* Does a specifier, a pointer or the declared name follow? */
static bool goes_on(u8 kind)
{
	return kind == T_NAME || is_type_word(kind) || is_storage(kind) ||
		is_attribute(kind) || kind == '*';
}

/* __attribute__((x, y(z))), and the kernel's names for such: x, y(z) */
bool parse_attribute(struct parser *p)
{
	struct mark m = mark(p);
	u8 kind = next(p);
	u32 close;

	if (kind != T_ATTRIBUTE)
		leaf(p, N_NAME, 0);
	else
		p->i++;
	close = next(p) == '(' && kind != T_ANNOTATION ? closer(p, p->i) : 0;
	if (close) {
		bool two = kind == T_ATTRIBUTE && ahead(p, 1) == '(' &&
			closer(p, p->i + 1) == close - 1;

		p->i += two ? 2 : 1;
		parse_args(p, two ? close - 1 : close);
		p->i = close + 1;
	}
	finish(p, &m, N_ATTRIBUTE, 0);
	return true;
}

/* A name with its arguments, if it has some, as a node of a kind. */
void parse_named(struct parser *p, u8 kind)
{
	struct mark m = mark(p);
	u32 close;

	leaf(p, N_NAME, 0);
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (close) {
		p->i++;
		parse_args(p, close);
	}
	finish(p, &m, kind, 0);
}

static bool parse_typeof(struct parser *p)
{
	struct mark m = mark(p);
	struct mark inner;
	u8 op = next(p);
	enum paren paren;
	u32 close;

	p->i++;
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (!close)
		return false;
	paren = what_in_paren(p, p->i);
	if (close == p->i + 2 && ahead(p, 1) == T_NAME) {
		parse_name_or_type(p);
	} else {
		p->i++;
		inner = mark(p);
		if (paren == PAREN_TYPE)
			parse_type(p, close);
		else if (!parse_expression(p) || p->i != close)
			unread(p, &inner, close, R_EXPRESSION);
		p->i = close + 1;
	}
	finish(p, &m, N_TYPEOF, op);
	return true;
}

/* name(...) among specifiers: an attribute, or a type that a macro makes. */
static bool parse_macro_specifier(struct parser *p, struct seen *seen)
{
	u32 close = closer(p, p->i + 1);
	u8 then = close ? at(p, close + 1) : T_END;
	u8 later = close ? at(p, close + 2) : T_END;
	bool type;

	if (!goes_on(then) || (seen->type && !is_reserved(p, p->i)))
		return false;
	type = !seen->type &&
		(then == '*' || (then == T_NAME && !goes_on(later)));
	seen->type |= type;
	seen->certain |= type;
	parse_named(p, type ? N_TYPE_MACRO : N_ATTRIBUTE);
	return true;
}

/*
 * At a parenthesis behind a name: is that a type, and (*name)(...) declares a
 * pointer to a function, or (*name)[3] to an array?
 */
bool declares_pointer_in_paren(const struct parser *p, u32 open)
{
	u32 close = closer(p, open);
	u8 then = close ? at(p, close + 1) : T_END;
	u32 i = open + 1;

	if (at(p, i) != '*' || (then != '(' && then != '['))
		return false;
	while (at(p, i) == '*' || is_qualifier(at(p, i)) ||
	       is_attribute(at(p, i)))
		i++;
	if (i == close)
		return true;
	if (at(p, i) == T_NAME)
		return i + 1 == close || at(p, i + 1) == '[' ||
			(at(p, i + 1) == '(' && behind(p, i + 1) == close);
	/* (*(*name)(...))(...) */
	return at(p, i) == '(';
}

/* Do only attributes stand between the next token and a star? */
static bool is_attribute_of_pointer(const struct parser *p)
{
	u32 i = p->i + 1;

	while (at(p, i) == T_ANNOTATION)
		i++;
	return at(p, i) == '*';
}

/* A name among specifiers: a type, an annotation, or already the declarator? */
static bool parse_name_specifier(struct parser *p, const struct mark *m,
				 struct seen *seen, bool top)
{
	u8 then = ahead(p, 1);

	if (p->i == p->name && p->name)
		return false;
	if (then == '(' && (seen->type ||
			    !declares_pointer_in_paren(p, p->i + 1)))
		return parse_macro_specifier(p, seen);
	if (!seen->type) {
		/* static x = 1; auto x = y; */
		if (top && (then == '=' || then == ';') && p->i > m->token &&
		    is_storage(at(p, p->i - 1)))
			return false;
		seen->type = true;
	} else if (!goes_on(then)) {
		return false;
	} else if (then == T_NAME && !is_reserved(p, p->i) && !p->name &&
		   is_reserved(p, p->i + 1) && ahead(p, 2) != '*' &&
		   ahead(p, 2) != T_NAME) {
		/* name __annotation */
		return false;
	} else if (is_attribute(then) && !p->name &&
		   !(is_reserved(p, p->i) && is_attribute_of_pointer(p))) {
		return false;
	}
	seen->names++;
	leaf(p, N_TYPE_NAME, 0);
	return true;
}

/*
 * One of several names is the type, and the others are annotations; all are
 * annotations beside a type that is none.
 */
static void judge_names(struct parser *p, const struct mark *m,
			const struct seen *seen)
{
	struct node *node = p->tree.node;
	u32 i = p->tree.n;

	if (seen->names < 2 && !(seen->names && seen->certain))
		return;
	while (i > m->node) {
		struct node *one = &node[i - 1];

		if (one->kind == N_TYPE_NAME && seen->certain)
			one->kind = N_ATTRIBUTE;
		else if (one->kind == N_TYPE_NAME)
			one->flags |= NF_AMBIGUOUS;
		i = one->first;
	}
}

/* Read one specifier; *failed when there is one that cannot be read. */
static bool parse_specifier(struct parser *p, const struct mark *m,
			    struct seen *seen, bool top, bool *failed)
{
	u8 kind = next(p);

	if (is_tagged(kind) || kind == T_TYPEOF ||
	    (kind == T_ATOMIC && ahead(p, 1) == '(')) {
		*failed = is_tagged(kind) ? !parse_struct(p) : !parse_typeof(p);
		seen->type = true;
		seen->certain = true;
		return !*failed;
	}
	if (is_type_word(kind) || is_storage(kind) || kind == T_EXTENSION) {
		leaf(p, N_KEYWORD, kind);
		if (is_type_word(kind) && !is_qualifier(kind) &&
		    kind != T_ATOMIC) {
			seen->type = true;
			seen->certain = true;
		}
		return true;
	}
	if (is_attribute(kind))
		return parse_attribute(p);
	return kind == T_NAME && parse_name_specifier(p, m, seen, top);
}

bool parse_specifiers(struct parser *p, bool top)
{
	struct mark m = mark(p);
	struct seen seen = { .type = false };
	bool failed = false;
	u32 n = 0;

	if (p->depth >= MOST_DEPTH)
		return too_deep(p);
	p->depth++;
	while (n < MOST_SPECIFIERS && step(p) &&
	       parse_specifier(p, &m, &seen, top, &failed))
		n++;
	p->depth--;
	failed |= n == MOST_SPECIFIERS;
	if (failed || p->i == m.token)
		return false;
	judge_names(p, &m, &seen);
	finish(p, &m, N_SPECIFIERS, 0);
	return true;
}

/* The name of a type, up to what closes it. */
bool parse_type(struct parser *p, u32 close)
{
	struct mark m = mark(p);

	if (!parse_specifiers(p, false) ||
	    (p->i != close && !parse_declarator(p, ABSTRACT)) || p->i != close)
		unread(p, &m, close, R_DECLARATION);
	finish(p, &m, N_TYPE, 0);
	return true;
}
