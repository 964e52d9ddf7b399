// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much was read, and what was not.
 */
#include "print.h"
#include "stats.h"

#define MOST_SHOWN 70

static void name_region(const char *path, const struct reader *reader,
			const struct region *region, struct line *line,
			FILE *to)
{
	const struct source *source = &reader->source;
	const struct declaration *decl =
		&reader->parser.declaration[region->declaration];
	u32 end = region->end;

	if (end - region->start > MOST_SHOWN)
		end = region->start + MOST_SHOWN;
	fprintf(to, "%s:%u: %s in %.*s: ", path,
		line_of(source, line, region->start), reason_text(region->reason),
		(int)decl->name_len, source->text + decl->name);
	for (u32 i = region->start; i < end; i++)
		fputc((u8)source->text[i] < ' ' ? ' ' : source->text[i], to);
	fputc('\n', to);
}

static void add_regions(struct stats *stats, const char *path,
			const struct reader *reader, FILE *to)
{
	const struct source *source = &reader->source;
	const struct declaration *decl = reader->parser.declaration;
	struct line line = { .at = 0 };
	u32 last = ~0U;

	for (u32 i = 0; i < source->regions; i++) {
		const struct region *region = &source->region[i];
		u32 in = region->declaration;

		stats->regions[region->reason]++;
		if (in == ~0U || decl[in].kind != DK_FUNCTION)
			continue;
		stats->unread += in != last;
		last = in;
		name_region(path, reader, region, &line, to);
	}
}

void stats_add(struct stats *stats, const char *path,
	       const struct reader *reader, FILE *to)
{
	const struct parser *p = &reader->parser;

	stats->files++;
	stats->bytes += reader->source.size;
	stats->nodes += p->tree.n;
	stats->declarations += p->declarations;
	for (u32 i = 0; i < p->declarations; i++)
		stats->functions += p->declaration[i].kind == DK_FUNCTION;
	for (u32 i = 0; i < p->tree.n; i++) {
		const struct node *node = &p->tree.node[i];

		stats->pieces += node->kind == N_OPERATOR && !node->op;
		stats->ambiguous += node->flags & NF_AMBIGUOUS;
	}
	add_regions(stats, path, reader, to);
}

void stats_print(const struct stats *stats, double seconds, FILE *to)
{
	double mega = stats->bytes / 1e6;

	fprintf(to, "files %llu, %.1f MB in %.2f s, %.0f MB/s\n",
		stats->files, mega, seconds, seconds > 0 ? mega / seconds : 0);
	fprintf(to, "declarations %llu, nodes %llu, ambiguous %llu, ",
		stats->declarations, stats->nodes, stats->ambiguous);
	fprintf(to, "no code %llu\n", stats->pieces);
	fprintf(to, "functions %llu, with an unread region %llu\n",
		stats->functions, stats->unread);
	fputs("unread regions", to);
	for (u32 i = 0; i < R_COUNT; i++) {
		if (stats->regions[i])
			fprintf(to, ", %s %llu", reason_text(i),
				stats->regions[i]);
	}
	fputc('\n', to);
}
