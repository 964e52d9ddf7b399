// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does every byte of a file belong to one token, or to a gap?
 *
 * Nothing of the lexer is used here: this is what it is held against.
 */
#include <string.h>

#include "roundtrip.h"

struct gap {
	const char *text;
	u32 size;
	u32 at;
};

static char byte(const struct gap *gap, u32 ahead)
{
	return gap->at + ahead < gap->size ? gap->text[gap->at + ahead] : 0;
}

/* The length of a backslash, white space and newline, else 0. */
static u32 joined(const struct gap *gap, u32 ahead)
{
	u32 n = ahead;

	if (byte(gap, n++) != '\\')
		return 0;
	while (byte(gap, n) && strchr(" \t\r\f\v", byte(gap, n)))
		n++;
	return byte(gap, n) == '\n' ? n + 1 - ahead : 0;
}

/* The number of bytes up to the character behind this one, past splices. */
static u32 behind(const struct gap *gap)
{
	u32 n = 1;

	while (joined(gap, n))
		n += joined(gap, n);
	return n;
}

static void skip_comment(struct gap *gap)
{
	bool block = byte(gap, behind(gap)) == '*';

	gap->at += behind(gap) + 1;
	while (gap->at < gap->size) {
		u32 n = joined(gap, 0);

		if (!block && !n && byte(gap, 0) == '\n')
			return;
		if (block && byte(gap, 0) == '*' &&
		    byte(gap, behind(gap)) == '/') {
			gap->at += behind(gap) + 1;
			return;
		}
		gap->at += n ? n : 1;
	}
}

static u32 gap_end(const struct source *source, u32 at)
{
	struct gap gap = { source->text, source->size, at };

	if (!at && source->size >= 3 && !memcmp(source->text, "\xef\xbb\xbf", 3))
		gap.at = 3;
	while (gap.at < gap.size) {
		char c = byte(&gap, 0);
		char next;

		if (!c || strchr(" \t\r\f\v\n", c)) {
			gap.at++;
			continue;
		}
		if (joined(&gap, 0)) {
			gap.at += joined(&gap, 0);
			continue;
		}
		next = byte(&gap, behind(&gap));
		if (c != '/' || (next != '*' && next != '/'))
			break;
		skip_comment(&gap);
	}
	return gap.at;
}

/* White space ends a token, but for those that have it between two marks. */
static bool is_one(const struct source *source, const struct token *token)
{
	const char *text = source->text + token->start;

	if (token->kind == T_STRING || token->kind == T_CHAR ||
	    token->kind == T_HEADER || token->flags & TF_SPLICED)
		return true;
	for (u32 i = 0; i < token->len; i++) {
		if (!text[i] || strchr(" \t\r\f\v\n", text[i]))
			return false;
	}
	return true;
}

const char *roundtrip(const struct source *source, u32 *at)
{
	const struct token *code = source->code.token;
	const struct token *other = source->other.token;

	*at = 0;
	for (;;) {
		const struct token *token = code->start < other->start ?
			code++ : other++;

		if (gap_end(source, *at) != token->start)
			return "a byte in no token";
		if (token->kind == T_END)
			return NULL;
		*at = token->start;
		if (!token->len || !is_one(source, token))
			return "a token of two";
		*at = token_end(token);
		if (*at > source->size)
			return "a token behind the end";
	}
}
