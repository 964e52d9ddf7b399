// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command.
 */
#include <stdio.h>
#include <string.h>

#include "lex.h"
#include "roundtrip.h"

int main(int argc, char **argv)
{
	struct source source;
	int failed = 0;

	source_init(&source, NULL);
	for (int i = 1; i < argc; i++) {
		const char *wrong;
		u32 at = 0;
		int error = source_open(&source, argv[i]);

		if (error) {
			fprintf(stderr, "reader: %s: %s\n", argv[i],
				strerror(-error));
			failed = 1;
			continue;
		}
		lex(&source);
		wrong = roundtrip(&source, &at);
		if (wrong) {
			printf("%s: byte %u: %s\n", argv[i], at, wrong);
			failed = 1;
		}
	}
	source_free(&source);
	return failed;
}
