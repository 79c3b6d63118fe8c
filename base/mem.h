/* Memory: allocation that cannot fail, counted so that tests see leaks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/must.h"

/* Zeroed object of a type. Running out of memory ends the process. */
#define mem_new(type) ((type *)mem_zalloc(sizeof(type)))

/* size bytes, zeroed. size may be 0 (gives a unique pointer). */
void *mem_zalloc(size_t size) __attribute__((malloc, returns_nonnull));

/* size bytes, not zeroed. */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));

/* n * size bytes zeroed; an overflow of the product ends the process. */
void *mem_array(size_t n, size_t size) __attribute__((returns_nonnull));

/* Resizes; p may be NULL. New bytes are not zeroed. */
void *mem_resize(void *p, size_t size) __attribute__((returns_nonnull));

/*
 * A piece of memory of the system's, aligned to its size, a power of two of
 * 64 KB and more; zeroed. large: of large pages, if the system gives such.
 */
void *mem_chunk_new(size_t size, bool large) __attribute__((returns_nonnull));
void mem_chunk_free(void *p, size_t size);
/* The chunk of that size in which p is. */
void *mem_chunk_of(void *p, size_t size);

/* Frees; accepts NULL. */
void mem_free(void *p);

/* mem_free through the variable's address, for AUTO(mem_clear). */
void mem_clear(void *pp);

/* Copies of text and of bytes; str_dup(NULL) is NULL. */
char *str_dup(const char *s);
void *mem_dup(const void *p, size_t size);

/* Part of a block is not needed any more: its whole pages go back to the
 * system at once. What it held is lost; the block is freed as ever. */
void mem_part_done(void *part, size_t size);

/* From now on each large block is the system's own, and goes back there when
 * it is freed; otherwise it would leave a hole between small blocks that live
 * long. For a program, at its start. */
void mem_large_apart(void);

/* Blocks handed out and not yet freed: 0 at the end of a clean test. */
size_t mem_live_blocks(void);
