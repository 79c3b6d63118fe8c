/* Tables: map, dict, heap, list; against simple models, and their speed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "tests/lib/slower.h"

/* Repeatable noise. */
static uint64_t noise(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Keys of a small range, so that deletions meet long runs. */
static void map_as_model(void **state UNUSED)
{
	enum { KEYS = 700 };
	bool there[KEYS] = { false };
	uint64_t model[KEYS] = { 0 };
	struct map *m = map_new();
	uint64_t seed = 88172645463325252u, v;
	size_t len = 0;

	for (int i = 0; i < 100000; i++) {
		uint64_t r = noise(&seed);
		size_t k = (size_t)(r % KEYS);
		/* all ones and zero among them */
		uint64_t key = k == 1 ? UINT64_MAX : k << 32;
		if ((r >> 40) % 3 == 0) {
			assert_int_equal(map_del(m, key, &v), there[k]);
			if (there[k]) {
				assert_int_equal(v, model[k]);
				len--;
			}
			there[k] = false;
		} else {
			map_set(m, key, r);
			len += there[k] ? 0 : 1;
			there[k] = true;
			model[k] = r;
		}
		k = (size_t)(noise(&seed) % KEYS);
		key = k == 1 ? UINT64_MAX : k << 32;
		assert_int_equal(map_get(m, key, &v), there[k]);
		if (there[k])
			assert_int_equal(v, model[k]);
		assert_int_equal(map_len(m), len);
	}

	size_t pos = 0, walked = 0;
	uint64_t key;
	while (map_next(m, &pos, &key, &v)) {
		size_t k = key == UINT64_MAX ? 1 : (size_t)(key >> 32);
		assert_true(there[k]);
		assert_int_equal(v, model[k]);
		walked++;
	}
	assert_int_equal(walked, len);
	map_free(&m);
	map_free(&m);
}

static void map_pointers(void **state UNUSED)
{
	struct map *m = map_new();
	int x;

	assert_null(map_ptr(m, 5));
	map_set_ptr(m, 5, &x);
	assert_ptr_equal(map_ptr(m, 5), &x);
	assert_true(map_del(m, 5, NULL));
	assert_null(map_ptr(m, 5));
	map_free(&m);
}

static void map_keeps_room(void **state UNUSED)
{
	struct map *m = map_new();
	uint64_t v;

	map_set(m, 99, 1);
	map_reserve(m, 5000);
	size_t bytes = map_bytes(m);
	for (uint64_t i = 1; i <= 5000; i++)
		map_set(m, i, i);
	assert_int_equal(map_bytes(m), bytes);
	assert_int_equal(map_len(m), 5000);
	for (uint64_t i = 1; i <= 5000; i++)
		assert_true(map_get(m, i, &v) && v == i);
	map_reserve(m, 10); /* there is room */
	assert_int_equal(map_bytes(m), bytes);
	map_free(&m);
}

struct map_speed {
	uint64_t insert_us, get_us, copy_us, delete_us;
	size_t bytes;
};

static uint64_t map_key(uint64_t i, unsigned kind)
{
	return kind == 0 ? i : kind == 1 ? i << 20 : i * 0x9e3779b97f4a7c15u;
}

static struct map_speed map_run(uint64_t n, unsigned kind)
{
	struct map *m = map_new(), *copy = map_new();
	struct map_speed s = { 0 };
	uint64_t v, k, sum = 0;
	size_t pos = 0;

	uint64_t t0 = clock_mono_us(&clock_real);
	for (uint64_t i = 1; i <= n; i++)
		map_set(m, map_key(i, kind), i);
	uint64_t t1 = clock_mono_us(&clock_real);
	for (uint64_t i = 1; i <= n; i++)
		sum += map_get(m, map_key(i, kind), &v) ? v : 0;
	uint64_t t2 = clock_mono_us(&clock_real);
	while (map_next(m, &pos, &k, &v))
		map_set(copy, k, v);
	uint64_t t3 = clock_mono_us(&clock_real);
	s.bytes = map_bytes(m);
	for (uint64_t i = 1; i <= n; i++)
		sum -= map_del(m, map_key(i, kind), &v) ? v : 0;
	uint64_t t4 = clock_mono_us(&clock_real);

	assert_int_equal(sum, 0);
	assert_int_equal(map_len(m), 0);
	assert_int_equal(map_len(copy), n);
	map_free(&m);
	map_free(&copy);
	s.insert_us = t1 - t0;
	s.get_us = t2 - t1;
	s.copy_us = t3 - t2;
	s.delete_us = t4 - t3;
	return s;
}

/* Keys in a row, keys as ids have them, and scattered ones. The bound is wide
 * (shared machine, sanitizers); a quadratic table would take minutes. */
static void map_is_fast(void **state UNUSED)
{
	static const char *const kinds[] = { "in a row", "ids", "scattered" };
	const uint64_t n = 1000000;

	for (unsigned kind = 0; kind < 3; kind++) {
		struct map_speed s = map_run(n, kind);
		print_message("map: %s: %llu keys: insert %llu ms, get %llu "
			      "ms, copy %llu ms, delete %llu ms, %zu MiB\n",
			      kinds[kind], (unsigned long long)n,
			      (unsigned long long)s.insert_us / 1000,
			      (unsigned long long)s.get_us / 1000,
			      (unsigned long long)s.copy_us / 1000,
			      (unsigned long long)s.delete_us / 1000,
			      s.bytes >> 20);
		assert_true(s.insert_us + s.get_us + s.copy_us <
			    3000000ul * slower());
	}
}

static void dict_as_model(void **state UNUSED)
{
	enum { KEYS = 300 };
	static int values[KEYS];
	bool there[KEYS] = { false };
	struct dict *d = dict_new();
	uint64_t seed = 362436069;
	size_t len = 0;

	for (int i = 0; i < 50000; i++) {
		uint64_t r = noise(&seed);
		size_t k = (size_t)(r % KEYS);
		char key[40];
		(void)snprintf(key, sizeof(key), "%.*s%zu", (int)(k % 20),
			       "....................", k);
		void *was = there[k] ? &values[k] : NULL;
		assert_ptr_equal(dict_get(d, str_of(key)), was);
		if ((r >> 40) % 3 == 0) {
			assert_ptr_equal(dict_del(d, str_of(key)), was);
			there[k] = false;
			len -= was != NULL ? 1 : 0;
		} else {
			assert_ptr_equal(dict_set(d, str_of(key), &values[k]),
					 was);
			there[k] = true;
			len += was != NULL ? 0 : 1;
		}
		assert_int_equal(dict_len(d), len);
	}

	size_t pos = 0, walked = 0;
	struct str key;
	void *value;
	while (dict_next(d, &pos, &key, &value)) {
		assert_true(there[(int *)value - values]);
		walked++;
	}
	assert_int_equal(walked, len);
	assert_null(dict_get(d, STR_NONE));
	assert_null(dict_set(d, STR_NONE, values));
	assert_ptr_equal(dict_get(d, STR_NONE), values);
	dict_free(&d);
	dict_free(&d);
}

struct job {
	uint64_t order;
	struct heap_node node;
};

static struct job *job_of(struct heap_node *n)
{
	return CONTAINER_OF(n, struct job, node);
}

static void heap_sorts(void **state UNUSED)
{
	enum { JOBS = 2000 };
	struct job *jobs = mem_array(JOBS, sizeof(jobs[0]));
	struct heap h;
	uint64_t seed = 521288629, order = 0;

	heap_init(&h);
	assert_null(heap_first(&h));
	for (size_t i = 0; i < JOBS; i++) {
		heap_node_init(&jobs[i].node);
		heap_remove(&h, &jobs[i].node); /* out: nothing happens */
	}
	/* Put, move and remove at random; few keys, so many are equal. */
	for (int i = 0; i < 20000; i++) {
		uint64_t r = noise(&seed);
		struct job *j = &jobs[r % JOBS];
		if ((r >> 40) % 4 == 0) {
			heap_remove(&h, &j->node);
			assert_false(heap_in(&j->node));
		} else {
			heap_put(&h, &j->node, (r >> 20) % 50);
			j->order = order++;
			assert_true(heap_in(&j->node));
		}
	}

	uint64_t last_key = 0, last_order = 0;
	size_t n = 0, len = h.len;
	for (struct heap_node *f; (f = heap_first(&h)) != NULL; n++) {
		assert_true(f->key >= last_key);
		if (f->key == last_key && n > 0)
			assert_true(job_of(f)->order > last_order);
		last_key = f->key;
		last_order = job_of(f)->order;
		heap_remove(&h, f);
	}
	assert_int_equal(n, len);
	assert_true(n > 1000);
	heap_done(&h);
	mem_free(jobs);
}

static void lists(void **state UNUSED)
{
	struct item {
		int v;
		struct list link;
	} items[5];
	struct list head;
	int sum = 0;

	list_init(&head);
	assert_true(list_empty(&head));
	for (int i = 0; i < 5; i++) {
		items[i].v = i;
		list_append(&head, &items[i].link);
	}
	LIST_EACH_SAFE (it, &head) {
		struct item *one = LIST_ITEM(it, struct item, link);
		sum = sum * 10 + one->v;
		if (one->v % 2 == 0)
			list_remove(it);
	}
	assert_int_equal(sum, 1234);
	list_remove(&items[0].link); /* twice is fine */
	list_prepend(&head, &items[4].link);
	sum = 0;
	LIST_EACH (it, &head)
		sum = sum * 10 + LIST_ITEM(it, struct item, link)->v;
	assert_int_equal(sum, 413);
}

static int no_leaks(void **state UNUSED)
{
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_as_model),
		cmocka_unit_test(map_pointers),
		cmocka_unit_test(map_keeps_room),
		cmocka_unit_test(map_is_fast),
		cmocka_unit_test(dict_as_model),
		cmocka_unit_test(heap_sorts),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, no_leaks);
}
