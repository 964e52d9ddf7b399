// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be said of a condition: its value, and which others are the same.
 */
#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "cond_tree.h"

/* A number as the preprocessor has them: 64 bits, signed or not. */
struct number {
	bool known;
	bool is_unsigned;
	u64 value;
};

static const struct number unknown;

static struct number number(u64 value)
{
	return (struct number){ .known = true, .value = value };
}

static bool is(const struct cond *cond, const char *name)
{
	return strlen(name) == cond->len && !memcmp(cond->name, name, cond->len);
}

static const struct known_name *find(const struct cond *cond,
				     const struct known *known,
				     const char *suffix)
{
	u32 more = strlen(suffix);

	for (u32 i = 0; known && i < known->names; i++) {
		const struct known_name *name = &known->name[i];

		if (name->len == cond->len + more &&
		    !memcmp(name->name, cond->name, cond->len) &&
		    !memcmp(name->name + cond->len, suffix, more))
			return name;
	}
	return NULL;
}

/* The reader reads neither of the two. */
static bool never_defined(const struct cond *cond)
{
	return is(cond, "__ASSEMBLY__") || is(cond, "__ASSEMBLER__") ||
		is(cond, "__cplusplus");
}

static struct number eval_defined(const struct cond *cond,
				  const struct known *known)
{
	const struct known_name *name = find(cond, known, "");

	if (name)
		return number(name->defined);
	if (never_defined(cond))
		return number(0);
	if (known && known->version &&
	    (is(cond, "LINUX_VERSION_CODE") || is(cond, "KERNEL_VERSION")))
		return number(1);
	return unknown;
}

static struct number eval_name(const struct cond *cond,
			       const struct known *known)
{
	const struct known_name *name = find(cond, known, "");

	/* `true` is 0 or 1, by the standard that the compiler follows. */
	if (is(cond, "false") || never_defined(cond))
		return number(0);
	if (name && !name->defined)
		return number(0);
	if (name && name->has_value)
		return number(name->value);
	if (!name && known && known->version && is(cond, "LINUX_VERSION_CODE"))
		return number(known->version);
	return unknown;
}

/* A name, or the name with _MODULE behind it, is defined. */
static struct number eval_config(const struct cond *option, bool built_in,
				 bool module, const struct known *known)
{
	const struct known_name *y = find(option, known, "");
	const struct known_name *m = find(option, known, "_MODULE");
	bool open = (built_in && !y) || (module && !m);

	if ((built_in && y && y->defined) || (module && m && m->defined))
		return number(1);
	return open ? unknown : number(0);
}

static struct number eval(const struct cond *cond, const struct known *known);

/* Version macros pack three or two numbers; the last one saturates. */
static struct number eval_version(const struct cond *cond,
				  const struct known *known, const u32 *shift)
{
	u64 value = 0;

	for (u32 i = 0; i < cond->args; i++) {
		struct number part = eval(cond->arg[i], known);

		if (!part.known)
			return unknown;
		if (!shift[i] && cond->args == 3 && part.value > 255)
			part.value = 255;
		value += part.value << shift[i];
	}
	return number(value);
}

static struct number eval_call(const struct cond *cond,
			       const struct known *known)
{
	static const u32 three[] = { 16, 8, 0 };
	static const u32 two[] = { 8, 0 };
	const struct cond *first = cond->arg[0];

	if (cond->args == 3 &&
	    (is(cond, "KERNEL_VERSION") || is(cond, "SLE_VERSION")))
		return eval_version(cond, known, three);
	if (cond->args == 2 && is(cond, "RHEL_RELEASE_VERSION"))
		return eval_version(cond, known, two);
	if (cond->args != 1 || first->op != CO_NAME)
		return unknown;
	if (is(cond, "IS_ENABLED"))
		return eval_config(first, true, true, known);
	if (is(cond, "IS_BUILTIN"))
		return eval_config(first, true, false, known);
	if (is(cond, "IS_MODULE"))
		return eval_config(first, false, true, known);
	return unknown;
}

static struct number eval_unary(u8 op, struct number a)
{
	if (!a.known)
		return a;
	switch (op) {
	case '!':
		return number(!a.value);
	case '~':
		a.value = ~a.value;
		break;
	case '-':
		a.value = -a.value;
		break;
	}
	return a;
}

static struct number compare(u8 op, struct number a, struct number b)
{
	bool less = a.is_unsigned || b.is_unsigned ? a.value < b.value :
		(s64)a.value < (s64)b.value;
	bool equal = a.value == b.value;

	switch (op) {
	case '<':
		return number(less);
	case '>':
		return number(!less && !equal);
	case T_LE:
		return number(less || equal);
	case T_GE:
		return number(!less);
	case T_EQ:
		return number(equal);
	default:
		return number(!equal);
	}
}

static struct number divide(u8 op, struct number a, struct number b)
{
	struct number result = { .known = true };

