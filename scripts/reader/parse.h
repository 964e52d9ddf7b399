/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parser: one stream of tokens into nodes.
 *
 * Each parse_ function begins at the next token. It returns true when it read
 * what it is for, its node being the last one; on false its caller undoes to
 * its mark. Three things bound the work: what was tried at a token in vain is
 * not tried again there (the hints), each external declaration has a budget of
 * steps, and code nested deeper than MOST_DEPTH is skipped, not read.
 */
#ifndef READER_PARSE_H
#define READER_PARSE_H

#include "source.h"
#include "tree.h"

#define MOST_DEPTH 400
/* Steps for each token, and for any declaration. */
#define STEPS_FOR_TOKEN 300
#define STEPS_AT_LEAST 20000

/* What is known not to be at a token. */
#define HINT_NO_EXPRESSION	0x01
#define HINT_NO_DECLARATION	0x02
#define HINT_NO_STATEMENTS	0x04
#define HINT_NO_TYPE		0x08	/* in an argument or parameter */
#define HINT_CHAIN		0x10	/* a binary expression is ambiguous */

/**
 * struct parser - where the parser is
 * @source: the file
 * @t: the tokens that are read, with END_TOKENS behind them
 * @n: number of them
 * @match: index of the other half of each bracket, or where it should be
 * @hint: HINT_ of each token
 * @i: index of the next token
 * @argument_end: index of the bracket that ends the argument whose statements
 *	are read, 0 for none
 * @name: index of the name that a function's head declares, 0 for none
 * @depth: how deep this is nested
 * @either: how many N_EITHER this is in
 * @steps: what is left of the budget
 * @members: these are members of a structure
 * @ambiguous: the binary expression that is read is ambiguous
 * @skipped: where unread code at @depth was last recorded
 */
struct parser {
	struct source *source;
	const struct token *t;
	u32 n;
	u32 *match;
	u32 match_room;
	u32 *stack;
	u32 stack_room;
	u8 *hint;
	u32 hint_room;
	u32 i;
	u32 argument_end;
	u32 name;
	u32 depth;
	u32 either;
	u64 steps;
	bool members;
	bool ambiguous;
	struct tree tree;
	struct declaration *declaration;
	u32 declarations;
	u32 declaration_room;
	struct tokens stream;
};

/**
 * struct spans - parts of a file, in order
 * @span: offsets of the first byte of each, and behind its last one
 * @n: number of them
 * @room: number that there is room for
 */
struct spans {
	struct span {
		u32 start;
		u32 end;
	} *span;
	u32 n;
	u32 room;
};

/* Where reading began: what to go back to, and where a node begins. */
struct mark {
	u32 token;
	u32 node;
	u32 region;
};

/* Read from a token on, in nothing that was begun before. */
static inline void parser_begin(struct parser *p, u32 index)
{
	p->i = index;
	p->argument_end = 0;
	p->name = 0;
	p->depth = 0;
	p->either = 0;
	p->members = false;
	p->ambiguous = false;
}

static inline u8 at(const struct parser *p, u32 index)
{
	return p->t[index].kind;
}

static inline u8 next(const struct parser *p)
{
	return p->t[p->i].kind;
}

static inline u8 ahead(const struct parser *p, u32 n)
{
	return p->t[p->i + n].kind;
}

static inline bool accept(struct parser *p, u8 kind)
{
	if (next(p) != kind)
		return false;
	p->i++;
	return true;
}

static inline struct mark mark(const struct parser *p)
{
	return (struct mark){ p->i, p->tree.n, p->source->regions };
}

static inline void undo(struct parser *p, const struct mark *m)
{
	p->i = m->token;
	p->tree.n = m->node;
	p->source->regions = m->region;
}

static inline const char *text_at(const struct parser *p, u32 index)
{
	return p->source->text + p->t[index].start;
}

/* One more step of the budget; false when it is spent. */
static inline bool step(struct parser *p)
{
	if (!p->steps)
		return false;
	p->steps--;
	return true;
}

/* The index of the closing bracket of an opening one; 0 when it has none. */
static inline u32 closer(const struct parser *p, u32 open)
{
	u8 kind = at(p, open);
	u8 wanted = kind == '(' ? ')' : kind == '[' ? ']' : '}';

	return at(p, p->match[open]) == wanted ? p->match[open] : 0;
}

/* The index behind a bracket, whether it is closed or not. */
static inline u32 behind(const struct parser *p, u32 open)
{
	u32 close = p->match[open];

	return close < p->n && close > open ? close + 1 : p->n;
}

