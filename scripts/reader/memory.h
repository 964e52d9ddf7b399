/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory: arrays that grow and keep their room from one file to the next, and
 * an arena for what has no fixed size.
 */
#ifndef READER_MEMORY_H
#define READER_MEMORY_H

#include "types.h"

/**
 * struct arena - memory that is given back all at once
 * @chunk: the chunk that allocations are taken from; it links to older ones
 */
struct arena {
	struct arena_chunk *chunk;
};

/**
 * arena_alloc - Take zeroed memory from an arena
 * @arena: the arena
 * @size: number of bytes
 *
 * The program ends with a message when there is no memory.
 *
 * Return: memory that lives until arena_reset().
 */
void *arena_alloc(struct arena *arena, size_t size);

/**
 * arena_reset - Give back what was taken, but for one chunk
 * @arena: the arena
 */
void arena_reset(struct arena *arena);

/**
 * arena_free - Give back everything
 * @arena: the arena
 */
void arena_free(struct arena *arena);

/**
 * grow_keeping - Make room in an array of which only the first part matters
 * @array: the array, or NULL
 * @room: number of elements that it has room for; updated
 * @keep: number of elements that must stay
 * @need: number of elements that it must have room for
 * @size: size of an element
 *
 * The program ends with a message when there is no memory.
 *
 * Return: the array, which may have moved.
 */
void *grow_keeping(void *array, u32 *room, size_t keep, size_t need,
		   size_t size);

/**
 * grow - Make room in an array
 * @array: the array, or NULL
 * @room: number of elements that it has room for; updated
 * @need: number of elements that it must have room for
 * @size: size of an element
 *
 * Return: the array, which may have moved.
 */
static inline void *grow(void *array, u32 *room, size_t need, size_t size)
{
	return grow_keeping(array, room, *room, need, size);
}

/**
 * room_for - Make room for one more element
 * @array: the array, or NULL
 * @n: number of elements in it
 * @room: number of elements that it has room for; updated
 * @size: size of an element
 *
 * Return: the array, which may have moved.
 */
static inline void *room_for(void *array, u32 n, u32 *room, size_t size)
{
	return likely(n < *room) ? array : grow(array, room, (size_t)n + 1, size);
}

#endif
