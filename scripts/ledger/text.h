/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A text as the ledger compares it: one row of words, in the order of the
 * file, with those of directives and of arms that are never compiled.
 */
#ifndef LEDGER_TEXT_H
#define LEDGER_TEXT_H

#include "../reader/source.h"

#define NO_WORD (~0U)

/* A kind beside those of tokens: the end of a directive is a word, too. */
#define W_DIRECTIVE_END 255

/**
 * struct word - a token by its spelling
 * @text: its bytes, without a backslash-newline; not terminated
 * @len: number of bytes
 * @start: offset in the file
 * @kind: enum token_kind or W_DIRECTIVE_END
 * @glued: an opening parenthesis right behind the name of a #define
 * @directive: it is part of a directive
 */
struct word {
	const char *text;
	u32 len;
	u32 start;
	u8 kind;
	bool glued;
	bool directive;
};

/* Some words in a row. */
struct words {
	const struct word *word;
	u32 n;
};

struct span {
	u32 low;
	u32 high;
};

/**
 * struct text - a file as words
 * @source: its bytes and tokens
 * @word: its words
 * @n: number of words
 * @mate: for each bracket the index of its other half, else NO_WORD
 * @around: for each word the innermost bracket that is open there, or NO_WORD
 * @comment: where each comment stands, in bytes
 * @block: outermost braces, both included, in words
 * @line: where each line starts, in bytes
 */
struct text {
	struct source source;
	struct word *word;
	u32 n;
	u32 room;
	u32 *mate;
	u32 mate_room;
	u32 *around;
	u32 around_room;
	u32 *open;
	u32 open_room;
	struct span *comment;
	u32 comments;
	u32 comment_room;
	struct span *block;
	u32 blocks;
	u32 block_room;
	u32 *line;
	u32 lines;
	u32 line_room;
};

/**
 * text_init - Begin with no text
 * @text: what texts are read into, one after the other
 */
void text_init(struct text *text);

/**
 * text_free - Give back all memory
 * @text: what texts were read into
 */
void text_free(struct text *text);

/**
 * text_read - Take bytes for a text, and find its words
 * @text: what to read into; the text before is forgotten
 * @bytes: the bytes, which are copied
 * @size: number of bytes, at most MOST_BYTES
 */
void text_read(struct text *text, const void *bytes, u32 size);

/**
 * text_snippet - Take a piece of C that is no file
 * @text: scratch memory
 * @arena: where the words and their bytes go
 * @bytes: the piece
 * @size: number of bytes
 * @why: set to a reason where it cannot be taken
 *
 * Return: its words; @why is NULL where it is whole: no directive, nothing
 * without its end, each bracket with its other half.
 */
struct words text_snippet(struct text *text, struct arena *arena,
			  const void *bytes, u32 size, const char **why);

/**
 * text_line - The line of an offset
 * @text: the text
 * @offset: offset of a byte
 *
 * Return: its number, the first is 1.
 */
u32 text_line(const struct text *text, u32 offset);

/**
 * text_at - The word that starts at a place
 * @text: the text
 * @line: number of the line
 * @column: number of bytes before it on the line
 *
 * Return: the index of the word, or NO_WORD.
 */
u32 text_at(const struct text *text, u32 line, u32 column);

static inline u32 text_offset(const struct text *text, u32 word)
{
	if (!text->n)
		return 0;
	return text->word[word < text->n ? word : text->n - 1].start;
}

static inline bool word_same(const struct word *a, const struct word *b)
{
	/* The end of a directive is the one word without a spelling. */
	return a->len == b->len && a->glued == b->glued &&
		!__builtin_memcmp(a->text, b->text, a->len);
}

static inline bool word_is(const struct word *word, const char *text)
{
	return word->len == __builtin_strlen(text) &&
		!__builtin_memcmp(word->text, text, word->len);
}

static inline bool words_same(struct words a, struct words b)
{
	if (a.n != b.n)
		return false;
	for (u32 i = 0; i < a.n; i++) {
		if (!word_same(&a.word[i], &b.word[i]))
			return false;
	}
	return true;
}

static inline bool is_closer(u8 kind)
{
	return kind == ')' || kind == ']' || kind == '}';
}

/* The kind of a word of a text; T_END outside of it. */
static inline u8 kind_at(const struct text *text, u32 word)
{
	return word < text->n ? text->word[word].kind : T_END;
}

#endif
