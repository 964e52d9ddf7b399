// SPDX-License-Identifier: GPL-2.0-only
/*
 * A text as one row of words.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../reader/lex.h"
#include "../reader/splice.h"
#include "comments.h"
#include "text.h"

static_assert(T_GENERIC < W_DIRECTIVE_END, "a kind of its own");

void text_init(struct text *text)
{
	memset(text, 0, sizeof(*text));
	source_init(&text->source, NULL);
}

void text_free(struct text *text)
{
	source_free(&text->source);
	free(text->word);
	free(text->mate);
	free(text->around);
	free(text->open);
	free(text->comment);
	free(text->block);
	free(text->line);
}

static struct word *add_word(struct text *text)
{
	struct word *word;

	text->word = room_for(text->word, text->n, &text->room,
			      sizeof(*text->word));
	word = &text->word[text->n++];
	memset(word, 0, sizeof(*word));
	return word;
}

static void add_token(struct text *text, const struct token *token)
{
	struct word *word = add_word(text);

	word->text = text->source.text + token->start;
	word->len = token->len;
	word->start = token->start;
	word->kind = token->kind;
	if (token->flags & TF_SPLICED) {
		char *copy = arena_alloc(&text->source.arena, token->len);

		word->len = unsplice(copy, token->len, word->text, token->len);
		word->text = copy;
	}
}

static void end_directive(struct text *text, const struct directive *d)
{
	const struct token *token = &text->source.other.token[d->first];
	u32 n = d->last - d->first;
	struct word *word;

	/* `#define f(x)` and `#define f (x)` have the same tokens. */
	if (d->kind == D_DEFINE && n > 3 &&
	    token_end(&token[2]) == token[3].start)
		text->word[text->n - n + 3].glued = token[3].kind == '(';
	word = add_word(text);
	word->text = "";
	word->start = d->end;
	word->kind = W_DIRECTIVE_END;
	for (u32 i = 0; i <= n; i++)
		word[-(s64)i].directive = true;
}

/* Tokens of code and the other tokens, in the order of the file. */
static void merge(struct text *text)
{
	const struct source *source = &text->source;
	const struct token *code = source->code.token;
	const struct token *other = source->other.token;
	u32 d = 0;

	/* There is an array also where no word is. */
	text->word = grow(text->word, &text->room, 1, sizeof(*text->word));
	text->n = 0;
	for (;;) {
		bool first = code->start < other->start;
		const struct token *token = first ? code++ : other++;

		if (token->kind == T_END)
			break;
		add_token(text, token);
		if (!first && d < source->directives &&
		    other == source->other.token + source->directive[d].last)
			end_directive(text, &source->directive[d++]);
	}
}

/* Brackets are paired by number, whatever their shape, as arms may differ. */
static void pair(struct text *text)
{
	u32 open = 0;

	text->mate = grow(text->mate, &text->mate_room, text->n + 1,
			  sizeof(*text->mate));
	text->around = grow(text->around, &text->around_room, text->n + 1,
			    sizeof(*text->around));
	text->open = grow(text->open, &text->open_room, text->n + 1,
			  sizeof(*text->open));
	for (u32 i = 0; i < text->n; i++) {
		u8 kind = text->word[i].kind;

		text->mate[i] = NO_WORD;
		if (is_closer(kind) && open) {
			u32 opener = text->open[--open];

			text->mate[i] = opener;
			text->mate[opener] = i;
		}
		text->around[i] = open ? text->open[open - 1] : NO_WORD;
		if (is_opener(kind))
			text->open[open++] = i;
	}
	/* Two shapes are no pair: nothing can be said of what is between. */
	for (u32 i = 0; i < text->n; i++) {
		u32 other = text->mate[i];
		u8 kind = text->word[i].kind;

		if (other == NO_WORD || other < i)
			continue;
		if (text->word[other].kind != (kind == '(' ? ')' :
					       kind == '[' ? ']' : '}')) {
			text->mate[other] = NO_WORD;
			text->mate[i] = NO_WORD;
		}
	}
}

static void find_lines(struct text *text)
{
	const char *start = text->source.text;
	const char *end = start + text->source.size;
	const char *p = start;

	text->lines = 0;
	for (;;) {
		text->line = room_for(text->line, text->lines,
				      &text->line_room, sizeof(*text->line));
		text->line[text->lines++] = p - start;
		p = memchr(p, '\n', end - p);
		if (!p)
			break;
		p++;
	}
}

u32 text_line(const struct text *text, u32 offset)
{
	u32 low = 0;
	u32 high = text->lines;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (text->line[middle] <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

u32 text_at(const struct text *text, u32 line, u32 column)
{
	u32 low = 0;
	u32 high = text->n;
	u64 offset;

	if (!line || line > text->lines)
		return NO_WORD;
	offset = (u64)text->line[line - 1] + column;
	if (line < text->lines && offset >= text->line[line])
		return NO_WORD;
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (text->word[middle].start < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < text->n && text->word[low].start == offset &&
		text->word[low].len ? low : NO_WORD;
}

static void add_block(struct text *text, u32 low, u32 high)
{
	text->block = room_for(text->block, text->blocks, &text->block_room,
			       sizeof(*text->block));
	text->block[text->blocks++] = (struct span){ low, high };
}

/*
 * A closing brace in the first column ends an outermost block: counting would
 * go astray where two arms of an #if open a block. Within a line it does not.
 */
static void find_blocks(struct text *text)
{
	bool inside = false;
	u32 opened = 0;
	s64 depth = 0;

	text->blocks = 0;
	for (u32 i = 0; i < text->n; i++) {
		const struct word *word = &text->word[i];
		u32 line;

		if (word->directive)
			continue;
		if (word->kind == '{' && !inside) {
			inside = true;
			opened = i;
			depth = 0;
		}
		depth += (word->kind == '{') - (word->kind == '}');
		if (word->kind != '}' || !inside)
			continue;
		line = text_line(text, word->start);
		if (text->line[line - 1] == word->start ||
		    (!depth && text->word[opened].start >= text->line[line - 1])) {
			add_block(text, opened, i + 1);
			inside = false;
		}
	}
}

void text_read(struct text *text, const void *bytes, u32 size)
{
	source_set(&text->source, bytes, size);
	lex(&text->source);
	find_lines(text);
	merge(text);
	pair(text);
	find_blocks(text);
	find_comments(text);
}

static const char *not_whole(const struct text *text)
{
	if (text->source.directives || text->source.other.n)
		return "a directive";
	if (text->source.regions)
		return "a string or comment without its end";
	for (u32 i = 0; i < text->n; i++) {
		u8 kind = text->word[i].kind;

		if ((is_opener(kind) || is_closer(kind)) &&
		    text->mate[i] == NO_WORD)
			return "a bracket without its other half";
	}
	return NULL;
}

struct words text_snippet(struct text *text, struct arena *arena,
			  const void *bytes, u32 size, const char **why)
{
	struct word *word;

	text_read(text, bytes, size);
	*why = not_whole(text);
	word = arena_alloc(arena, text->n * sizeof(*word));
	for (u32 i = 0; i < text->n; i++) {
		char *copy = arena_alloc(arena, text->word[i].len + 1);

		word[i] = text->word[i];
		memcpy(copy, word[i].text, word[i].len);
		word[i].text = copy;
	}
	return (struct words){ word, text->n };
}
