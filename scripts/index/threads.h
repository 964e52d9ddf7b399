/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work in several threads.
 */
#ifndef INDEX_THREADS_H
#define INDEX_THREADS_H

#include <stddef.h>
#include <stdint.h>

#define MOST_JOBS 64

/**
 * in_threads - Run a function in several threads, and wait for all
 * @run: the function, which shares the work with whoever else runs
 * @data: what the first thread gets
 * @size: number of bytes from there to what the next one gets; 0 if it is shared
 * @jobs: number of threads, at most MOST_JOBS; fewer run if there are no more
 */
void in_threads(void *(*run)(void *data), void *data, size_t size,
		uint32_t jobs);

#endif
