// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patterns, held against old text.
 *
 * A capture takes as few words as it can, but whole brackets. Each word that is
 * looked at costs a step, so that no text makes this long.
 */
#include <string.h>

#include "grammar.h"
#include "match.h"
#include "pure.h"

#define MOST_STEPS 20000
/* A pattern begins at most so many words before the edit. */
#define MOST_BACK 2000

/**
 * struct matching - where matching is
 * @scope: the edit; its captures are those bound so far
 * @form: the form
 * @end: behind the last word, once all is matched
 * @steps: words that may still be looked at
 */
struct matching {
	struct scope *scope;
	const struct form *form;
	u32 end;
	u32 steps;
};

static bool match_from(struct matching *m, u32 at, u32 word);

/* Does an expression name the index, whose value the loop changes? */
static bool names_index(const struct matching *m, struct words words)
{
	const struct binding *index = m->form->index.len ?
		scope_find(m->scope, &m->form->index) : NULL;

	for (u32 i = 0; index && i < words.n; i++) {
		if (word_same(&words.word[i], index->words.word))
			return true;
	}
	return false;
}

/* Could the rest of a pattern be here, by its first word? */
static bool may_follow(const struct matching *m, u32 at, u32 word)
{
	struct words pattern = m->form->match.words;
	const struct text *text = &m->scope->check->before;

	return at == pattern.n || is_capture(&pattern.word[at]) ||
		(word < text->n &&
		 word_same(&pattern.word[at], &text->word[word]));
}

static bool try(struct matching *m, u32 at, u32 word, u32 end)
{
	struct scope *scope = m->scope;
	struct words pattern = m->form->match.words;
	const struct word *name = &pattern.word[at];
	struct words words = old_words(scope->check, word, end);
	bool index = m->form->index.len && word_same(name, &m->form->index);

	if (!may_follow(m, at + 1, end))
		return false;
	m->steps -= words.n < m->steps ? words.n : m->steps;
	if (index && (words.n != 1 || words.word->kind != T_NAME))
		return false;
	if (m->form->pure && (!is_pure(scope->check->rules, words) ||
			      !is_apart(scope, pattern, at, words)))
		return false;
	if (names_index(m, words) || !scope_fits(scope, pattern, at, words) ||
	    scope->n == MOST_BOUND)
		return false;
	scope->bound[scope->n++] = (struct binding){ *name, words };
	if (match_from(m, at + 1, end))
		return true;
	scope->n--;
	return false;
}

static bool match_capture(struct matching *m, u32 at, u32 word)
{
	const struct text *text = &m->scope->check->before;
	u32 end = word;

	while (end < text->n && m->steps) {
		u8 kind = text->word[end].kind;

		m->steps--;
		if (is_closer(kind) || kind == ';' || kind == ',' ||
		    kind == '{' || kind == W_DIRECTIVE_END)
			return false;
		if (is_opener(kind)) {
			end = text->mate[end];
			if (end == NO_WORD)
				return false;
		}
		if (try(m, at, word, ++end))
			return true;
	}
	return false;
}

/* The words of a field that a form goes by, or none. */
static struct words field_words(const struct matching *m,
				const struct word *name)
{
	const struct conditions *when = &m->form->when;

	for (u32 i = 0; i < when->n; i++) {
		const struct word *known = &when->one[i].field;
		const struct field *field;

		if (known->len != name->len - 1 ||
		    memcmp(known->text, name->text + 1, known->len))
			continue;
		field = edit_field(m->scope->edit, known->text, known->len);
		if (field && !field->why)
			return field->words;
	}
	return (struct words){ NULL, 0 };
}

static bool match_bound(const struct matching *m, struct words bound,
			u32 word)
{
	const struct text *text = &m->scope->check->before;
	struct words there = old_words(m->scope->check, word, word + bound.n);

	return bound.n <= text->n - word && words_same(bound, there);
}

/* Recursion is as deep as a pattern has captures. */
static bool match_from(struct matching *m, u32 at, u32 word)
{
	struct words pattern = m->form->match.words;
	const struct text *text = &m->scope->check->before;

	for (; at < pattern.n; at++) {
		const struct word *want = &pattern.word[at];
		const struct binding *bound;
		struct words words;

		if (!m->steps || word >= text->n)
			return false;
		m->steps--;
		if (word_is(want, "$anchor")) {
			if (word++ != m->scope->anchor)
				return false;
			continue;
		}
		if (!is_capture(want)) {
			if (!word_same(want, &text->word[word++]))
				return false;
			continue;
		}
		bound = scope_find(m->scope, want);
		words = bound ? bound->words : field_words(m, want);
		if (!words.n)
			return match_capture(m, at, word);
		if (!match_bound(m, words, word))
			return false;
		word += words.n;
	}
	m->end = word;
	return true;
}

/* Whole statements, none of them the body of what is before. */
static bool are_statements(const struct text *text, struct span span)
{
	const char *why;
	u32 end = statement_end(text, span.low);
	u32 n = 0;

	if (statement_start(text, span.low, &why) != span.low)
		return false;
	for (; end != NO_WORD && end < span.high; n++)
		end = statement_end(text, end);
	return end == span.high && (!n || !is_bare_body(text, span.low));
}

/* No directive begins or ends between the words. */
static bool is_in_one_piece(const struct text *text, struct span span)
{
	for (u32 i = span.low; i < span.high; i++) {
		if (text->word[i].kind == W_DIRECTIVE_END ||
		    text->word[i].directive != text->word[span.low].directive)
			return false;
	}
	return true;
}

bool match(struct scope *scope, const struct form *form, struct span *found)
{
	const struct text *text = &scope->check->before;
	const struct word *first = form->match.words.word;
	const struct words object = old_words(scope->check, scope->access.low,
					      scope->access.of);
	u32 floor = scope->anchor > MOST_BACK ? scope->anchor - MOST_BACK : 0;
	struct matching m = { scope, form, 0, MOST_STEPS };

	if (form->pure && !is_pure(scope->check->rules, object))
		return false;
	if (scope->op->member && word_is(first, "$object"))
		first = object.word;
	for (u32 i = scope->anchor + 1; i-- > floor;) {
		if (!word_same(&text->word[i], first) &&
		    !word_is(first, "$anchor"))
			continue;
		scope->n = scope->always;
		for (u32 k = 0; k < form->match.presets; k++)
			scope->bound[scope->n++] = (struct binding){
				form->match.preset[k].name,
				form->match.preset[k].words,
			};
		if (!match_from(&m, 0, i))
			continue;
		*found = (struct span){ i, m.end };
		if (is_in_one_piece(text, *found) &&
		    (form->initialiser || are_statements(text, *found)))
			return true;
	}
	return false;
}
