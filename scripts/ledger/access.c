// SPDX-License-Identifier: GPL-2.0-only
/*
 * Members of objects.
 */
#include "access.h"
#include "grammar.h"
#include "precedence.h"

static bool is_access(u8 kind)
{
	return kind == '.' || kind == T_ARROW;
}

/* The kind of the word before another one, in the same directive or code. */
static u8 kind_before(const struct text *text, u32 word)
{
	u32 before = word_before(text, word);

	return before == NO_WORD ? T_END : text->word[before].kind;
}

/* Could an operand in parentheses begin behind this word? */
static bool may_precede(u8 kind)
{
	if (is_keyword(kind))
		return kind == T_RETURN || kind == T_ELSE || kind == T_DO ||
			kind == T_CASE || kind == T_SIZEOF;
	/* Behind one, what stands first is a cast, or it is called. */
	return kind != ')';
}

/*
 * The first word of the operand that ends before @end: a name, or parentheses
 * that are neither a cast nor the arguments of a call, and all behind them.
 */
static u32 operand_start(const struct text *text, u32 end)
{
	while (end) {
		u32 at = end - 1;
		u8 kind = text->word[at].kind;
		u8 before;

		if (kind == T_NAME) {
			if (!is_access(kind_before(text, at)))
				return at;
			end = at - 1;
			continue;
		}
		if (kind != ')' && kind != ']')
			return NO_WORD;
		at = text->mate[at];
		if (at == NO_WORD)
			return NO_WORD;
		before = kind_before(text, at);
		if (kind == ')' && before != T_NAME && before != ']')
			return may_precede(before) ? at : NO_WORD;
		end = at;
	}
	return NO_WORD;
}

static bool is_whole(const struct text *text, u32 low, u32 high)
{
	for (u32 i = low; i <= high; i++) {
		if (text->word[i].kind == W_DIRECTIVE_END ||
		    text->word[i].directive != text->word[low].directive)
			return false;
	}
	return true;
}

static bool is_pasted(u8 kind)
{
	return kind == '#' || kind == T_PASTE;
}

const char *access_find(const struct text *text, u32 member,
			struct access *access)
{
	u32 low;

	if (text->word[member].kind != T_NAME || !member ||
	    !is_access(text->word[member - 1].kind))
		return "this is no member of an object";
	low = operand_start(text, member - 1);
	if (low == NO_WORD)
		return "the object of this member is not certain";
	if (!is_whole(text, low, member))
		return "a directive is in the object";
	if (is_pasted(kind_before(text, low)) ||
	    is_pasted(kind_at(text, member + 1)))
		return "the object of this member is made of pieces";
	*access = (struct access){ low, member - 1, member };
	return NULL;
}

/* Is an & between two operands? Behind a cast or a keyword it is not. */
static bool is_between(const struct text *text, u32 and)
{
	u32 before = word_before(text, and);
	u8 kind = before == NO_WORD ? T_END : text->word[before].kind;

	if (kind == ')' && text->mate[before] != NO_WORD) {
		kind = kind_before(text, text->mate[before]);
		return kind == T_NAME || kind == ']';
	}
	return kind == T_NAME || kind == T_NUMBER || kind == ']';
}

/* Are these parentheses around one operand, and no arguments or condition? */
static bool is_group(const struct text *text, u32 open)
{
	u8 before = kind_before(text, open);

	return before != T_NAME && before != ')' && before != ']' &&
		!is_keyword(before);
}

bool access_changes(const struct text *text, const struct access *access)
{
	u32 low = access->low;
	u32 high = access->member;
	u8 before;
	u8 next;

	for (;;) {
		before = kind_before(text, low);
		next = kind_at(text, high + 1);
		if (next == '.' && kind_at(text, high + 2) == T_NAME) {
			high += 2;
		} else if (before == '(' && next == ')' &&
			   text->mate[high + 1] == low - 1 &&
			   is_group(text, low - 1)) {
			low--;
			high++;
		} else {
			break;
		}
	}
	/* What an asm() writes to stands behind a string. */
	if (is_assignment(next) || next == T_INC || next == T_DEC ||
	    before == T_STRING)
		return true;
	/* There the operator before it takes what comes behind, too. */
	if (next == '[' || next == T_ARROW || next == '(')
		return false;
	if (before == T_INC || before == T_DEC)
		return true;
	return before == '&' && !is_between(text, word_before(text, low));
}
