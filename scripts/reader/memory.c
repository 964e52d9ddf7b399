// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: growing arrays and an arena.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

#define CHUNK_SIZE 65536
/* Arrays from this size on are made of large pages where the system has them. */
#define LARGE_PAGE (2U << 20)
#define LARGE (2 * LARGE_PAGE)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	size_t used;
	max_align_t data[];
};

static void *must_have(void *memory, size_t size)
{
	if (!memory) {
		fprintf(stderr, "reader: out of memory (%zu bytes)\n", size);
		exit(2);
	}
	return memory;
}

/* To touch a page for the first time costs more than to fill it. */
static void *move_to_large(void *old, size_t keep, size_t size)
{
	void *memory;

	size = (size + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
	memory = must_have(aligned_alloc(LARGE_PAGE, size), size);
	madvise(memory, size, MADV_HUGEPAGE);
	if (keep)
		memcpy(memory, old, keep);
	free(old);
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunk;
	void *memory;

	size = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (!chunk || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

		chunk = must_have(malloc(sizeof(*chunk) + room), room);
		chunk->older = arena->chunk;
		chunk->size = room;
		chunk->used = 0;
		arena->chunk = chunk;
	}
	memory = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return memset(memory, 0, size);
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunk;

	if (!chunk)
		return;
	while (chunk->older) {
		arena->chunk = chunk->older;
		free(chunk);
		chunk = arena->chunk;
	}
	chunk->used = 0;
}

void arena_free(struct arena *arena)
{
	arena_reset(arena);
	free(arena->chunk);
	arena->chunk = NULL;
}

void *grow_keeping(void *array, u32 *room, size_t keep, size_t need,
		   size_t size)
{
	size_t wanted = *room ? *room : 1024;

	while (wanted < need)
		wanted *= 2;
	if (wanted == *room)
		return array;
	if (wanted > UINT32_MAX) {
		fprintf(stderr, "reader: too many elements (%zu)\n", need);
		exit(2);
	}
	if (wanted * size < LARGE)
		array = must_have(realloc(array, wanted * size), wanted * size);
	else
		array = move_to_large(array, keep * size, wanted * size);
	*room = wanted;
	return array;
}
