// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls, statements and blocks.
 */
#include "grammar.h"

/* Deeper than any code that a person wrote. */
#define MOST_NESTED 200

static bool is_control(u8 kind)
{
	return kind == T_IF || kind == T_WHILE || kind == T_FOR ||
		kind == T_SWITCH;
}

u32 call_end(const struct text *text, u32 name)
{
	return kind_at(text, name + 1) == '(' ? text->mate[name + 1] : NO_WORD;
}

u32 call_arguments(const struct text *text, u32 name, u32 nth,
		   struct span *found)
{
	u32 close = call_end(text, name);
	u32 start = name + 2;
	u32 n = 0;

	if (close == NO_WORD)
		return 0;
	for (u32 i = start; i < close; i++) {
		u8 kind = text->word[i].kind;

		if (is_opener(kind)) {
			if (text->mate[i] == NO_WORD)
				return 0;
			i = text->mate[i];
		} else if (kind == ',') {
			if (n++ == nth)
				*found = (struct span){ start, i };
			start = i + 1;
		}
	}
	if (n == nth)
		*found = (struct span){ start, close };
	return start == close && !n ? 0 : n + 1;
}

u32 control_word(const struct text *text, u32 close)
{
	u32 open = text->mate[close];

	if (text->word[close].kind != ')' || open == NO_WORD || !open)
		return NO_WORD;
	return is_control(text->word[open - 1].kind) ? open - 1 : NO_WORD;
}

/* A colon behind a name alone, a default, or a case with its value. */
static bool is_label(const struct text *text, u32 colon)
{
	u32 i = colon - 1;

	if (!colon)
		return false;
	if (text->word[i].kind == T_DEFAULT)
		return true;
	for (; i; i--) {
		u8 kind = text->word[i].kind;

		if (kind == T_CASE)
			return true;
		if (kind == ';' || kind == '{' || kind == '}' || kind == ':' ||
		    kind == '?' || kind == W_DIRECTIVE_END)
			break;
	}
	return i + 2 == colon && text->word[i].kind != '?';
}

static bool ends_statement(u8 kind)
{
	return kind == ';' || kind == '{' || kind == '}' || kind == T_ELSE ||
		kind == T_DO;
}

u32 word_before(const struct text *text, u32 word)
{
	if (word < text->n && text->word[word].directive) {
		if (!word || !text->word[word - 1].directive ||
		    text->word[word - 1].kind == W_DIRECTIVE_END)
			return NO_WORD;
		return word - 1;
	}
	while (word && text->word[word - 1].directive)
		word--;
	return word ? word - 1 : NO_WORD;
}

static u32 loop_head(const char **why)
{
	*why = "the call is in the head of a loop";
	return NO_WORD;
}

/* A semicolon between the parentheses of a for ends no statement. */
static bool is_in_head(const struct text *text, u32 semicolon)
{
	u32 open = text->around[semicolon];
	u32 close = open == NO_WORD ? NO_WORD : text->mate[open];

	return close != NO_WORD && control_word(text, close) != NO_WORD;
}

u32 statement_start(const struct text *text, u32 word, const char **why)
{
	u32 before;

	while ((before = word_before(text, word)) != NO_WORD) {
		u8 kind = text->word[before].kind;

		if (kind == ';' && is_in_head(text, before))
			return loop_head(why);
		if (ends_statement(kind) ||
		    (kind == ':' && is_label(text, before)))
			return word;
		if (kind == '(' && before &&
		    is_control(text->word[before - 1].kind))
			return text->word[before - 1].kind == T_IF ?
				before - 1 : loop_head(why);
		if (kind != ')' && kind != ']') {
			word = before;
			continue;
		}
		if (text->mate[before] == NO_WORD) {
			*why = "a bracket is not opened";
			return NO_WORD;
		}
		if (control_word(text, before) != NO_WORD)
			return word;
		word = text->mate[before];
	}
	return word;
}

/* The word behind the semicolon of a statement that holds no other. */
static u32 simple_end(const struct text *text, u32 start)
{
	for (u32 i = start; i < text->n; i++) {
		u8 kind = text->word[i].kind;

		if (kind == ';')
			return i + 1;
		if (is_opener(kind))
			i = text->mate[i];
		else if (is_closer(kind))
			return NO_WORD;
		if (i == NO_WORD)
			return NO_WORD;
	}
	return NO_WORD;
}

static u32 end_within(const struct text *text, u32 start, u32 depth)
{
	while (start < text->n && depth < MOST_NESTED) {
		u8 kind = text->word[start].kind;
		u32 end;

		if (kind == '{') {
			end = text->mate[start];
			return end == NO_WORD ? NO_WORD : end + 1;
		}
		if (!is_control(kind))
			return simple_end(text, start);
		end = call_end(text, start);
		if (end == NO_WORD)
			return NO_WORD;
		end = end_within(text, end + 1, depth + 1);
		if (end == NO_WORD || kind != T_IF ||
		    kind_at(text, end) != T_ELSE)
			return end;
		start = end + 1;
	}
	return NO_WORD;
}

u32 statement_end(const struct text *text, u32 start)
{
	return end_within(text, start, 0);
}

bool is_bare_body(const struct text *text, u32 start)
{
	u32 before = word_before(text, start);

	if (before == NO_WORD)
		return false;
	return text->word[before].kind == T_ELSE ||
		text->word[before].kind == T_DO ||
		control_word(text, before) != NO_WORD;
}

u32 block_of(const struct text *text, u32 word)
{
	for (u32 i = 0; i < text->blocks; i++) {
		if (text->block[i].low <= word && word < text->block[i].high)
			return i;
	}
	return NO_WORD;
}

u32 brace_around(const struct text *text, u32 word)
{
	do {
		word = text->around[word];
	} while (word != NO_WORD && text->word[word].kind != '{');
	return word;
}
