/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that one file is read with.
 */
#ifndef READER_READER_H
#define READER_READER_H

#include "cond.h"
#include "parse.h"
#include "select.h"

/**
 * struct reader - a file that was read, and memory for the next one
 * @source: its text, tokens, arms and unread regions
 * @parser: its declarations and nodes
 * @selector: how arms were selected
 */
struct reader {
	struct source source;
	struct parser parser;
	struct selector selector;
};

/**
 * reader_init - Begin with no file
 * @reader: what files are read with, one after the other
 * @known: what is known when conditions are evaluated; may be NULL
 */
void reader_init(struct reader *reader, const struct known *known);

/**
 * reader_free - Give back all memory
 * @reader: what files were read with
 */
void reader_free(struct reader *reader);

/**
 * reader_read - Read the file that @reader->source holds
 * @reader: the file; its tokens, arms, declarations and nodes are filled
 */
void reader_read(struct reader *reader);

#endif
