/* struct slab: blocks of small sizes, cut from large chunks. For that of which
 * there are a million: no header a block, few pages to be touched first, and
 * what was emptied goes back to the system. One thread at a time. */
#pragma once

#include <stddef.h>

struct slab;

struct slab *slab_new(void);
void slab_free(struct slab **sp); /* all blocks have been put back */
/* Not zeroed, aligned to 16. Of any size; the small ones are cut. */
void *slab_get(struct slab *s, size_t size) __attribute__((returns_nonnull));
/* size as it was asked for. */
void slab_put(struct slab *s, void *p, size_t size);
/* Chunks that are held, for memory reports. */
size_t slab_chunks(const struct slab *s);
