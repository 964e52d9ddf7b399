// SPDX-License-Identifier: GPL-2.0-only
/*
 * External declarations: where each ends is found first, by its brackets, so
 * that what is in one cannot spoil the next.
 */
#include "head.h"
#include "parse.h"
#include "record.h"

/* Names in a row, without parentheses, that can all be macros. */
#define MOST_BARE_NAMES 16

static void begin(struct parser *p, u32 start, u32 end)
{
	parser_begin(p, start);
	p->steps = (u64)STEPS_FOR_TOKEN * (end - start) + STEPS_AT_LEAST;
}

/* NAME(...) { ... }: who knows what function the macro makes. */
static bool parse_macro_head(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);

	if (head->name != head->start)
		return false;
	leaf(p, N_NAME, 0);
	if (!parse_suffixes(p, &m, 0) || !last_is(p, N_CALL))
		return false;
	parse_annotations(p);
	return true;
}

static bool parse_typed_head(struct parser *p, const struct head *head)
{
	p->name = head->name;
	if (!parse_specifiers(p, true) || !parse_declarator(p, PLAIN))
		return false;
	p->name = 0;
	/* int f(a, b) int a; char b; { */
	while (p->i < head->body) {
		if (!parse_declaration(p))
			return false;
	}
	return true;
}

static bool has_type(const struct parser *p, const struct mark *m)
{
	for (u32 i = m->node; i < p->tree.n; i++) {
		const struct node *node = &p->tree.node[i];

		if (node->kind == N_SPECIFIERS)
			return false;
		if (node->kind == N_TYPE_NAME || node->kind == N_STRUCT ||
		    node->kind == N_ENUM || node->kind == N_TYPEOF ||
		    node->kind == N_TYPE_MACRO ||
		    (node->kind == N_KEYWORD && !is_storage(node->op) &&
		     !is_qualifier(node->op)))
			return true;
	}
	return false;
}

static void parse_function(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);
	u16 flags = head->old_style ? NF_OLD_STYLE : 0;
	bool macro = parse_macro_head(p, head);

	if (!macro) {
		undo(p, &m);
		macro = !parse_typed_head(p, head);
		if (!macro)
			macro = !has_type(p, &m);
	}
	p->name = 0;
	if (p->i != head->body) {
		struct mark name;

		undo(p, &m);
		if (head->name > head->start)
			unread(p, &m, head->name, R_DECLARATION);
		name = mark(p);
		leaf(p, N_NAME, 0);
		unread(p, &name, head->body, R_DECLARATION);
		p->i = head->body;
	}
	if (macro)
		flags |= NF_MACRO | NF_AMBIGUOUS;
	parse_block(p);
	finish(p, &m, N_FUNCTION, 0)->flags |= flags;
}

/* NAME NAME(...) NAME(...), none of which ends with a semicolon. */
static bool parse_bare_macros(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);
	u32 names = 0;

	while (p->i < head->end) {
		struct mark one = mark(p);

		names = ahead(p, 1) == '(' ? 0 : names + 1;
		if (next(p) != T_NAME || names > MOST_BARE_NAMES)
			return false;
		leaf(p, N_NAME, 0);
		if (next(p) == '(' && (!parse_suffixes(p, &one, 0) ||
				       !last_is(p, N_CALL)))
			return false;
		finish(p, &one, N_EXPR_STMT, 0)->flags |= NF_NO_SEMICOLON;
	}
	if (p->tree.node[p->tree.n - 1].first != m.node)
		finish(p, &m, N_STATEMENTS, 0);
	return true;
}

/* MACRO(...) .member = value, ... END */
static void parse_table(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);
	struct mark elements;

	parse_named(p, N_CALL);
	if (p->i != head->body) {
		unread(p, &m, head->end, R_DECLARATION);
		return;
	}
	elements = mark(p);
	parse_elements(p, head->end - 1);
	finish(p, &elements, N_INIT, 0);
	p->i = head->end;
	finish(p, &m, N_INITIALIZED, 0);
	finish(p, &m, N_EXPR_STMT, 0)->flags |= NF_NO_SEMICOLON;
}