/* The index of the next token, or that behind a bracket that is closed. */
static inline u32 over(const struct parser *p, u32 index)
{
	u32 close = is_opener(at(p, index)) ? closer(p, index) : 0;

	return close ? close + 1 : index + 1;
}

/* Is the last node that was made of a kind? */
static inline bool last_is(const struct parser *p, u8 kind)
{
	return p->tree.n && p->tree.node[p->tree.n - 1].kind == kind;
}

/**
 * finish - Make a node of what was read since a mark
 * @p: the parser
 * @m: where the node begins
 * @kind: enum node_kind
 * @op: its operator
 *
 * Return: the node, until the next one is made.
 */
struct node *finish(struct parser *p, const struct mark *m, u8 kind, u8 op);

/**
 * leaf - Make a node of the next token
 * @p: the parser
 * @kind: enum node_kind
 * @op: its operator
 *
 * Return: the node, until the next one is made.
 */
struct node *leaf(struct parser *p, u8 kind, u8 op);

/**
 * unread - Make a node of tokens that are not read, and record them
 * @p: the parser
 * @m: where they begin
 * @end: index behind the last of them
 * @reason: enum reason
 */
void unread(struct parser *p, const struct mark *m, u32 end, u8 reason);

/**
 * too_deep - Skip code that is nested deeper than is read
 * @p: the parser
 *
 * Skips to the end of the bracket, argument or statement that it is in.
 *
 * Return: true, with an N_ERROR for what was skipped.
 */
bool too_deep(struct parser *p);

/**
 * name_is - Compare a token with a name
 * @p: the parser
 * @index: the token
 * @name: the name
 *
 * Return: whether they are the same.
 */
bool name_is(const struct parser *p, u32 index, const char *name);

/**
 * is_reserved - Is a name one of those with two underscores in front?
 * @p: the parser
 * @index: the token
 *
 * Annotations are written so, and few names of variables.
 */
bool is_reserved(const struct parser *p, u32 index);

/**
 * parser_use - Take tokens to read
 * @p: the parser
 * @t: the tokens, with END_TOKENS behind them
 * @n: number of them
 */
void parser_use(struct parser *p, const struct token *t, u32 n);

/* primary.c */
bool parse_primary(struct parser *p);
bool parse_pasted(struct parser *p);
void parse_string(struct parser *p, const struct mark *m);

/* expr.c */
bool parse_suffixes(struct parser *p, const struct mark *m, u16 flags);
bool parse_unary(struct parser *p);
bool parse_conditional(struct parser *p);
bool parse_assignment(struct parser *p);
bool parse_expression(struct parser *p);

/* ambiguous.c */
enum paren { PAREN_EXPRESSION, PAREN_TYPE, PAREN_NAME };
enum paren what_in_paren(const struct parser *p, u32 open);
bool may_go_on(const struct parser *p, u32 index);
bool parse_name_or_type(struct parser *p);
bool parse_cast_or_call(struct parser *p);
bool parse_chain(struct parser *p);
bool parse_binary(struct parser *p, u32 least);
bool is_binary(u8 kind);

/* args.c */
void parse_argument(struct parser *p, u32 close);
void parse_args(struct parser *p, u32 close);
bool has_statements(const struct parser *p, u32 open);

/* init.c */
bool parse_init(struct parser *p);
bool parse_value(struct parser *p);
bool parse_designators(struct parser *p);
void parse_elements(struct parser *p, u32 close);

/* type.c */
bool declares_pointer_in_paren(const struct parser *p, u32 open);
bool parse_specifiers(struct parser *p, bool top);
bool parse_type(struct parser *p, u32 close);
bool parse_struct(struct parser *p);
bool parse_attribute(struct parser *p);
void parse_named(struct parser *p, u8 kind);

/* decl.c */
enum declarator { PLAIN, ABSTRACT };
bool parse_declarator(struct parser *p, enum declarator form);
bool parse_params(struct parser *p);
bool parse_declaration(struct parser *p);
void parse_annotations(struct parser *p);

/* begins.c */
bool begins_declaration(const struct parser *p, bool *either);

/* stmt.c */
bool parse_statement(struct parser *p);
bool parse_body(struct parser *p);
bool parse_block(struct parser *p);
void parse_statements(struct parser *p, u32 end);
bool end_statement(struct parser *p);

/* control.c */
bool parse_control(struct parser *p);
bool parse_condition(struct parser *p);

/* asm.c */
bool parse_asm(struct parser *p);
bool parse_asm_argument(struct parser *p, u32 end);
bool parse_asm_attribute(struct parser *p);

/* file.c */
void parse_file(struct parser *p, u32 selection, const struct spans *only);
bool parse_externals(struct parser *p);

/* macro.c */
void parse_macros(struct parser *p);

#endif
