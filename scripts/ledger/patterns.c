// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patterns of statements.
 *
 * Alternatives are multiplied out as the rules are read, so that each form is
 * one row of words. A part knows only those before it: there is no recursion.
 */
#include <string.h>

#include "patterns.h"
#include "precedence.h"

#define MOST_WORDS 200
#define MOST_ALTERNATIVES 256
#define MOST_CAPTURES 8

/* Patterns that are still to be multiplied out, or are ready. */
struct pile {
	struct pattern pattern[MOST_ALTERNATIVES];
	u32 n;
};

static bool names(const struct word *reference, const struct word *part)
{
	return is_capture(reference) && part->len == reference->len - 1 &&
		!memcmp(part->text, reference->text + 1, part->len);
}

static bool is_part(const struct rules *rules, const struct word *word)
{
	for (u32 i = 0; i < rules->parts; i++) {
		if (names(word, &rules->part[i].name))
			return true;
	}
	return false;
}

/* The pattern with an alternative in the place of the word at @at. */
static const char *put_in(struct rules *rules, const struct pattern *pattern,
			  u32 at, const struct pattern *part,
			  struct pattern *to)
{
	u32 n = pattern->words.n - 1 + part->words.n;
	struct word *word;

	if (n > MOST_WORDS)
		return "a pattern is too long";
	if (pattern->presets + part->presets > MOST_PRESETS)
		return "too many captures are set";
	word = arena_alloc(&rules->arena, n * sizeof(*word));
	memcpy(word, pattern->words.word, at * sizeof(*word));
	memcpy(word + at, part->words.word, part->words.n * sizeof(*word));
	memcpy(word + at + part->words.n, pattern->words.word + at + 1,
	       (pattern->words.n - at - 1) * sizeof(*word));
	*to = *pattern;
	to->words = (struct words){ word, n };
	memcpy(to->preset + to->presets, part->preset,
	       part->presets * sizeof(*part->preset));
	to->presets += part->presets;
	return NULL;
}

static const char *multiply(struct rules *rules, struct pile *pile)
{
	for (u32 i = 0; i < pile->n;) {
		struct pattern *pattern = &pile->pattern[i];
		struct pattern whole = *pattern;
		u32 at = 0;

		while (at < whole.words.n &&
		       !is_part(rules, &whole.words.word[at]))
			at++;
		if (at == whole.words.n) {
			i++;
			continue;
		}
		*pattern = pile->pattern[--pile->n];
		for (u32 k = 0; k < rules->parts; k++) {
			const char *why;

			if (!names(&whole.words.word[at], &rules->part[k].name))
				continue;
			if (pile->n == MOST_ALTERNATIVES)
				return "too many alternatives";
			why = put_in(rules, &whole, at, &rules->part[k].pattern,
				     &pile->pattern[pile->n++]);
			if (why)
				return why;
		}
	}
	return NULL;
}

/* Else it could hold itself. */
static const char *used_early(const struct rules *rules,
			      const struct word *name)
{
	for (u32 i = 0; i < rules->parts; i++) {
		struct words words = rules->part[i].pattern.words;

		for (u32 k = 0; k < words.n; k++) {
			if (names(&words.word[k], name))
				return "a part is used before it is known";
		}
	}
	return NULL;
}

const char *add_part(struct rules *rules, const struct word *name,
		     const struct pattern *pattern)
{
	struct pile *pile = arena_alloc(&rules->arena, sizeof(*pile));
	const char *why;

	pile->pattern[pile->n++] = *pattern;
	why = multiply(rules, pile);
	for (u32 i = 0; !why && i < pile->n; i++) {
		rules->part = room_for(rules->part, rules->parts,
				       &rules->part_room, sizeof(*rules->part));
		rules->part[rules->parts].name = *name;
		rules->part[rules->parts++].pattern = pile->pattern[i];
	}
	return why ? why : used_early(rules, name);
}

static bool has_word(struct words words, const struct word *word)
{
	for (u32 i = 0; i < words.n; i++) {
		if (word_same(&words.word[i], word))
			return true;
	}
	return false;
}

/* Is a capture bound once the pattern has matched? */
static bool is_bound(const struct pattern *pattern, const struct word *word)
{
	for (u32 i = 0; i < pattern->presets; i++) {
		if (word_same(&pattern->preset[i].name, word))
			return true;
	}
	return has_word(pattern->words, word);
}

/* Is it a field that the plan must give? */
static bool is_field(const struct conditions *when, const struct word *word)
{
	for (u32 i = 0; i < when->n; i++) {
		if (!when->one[i].no && names(word, &when->one[i].field))
			return true;
	}
	return false;
}

static const char *unbound(const struct form *form, struct words words)
{
	for (u32 i = 0; i < words.n; i++) {
		if (is_capture(&words.word[i]) &&
		    !is_field(&form->when, &words.word[i]) &&
		    !is_bound(&form->match, &words.word[i]))
			return "a capture is made that no pattern has";
	}
	return NULL;
}

static bool is_statements(struct words words)
{
	u8 kind = words.word[words.n - 1].kind;

	return kind == ';' || kind == '}';
}

/* An initialiser is one pair of braces around members. */
static bool is_initialiser(struct words words)
{
	return words.n > 2 && words.word[0].kind == '{' &&
		words.word[1].kind == '.' && group_end(words, 0) == words.n - 1;
}

static const char *check(const struct op *op, const struct form *form)
{
	struct words match = form->match.words;
	const char *why;
	u32 anchors = 0;
	u32 captures = 0;

	for (u32 i = 0; i < match.n; i++) {
		struct words before = { match.word, i };

		anchors += word_is(&match.word[i], "$anchor");
		captures += is_capture(&match.word[i]) &&
			!has_word(before, &match.word[i]);
	}
	if (anchors != 1)
		return "a form has no $anchor, or several";
	if (is_capture(&match.word[0]) && !word_is(match.word, "$anchor") &&
	    !(op->member && word_is(match.word, "$object")))
		return "a form begins with a capture";
	if (captures > MOST_CAPTURES)
		return "too many captures";
	if (form->index.len && !has_word(match, &form->index))
		return "the index is not in the pattern";
	if (form->initialiser && !is_initialiser(match))
		return "an initialiser is in braces";
	if (!form->initialiser &&
	    (!is_statements(match) || !is_statements(form->make)))
		return "a form is not made of statements";
	why = unbound(form, form->make);
	return why ? why : unbound(form, form->guard);
}

const char *add_forms(struct rules *rules, struct op *op,
		      const struct form *form)
{
	struct pile *pile = arena_alloc(&rules->arena, sizeof(*pile));
	const char *why;

	pile->pattern[pile->n++] = form->match;
	why = multiply(rules, pile);
	for (u32 i = 0; !why && i < pile->n; i++) {
		op->form = room_for(op->form, op->forms, &op->form_room,
				    sizeof(*op->form));
		op->form[op->forms] = *form;
		op->form[op->forms].match = pile->pattern[i];
		why = check(op, &op->form[op->forms++]);
	}
	return why;
}
