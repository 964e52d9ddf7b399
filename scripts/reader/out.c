// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was read, as a file for programs; out.h has the format.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "print.h"

/* What is written need not be kept in memory until all is made. */
#define MOST_KEPT 0x100000U

static void write_made(struct out *out)
{
	fwrite(out->buffer, 1, out->n, out->to);
	out->at += out->n;
	out->n = 0;
}

static void make_room(struct out *out, u32 n)
{
	if (out->n >= MOST_KEPT)
		write_made(out);
	out->buffer = grow_keeping(out->buffer, &out->room, out->n,
				   (size_t)out->n + n, 1);
}

static inline void put8(struct out *out, u8 value)
{
	if (unlikely(out->n == out->room))
		make_room(out, 1);
	out->buffer[out->n++] = value;
}

static inline void put32(struct out *out, u32 value)
{
	u8 *to;

	if (unlikely(out->room - out->n < 4))
		make_room(out, 4);
	to = out->buffer + out->n;
	to[0] = value;
	to[1] = value >> 8;
	to[2] = value >> 16;
	to[3] = value >> 24;
	out->n += 4;
}

static void put64(struct out *out, u64 value)
{
	put32(out, value);
	put32(out, value >> 32);
}

static void put_bytes(struct out *out, const void *bytes, u32 n)
{
	make_room(out, n);
	memcpy(out->buffer + out->n, bytes, n);
	out->n += n;
}

static void flush(struct out *out)
{
	while ((out->at + out->n) % 8)
		put8(out, 0);
	write_made(out);
}

static void put_names(struct out *out)
{
	char space[2];
	const char *name;

	for (u32 i = 0; i < N_COUNT; i++)
		put_bytes(out, node_name(i), strlen(node_name(i)) + 1);
	put8(out, 0);
	for (u32 i = 0; i < DK_COUNT; i++)
		put_bytes(out, declaration_name(i),
			  strlen(declaration_name(i)) + 1);
	put8(out, 0);
	for (u32 i = 0; i < R_COUNT; i++)
		put_bytes(out, reason_text(i), strlen(reason_text(i)) + 1);
	put8(out, 0);
	/* An empty name would end the list. */
	for (u32 i = 0; i < 256; i++) {
		name = token_text(i, space);
		name = *name ? name : "?";
		put_bytes(out, name, strlen(name) + 1);
	}
	put8(out, 0);
}

void out_begin(struct out *out, FILE *to)
{
	u32 names;

	memset(out, 0, sizeof(*out));
	out->to = to;
	put_names(out);
	names = out->n;
	out->n = 0;
	put_bytes(out, OUT_MAGIC, 8);
	put32(out, OUT_VERSION);
	put32(out, names);
	put_names(out);
	flush(out);
}

/* One u32 member of each structure of an array, from the first one's. */
static void put_column(struct out *out, const u32 *first, u32 n, size_t size)
{
	for (u32 i = 0; i < n; i++)
		put32(out, *(const u32 *)((const char *)first + i * size));
}

/* The same for a member of one byte. */
static void put_bytes_of(struct out *out, const u8 *first, u32 n, size_t size)
{
	for (u32 i = 0; i < n; i++)
		put8(out, first[i * size]);
}

static u32 arm_flags(const struct source *source, const struct arm *arm)
{
	u32 flags = arm->value;

	if (arm->group == NO_ARM)
		return flags;
	if (arm->flags & AF_ELSE)
		flags |= OUT_ARM_ELSE;
	if (arm->flags & AF_IMPLICIT)
		flags |= OUT_ARM_IMPLICIT;
	if (arm->flags & AF_DEAD)
		flags |= OUT_ARM_DEAD;
	if (!source->group[arm->group].aligned)
		flags |= OUT_ARM_SELECTED;
	return flags | source->directive[arm->directive].kind << 8;
}

static void put_arms(struct out *out, const struct source *source)
{
	const struct arm *arm = source->arm;
	u32 n = source->arms;

	put_column(out, &arm->group, n, sizeof(*arm));
	put_column(out, &arm->parent, n, sizeof(*arm));
	put_column(out, &arm->start, n, sizeof(*arm));
	put_column(out, &arm->end, n, sizeof(*arm));
	/* Arm 0 has no line. */
	put32(out, 0);
	for (u32 i = 1; i < n; i++)
		put32(out, source->directive[arm[i].directive].start);
	put32(out, 0);
	for (u32 i = 1; i < n; i++)
		put32(out, source->directive[arm[i].directive].end);
	for (u32 i = 0; i < n; i++)
		put32(out, arm_flags(source, &arm[i]));
}

static void put_declarations(struct out *out, const struct parser *p)
{
	const struct declaration *decl = p->declaration;
	u32 n = p->declarations;

	if (!n)
		return;
	put_column(out, &decl->name, n, sizeof(*decl));
	for (u32 i = 0; i < n; i++)
		put32(out, decl[i].name + decl[i].name_len);
	put_column(out, &decl->start, n, sizeof(*decl));
	put_column(out, &decl->end, n, sizeof(*decl));
	put_column(out, &decl->first, n, sizeof(*decl));
	put_column(out, &decl->last, n, sizeof(*decl));
	put_column(out, &decl->arm, n, sizeof(*decl));
	put_column(out, &decl->selection, n, sizeof(*decl));
	for (u32 i = 0; i < n; i++)
		put32(out, decl[i].kind);
}

