// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes for the rules, both texts and the plan; not part of the program.
 *
 * Lines that hold `====` stand between them; what is missing is empty.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct piece {
	const char *bytes;
	u32 size;
};

static const char *split_at(const char *p, const char *end)
{
	static const char mark[] = "\n====\n";

	for (; (size_t)(end - p) >= sizeof(mark) - 1; p++) {
		if (!memcmp(p, mark, sizeof(mark) - 1))
			return p;
	}
	return NULL;
}

static void split(const char *p, const char *end, struct piece piece[4])
{
	for (u32 i = 0; i < 4; i++) {
		const char *cut = i < 3 ? split_at(p, end) : NULL;

		piece[i].bytes = p;
		piece[i].size = (cut ? cut : end) - p;
		p = cut ? cut + 6 : end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct check *check;
	struct piece piece[4];
	struct rules rules;

	if (!size)
		return 0;
	split(bytes, bytes + size, piece);
	if (rules_read(&rules, piece[0].bytes, piece[0].size)) {
		check = malloc(sizeof(*check));
		check_init(check, &rules);
		text_read(&check->before, piece[1].bytes, piece[1].size);
		text_read(&check->after, piece[2].bytes, piece[2].size);
		if (!plan_read(&check->plan, &check->scratch, &check->arena,
			       piece[3].bytes, piece[3].size))
			check_run(check);
		check_free(check);
		free(check);
	}
	rules_free(&rules);
	return 0;
}
