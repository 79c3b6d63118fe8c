/* Memory: the one place that calls malloc; counts the blocks handed out. */
#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MEM_PAGE = 4096, MEM_LARGE = 8 << 20 };

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

/* Tables that are read all over the place want large pages. */
static void mem_large_pages(char *p, size_t size)
{
	size_t before = -(uintptr_t)p & (MEM_PAGE - 1);

	if (size >= MEM_LARGE)
		(void)madvise(p + before, size - before, MADV_HUGEPAGE);
}

void *mem_array(size_t n, size_t size)
{
	size_t whole;

	must(!__builtin_mul_overflow(n, size, &whole));

	char *p = mem_zalloc(whole);
	mem_large_pages(p, whole);
	return p;
}

void *mem_resize(void *p, size_t size)
{
	if (p == NULL)
		return mem_alloc(size);

	void *moved = realloc(p, MAX(size, 1));
	must(moved != NULL && "out of memory");
	return moved;
}

/* Twice as much is mapped, and what lies outside the alignment given back. */
void *mem_chunk_new(size_t size, bool large)
{
	must(size >= 64 << 10 && (size & (size - 1)) == 0);

	char *p = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(p != MAP_FAILED && "out of memory");
	size_t before = -(uintptr_t)p & (size - 1);
	if (before > 0)
		must(munmap(p, before) == 0);
	must(munmap(p + before + size, size - before) == 0);
	if (large)
		(void)madvise(p + before, size, MADV_HUGEPAGE);
	return mem_counted(p + before);
}

void mem_chunk_free(void *p, size_t size)
{
	must(p != NULL && munmap(p, size) == 0);
	atomic_fetch_sub_explicit(&mem_blocks, 1, memory_order_relaxed);
}

void *mem_chunk_of(void *p, size_t size)
{
	return (char *)p - ((uintptr_t)p & (size - 1));
}

void mem_part_done(void *part, size_t size)
{
	size_t before = -(uintptr_t)part & (MEM_PAGE - 1);

	if (size >= before + MEM_PAGE)
		(void)madvise((char *)part + before,
			      (size - before) & ~(size_t)(MEM_PAGE - 1),
			      MADV_DONTNEED);
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

/* Setting it also keeps glibc from raising it with each block it sees. The
 * allocator of a sanitizer has no such threshold, and says so. */
void mem_large_apart(void)
{
	IGNORE(mallopt(M_MMAP_THRESHOLD, 128 << 10));
}

size_t mem_live_blocks(void)
{
	return atomic_load_explicit(&mem_blocks, memory_order_relaxed);
}
