// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text into tokens and directives.
 */
#include <string.h>

#include "lex.h"
#include "scan.h"
#include "splice.h"

static void begin_directive(struct lexer *lx)
{
	struct source *source = lx->source;
	struct directive *d;

	source->directive = room_for(source->directive, source->directives,
				     &source->directive_room, sizeof(*source->directive));
	d = &source->directive[source->directives++];
	memset(d, 0, sizeof(*d));
	d->start = lx->p - source->text;
	d->first = source->other.n;
	d->code = source->code.n;
	d->arm = lx->arms.arm;
	lx->directive = true;
	lx->header = false;
	lx->to = &source->other;
	lx->p++;
	emit(lx, lx->p - 1, '#', 0);
}

static void end_directive(struct lexer *lx)
{
	struct source *source = lx->source;
	struct directive *d = &source->directive[source->directives - 1];

	d->last = source->other.n;
	d->end = token_end(&source->other.token[d->last - 1]);
	lx->directive = false;
	lx->header = false;
	arms_directive(source, &lx->arms, d);
	lx->to = lx->arms.dead ? &source->other : &source->code;
}

/* Behind the second token of a directive, its name: what follows? */
static void see_directive_name(struct lexer *lx)
{
	struct directive *d;

	if (!lx->directive)
		return;
	d = &lx->source->directive[lx->source->directives - 1];
	if (lx->source->other.n != d->first + 2)
		return;
	d->kind = directive_kind(lx->source, d);
	lx->header = d->kind == D_INCLUDE;
}

static bool lex_header(struct lexer *lx)
{
	const char *start = lx->p;
	const char *p = start + 1;

	if (!lx->header || *start != '<')
		return false;
	while (p < lx->end && *p != '>' && *p != '\n')
		p++;
	lx->header = false;
	if (p == lx->end || *p != '>')
		return false;
	lx->p = p + 1;
	emit(lx, start, T_HEADER, 0);
	return true;
}

static void lex_newline(struct lexer *lx)
{
	if (lx->directive)
		end_directive(lx);
	lx->p++;
	lx->first = true;
}

static void lex_token(struct lexer *lx)
{
	u32 n;

	switch (class_of[(u8)*lx->p]) {
	case C_WORD:
		lex_word(lx);
		see_directive_name(lx);
		break;
	case C_DIGIT:
		lex_number(lx);
		break;
	case C_QUOTE:
		lex_quoted(lx, lx->p);
		break;
	case C_SLASH:
		lex_slash(lx);
		break;
	case C_DOT:
		if (class_of[(u8)lx->p[1]] == C_DIGIT)
			lex_number(lx);
		else
			lex_sign(lx);
		break;
	case C_BACKSLASH:
		n = splice(lx->p, lx->end);
		if (n)
			lx->p += n;
		else
			lex_sign(lx);
		break;
	case C_HASH:
		if (lx->first && !lx->directive)
			begin_directive(lx);
		else
			lex_sign(lx);
		break;
	default:
		if (!lex_header(lx))
			lex_sign(lx);
		break;
	}
}

/* Who reads looks ahead a little without asking for the end. */
static void end_tokens(struct tokens *tokens, u32 size)
{
	tokens->token = grow_keeping(tokens->token, &tokens->room, tokens->n,
				     (size_t)tokens->n + END_TOKENS,
				     sizeof(*tokens->token));
	for (u32 i = 0; i < END_TOKENS; i++)
		tokens->token[tokens->n + i] = (struct token){ .start = size };
}

void lex(struct source *source)
{
	struct lexer lx = {
		.source = source, .p = source->text,
		.end = source->text + source->size, .to = &source->code,
		.first = true,
	};

	/* Room that is not used costs nothing, and moving it does. */
	source->code.token = grow_keeping(source->code.token,
					  &source->code.room, 0,
					  source->size / 2,
					  sizeof(struct token));
	arms_begin(source, &lx.arms);
	if (!memcmp(lx.p, "\xef\xbb\xbf", 3))
		lx.p += 3;
	while (lx.p < lx.end) {
		switch (class_of[(u8)*lx.p]) {
		case C_SPACE:
		case C_NUL:
			lx.p++;
			break;
		case C_NEWLINE:
			lex_newline(&lx);
			break;
		case C_SINGLE:
			lx.p++;
			emit(&lx, lx.p - 1, lx.p[-1], 0);
			break;
		default:
			lex_token(&lx);
			break;
		}
	}
	if (lx.directive)
		end_directive(&lx);
	arms_end(source, &lx.arms);
	end_tokens(&source->code, source->size);
	end_tokens(&source->other, source->size);
}