static void put_nodes(struct out *out, const struct tree *tree)
{
	const struct node *node = tree->node;

	if (!tree->n)
		return;
	put_column(out, &node->start, tree->n, sizeof(*node));
	put_column(out, &node->end, tree->n, sizeof(*node));
	put_column(out, &node->first, tree->n, sizeof(*node));
	put_column(out, &node->arm, tree->n, sizeof(*node));
}

static void put_node_bytes(struct out *out, const struct tree *tree)
{
	const struct node *node = tree->node;

	if (!tree->n)
		return;
	put_bytes_of(out, &node->kind, tree->n, sizeof(*node));
	put_bytes_of(out, &node->op, tree->n, sizeof(*node));
	put_bytes_of(out, &node->flags, tree->n, sizeof(*node));
}

/* The name behind #include, and whether there is one. */
static const struct token *included(const struct source *source,
				    const struct directive *d)
{
	if (d->kind != D_INCLUDE || d->last - d->first < 3)
		return NULL;
	return &source->other.token[d->first + 2];
}

static u32 count_includes(const struct source *source)
{
	u32 n = 0;

	for (u32 i = 0; i < source->directives; i++)
		n += !!included(source, &source->directive[i]);
	return n;
}

static void put_includes(struct out *out, const struct source *source)
{
	for (u32 column = 0; column < 3; column++) {
		for (u32 i = 0; i < source->directives; i++) {
			const struct directive *d = &source->directive[i];
			const struct token *name = included(source, d);

			if (!name)
				continue;
			put32(out, column == 0 ? name->start :
			      column == 1 ? token_end(name) : d->arm);
		}
	}
}

static void put_regions(struct out *out, const struct source *source)
{
	const struct region *region = source->region;
	u32 n = source->regions;
	struct line line = { .at = 0 };

	if (!n)
		return;
	put_column(out, &region->start, n, sizeof(*region));
	put_column(out, &region->end, n, sizeof(*region));
	put_column(out, &region->declaration, n, sizeof(*region));
	put_column(out, &region->reason, n, sizeof(*region));
	for (u32 i = 0; i < n; i++)
		put32(out, line_of(source, &line, region[i].start));
}

/* The next token of two arrays that are each in the order of the file. */
static const struct token *next_token(const struct source *source, u32 *code,
				      u32 *other)
{
	const struct token *a = &source->code.token[*code];
	const struct token *b = &source->other.token[*other];

	if (*other == source->other.n ||
	    (*code < source->code.n && a->start < b->start)) {
		++*code;
		return a;
	}
	++*other;
	return b;
}

static void put_tokens(struct out *out, const struct source *source, bool wide)
{
	u32 n = source->code.n + source->other.n;

	for (u32 column = 0; column < (wide ? 3U : 2U); column++) {
		u32 code = 0;
		u32 other = 0;

		for (u32 i = 0; i < n; i++) {
			u32 before = other;
			const struct token *t = next_token(source, &code, &other);
			u8 flags = t->flags | (other > before ? OUT_TOKEN_OTHER : 0);

			if (!wide)
				put8(out, column ? flags : t->kind);
			else
				put32(out, column == 0 ? t->start :
				      column == 1 ? token_end(t) : t->arm);
		}
	}
}

static void begin_section(struct out *out)
{
	out->index = room_for(out->index, out->files, &out->index_room,
			      sizeof(*out->index));
	out->index[out->files++] = out->at;
}

static void put_read(struct out *out, const struct reader *reader, bool tokens)
{
	const struct source *source = &reader->source;
	const struct parser *p = &reader->parser;

	put_arms(out, source);
	put_declarations(out, p);
	put_nodes(out, &p->tree);
	put_regions(out, source);
	put_includes(out, source);
	if (tokens)
		put_tokens(out, source, true);
	put_node_bytes(out, &p->tree);
	if (tokens)
		put_tokens(out, source, false);
}

void out_file(struct out *out, const char *path, const struct reader *reader,
	      int error, bool tokens)
{
	const struct source *source = &reader->source;
	const struct parser *p = &reader->parser;

	begin_section(out);
	put32(out, strlen(path));
	put32(out, error ? 0 : source->size);
	put32(out, error);
	put32(out, error ? 0 : source->arms);
	put32(out, error ? 0 : p->declarations);
	put32(out, error ? 0 : p->tree.n);
	put32(out, error ? 0 : source->regions);
	put32(out, error ? 0 : count_includes(source));
	put32(out, error || !tokens ? 0 : source->code.n + source->other.n);
	if (!error)
		put_read(out, reader, tokens);
	put_bytes(out, path, strlen(path));
	flush(out);
}

int out_end(struct out *out)
{
	u64 index = out->at;
	int error = 0;

	for (u32 i = 0; i < out->files; i++)
		put64(out, out->index[i]);
	flush(out);
	put64(out, index);
	put32(out, out->files);
	put32(out, OUT_VERSION);
	put_bytes(out, OUT_MAGIC, 8);
	flush(out);
	errno = 0;
	if (ferror(out->to) || fflush(out->to))
		error = errno ? -errno : -EIO;
	free(out->index);
	free(out->buffer);
	return error;
}
