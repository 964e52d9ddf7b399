// SPDX-License-Identifier: GPL-2.0-only
/*
 * Declarations of indexes.
 */
#include "grammar.h"
#include "index.h"
#include "precedence.h"

void add_index(struct check *check, u32 block, const struct word *name)
{
	for (u32 i = 0; i < check->indexes; i++) {
		if (check->index[i].block == block &&
		    word_same(&check->index[i].name, name))
			return;
	}
	check->index = room_for(check->index, check->indexes,
				&check->index_room, sizeof(*check->index));
	check->index[check->indexes++] = (struct index){ block, *name };
}

static bool is_integer(const struct check *check, const struct word *word)
{
	return word->kind == T_SHORT || word->kind == T_INT ||
		word->kind == T_LONG || word->kind == T_SIGNED ||
		word->kind == T_UNSIGNED ||
		is_listed(check->rules->types, word);
}

/* Is an integer without an initialiser declared by its name here? */
static bool is_declarator(const struct check *check, const struct text *text,
			  u32 low, u32 word)
{
	u8 next = kind_at(text, word + 1);
	const char *why;
	u32 start;

	if (next != ';' && next != ',')
		return false;
	start = statement_start(text, word, &why);
	if (start == NO_WORD || start <= low || start >= word ||
	    !is_integer(check, &text->word[start]))
		return false;
	for (u32 i = start; i < word; i++) {
		u8 kind = text->word[i].kind;

		if (kind == '(' || kind == ')' || text->word[i].directive)
			return false;
	}
	return true;
}

/* What is declared beside it has slots of its own. */
static void add_declaration(struct check *check, u32 word)
{
	const struct text *text = &check->before;
	struct words *option = arena_alloc(&check->arena, 2 * sizeof(*option));
	const char *why;
	u32 start = statement_start(text, word, &why);
	u32 end = statement_end(text, start);

	if (end == NO_WORD)
		return;
	if (text->word[word - 1].kind == ',') {
		start = word - 1;
		end = word + 1;
	} else if (text->word[word + 1].kind == ',') {
		start = word;
		end = word + 2;
	}
	option[0] = old_words(check, start, end);
	add_slot(check, start, end, option, 2,
		 "the declaration of an index was changed");
}

void index_slots(struct check *check)
{
	for (u32 i = 0; i < check->indexes; i++) {
		const struct index *index = &check->index[i];
		struct span block = check->before.block[index->block];

		for (u32 k = block.low; k < block.high; k++) {
			if (word_same(&check->before.word[k], &index->name) &&
			    is_declarator(check, &check->before, block.low, k)) {
				add_declaration(check, k);
				break;
			}
		}
	}
}

static bool is_member(const struct text *text, u32 word)
{
	u8 kind = word ? text->word[word - 1].kind : T_END;

	return kind == '.' || kind == T_ARROW;
}

/* How often a name stands in a block, and how often it is declared there. */
static u32 count(const struct check *check, const struct text *text,
		 const struct index *index, u32 *declared)
{
	struct span block = text->block[index->block];
	u32 n = 0;

	*declared = 0;
	for (u32 i = block.low; i < block.high; i++) {
		if (!word_same(&text->word[i], &index->name) ||
		    is_member(text, i))
			continue;
		n++;
		*declared += is_declarator(check, text, block.low, i);
	}
	return n;
}

/* The name before the parameters of a function's block. */
static const struct word *function_name(const struct text *text, u32 brace)
{
	u32 at = brace ? brace - 1 : 0;

	if (text->word[at].kind == ')' && text->mate[at] != NO_WORD &&
	    text->mate[at])
		at = text->mate[at] - 1;
	return &text->word[at];
}

bool index_check(struct check *check)
{
	for (u32 i = 0; i < check->indexes; i++) {
		const struct index *index = &check->index[i];
		u32 low = check->before.block[index->block].low;
		const struct word *name = function_name(&check->before, low);
		u32 declared;
		u32 left;

		count(check, &check->before, index, &declared);
		if (!declared)
			continue;
		/* Edits add and take away no outermost braces. */
		if (check->before.blocks != check->after.blocks)
			return refuse(check, low, "a block begins or ends elsewhere");
		left = count(check, &check->after, index, &declared);
		if (left && (!declared || declared == left))
			return refuse(check, low,
				      "%.*s() leaves '%.*s' unused or undeclared",
				      (int)name->len, name->text,
				      (int)index->name.len, index->name.text);
	}
	return true;
}
