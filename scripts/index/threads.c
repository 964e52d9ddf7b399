// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work in several threads.
 */
#include <pthread.h>

#include "threads.h"

void in_threads(void *(*run)(void *data), void *data, size_t size,
		uint32_t jobs)
{
	pthread_t thread[MOST_JOBS];
	uint32_t n = 0;

	/* This thread is one of them, so that there is always one. */
	while (n + 1 < jobs && !pthread_create(&thread[n], NULL, run,
					       (char *)data + size * (n + 1)))
		n++;
	run(data);
	while (n)
		pthread_join(thread[--n], NULL);
}