/* NAME(...); or NAME(...) = value; */
static bool parse_macro_call(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);

	if (at(p, head->start) != T_NAME || at(p, head->start + 1) != '(')
		return false;
	leaf(p, N_NAME, 0);
	if (!parse_suffixes(p, &m, 0) || !last_is(p, N_CALL))
		return false;
	if (next(p) == '=' || next(p) == '{') {
		accept(p, '=');
		if (!parse_value(p))
			return false;
		finish(p, &m, N_INITIALIZED, 0);
	}
	if (!accept(p, ';') || p->i != head->end)
		return false;
	finish(p, &m, N_EXPR_STMT, 0);
	return true;
}

static void parse_external(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);
	u8 first = at(p, head->start);
	bool read;

	if (first == T_ASM || first == T_STATIC_ASSERT || first == ';') {
		read = parse_statement(p);
	} else if (at(p, head->end - 1) != ';' && parse_bare_macros(p, head)) {
		read = true;
	} else {
		undo(p, &m);
		/* type (*pointer)(...) is the only one that is no macro. */
		read = ahead(p, 2) != '*' && parse_macro_call(p, head);
		if (!read) {
			undo(p, &m);
			read = parse_declaration(p);
		}
	}
	if (read && p->i == head->end)
		return;
	undo(p, &m);
	unread(p, &m, head->end,
	       head->unbalanced ? R_UNBALANCED : R_DECLARATION);
}

static void parse_head(struct parser *p, const struct head *head)
{
	struct mark m = mark(p);

	if (head->cplusplus) {
		unread(p, &m, head->end, R_CPLUSPLUS);
		return;
	}
	switch (head->kind) {
	case HEAD_FUNCTION:
		parse_function(p, head);
		break;
	case HEAD_DECLARATION:
		parse_external(p, head);
		break;
	case HEAD_BLOCK:
		/* A piece of a table, for an #include. */
		if (head->body == head->start && !has_statements(p, p->i) &&
		    parse_init(p))
			break;
		/* What is before the block is lost, the block is not. */
		undo(p, &m);
		if (head->body > head->start)
			unread(p, &m, head->body, R_DECLARATION);
		parse_block(p);
		finish(p, &m, N_STATEMENTS, 0);
		break;
	case HEAD_STRAY:
		unread(p, &m, head->end, R_UNBALANCED);
		break;
	case HEAD_TABLE:
		parse_table(p, head);
		break;
	case HEAD_EXTERN_C:
		p->i = head->end;
		break;
	}
}

/*
 * The external declarations that are the body of a macro. Only if all can be
 * read: else it is a piece of something else.
 */
bool parse_externals(struct parser *p)
{
	struct mark m = mark(p);
	u32 n = 0;

	while (p->i < p->n) {
		struct head head;

		find_head(p, p->i, &head);
		if (head.kind != HEAD_FUNCTION && head.kind != HEAD_DECLARATION)
			return false;
		begin(p, head.start, head.end);
		/* The last semicolon stands where the macro is used. */
		p->argument_end = p->n;
		parse_head(p, &head);
		if (p->source->regions != m.region || p->i != head.end)
			return false;
		n++;
	}
	if (n > 1)
		finish(p, &m, N_STATEMENTS, 0);
	return n > 0;
}

/* Does a declaration touch one of the spans? Both go through the file once. */
static bool touches(const struct parser *p, const struct head *head,
		    const struct spans *only, u32 *n)
{
	u32 start = p->t[head->start].start;
	u32 end = token_end(&p->t[head->end - 1]);

	while (*n < only->n && only->span[*n].end < start)
		++*n;
	return *n < only->n && only->span[*n].start <= end;
}

/*
 * Read all external declarations of the tokens in use, or only those that
 * touch some of the file.
 */
void parse_file(struct parser *p, u32 selection, const struct spans *only)
{
	u32 externs = 0;
	u32 span = 0;
	u32 i = 0;

	while (i < p->n) {
		struct mark m;
		struct head head;
		u32 region = p->source->regions;

		/* Between pieces of a table. */
		if (at(p, i) == ',') {
			i++;
			continue;
		}
		find_head(p, i, &head);
		i = head.end;
		if (head.kind == HEAD_EXTERN_C)
			externs++;
		if (head.kind == HEAD_STRAY && externs) {
			externs--;
			continue;
		}
		if (only && !touches(p, &head, only, &span))
			continue;
		begin(p, head.start, head.end);
		m = mark(p);
		parse_head(p, &head);
		if (p->tree.n > m.node)
			record(p, &m, &head, selection, region);
	}
}
