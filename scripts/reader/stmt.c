// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements.
 */
#include "parse.h"

/* An N_EITHER in another, more often, is not read. */
#define MOST_EITHER 3

/* A semicolon, or the end of the argument whose statements are read. */
bool end_statement(struct parser *p)
{
	if (accept(p, ';'))
		return true;
	return p->argument_end && (p->i == p->argument_end || next(p) == ',');
}

/* Is there a :: of C++? */
static bool has_scope(const struct parser *p, u32 i, u32 end)
{
	for (; i + 1 < end; i++) {
		if (at(p, i) == ':' && at(p, i + 1) == ':' &&
		    p->t[i].start + 1 == p->t[i + 1].start)
			return true;
	}
	return false;
}

/*
 * Skip a statement that cannot be read, up to a block in it: that is read as
 * one of its own, so that its code is not lost.
 */
static void skip_statement(struct parser *p, const struct mark *m, u32 end)
{
	u32 i = m->token;

	while (i < end && at(p, i) != '{' && at(p, i) != '}') {
		if (p->argument_end && i >= p->argument_end)
			break;
		if (at(p, i) == ';') {
			i++;
			break;
		}
		i = over(p, i);
	}
	if (i == m->token && at(p, i) != '{')
		i++;
	i = i < end ? i : end;
	unread(p, m, i, has_scope(p, m->token, i) ? R_CPLUSPLUS : R_STATEMENT);
}

/* Statements up to a token, which is behind the last of them. */
void parse_statements(struct parser *p, u32 end)
{
	while (p->i < end) {
		struct mark m = mark(p);

		if (!p->steps) {
			unread(p, &m, end, R_BUDGET);
			return;
		}
		if (parse_statement(p) && p->i > m.token && p->i <= end)
			continue;
		undo(p, &m);
		skip_statement(p, &m, end);
		if (p->i < end && next(p) == '{')
			parse_block(p);
	}
}

/* At a brace. A block that is not closed goes to the end. */
bool parse_block(struct parser *p)
{
	struct mark m = mark(p);
	u32 close = closer(p, p->i);
	u32 end = close ? close : p->match[p->i];
	bool members = p->members;
	u32 argument_end = p->argument_end;

	if (p->depth >= MOST_DEPTH) {
		unread(p, &m, behind(p, p->i), R_DEPTH);
		return true;
	}
	if (!close)
		source_region(p->source, p->t[p->i].start,
			      token_end(&p->t[p->i]), R_UNBALANCED);
	p->depth++;
	p->members = false;
	p->argument_end = 0;
	p->i++;
	parse_statements(p, end);
	p->members = members;
	p->argument_end = argument_end;
	p->depth--;
	p->i = close ? close + 1 : end;
	finish(p, &m, N_BLOCK, 0);
	return true;
}

/* The statement of an if, a loop or so; labels belong to what they label. */
bool parse_body(struct parser *p)
{
	struct mark m = mark(p);
	bool labeled = false;

	/* if (x) as a whole argument of a macro, or before a closing brace. */
	if (p->argument_end && p->i == p->argument_end) {
		finish(p, &m, N_EMPTY, 0);
		return true;
	}
	if (p->depth >= MOST_DEPTH) {
		too_deep(p);
		accept(p, ';');
		return true;
	}
	p->depth++;
	for (;;) {
		if (!parse_statement(p)) {
			p->depth--;
			return false;
		}
		if (!last_is(p, N_LABEL) && !last_is(p, N_CASE) &&
		    !last_is(p, N_DEFAULT))
			break;
		labeled = true;
		if (next(p) == '}')
			break;
	}
	p->depth--;
	if (labeled)
		finish(p, &m, N_LABELED, 0);
	return true;
}

/* What can follow a macro that is a statement without a semicolon? */
static bool ends_macro(const struct parser *p, bool call)
{
	u8 kind = next(p);

	if (kind == '}' || kind == T_CASE || kind == T_DEFAULT ||
	    kind == T_BREAK)
		return true;
	return !call && is_statement_word(kind);
}

/* A statement, of which a macro before it may make a loop. */
static bool begins_statement(u8 kind)
{
	return kind == T_NAME || kind == T_INC || kind == T_DEC ||
		is_statement_word(kind) || is_type_word(kind) ||
		is_storage(kind) || kind == T_ATTRIBUTE;
}

static bool parse_iteration(struct parser *p, const struct mark *m)
{
	bool block = next(p) == '{';
	u16 flags = block ? 0 : NF_AMBIGUOUS;

	if (!parse_body(p))
		return false;
	if (accept(p, T_ELSE)) {
		if (!parse_body(p))
			return false;
	} else if (block && next(p) == T_WHILE && ahead(p, 1) == '(' &&
		   at(p, behind(p, p->i + 1)) == ';') {
		/* name { ... } while (x); */
		p->i++;
		if (!parse_condition(p))
			return false;
		p->i++;
	}
	finish(p, m, N_ITERATION, 0)->flags |= flags;
	return true;
}

static u32 column(const struct parser *p, u32 index)
{
	u32 start = p->t[index].start;
	u32 n = 0;

	while (n < start && p->source->text[start - n - 1] != '\n')
		n++;
	return n;
}

/*
 * Is the next token the body of a loop that a macro makes? A body is indented,
 * or on the line of its head. The node is ambiguous all the same.
 */
