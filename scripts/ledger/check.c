// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both texts side by side, from slot to slot.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "kept.h"
#include "slots.h"

void check_init(struct check *check, const struct rules *rules)
{
	memset(check, 0, sizeof(*check));
	check->rules = rules;
	text_init(&check->before);
	text_init(&check->after);
	text_init(&check->scratch);
}

void check_free(struct check *check)
{
	text_free(&check->before);
	text_free(&check->after);
	text_free(&check->scratch);
	free(check->plan.edit);
	free(check->slot);
	free(check->index);
	arena_free(&check->arena);
}

bool refuse(struct check *check, u32 word, const char *format, ...)
{
	va_list args;

	if (check->failed)
		return false;
	check->failed = true;
	check->offset = word == NO_WORD ? 0 : text_offset(&check->before, word);
	check->line = text_line(&check->before, check->offset);
	va_start(args, format);
	vsnprintf(check->why, sizeof(check->why), format, args);
	va_end(args);
	return false;
}

struct words join(struct check *check, struct words a, struct words b)
{
	struct word *word;

	if (!a.n)
		return b;
	if (!b.n)
		return a;
	word = arena_alloc(&check->arena, (a.n + b.n) * sizeof(*word));
	memcpy(word, a.word, a.n * sizeof(*word));
	memcpy(word + a.n, b.word, b.n * sizeof(*word));
	return (struct words){ word, a.n + b.n };
}

void add_slot(struct check *check, u32 start, u32 end, struct words *option,
	      u32 options, const char *why)
{
	check->slot = room_for(check->slot, check->slots, &check->slot_room,
			       sizeof(*check->slot));
	check->slot[check->slots] = (struct slot){
		start, end, option, options, why, check->slots, { 0, 0 },
	};
	check->slots++;
}

void add_words(struct check *check, u32 start, u32 end, struct words words,
	       const char *why)
{
	struct words *option = arena_alloc(&check->arena, sizeof(*option));

	*option = words;
	add_slot(check, start, end, option, 1, why);
}

static bool closes(const struct slot *slot)
{
	return slot->options == 1 && words_same(slot->option[0], brace(false));
}

/* Where a statement ends and the next one begins, its brace comes first. */
static int compare(const void *a, const void *b)
{
	const struct slot *one = a;
	const struct slot *two = b;

	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	if (one->end != two->end)
		return one->end < two->end ? -1 : 1;
	if (closes(one) != closes(two))
		return closes(one) ? -1 : 1;
	return one->order < two->order ? -1 : one->order > two->order;
}

static bool slot_same(const struct slot *a, const struct slot *b)
{
	if (a->start != b->start || a->end != b->end ||
	    a->options != b->options || strcmp(a->why, b->why))
		return false;
	for (u32 i = 0; i < a->options; i++) {
		if (!words_same(a->option[i], b->option[i]))
			return false;
	}
	return true;
}

/* Two edits that say the same say it once: one local serves two calls. */
static void sort_slots(struct check *check)
{
	u32 kept = 0;

	if (check->slots)
		qsort(check->slot, check->slots, sizeof(*check->slot), compare);
	for (u32 i = 0; i < check->slots; i++) {
		bool known = false;

		for (u32 k = kept; k && !known; k--) {
			if (check->slot[k - 1].start != check->slot[i].start)
				break;
			known = slot_same(&check->slot[k - 1], &check->slot[i]);
		}
		if (!known)
			check->slot[kept++] = check->slot[i];
	}
	check->slots = kept;
}

/* The words from @from up to @to, which must stand at @at in the new text. */
static bool same_words(struct check *check, u32 from, u32 to, u32 *at)
{
	const struct text *before = &check->before;
	const struct text *after = &check->after;

	for (; from < to; from++, ++*at) {
		const struct word *word = &before->word[from];

		if (*at < after->n && word_same(word, &after->word[*at]))
			continue;
		if (word->kind == W_DIRECTIVE_END)
			return refuse(check, from, "%s",
				      "changed without a plan at the end of a directive");
		return refuse(check, from, "changed without a plan at '%.*s'",
			      word->len < 80 ? (int)word->len : 80, word->text);
	}
	return true;
}

/* The longest option that stands in the new text. */
static bool take_option(struct check *check, struct slot *slot, u32 *at)
{
	const struct text *after = &check->after;
	const struct words *best = NULL;

	for (u32 i = 0; i < slot->options; i++) {
		struct words words = slot->option[i];
		struct words there = { after->word + *at, words.n };

		if (words.n > after->n - *at || (best && best->n >= words.n))
			continue;
		if (words_same(words, there))
			best = &slot->option[i];
	}
	if (!best)
		return refuse(check, slot->start, "%s", slot->why);
	slot->made = (struct span){ *at, *at + best->n };
	*at += best->n;
	return true;
}

static bool walk(struct check *check)
{
	u32 i = 0;
	u32 at = 0;

	for (u32 k = 0; k < check->slots; k++) {
		struct slot *slot = &check->slot[k];

		if (slot->start < i)
			return refuse(check, slot->start,
				      "two planned edits overlap");
		if (!same_words(check, i, slot->start, &at) ||
		    !take_option(check, slot, &at))
			return false;
		i = slot->end;
	}
	if (!same_words(check, i, check->before.n, &at))
		return false;
	return at == check->after.n ||
		refuse(check, check->before.n, "%s",
		       "text was added that no edit explains");
}

bool check_run(struct check *check)
{
	check->failed = false;
	check->slots = 0;
	check->indexes = 0;
	for (u32 i = 0; i < check->plan.edits; i++) {
		if (!find_slots(check, &check->plan.edit[i]))
			return false;
	}
	index_slots(check);
	sort_slots(check);
	return walk(check) && comments_check(check) && index_check(check);
}
