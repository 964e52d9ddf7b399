// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the rules: a line is a head, a colon, and words of C.
 */
#include <stdlib.h>
#include <string.h>

#include "heads.h"
#include "patterns.h"

/**
 * struct loader - where reading is
 * @scratch: for words of a line
 * @op: the operation that lines belong to
 * @form: a form whose result is still to come
 * @waiting: there is one
 * @started: the first line was there
 */
struct loader {
	struct rules *rules;
	struct text scratch;
	struct op *op;
	struct form form;
	bool waiting;
	bool started;
};

static bool is_text(struct words words, const char *text)
{
	return words.n && word_is(&words.word[0], text);
}

/* Lists in the place of their names. */
static const char *expand(struct loader *load, struct words from,
			  struct words *to)
{
	struct word *word;
	u32 room = from.n;
	u32 n = 0;

	for (u32 i = 0; i < load->rules->lists; i++)
		room += load->rules->list[i].words.n * from.n;
	word = arena_alloc(&load->rules->arena, room * sizeof(*word));
	for (u32 i = 0; i < from.n; i++) {
		const struct words *list = NULL;

		if (!word_is(&from.word[i], "@")) {
			word[n++] = from.word[i];
			continue;
		}
		i++;
		for (u32 k = 0; i < from.n && k < load->rules->lists; k++) {
			if (word_same(&load->rules->list[k].name, &from.word[i]))
				list = &load->rules->list[k].words;
		}
		if (!list)
			return "no such list";
		memcpy(word + n, list->word, list->n * sizeof(*word));
		n += list->n;
	}
	*to = (struct words){ word, n };
	return NULL;
}

static const char *add_list(struct loader *load, struct words head,
			    struct words words)
{
	struct rules *rules = load->rules;
	const char *why;

	if (head.n != 2)
		return "a list has one name";
	why = expand(load, words, &words);
	if (why)
		return why;
	rules->list = room_for(rules->list, rules->lists, &rules->list_room,
			       sizeof(*rules->list));
	rules->list[rules->lists++] = (struct named_words){ head.word[1], words };
	return NULL;
}

/* part NAME [with CAPTURE = WORDS] */
static const char *read_part(struct loader *load, struct words head,
			     struct words words)
{
	struct pattern pattern = { .words = words };

	if (head.n < 2 || !words.n)
		return "a part has a name and words";
	if (head.n > 2) {
		if (head.n < 6 || !word_is(&head.word[2], "with") ||
		    !is_capture(&head.word[3]) || head.word[4].kind != '=')
			return "a part is set `with $capture = words`";
		pattern.preset[0].name = head.word[3];
		pattern.preset[0].words =
			(struct words){ head.word + 5, head.n - 5 };
		pattern.presets = 1;
	}
	return add_part(load->rules, &head.word[1], &pattern);
}

static const char *add_op(struct loader *load, struct words name)
{
	struct rules *rules = load->rules;
	char *text;
	u32 n = 0;

	for (u32 i = 0; i < name.n; i++)
		n += name.word[i].len;
	if (!n)
		return "an operation has a name";
	text = arena_alloc(&rules->arena, n);
	n = 0;
	for (u32 i = 0; i < name.n; i++) {
		memcpy(text + n, name.word[i].text, name.word[i].len);
		n += name.word[i].len;
	}
	rules->op = room_for(rules->op, rules->ops, &rules->op_room,
			     sizeof(*rules->op));
	load->op = &rules->op[rules->ops];
	memset(load->op, 0, sizeof(*load->op));
	load->op->name = (struct word){ .text = text, .len = n };
	if (rules_op(rules, &load->op->name))
		return "this operation is there already";
	rules->ops++;
	return NULL;
}

static const char *read_slot(struct loader *load, struct words head,
			     struct words words)
{
	struct op *op = load->op;
	struct slot_rule slot = { .make = words };
	const char *why = read_head(head, &slot);

	if (why)
		return why;
	if (slot.place == P_ACCESS && !op->member)
		return "no `member` says that there is an object";
	op->slot = room_for(op->slot, op->slots, &op->slot_room,
			    sizeof(*op->slot));
	op->slot[op->slots++] = slot;
	return NULL;
}

/* A line of an operation. */
static const char *in_op(struct loader *load, struct words head,
			 struct words words)
{
	struct op *op = load->op;

