// SPDX-License-Identifier: GPL-2.0-only
/*
 * Definitions of macros, with their bodies read as code where they are code.
 */
#include <string.h>

#include "parse.h"
#include "record.h"

/* Copy the tokens behind the name of a macro, for they have no end there. */
static void use_tokens(struct parser *p, const struct directive *d)
{
	struct tokens *to = &p->stream;
	u32 n = d->last - d->first - 2;

	to->token = grow_keeping(to->token, &to->room, 0,
				 (size_t)n + END_TOKENS, sizeof(*to->token));
	memcpy(to->token, p->source->other.token + d->first + 2,
	       n * sizeof(*to->token));
	for (u32 i = 0; i < END_TOKENS; i++)
		to->token[n + i] = (struct token){ .start = d->end };
	to->n = n;
	parser_use(p, to->token, n);
	p->steps = (u64)STEPS_FOR_TOKEN * n + STEPS_AT_LEAST;
}

/* Parameters stand directly behind the name, without a space. */
static void parse_macro_params(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = next(p) == '(' ? closer(p, p->i) : 0;

	if (!close || p->t[p->i].start != token_end(&p->t[p->i - 1]))
		return;
	p->i++;
	while (p->i < close) {
		if (next(p) == T_ELLIPSIS)
			leaf(p, N_ELLIPSIS, 0);
		else if (next(p) == T_NAME || is_keyword(next(p)))
			leaf(p, N_NAME, 0);
		else
			p->i++;
	}
	p->i = close + 1;
	finish(p, &m, N_MACRO_PARAMS, 0);
}

/* Try one way of reading the whole body. */
static bool all_read(struct parser *p, const struct mark *m,
		     bool (*parse)(struct parser *p))
{
	if (parse(p) && p->i == p->n)
		return true;
	undo(p, m);
	return false;
}

static bool parse_type_body(struct parser *p)
{
	struct mark m = mark(p);
	u8 kind = next(p);

	if (!is_type_word(kind) && !is_storage(kind) && !is_attribute(kind))
		return false;
	if (!parse_specifiers(p, false) ||
	    (p->i < p->n && !parse_declarator(p, ABSTRACT)))
		return false;
	finish(p, &m, N_TYPE, 0);
	return true;
}

static bool parse_list_body(struct parser *p)
{
	return next(p) == '{' && !has_statements(p, p->i) && parse_init(p);
}

/* Statements, of which the last can end without a semicolon. */
static bool parse_statements_body(struct parser *p)
{
	struct mark m = mark(p);
	u32 n = 0;

	p->argument_end = p->n;
	while (p->i < p->n) {
		u32 before = p->i;

		if (!parse_statement(p) || p->i == before || p->i > p->n)
			return false;
		n++;
	}
	if (n > 1)
		finish(p, &m, N_STATEMENTS, 0);
	return true;
}

/* What is no code by itself: operators, halves of declarations, pieces. */
static void skip_body(struct parser *p)
{
	struct mark m = mark(p);

	p->i = p->n;
	finish(p, &m, N_OPERATOR, 0);
}

static void parse_body_of(struct parser *p)
{
	struct mark m = mark(p);

	if (p->i == p->n)
		return;
	if (all_read(p, &m, parse_type_body) ||
	    all_read(p, &m, parse_list_body) ||
	    all_read(p, &m, parse_expression) ||
	    all_read(p, &m, parse_statements_body) ||
	    all_read(p, &m, parse_externals))
		return;
	p->argument_end = 0;
	skip_body(p);
}

/* Read the definitions of all macros of the file, dead arms aside. */
void parse_macros(struct parser *p)
{
	struct source *source = p->source;

	for (u32 i = 0; i < source->directives; i++) {
		const struct directive *d = &source->directive[i];
		u32 region = source->regions;
		struct mark m;

		if (d->kind != D_DEFINE || d->last - d->first < 3 ||
		    source->arm[d->arm].flags & AF_DEAD)
			continue;
		use_tokens(p, d);
		m = mark(p);
		leaf(p, N_NAME, 0);
		parse_macro_params(p);
		parse_body_of(p);
		finish(p, &m, N_DEFINE, 0);
		record_macro(p, &m, d, region);
	}
}
