// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an external declaration that was read declares.
 */
#include "record.h"

static struct declaration *add(struct parser *p, const struct mark *m,
			       u32 region)
{
	struct declaration *decl;
	const struct node *root = &p->tree.node[p->tree.n - 1];

	p->declaration = room_for(p->declaration, p->declarations,
				  &p->declaration_room,
				  sizeof(*p->declaration));
	decl = &p->declaration[p->declarations];
	*decl = (struct declaration){
		.start = root->start, .end = root->end, .first = m->node,
		.last = p->tree.n, .arm = root->arm,
	};
	for (; region < p->source->regions; region++)
		p->source->region[region].declaration = p->declarations;
	p->declarations++;
	return decl;
}

/* The last node below another one, by the kind of it, or NULL. */
static const struct node *child(const struct parser *p,
				const struct node *parent, u8 kind)
{
	const struct node *nodes = p->tree.node;
	const struct node *found = NULL;
	u32 i = parent - nodes;

	while (i > parent->first) {
		if (nodes[i - 1].kind == kind)
			found = &nodes[i - 1];
		i = nodes[i - 1].first;
	}
	return found;
}

/* The declared name of a declarator, which can be in parentheses. */
static const struct node *declared_name(const struct parser *p,
					const struct node *declarator)
{
	while (declarator) {
		const struct node *name = child(p, declarator, N_NAME);

		if (name)
			return name;
		declarator = child(p, declarator, N_DECLARATOR);
	}
	return NULL;
}

static bool is_typedef(const struct parser *p, const struct node *specifiers)
{
	u32 i = specifiers - p->tree.node;

	while (i > specifiers->first) {
		const struct node *node = &p->tree.node[i - 1];

		if (node->kind == N_KEYWORD && node->op == T_TYPEDEF)
			return true;
		i = node->first;
	}
	return false;
}

/* The first declarator of a declaration, with or without a value. */
static const struct node *declarator_of(const struct parser *p,
					const struct node *root)
{
	const struct node *plain = child(p, root, N_DECLARATOR);
	const struct node *valued = child(p, root, N_INITIALIZED);

	if (valued && (!plain || valued < plain))
		plain = child(p, valued, N_DECLARATOR);
	return plain;
}

static const struct node *describe_declaration(const struct parser *p,
					       const struct node *root,
					       struct declaration *decl)
{
	const struct node *specifiers = child(p, root, N_SPECIFIERS);
	const struct node *declarator = declarator_of(p, root);
	const struct node *tagged;

	if (!specifiers)
		return NULL;
	if (!declarator) {
		tagged = child(p, specifiers, N_STRUCT);
		decl->kind = tagged ? DK_STRUCT : DK_ENUM;
		if (!tagged)
			tagged = child(p, specifiers, N_ENUM);
		if (!tagged)
			decl->kind = DK_OTHER;
		return tagged ? child(p, tagged, N_NAME) : NULL;
	}
	if (root->flags & NF_MACRO)
		decl->kind = DK_MACRO_CALL;
	else if (is_typedef(p, specifiers))
		decl->kind = DK_TYPEDEF;
	else if (child(p, declarator, N_PARAMS) &&
		 (child(p, declarator, N_NAME) ||
		  !child(p, declarator, N_DECLARATOR)))
		decl->kind = DK_PROTOTYPE;
	else
		decl->kind = DK_VARIABLE;
	return declared_name(p, declarator);
}

static const struct node *describe(const struct parser *p,
				   const struct node *root,
				   struct declaration *decl)
{
	const struct node *call;

	switch (root->kind) {
	case N_DECLARATION:
		return describe_declaration(p, root, decl);
	case N_EXPR_STMT:
		decl->kind = DK_MACRO_CALL;
		call = child(p, root, N_CALL);
		if (!call && child(p, root, N_INITIALIZED))
			call = child(p, child(p, root, N_INITIALIZED), N_CALL);
		while (call && !child(p, call, N_NAME))
			call = child(p, call, N_CALL);
		return call ? child(p, call, N_NAME) : NULL;
	case N_ASM:
		decl->kind = DK_ASM;
		break;
	case N_ERROR:
		decl->kind = DK_UNREAD;
		break;
	}
	return NULL;
}

void record(struct parser *p, const struct mark *m, const struct head *head,
	    u32 selection, u32 region)
{
	struct declaration *decl = add(p, m, region);
	const struct node *root = &p->tree.node[p->tree.n - 1];
	const struct node *name;

	decl->selection = selection;
	if (head->kind == HEAD_FUNCTION) {
		decl->kind = DK_FUNCTION;
		decl->name = p->t[head->name].start;
		decl->name_len = p->t[head->name].len;
		return;
	}
	name = describe(p, root, decl);
	if (name) {
		decl->name = name->start;
		decl->name_len = name->end - name->start;
	}
}

void record_macro(struct parser *p, const struct mark *m,
		  const struct directive *d, u32 region)
{
	struct declaration *decl = add(p, m, region);
	const struct token *name = &p->source->other.token[d->first + 2];

	decl->kind = DK_DEFINE;
	decl->name = name->start;
	decl->name_len = name->len;
	decl->start = d->start;
	decl->end = d->end;
	decl->arm = d->arm;
}
