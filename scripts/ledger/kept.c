// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comments, which edits keep where they are.
 */
#include "../reader/splice.h"
#include "kept.h"

struct reading {
	const char *p;
	const char *end;
};

static bool is_space(char c)
{
	return c == '\n' || is_blank(c);
}

/* The next character of a comment; a stretch of white space is one blank. */
static int next(struct reading *reading)
{
	if (reading->p < reading->end && is_space(*reading->p)) {
		while (reading->p < reading->end && is_space(*reading->p))
			reading->p++;
		return reading->p < reading->end ? ' ' : -1;
	}
	return reading->p < reading->end ? (u8)*reading->p++ : -1;
}

static bool comment_same(const struct text *a, struct span one,
			 const struct text *b, struct span two)
{
	struct reading first = { a->source.text + one.low,
				 a->source.text + one.high };
	struct reading second = { b->source.text + two.low,
				  b->source.text + two.high };
	int c;

	do {
		c = next(&first);
		if (c != next(&second))
			return false;
	} while (c >= 0);
	return true;
}

/* The first word behind a comment. */
static u32 word_behind(const struct text *text, struct span comment)
{
	u32 low = 0;
	u32 high = text->n;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (text->word[middle].start <= comment.low)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * struct mapping - from the old text to the new one, slot by slot
 * @check: the check
 * @slot: the first slot that is not before
 * @shift: how many words the slots before have added, less those that went
 */
struct mapping {
	const struct check *check;
	u32 slot;
	s64 shift;
};

/* Where the word behind a comment may be in the new text. */
static struct span new_range(struct mapping *map, u32 word)
{
	const struct slot *slot = map->check->slot;
	u32 slots = map->check->slots;
	struct span range;

	for (; map->slot < slots && slot[map->slot].end < word; map->slot++)
		map->shift = (s64)slot[map->slot].made.high -
			slot[map->slot].end;
	range.low = word + map->shift;
	range.high = range.low;
	for (u32 i = map->slot; i < slots && slot[i].start <= word; i++) {
		if (i == map->slot)
			range.low = slot[i].made.low;
		range.high = slot[i].made.high;
	}
	return range;
}

static bool lost(struct check *check, u32 nth, const char *why)
{
	const struct text *before = &check->before;

	refuse(check, NO_WORD, "%s", why);
	if (nth < before->comments) {
		check->offset = before->comment[nth].low;
		check->line = text_line(before, check->offset);
	}
	return false;
}

bool comments_check(struct check *check)
{
	const struct text *before = &check->before;
	const struct text *after = &check->after;
	struct mapping map = { check, 0, 0 };

	for (u32 i = 0; i < before->comments || i < after->comments; i++) {
		struct span range;
		u32 word;

		if (i >= before->comments || i >= after->comments ||
		    !comment_same(before, before->comment[i], after,
				  after->comment[i]))
			return lost(check, i, "a comment was changed or lost");
		word = word_behind(after, after->comment[i]);
		range = new_range(&map,
				  word_behind(before, before->comment[i]));
		if (word < range.low || word > range.high)
			return lost(check, i, "a comment was moved");
	}
	return true;
}
