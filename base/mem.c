/* Memory: the one place that calls malloc; counts the blocks handed out. */
#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_size_t mem_blocks;

/* Counts a fresh block; out of memory ends the process. */
static void *mem_counted(void *p)
{
	must(p != NULL && "out of memory");
	atomic_fetch_add_explicit(&mem_blocks, 1, memory_order_relaxed);
	return p;
}

void *mem_zalloc(size_t size)
{
	return mem_counted(calloc(1, MAX(size, 1)));
}

void *mem_alloc(size_t size)
{
	return mem_counted(malloc(MAX(size, 1)));
}

void *mem_array(size_t n, size_t size)
{
	size_t whole;

	must(!__builtin_mul_overflow(n, size, &whole));
	return mem_zalloc(whole);
}

void *mem_resize(void *p, size_t size)
{
	if (p == NULL)
		return mem_alloc(size);

	void *moved = realloc(p, MAX(size, 1));
	must(moved != NULL && "out of memory");
	return moved;
}

void mem_free(void *p)
{
	if (p == NULL)
		return;
	atomic_fetch_sub_explicit(&mem_blocks, 1, memory_order_relaxed);
	free(p);
}

void mem_clear(void *pp)
{
	must(pp != NULL);

	void *p;
	memcpy(&p, pp, sizeof(p));
	mem_free(p);
	memset(pp, 0, sizeof(p));
}

char *str_dup(const char *s)
{
	return s == NULL ? NULL : mem_dup(s, strlen(s) + 1);
}

void *mem_dup(const void *p, size_t size)
{
	must(p != NULL || size == 0);

	void *copy = mem_alloc(size);
	if (size > 0)
		memcpy(copy, p, size);
	return copy;
}

/* Setting it also keeps glibc from raising it with each block it sees. */
void mem_large_apart(void)
{
	must(mallopt(M_MMAP_THRESHOLD, 128 << 10) == 1);
}

size_t mem_live_blocks(void)
{
	return atomic_load_explicit(&mem_blocks, memory_order_relaxed);
}
