// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that C, GNU C and the kernel's compiler headers reserve.
 */
#include <assert.h>
#include <string.h>

#include "keywords.h"
#include "token.h"

struct word {
	const char *text;
	u8 kind;
};

/*
 * The annotations are names that expand to attributes, to code that runs at
 * the end of a scope, or to nothing: they are no part of a type or of a name,
 * wherever they stand.
 */
static const struct word list[] = {
	{ "", T_NAME },
	{ "void", T_VOID }, { "char", T_CHAR_TYPE }, { "short", T_SHORT },
	{ "int", T_INT }, { "long", T_LONG }, { "float", T_FLOAT },
	{ "double", T_DOUBLE }, { "signed", T_SIGNED },
	{ "__signed__", T_SIGNED }, { "__signed", T_SIGNED },
	{ "unsigned", T_UNSIGNED }, { "_Bool", T_BOOL },
	{ "__int128", T_INT128 }, { "_Complex", T_COMPLEX },
	{ "struct", T_STRUCT }, { "union", T_UNION }, { "enum", T_ENUM },
	{ "typeof", T_TYPEOF }, { "__typeof__", T_TYPEOF },
	{ "__typeof", T_TYPEOF }, { "typeof_unqual", T_TYPEOF },
	{ "__typeof_unqual__", T_TYPEOF }, { "__typeof_unqual", T_TYPEOF },
	{ "__unqual_scalar_typeof", T_TYPEOF },
	{ "TYPEOF_UNQUAL", T_TYPEOF },
	{ "_Atomic", T_ATOMIC }, { "__auto_type", T_AUTO_TYPE },
	{ "const", T_CONST }, { "__const", T_CONST }, { "__const__", T_CONST },
	{ "volatile", T_VOLATILE }, { "__volatile__", T_VOLATILE },
	{ "__volatile", T_VOLATILE }, { "restrict", T_RESTRICT },
	{ "__restrict", T_RESTRICT }, { "__restrict__", T_RESTRICT },
	{ "typedef", T_TYPEDEF }, { "static", T_STATIC },
	{ "extern", T_EXTERN }, { "register", T_REGISTER }, { "auto", T_AUTO },
	{ "inline", T_INLINE }, { "__inline", T_INLINE },
	{ "__inline__", T_INLINE }, { "__always_inline", T_INLINE },
	{ "noinline", T_INLINE }, { "_Noreturn", T_NORETURN },
	{ "_Thread_local", T_THREAD }, { "__thread", T_THREAD },
	{ "__attribute__", T_ATTRIBUTE }, { "__attribute", T_ATTRIBUTE },
	{ "__declspec", T_ATTRIBUTE }, { "_Alignas", T_ATTRIBUTE },
	{ "__extension__", T_EXTENSION },
	{ "if", T_IF }, { "else", T_ELSE }, { "while", T_WHILE },
	{ "do", T_DO }, { "for", T_FOR }, { "switch", T_SWITCH },
	{ "case", T_CASE }, { "default", T_DEFAULT }, { "break", T_BREAK },
	{ "continue", T_CONTINUE }, { "return", T_RETURN },
	{ "goto", T_GOTO }, { "asm", T_ASM }, { "__asm__", T_ASM },
	{ "__asm", T_ASM }, { "asm_inline", T_ASM },
	{ "__label__", T_LOCAL_LABEL },
	{ "sizeof", T_SIZEOF }, { "_Alignof", T_ALIGNOF },
	{ "__alignof__", T_ALIGNOF }, { "__alignof", T_ALIGNOF },
	{ "_Static_assert", T_STATIC_ASSERT },
	{ "static_assert", T_STATIC_ASSERT }, { "_Generic", T_GENERIC },

	{ "__aligned", T_ANNOTATION_CALL }, { "__section", T_ANNOTATION_CALL },
	{ "__free", T_ANNOTATION_CALL }, { "__cleanup", T_ANNOTATION_CALL },
	{ "__malloc", T_ANNOTATION_CALL }, { "__printf", T_ANNOTATION_CALL },
	{ "__scanf", T_ANNOTATION_CALL }, { "__acquires", T_ANNOTATION_CALL },
	{ "__releases", T_ANNOTATION_CALL },
	{ "__acquires_shared", T_ANNOTATION_CALL },
	{ "__releases_shared", T_ANNOTATION_CALL },
	{ "__cond_acquires", T_ANNOTATION_CALL },
	{ "__cond_acquires_shared", T_ANNOTATION_CALL },
	{ "__must_hold", T_ANNOTATION_CALL },
	{ "__must_hold_shared", T_ANNOTATION_CALL },
	{ "__guarded_by", T_ANNOTATION_CALL },
	{ "__pt_guarded_by", T_ANNOTATION_CALL },
	{ "__counted_by", T_ANNOTATION_CALL },
	{ "__counted_by_le", T_ANNOTATION_CALL },
	{ "__counted_by_be", T_ANNOTATION_CALL },
	{ "__counted_by_ptr", T_ANNOTATION_CALL },
	{ "__context_unsafe", T_ANNOTATION_CALL },
	{ "__alloc_size", T_ANNOTATION_CALL },
	{ "__assume_aligned", T_ANNOTATION_CALL },
	{ "__realloc_size", T_ANNOTATION_CALL },

	{ "__init", T_ANNOTATION }, { "__exit", T_ANNOTATION },
	{ "__initdata", T_ANNOTATION }, { "__initconst", T_ANNOTATION },
	{ "__exitdata", T_ANNOTATION }, { "__read_mostly", T_ANNOTATION },
	{ "__ro_after_init", T_ANNOTATION }, { "__packed", T_ANNOTATION },
	{ "__used", T_ANNOTATION },
	{ "__maybe_unused", T_ANNOTATION }, { "__always_unused", T_ANNOTATION },
	{ "__must_check", T_ANNOTATION }, { "__weak", T_ANNOTATION },
	{ "__cold", T_ANNOTATION }, { "__hot", T_ANNOTATION },
	{ "__pure", T_ANNOTATION }, { "__visible", T_ANNOTATION },
	{ "__sched", T_ANNOTATION }, { "__user", T_ANNOTATION },
	 { "__iomem", T_ANNOTATION },
	{ "__percpu", T_ANNOTATION }, { "__rcu", T_ANNOTATION },
	{ "__force", T_ANNOTATION }, { "__bitwise", T_ANNOTATION },
	{ "__nocast", T_ANNOTATION }, { "__safe", T_ANNOTATION },
	{ "__private", T_ANNOTATION },
	{ "____cacheline_aligned", T_ANNOTATION },
	{ "____cacheline_aligned_in_smp", T_ANNOTATION },
	{ "__cacheline_aligned", T_ANNOTATION },
	{ "__cacheline_aligned_in_smp", T_ANNOTATION },
	{ "__randomize_layout", T_ANNOTATION },
	{ "__no_randomize_layout", T_ANNOTATION },
	{ "__designated_init", T_ANNOTATION }, { "__refdata", T_ANNOTATION },
	{ "__ref", T_ANNOTATION }, { "__nonstring", T_ANNOTATION },
	{ "__noreturn", T_ANNOTATION }, { "__deprecated", T_ANNOTATION },
	{ "__latent_entropy", T_ANNOTATION },
	{ "__no_sanitize_address", T_ANNOTATION }, { "__nocfi", T_ANNOTATION },
	{ "__noendbr", T_ANNOTATION },
};