static bool is_indented(const struct parser *p, const struct mark *m)
{
	return !(p->t[p->i].flags & TF_FIRST) ||
		column(p, p->i) > column(p, m->token);
}

/* Behind an expression that no semicolon ends: a macro's statement. */
static bool parse_macro_statement(struct parser *p, const struct mark *m)
{
	bool call = last_is(p, N_CALL);

	if (!call && !last_is(p, N_NAME))
		return false;
	if (next(p) == ':' && call) {
		p->i++;
		finish(p, m, N_LABEL, 0);
		return true;
	}
	if (p->members ? next(p) != ':' && next(p) != '{' :
			 ends_macro(p, call)) {
		finish(p, m, N_EXPR_STMT, 0)->flags |= NF_NO_SEMICOLON;
		return true;
	}
	if (!call && next(p) == T_NAME && p->i == m->token + 1 &&
	    p->t[p->i].flags & TF_FIRST) {
		finish(p, m, N_EXPR_STMT, 0)->flags |= NF_NO_SEMICOLON;
		return true;
	}
	if (next(p) != '{' && !(call && begins_statement(next(p))))
		return false;
	if (next(p) == '{' || is_indented(p, m))
		return parse_iteration(p, m);
	finish(p, m, N_EXPR_STMT, 0)->flags |= NF_NO_SEMICOLON | NF_AMBIGUOUS;
	return true;
}

static bool parse_expression_statement(struct parser *p)
{
	struct mark m = mark(p);

	if (!(p->argument_end ? parse_assignment(p) : parse_expression(p)))
		return false;
	if (!end_statement(p))
		return parse_macro_statement(p, &m);
	finish(p, &m, N_EXPR_STMT, 0);
	return true;
}

static bool is_initialized(const struct parser *p)
{
	u32 i = p->tree.n - 1;
	u32 first = p->tree.node[i].first;

	while (i > first) {
		if (p->tree.node[i - 1].kind == N_INITIALIZED)
			return true;
		i = p->tree.node[i - 1].first;
	}
	return false;
}

/* `a * b;` and `a (*b)(c);` read both ways, if both are possible. */
static bool parse_either(struct parser *p)
{
	struct mark m = mark(p);
	struct mark second;
	u32 end;

	if (p->either >= MOST_EITHER)
		return false;
	p->either++;
	if (!parse_declaration(p)) {
		p->either--;
		undo(p, &m);
		return parse_expression_statement(p);
	}
	end = p->i;
	second = mark(p);
	p->i = m.token;
	if (is_initialized(p) || !parse_expression_statement(p) ||
	    !last_is(p, N_EXPR_STMT) || p->i != end) {
		undo(p, &second);
		p->i = end;
	} else {
		finish(p, &m, N_EITHER, 0)->flags |= NF_AMBIGUOUS;
	}
	p->either--;
	return true;
}

/* static_assert(x, "text"); */
static bool parse_static_assert(struct parser *p)
{
	struct mark m = mark(p);
	u32 close;

	leaf(p, N_NAME, 0);
	close = next(p) == '(' ? closer(p, p->i) : 0;
	if (!close)
		return false;
	p->i++;
	parse_args(p, close);
	finish(p, &m, N_CALL, 0);
	if (!end_statement(p))
		return false;
	finish(p, &m, N_EXPR_STMT, 0);
	return true;
}

static bool parse_declaration_statement(struct parser *p, bool *read)
{
	struct mark m = mark(p);
	bool either;

	*read = true;
	if (p->hint[p->i] & HINT_NO_DECLARATION ||
	    !begins_declaration(p, &either))
		return false;
	if (either)
		*read = parse_either(p);
	else
		*read = parse_declaration(p);
	if (*read)
		return true;
	undo(p, &m);
	p->hint[m.token] |= HINT_NO_DECLARATION;
	if (next(p) != T_NAME)
		return true;
	if (ahead(p, 1) != T_NAME)
		return false;
	/* A macro that is a statement, before another one. */
	leaf(p, N_NAME, 0);
	finish(p, &m, N_EXPR_STMT, 0)->flags |= NF_NO_SEMICOLON;
	*read = true;
	return true;
}

/* An attribute that is a statement of its own. */
static bool parse_attribute_statement(struct parser *p)
{
	struct mark m = mark(p);

	parse_attribute(p);
	if (!accept(p, ';')) {
		undo(p, &m);
		return false;
	}
	finish(p, &m, N_EXPR_STMT, 0);
	return true;
}

bool parse_statement(struct parser *p)
{
	struct mark m = mark(p);
	bool read;

	if (!step(p))
		return false;
	switch (next(p)) {
	case '{':
		return parse_block(p);
	case ';':
		leaf(p, N_EMPTY, 0);
		return true;
	case T_ASM:
		return parse_asm(p);
	case T_STATIC_ASSERT:
		return parse_static_assert(p);
	case T_NAME:
		if (ahead(p, 1) != ':' || p->members || ahead(p, 2) == ':')
			break;
		leaf(p, N_NAME, 0);
		p->i++;
		finish(p, &m, N_LABEL, 0);
		return true;
	case T_ATTRIBUTE:
	case T_ANNOTATION:
	case T_ANNOTATION_CALL:
		if (parse_attribute_statement(p))
			return true;
		break;
	}
	if (is_statement_word(next(p)))
		return parse_control(p);
	if (parse_declaration_statement(p, &read))
		return read;
	return parse_expression_statement(p);
}
