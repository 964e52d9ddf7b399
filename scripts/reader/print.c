// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was read, as text.
 */
#include <stdlib.h>

#include "print.h"

/* Nodes of a tree that get a line of their own. */
static bool has_line(u8 kind)
{
	return kind >= N_BLOCK || kind == N_DECLARATION || kind == N_EITHER ||
		kind == N_ENUMERATOR;
}

/* A leaf's text on one line; of long text the head. */
static void print_text(const struct source *source, u32 start, u32 end,
		       FILE *to)
{
	u32 most = end - start > 60 ? start + 60 : end;

	fputs(" `", to);
	for (; start < most; start++) {
		u8 c = source->text[start];

		fputc(c < ' ' || c == 127 ? ' ' : c, to);
	}
	fputs(most < end ? "...`" : "`", to);
}

static void print_flags(const struct node *node, FILE *to)
{
	static const char *const name[] = {
		"ambiguous", "suffix", "no-semicolon", "macro", "old-style",
		"pasted",
	};

	for (u32 i = 0; i < ARRAY_SIZE(name); i++) {
		if (node->flags & 1U << i)
			fprintf(to, " [%s]", name[i]);
	}
}

static bool has_text(const struct node *node)
{
	switch (node->kind) {
	case N_NAME: case N_NUMBER: case N_CHAR: case N_STRING:
	case N_TYPE_NAME: case N_ERROR:
		return true;
	case N_OPERATOR:
		return !node->op && node->end > node->start;
	}
	return false;
}

static void print_head(const struct reader *reader, const struct node *node,
		       FILE *to)
{
	char space[2];

	fprintf(to, "(%s", node_name(node->kind));
	if (node->kind == N_ERROR)
		fprintf(to, " %s", reason_text(node->op));
	else if (node->op)
		fprintf(to, " %s", token_text(node->op, space));
	print_flags(node, to);
	if (node->arm)
		fprintf(to, " @%u", node->arm);
	if (has_text(node))
		print_text(&reader->source, node->start, node->end, to);
}

/*
 * Nodes in postorder are printed from the root: the children of a node are
 * found from the last to the first, so their indices are kept on a stack.
 */
static void print_tree(const struct reader *reader, u32 root, FILE *to)
{
	const struct node *nodes = reader->parser.tree.node;
	struct item {
		u32 node;
		u32 depth;
		bool close;
	} *stack = NULL;
	u32 room = 0;
	u32 n = 0;

	stack = room_for(stack, n, &room, sizeof(*stack));
	stack[n++] = (struct item){ .node = root, .depth = 1 };
	while (n) {
		struct item item = stack[--n];
		const struct node *node = &nodes[item.node];
		u32 child = item.node;

		if (item.close) {
			fputc(')', to);
			continue;
		}
		if (has_line(node->kind) || item.node == root)
			fprintf(to, "\n%*s", (int)item.depth * 2, "");
		else
			fputc(' ', to);
		print_head(reader, node, to);
		item.close = true;
		stack = room_for(stack, n, &room, sizeof(*stack));
		stack[n++] = item;
		while (child > node->first) {
			stack = room_for(stack, n, &room, sizeof(*stack));
			stack[n++] = (struct item){
				.node = child - 1, .depth = item.depth + 1,
			};
			child = nodes[child - 1].first;
		}
	}
	free(stack);
}

u32 line_of(const struct source *source, struct line *line, u32 at)
{
	if (at < line->at)
		*line = (struct line){ .at = 0 };
	for (; line->at < at; line->at++)
		line->newlines += source->text[line->at] == '\n';
	return line->newlines + 1;
}

static void print_arms(const struct source *source, FILE *to)
{
	static const char *const truth[] = { "unknown", "false", "true" };

	for (u32 i = 1; i < source->arms; i++) {
		const struct arm *arm = &source->arm[i];
		const struct directive *d =
			&source->directive[arm->directive];

		fprintf(to, "arm %u in %u group %u %s", i, arm->parent,
			arm->group, truth[arm->value]);
		if (arm->flags & AF_DEAD)
			fputs(" dead", to);
		if (!source->group[arm->group].aligned)
			fputs(" selected", to);
		if (arm->flags & AF_IMPLICIT)
			fputs(" implicit", to);
		else
			print_text(source, d->start, d->end, to);
		fputc('\n', to);
	}
}

void print_file(const struct reader *reader, FILE *to)
{
	const struct source *source = &reader->source;
	const struct parser *p = &reader->parser;
	struct line line = { .at = 0 };

	print_arms(source, to);
	for (u32 i = 0; i < source->regions; i++) {
		const struct region *region = &source->region[i];

		fprintf(to, "unread %s line %u bytes %u-%u",
			reason_text(region->reason),
			line_of(source, &line, region->start), region->start,
			region->end);
		print_text(source, region->start, region->end, to);
		fputc('\n', to);
	}
	for (u32 i = 0; i < p->declarations; i++) {
		const struct declaration *decl = &p->declaration[i];

		fprintf(to, "%s %.*s bytes %u-%u", declaration_name(decl->kind),
			(int)decl->name_len, source->text + decl->name,
			decl->start, decl->end);
		if (decl->selection)
			fprintf(to, " selection %u", decl->selection);
		print_tree(reader, decl->last - 1, to);
		fputc('\n', to);
	}
}