static_assert(ARRAY_SIZE(list) < 256, "a slot is one byte");

static inline u64 first_bytes(const char *name, u32 len)
{
	u64 first;

	memcpy(&first, name, sizeof(first));
	return len < 8 ? first & ~0ULL >> (64 - 8 * len) : first;
}

static inline u32 slot_of(u64 first, u32 len)
{
	return ((first ^ len) * 0x9e3779b97f4a7c15ULL) >> 54;
}

void keywords_init(struct keywords *words)
{
	memset(words, 0, sizeof(*words));
	for (u32 i = 1; i < ARRAY_SIZE(list); i++) {
		char text[40] = "";
		u32 len = strlen(list[i].text);
		u64 first;
		u32 slot;

		memcpy(text, list[i].text, len);
		first = first_bytes(text, len);
		slot = slot_of(first, len);
		while (words->slot[slot].len)
			slot = (slot + 1) % KEYWORD_SLOTS;
		words->slot[slot].first = first;
		words->slot[slot].len = len;
		words->slot[slot].index = i;
	}
}

u8 keyword(const struct keywords *words, const char *name, u32 len)
{
	u64 first = first_bytes(name, len);
	u32 slot = slot_of(first, len);

	for (; words->slot[slot].len; slot = (slot + 1) % KEYWORD_SLOTS) {
		const struct word *word = &list[words->slot[slot].index];

		if (words->slot[slot].first == first &&
		    words->slot[slot].len == len &&
		    !memcmp(word->text, name, len))
			return word->kind;
	}
	return T_NAME;
}

const char *token_text(u8 kind, char space[2])
{
	static const char *const signs[] = {
		"<<", ">>", "++", "--", "->", "<=", ">=", "==", "!=", "&&",
		"||", "...", "##", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=",
		"&=", "^=", "|=",
	};

	if (kind >= T_SHL && kind <= T_OR_EQ)
		return signs[kind - T_SHL];
	for (u32 i = 1; is_keyword(kind) && i < ARRAY_SIZE(list); i++) {
		if (list[i].kind == kind)
			return list[i].text;
	}
	space[0] = kind > ' ' && kind < 127 ? kind : 0;
	space[1] = 0;
	return space;
}
