// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: nodes, and the brackets that are matched before anything is read.
 */
#include <string.h>

#include "parse.h"

struct node *finish(struct parser *p, const struct mark *m, u8 kind, u8 op)
{
	struct tree *tree = &p->tree;
	const struct token *first = &p->t[m->token];
	struct node *node;

	tree->node = room_for(tree->node, tree->n, &tree->room,
			      sizeof(*tree->node));
	node = &tree->node[tree->n++];
	node->start = first->start;
	/* What is empty stands behind the token before it. */
	if (p->i == m->token && p->i)
		node->start = token_end(&p->t[p->i - 1]);
	node->end = p->i > m->token ? token_end(&p->t[p->i - 1]) : node->start;
	node->first = m->node;
	node->arm = first->arm;
	node->kind = kind;
	node->op = op;
	node->flags = 0;
	return node;
}

struct node *leaf(struct parser *p, u8 kind, u8 op)
{
	struct mark m = mark(p);

	p->i++;
	return finish(p, &m, kind, op);
}

void unread(struct parser *p, const struct mark *m, u32 end, u8 reason)
{
	u32 start = p->t[m->token].start;

	undo(p, m);
	p->i = end < p->n ? end : p->n;
	if (p->i < m->token)
		p->i = m->token;
	source_region(p->source, start, p->i > m->token ?
		      token_end(&p->t[p->i - 1]) : start, reason);
	finish(p, m, N_ERROR, reason);
}

bool too_deep(struct parser *p)
{
	struct mark m = mark(p);
	u32 i = p->i;

	while (i < p->n && !(i == p->argument_end && i)) {
		u8 kind = at(p, i);

		if (kind == ',' || kind == ';' || kind == ')' || kind == ']' ||
		    kind == '}')
			break;
		i = over(p, i);
	}
	unread(p, &m, i, R_DEPTH);
	return true;
}

bool name_is(const struct parser *p, u32 index, const char *name)
{
	const struct token *token = &p->t[index];

	return token->len == strlen(name) &&
		!memcmp(text_at(p, index), name, token->len);
}

bool is_reserved(const struct parser *p, u32 index)
{
	return at(p, index) == T_NAME && !memcmp(text_at(p, index), "__", 2);
}

/*
 * A closing brace closes whatever is open inside of its own pair, so that one
 * lost parenthesis costs a statement and not the rest of the file.
 */
static void match_brackets(struct parser *p)
{
	u32 open = 0;

	for (u32 i = 0; i < p->n; i++) {
		u8 kind = at(p, i);
		u8 opener = kind == ')' ? '(' : kind == ']' ? '[' : '{';

		if (is_opener(kind)) {
			p->stack[open++] = i;
			continue;
		}
		if (kind != ')' && kind != ']' && kind != '}')
			continue;
		p->match[i] = i;
		while (kind == '}' && open && at(p, p->stack[open - 1]) != '{')
			p->match[p->stack[--open]] = i;
		if (open && at(p, p->stack[open - 1]) == opener) {
			p->match[p->stack[--open]] = i;
			p->match[i] = p->stack[open];
		}
	}
	while (open)
		p->match[p->stack[--open]] = p->n;
}

void parser_use(struct parser *p, const struct token *t, u32 n)
{
	size_t need = (size_t)n + END_TOKENS;

	p->t = t;
	p->n = n;
	p->match = grow_keeping(p->match, &p->match_room, 0, need,
				sizeof(*p->match));
	p->stack = grow_keeping(p->stack, &p->stack_room, 0, need,
				sizeof(*p->stack));
	p->hint = grow_keeping(p->hint, &p->hint_room, 0, need,
			       sizeof(*p->hint));
	memset(p->hint, 0, need);
	p->tree.node = grow_keeping(p->tree.node, &p->tree.room, p->tree.n,
				    p->tree.n + 2 * need,
				    sizeof(*p->tree.node));
	match_brackets(p);
	parser_begin(p, 0);
}
