// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comments between tokens.
 */
#include <string.h>

#include "../reader/splice.h"
#include "comments.h"

static void add_comment(struct text *text, const char *from, const char *to)
{
	const char *start = text->source.text;

	text->comment = room_for(text->comment, text->comments,
				 &text->comment_room, sizeof(*text->comment));
	text->comment[text->comments++] =
		(struct span){ from - start, to - start };
}

static const char *block_end(const char *p, const char *end)
{
	for (;;) {
		p = memchr(p, '*', end - p);
		if (!p)
			return end;
		p++;
		p += splices(p, end);
		if (p < end && *p == '/')
			return p + 1;
	}
}

static const char *line_end(const char *p, const char *end)
{
	while (p < end && *p != '\n') {
		u32 n = splice(p, end);

		p += n ? n : 1;
	}
	return p;
}

/* The lexer found no token here, so that a slash begins a comment. */
static void scan(struct text *text, u32 from, u32 to)
{
	const char *p = text->source.text + from;
	const char *end = text->source.text + to;

	while (p < end) {
		const char *start = p++;

		if (*start != '/')
			continue;
		p += splices(p, end);
		if (p == end)
			return;
		p = *p == '*' ? block_end(p + 1, end) : line_end(p + 1, end);
		add_comment(text, start, p);
	}
}

void find_comments(struct text *text)
{
	const struct token *code = text->source.code.token;
	const struct token *other = text->source.other.token;
	u32 from = 0;

	text->comments = 0;
	for (;;) {
		const struct token *token = code->start < other->start ?
			code++ : other++;

		scan(text, from, token->start);
		if (token->kind == T_END)
			return;
		from = token_end(token);
	}
}