	if (!op)
		return "this belongs below an operation";
	if (is_text(head, "anchor") && head.n == 1)
		return words.n ? expand(load, words, &op->anchor) :
			"an anchor has a name";
	if (is_text(head, "arguments") && head.n == 1) {
		if (words.n != 1 || !is_count(&words.word[0]))
			return "arguments are a number, or a field with one";
		op->arguments = words.word[0];
		return NULL;
	}
	if (is_text(head, "inside") && head.n == 1) {
		op->inside = words;
		return words.n ? NULL : "nothing is said to be inside of";
	}
	if (is_text(head, "form")) {
		load->form = (struct form){ .match.words = words };
		load->waiting = true;
		return words.n ? read_form_head(head, &load->form) :
			"a form has words";
	}
	return read_slot(load, head, words);
}

static const char *read_words(struct loader *load, struct words head,
			      struct words words)
{
	if (load->waiting) {
		load->waiting = false;
		load->form.make = words;
		if (!is_text(head, "make") || head.n != 1 || !words.n)
			return "what the form makes is missing";
		return add_forms(load->rules, load->op, &load->form);
	}
	if (is_text(head, "types") && head.n == 1) {
		load->rules->types = words;
		return NULL;
	}
	if (is_text(head, "pure") && head.n == 1) {
		load->rules->pure = words;
		return NULL;
	}
	if (is_text(head, "list"))
		return add_list(load, head, words);
	if (is_text(head, "part"))
		return read_part(load, head, words);
	return in_op(load, head, words);
}

static const char *first_line(struct loader *load, struct words words)
{
	load->started = true;
	if (words.n != 2 || !word_is(&words.word[0], "ledger"))
		return "the first line is not `ledger` with a version";
	return word_is(&words.word[1], "1") ? NULL :
		"this version is not known";
}

static const char *read_line(struct loader *load, const char *bytes, u32 size)
{
	const char *why;
	struct words all = text_snippet(&load->scratch, &load->rules->arena,
					bytes, size, &why);
	struct words rest;
	u32 colon = 0;

	if (why)
		return why;
	if (!load->started)
		return first_line(load, all);
	while (colon < all.n && all.word[colon].kind != ':')
		colon++;
	if (colon < all.n) {
		rest = (struct words){ all.word + colon + 1, all.n - colon - 1 };
		all.n = colon;
		return read_words(load, all, rest);
	}
	if (load->waiting)
		return "what the form makes is missing";
	if (is_text(all, "op"))
		return add_op(load, (struct words){ all.word + 1, all.n - 1 });
	if (load->op && is_text(all, "alone") && all.n == 1)
		load->op->alone = true;
	else if (load->op && is_text(all, "member") && all.n == 1)
		load->op->member = true;
	else
		return "a line without a colon";
	return NULL;
}

/* The length of a line, with those that it goes on to behind a backslash. */
static u32 line_size(const char *p, const char *end, u32 *lines)
{
	const char *start = p;

	*lines = 0;
	while (p < end) {
		const char *newline = memchr(p, '\n', end - p);

		if (!newline)
			return end - start;
		p = newline + 1;
		++*lines;
		if (newline == start || newline[-1] != '\\')
			break;
	}
	return p - start;
}

static bool is_empty(const char *p, u32 size)
{
	for (u32 i = 0; i < size; i++) {
		if (p[i] == '#')
			return true;
		if (!strchr(" \t\r\n", p[i]))
			return false;
	}
	return true;
}

static const char *no_anchor(const struct rules *rules)
{
	if (!rules->ops)
		return "there is no operation";
	for (u32 i = 0; i < rules->ops; i++) {
		if (!rules->op[i].anchor.n)
			return "an operation has no anchor";
	}
	return NULL;
}

bool rules_read(struct rules *rules, const char *bytes, u32 size)
{
	struct loader load = { .rules = rules };
	const char *end = bytes + size;
	u32 lines = 0;
	u32 n;

	memset(rules, 0, sizeof(*rules));
	text_init(&load.scratch);
	for (const char *p = bytes; p < end && !rules->error; p += n) {
		rules->error_line += lines;
		n = line_size(p, end, &lines);
		if (!is_empty(p, n))
			rules->error = read_line(&load, p, n);
	}
	if (!rules->error && load.waiting)
		rules->error = "what the form makes is missing";
	if (!rules->error)
		rules->error = no_anchor(rules);
	rules->error_line++;
	text_free(&load.scratch);
	return !rules->error;
}

void rules_free(struct rules *rules)
{
	for (u32 i = 0; i < rules->ops; i++) {
		free(rules->op[i].slot);
		free(rules->op[i].form);
	}
	free(rules->list);
	free(rules->part);
	free(rules->op);
	arena_free(&rules->arena);
}

const struct op *rules_op(const struct rules *rules, const struct word *name)
{
	for (u32 i = 0; i < rules->ops; i++) {
		const struct word *known = &rules->op[i].name;

		if (known->len == name->len &&
		    !memcmp(known->text, name->text, name->len))
			return &rules->op[i];
	}
	return NULL;
}
