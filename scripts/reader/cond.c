// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditions of #if, read into expressions.
 */
#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "cond_tree.h"
#include "splice.h"

/* Conditions beyond these are not read, and so never known. */
#define MOST_DEPTH 64
#define MOST_NODES 4000

struct cond_parser {
	struct source *source;
	const struct token *t;
	const struct token *end;
	u32 depth;
	u32 nodes;
	bool failed;
};

static struct cond *make(struct cond_parser *p, u8 op)
{
	struct cond *cond = arena_alloc(&p->source->arena, sizeof(*cond));

	cond->op = op;
	p->failed |= ++p->nodes > MOST_NODES;
	return cond;
}

static const struct cond *fail(struct cond_parser *p)
{
	p->failed = true;
	return make(p, CO_UNREAD);
}

static u8 kind(const struct cond_parser *p)
{
	return p->t < p->end ? p->t->kind : T_END;
}

/* Keywords are names to the preprocessor. */
static bool at_name(const struct cond_parser *p)
{
	return kind(p) == T_NAME || is_keyword(kind(p));
}

static bool accept(struct cond_parser *p, u8 what)
{
	if (kind(p) != what)
		return false;
	p->t++;
	return true;
}

/* The text of a token, less backslash-newlines. */
static const char *name_of(struct cond_parser *p, const struct token *t,
			   u32 *len)
{
	const char *text = p->source->text + t->start;
	char *copy;

	*len = t->len;
	if (!(t->flags & TF_SPLICED))
		return text;
	copy = arena_alloc(&p->source->arena, t->len);
	*len = unsplice(copy, t->len, text, t->len);
	return copy;
}

static bool is(struct cond_parser *p, const char *name)
{
	u32 len;
	const char *text;

	if (!at_name(p))
		return false;
	text = name_of(p, p->t, &len);
	return strlen(name) == len && !memcmp(text, name, len);
}

static struct cond *named(struct cond_parser *p, u8 op)
{
	struct cond *cond = make(p, op);

	cond->name = name_of(p, p->t, &cond->len);
	p->t++;
	return cond;
}

static const struct cond *parse_number(struct cond_parser *p)
{
	struct cond *cond = named(p, CO_NUMBER);
	char text[40] = "";
	char *rest;

	if (cond->len >= sizeof(text))
		return fail(p);
	memcpy(text, cond->name, cond->len);
	if (text[0] == '0' && (text[1] | 0x20) == 'b')
		cond->value = strtoull(text + 2, &rest, 2);
	else
		cond->value = strtoull(text, &rest, 0);
	for (; *rest; rest++) {
		if ((*rest | 0x20) == 'u')
			cond->is_unsigned = true;
		else if ((*rest | 0x20) != 'l')
			return fail(p);
	}
	if (cond->value > INT64_MAX)
		cond->is_unsigned = true;
	return cond;
}

static const struct cond *parse_char(struct cond_parser *p)
{
	const char *text = p->source->text + p->t->start;
	struct cond *cond = make(p, CO_NUMBER);

	if (p->t->len != 3 || text[1] == '\\' || (u8)text[1] > 127)
		return fail(p);
	cond->value = text[1];
	p->t++;
	return cond;
}

static const struct cond *parse_defined(struct cond_parser *p)
{
	bool paren;
	const struct cond *cond;

	p->t++;
	paren = accept(p, '(');
	if (!at_name(p))
		return fail(p);
	cond = named(p, CO_DEFINED);
	if (paren && !accept(p, ')'))
		return fail(p);
	return cond;
}

static const struct cond *parse_ternary(struct cond_parser *p);

/* The arguments of what may be a function-like macro. */
static const struct cond *parse_call(struct cond_parser *p)
{
	struct cond *cond = named(p, CO_NAME);
	u32 nested = 1;
	struct cond_parser args;

	if (!accept(p, '('))
		return cond;
	cond->op = CO_CALL;
	args = *p;
	/* Not all arguments are expressions: __has_include(<linux/mm.h>). */
	while (nested && p->t < p->end) {
		nested += kind(p) == '(';
		nested -= kind(p) == ')';
		p->t++;
	}
	if (nested)
		return fail(p);
	args.end = p->t - 1;
	while (args.t < args.end && cond->args < COND_ARGS) {
		cond->arg[cond->args++] = parse_ternary(&args);
		if (!accept(&args, ','))
			break;
	}
	if (args.t != args.end || args.failed) {
		cond->args = 0;
		cond->op = CO_UNREAD;
		cond->len = p->t[-1].start + 1 -
			(cond->name - p->source->text);
	}
	return cond;
}

