// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that one file is read with.
 */
#include <stdlib.h>
#include <string.h>

#include "lex.h"
#include "reader.h"

void reader_init(struct reader *reader, const struct known *known)
{
	memset(reader, 0, sizeof(*reader));
	source_init(&reader->source, known);
	reader->parser.source = &reader->source;
}

void reader_free(struct reader *reader)
{
	struct parser *p = &reader->parser;
	struct selector *s = &reader->selector;

	free(p->match);
	free(p->stack);
	free(p->hint);
	free(p->tree.node);
	free(p->declaration);
	free(p->stream.token);
	free(s->fresh.span);
	free(s->covered);
	free(s->shown);
	free(s->said);
	source_free(&reader->source);
}

void reader_read(struct reader *reader)
{
	reader->parser.tree.n = 0;
	reader->parser.declarations = 0;
	lex(&reader->source);
	select_and_parse(&reader->parser, &reader->selector);
	parse_macros(&reader->parser);
}
