/* Chunks of one block size each; a block's chunk is found by its address. */
#include "base/slab.h"

#include "base/list.h"
#include "base/mem.h"

enum {
	SLAB_STEP = 16, /* between the sizes of blocks */
/* A sanitizer knows blocks of malloc only: then none is cut. */
#ifdef __SANITIZE_ADDRESS__
	SLAB_SIZES = 0,
#else
	SLAB_SIZES = 64,
#endif
	SLAB_CHUNK = 2 << 20
};

/* A block that is free. */
struct slab_hole {
	struct slab_hole *next;
};

/* At the beginning of each chunk. */
struct slab_chunk {
	struct list link; /* of those with room; full: links itself */
	struct slab_hole *holes;
	size_t cut; /* bytes that have been blocks, this head included */
	size_t used;
	size_t block; /* size of its blocks */
};

struct slab {
	struct list room[SLAB_SIZES + 1]; /* chunks by size of blocks */
	size_t held[SLAB_SIZES + 1];
	size_t chunks;
};

struct slab *slab_new(void)
{
	struct slab *s = mem_new(struct slab);

	for (size_t i = 0; i < ARRAY_LEN(s->room); i++)
		list_init(&s->room[i]);
	return s;
}

static size_t slab_index(size_t size)
{
	return (size + SLAB_STEP - 1) / SLAB_STEP;
}

/* Large pages from the second chunk of a size on: the first is often the only
 * one, with a few blocks in it. */
static struct slab_chunk *slab_chunk_new(struct slab *s, size_t index)
{
	struct slab_chunk *c = mem_chunk_new(SLAB_CHUNK, s->held[index] > 0);

	*c = (struct slab_chunk){ .block = index * SLAB_STEP,
				  .cut = slab_index(sizeof(*c)) * SLAB_STEP };
	list_append(&s->room[index], &c->link);
	s->held[index]++;
	s->chunks++;
	return c;
}

static void slab_chunk_free(struct slab *s, struct slab_chunk *c)
{
	list_remove(&c->link);
	s->held[c->block / SLAB_STEP]--;
	s->chunks--;
	mem_chunk_free(c, SLAB_CHUNK);
}

void slab_free(struct slab **sp)
{
	must(sp != NULL);

	struct slab *s = TAKE(*sp);
	if (s == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(s->room); i++) {
		LIST_EACH_SAFE (it, &s->room[i]) {
			struct slab_chunk *c =
				LIST_ITEM(it, struct slab_chunk, link);
			must(c->used == 0);
			slab_chunk_free(s, c);
		}
	}
	must(s->chunks == 0);
	mem_free(s);
}

static void *slab_cut(struct slab_chunk *c)
{
	struct slab_hole *hole = c->holes;

	c->used++;
	if (hole != NULL) {
		c->holes = hole->next;
		return hole;
	}
	c->cut += c->block;
	return (char *)c + c->cut - c->block;
}

static bool slab_full(const struct slab_chunk *c)
{
	return c->holes == NULL && c->cut + c->block > SLAB_CHUNK;
}

void *slab_get(struct slab *s, size_t size)
{
	size_t index = slab_index(size);

	must(s != NULL && size > 0);
	if (index > SLAB_SIZES)
		return mem_alloc(size);

	struct list *room = &s->room[index];
	struct slab_chunk *c =
		list_empty(room)
			? slab_chunk_new(s, index)
			: LIST_ITEM(room->next, struct slab_chunk, link);
	void *block = slab_cut(c);
	if (slab_full(c))
		list_remove(&c->link);
	return block;
}

void slab_put(struct slab *s, void *p, size_t size)
{
	size_t index = slab_index(size);

	must(s != NULL && p != NULL);
	if (index > SLAB_SIZES) {
		mem_free(p);
		return;
	}

	struct slab_chunk *c = mem_chunk_of(p, SLAB_CHUNK);
	struct slab_hole *hole = p;
	must(c->block == index * SLAB_STEP && c->used > 0);
	if (slab_full(c))
		list_prepend(&s->room[index], &c->link);
	hole->next = c->holes;
	c->holes = hole;
	/* The last one of a size stays: the next block may come soon. */
	if (--c->used == 0 && s->held[index] > 1)
		slab_chunk_free(s, c);
}

size_t slab_chunks(const struct slab *s)
{
	must(s != NULL);
	return s->chunks;
}