static const struct cond *parse_unary(struct cond_parser *p)
{
	struct cond *cond;
	u8 op = kind(p);

	if (p->depth >= MOST_DEPTH)
		return fail(p);
	if (op == '!' || op == '~' || op == '-' || op == '+') {
		p->t++;
		cond = make(p, op);
		p->depth++;
		cond->arg[0] = parse_unary(p);
		p->depth--;
		cond->args = 1;
		return cond;
	}
	if (accept(p, '(')) {
		const struct cond *inner = parse_ternary(p);

		return accept(p, ')') ? inner : fail(p);
	}
	if (op == T_NUMBER)
		return parse_number(p);
	if (op == T_CHAR)
		return parse_char(p);
	if (is(p, "defined"))
		return parse_defined(p);
	return at_name(p) ? parse_call(p) : fail(p);
}

static u32 precedence(u8 op)
{
	switch (op) {
	case '*': case '/': case '%':
		return 10;
	case '+': case '-':
		return 9;
	case T_SHL: case T_SHR:
		return 8;
	case '<': case '>': case T_LE: case T_GE:
		return 7;
	case T_EQ: case T_NE:
		return 6;
	case '&':
		return 5;
	case '^':
		return 4;
	case '|':
		return 3;
	case T_ANDAND:
		return 2;
	case T_OROR:
		return 1;
	}
	return 0;
}

static const struct cond *parse_binary(struct cond_parser *p, u32 least)
{
	const struct cond *left = parse_unary(p);

	while (!p->failed) {
		u8 op = kind(p);
		u32 prec = precedence(op);
		struct cond *cond;

		if (!prec || prec < least)
			break;
		p->t++;
		cond = make(p, op);
		cond->arg[0] = left;
		cond->arg[1] = parse_binary(p, prec + 1);
		cond->args = 2;
		left = cond;
	}
	return left;
}

static const struct cond *parse_ternary(struct cond_parser *p)
{
	const struct cond *first;
	struct cond *cond;

	if (p->depth >= MOST_DEPTH)
		return fail(p);
	p->depth++;
	first = parse_binary(p, 1);
	if (!p->failed && accept(p, '?')) {
		cond = make(p, '?');
		cond->arg[0] = first;
		cond->arg[1] = parse_ternary(p);
		if (!accept(p, ':'))
			fail(p);
		cond->arg[2] = parse_ternary(p);
		cond->args = 3;
		first = cond;
	}
	p->depth--;
	return first;
}

static const struct cond *negate(struct cond_parser *p,
				 const struct cond *inner)
{
	struct cond *cond = make(p, '!');

	cond->arg[0] = inner;
	cond->args = 1;
	return cond;
}

const struct cond *cond_parse(struct source *source, const struct directive *d)
{
	struct cond_parser p = {
		.source = source,
		.t = source->other.token + d->first + 2,
		.end = source->other.token + d->last,
	};
	const struct token *first = p.t;
	const struct cond *cond;
	struct cond *unread;

	if (d->kind == D_IF || d->kind == D_ELIF) {
		cond = parse_ternary(&p);
	} else {
		/* gcc warns of what follows the name, and ignores it. */
		cond = at_name(&p) ? named(&p, CO_DEFINED) : fail(&p);
		p.end = p.failed ? p.end : p.t;
		if (d->kind == D_IFNDEF || d->kind == D_ELIFNDEF)
			cond = negate(&p, cond);
	}
	if (!p.failed && p.t == p.end)
		return cond;
	unread = make(&p, CO_UNREAD);
	unread->name = source->text + d->start;
	if (first < p.end)
		unread->name = source->text + first->start;
	unread->len = source->text + d->end - unread->name;
	return unread;
}
