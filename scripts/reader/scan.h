/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single tokens and comments.
 */
#ifndef READER_SCAN_H
#define READER_SCAN_H

#include "arms.h"

enum class {
	C_SIGN, C_SPACE, C_NEWLINE, C_WORD, C_DIGIT, C_QUOTE, C_SLASH, C_HASH,
	C_DOT, C_BACKSLASH, C_NUL, C_SINGLE,
};

/* What a byte begins. */
extern const u8 class_of[256];

/**
 * struct lexer - where the lexer is
 * @p: the next byte
 * @end: behind the last byte
 * @to: where tokens go
 * @arms: the #if arms around
 * @first: no token yet on this line
 * @directive: this line is a directive's
 * @header: an #include, and its header is still to come
 */
struct lexer {
	struct source *source;
	const char *p;
	const char *end;
	struct tokens *to;
	struct arm_state arms;
	bool first;
	bool directive;
	bool header;
};

static inline void emit(struct lexer *lx, const char *start, u8 kind, u8 flags)
{
	struct tokens *to = lx->to;
	struct token *token;

	to->token = room_for(to->token, to->n, &to->room, sizeof(*to->token));
	token = &to->token[to->n++];
	token->start = start - lx->source->text;
	token->len = lx->p - start;
	token->arm = lx->arms.arm;
	token->kind = kind;
	if (lx->first) {
		flags |= TF_FIRST;
		if (!token->start || start[-1] == '\n')
			flags |= TF_COLUMN0;
		lx->first = false;
	}
	token->flags = flags;
}

void lex_quoted(struct lexer *lx, const char *start);
void lex_word(struct lexer *lx);
void lex_number(struct lexer *lx);
void lex_sign(struct lexer *lx);
void lex_slash(struct lexer *lx);

#endif