	result.is_unsigned = a.is_unsigned || b.is_unsigned;
	/* No value by the standard, and the one signed overflow. */
	if (!b.value || (!result.is_unsigned && b.value == ~0ULL))
		return unknown;
	if (result.is_unsigned)
		result.value = op == '/' ? a.value / b.value :
			       a.value % b.value;
	else
		result.value = op == '/' ? (s64)a.value / (s64)b.value :
			       (s64)a.value % (s64)b.value;
	return result;
}

static struct number shift(u8 op, struct number a, struct number b)
{
	if (b.value > 63)
		return unknown;
	if (op == T_SHL)
		a.value <<= b.value;
	else if (a.is_unsigned || !(a.value >> 63))
		a.value >>= b.value;
	else
		a.value = ~(~a.value >> b.value);
	return a;
}

static struct number eval_binary(u8 op, struct number a, struct number b)
{
	struct number result = { .known = true };

	if (!a.known || !b.known)
		return unknown;
	result.is_unsigned = a.is_unsigned || b.is_unsigned;
	switch (op) {
	case '*':
		result.value = a.value * b.value;
		return result;
	case '+':
		result.value = a.value + b.value;
		return result;
	case '-':
		result.value = a.value - b.value;
		return result;
	case '&':
		result.value = a.value & b.value;
		return result;
	case '^':
		result.value = a.value ^ b.value;
		return result;
	case '|':
		result.value = a.value | b.value;
		return result;
	case '/': case '%':
		return divide(op, a, b);
	case T_SHL: case T_SHR:
		return shift(op, a, b);
	}
	return compare(op, a, b);
}

/* One side can be enough. */
static struct number eval_logic(const struct cond *cond,
				const struct known *known)
{
	struct number a = eval(cond->arg[0], known);
	struct number b = eval(cond->arg[1], known);
	bool enough = cond->op == T_OROR;

	if ((a.known && !!a.value == enough) ||
	    (b.known && !!b.value == enough))
		return number(enough);
	return a.known && b.known ? number(!enough) : unknown;
}

static struct number eval(const struct cond *cond, const struct known *known)
{
	struct number a;

	switch (cond->op) {
	case CO_NUMBER:
		a = number(cond->value);
		a.is_unsigned = cond->is_unsigned;
		return a;
	case CO_NAME:
		return eval_name(cond, known);
	case CO_DEFINED:
		return eval_defined(cond, known);
	case CO_CALL:
		return eval_call(cond, known);
	case CO_UNREAD:
		return unknown;
	case T_ANDAND: case T_OROR:
		return eval_logic(cond, known);
	case '?':
		a = eval(cond->arg[0], known);
		return a.known ? eval(cond->arg[a.value ? 1 : 2], known) : a;
	}
	a = eval(cond->arg[0], known);
	if (cond->args == 1)
		return eval_unary(cond->op, a);
	return eval_binary(cond->op, a, eval(cond->arg[1], known));
}

enum truth cond_eval(const struct cond *cond, const struct known *known)
{
	struct number value;

	if (!cond)
		return TRUTH_TRUE;
	value = eval(cond, known);
	if (!value.known)
		return TRUTH_UNKNOWN;
	return value.value ? TRUTH_TRUE : TRUTH_FALSE;
}

static u64 mix(u64 hash, u64 more)
{
	hash = (hash ^ more) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static u64 hash_text(u64 hash, const char *text, u32 len)
{
	for (u32 i = 0; i < len; i++)
		hash = mix(hash, (u8)text[i]);
	return hash;
}

static u64 key_of(const struct cond *cond)
{
	u64 hash = mix(1, cond->op);

	if (cond->op == CO_CALL && cond->args == 1 &&
	    cond->arg[0]->op == CO_NAME && is(cond, "IS_ENABLED"))
		return hash_text(mix(1, CO_DEFINED), cond->arg[0]->name,
				 cond->arg[0]->len);
	if (cond->op == CO_NUMBER)
		return mix(hash, cond->value);
	hash = hash_text(hash, cond->name, cond->len);
	for (u32 i = 0; i < cond->args; i++)
		hash = mix(hash, key_of(cond->arg[i]));
	return hash;
}

u64 cond_key(const struct cond *cond, bool *negated)
{
	*negated = false;
	for (; cond->op == '!'; cond = cond->arg[0])
		*negated = !*negated;
	return key_of(cond);
}

u32 kernel_version(const char *text)
{
	unsigned long part[3] = { 0 };
	char *rest = (char *)text;

	for (u32 i = 0; i < ARRAY_SIZE(part); i++) {
		if (*rest < '0' || *rest > '9')
			return 0;
		part[i] = strtoul(rest, &rest, 10);
		if (*rest != '.')
			break;
		rest++;
	}
	if (part[0] > 255 || part[1] > 255)
		return 0;
	if (part[2] > 255)
		part[2] = 255;
	return part[0] << 16 | part[1] << 8 | part[2];
}
