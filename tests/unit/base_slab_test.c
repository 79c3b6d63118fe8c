/* Blocks cut from chunks: each its own, and what is empty goes back. */
#include "base/slab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"

enum { BLOCKS = 40000 };

struct block {
	unsigned char *p;
	size_t size;
	unsigned char mark;
};

static struct block blocks[BLOCKS];

static void fill(struct slab *s, struct block *b, size_t size, unsigned i)
{
	*b = (struct block){ slab_get(s, size), size, (unsigned char)i };
	assert_int_equal((uintptr_t)b->p % 16, 0);
	memset(b->p, b->mark, size);
}

static void empty(struct slab *s, struct block *b)
{
	for (size_t i = 0; i < b->size; i++) {
		if (b->p[i] != b->mark)
			fail_msg("byte %zu of %zu is another's", i, b->size);
	}
	slab_put(s, b->p, b->size);
	b->p = NULL;
}

/* Sizes from a byte to more than is cut, put back in another order. */
static void blocks_do_not_meet(void **state UNUSED)
{
	struct slab *s = slab_new();
	unsigned x = 1;

	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < BLOCKS; i++) {
			x = x * 1103515245 + 12345;
			if (blocks[i].p == NULL)
				fill(s, &blocks[i], 1 + (x >> 16) % 1300, i);
		}
		for (unsigned i = 0; i < BLOCKS; i++) {
			x = x * 1103515245 + 12345;
			if (round == 2 || (x >> 16) % 3 != 0)
				empty(s, &blocks[i]);
		}
	}
	slab_free(&s);
	assert_null(s);
	assert_int_equal(mem_live_blocks(), 0);
}

static void chunks_go_back(void **state UNUSED)
{
	struct slab *s = slab_new();

	for (unsigned i = 0; i < BLOCKS; i++)
		fill(s, &blocks[i], 256, i);
	/* 10 MB; a sanitizer's build has none */
	size_t most = slab_chunks(s);
	assert_true(most == 0 || most == 5);
	for (unsigned i = 0; i < BLOCKS; i++)
		empty(s, &blocks[i]);
	assert_true(slab_chunks(s) == MIN(most, 1));
	/* what stayed is used again */
	fill(s, &blocks[0], 250, 0);
	assert_true(slab_chunks(s) == MIN(most, 1));
	empty(s, &blocks[0]);
	slab_free(&s);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_do_not_meet),
		cmocka_unit_test(chunks_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
