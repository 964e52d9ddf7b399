/* SPDX-License-Identifier: GPL-2.0-only */
/* What a workload's process tells init. */
#ifndef INIT_H
#define INIT_H

#include <stddef.h>

enum outcome { DIED, PASSED, FAILED, SKIPPED };

/**
 * struct report - Shared between init and the process of one workload
 * @outcome: DIED until the workload says how it ended
 * @bytes: How much was moved and compared
 * @pages: How many pages of buffers were counted before and after
 * @unequal: How many of them had other counts after
 * @disk: The disk that holds the workload's image
 * @files: The disk for files that are mapped, or ""
 * @reason: Why it failed or was skipped
 */
struct report {
	enum outcome outcome;
	size_t bytes;
	size_t pages;
	size_t unequal;
	char disk[32];
	char files[32];
	char reason[200];
};

extern struct report *report;

void mkdir_p(const char *path);

#endif /* INIT_H */
