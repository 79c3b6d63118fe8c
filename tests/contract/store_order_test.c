/* What stands in one batch, against the same puts one by one: the writer may
 * sort, what is stored may not differ. */
#include "tests/contract/store_bed.h"

#include <stdlib.h>

#include "model/contact.h"

enum { PEOPLE = 6, PLACES = 8, PUTS = 300 };

static const char *under_test;
static const char *const places[PLACES] = { "+4420", "+4419", "+441", "lin",
					    "+4421", "ann",   "+861", "li" };

struct put {
	enum store_call call;
	unsigned id, place, n;
};

static void put(struct bed *b, const struct put *p)
{
	struct contact c = { .tenant = STR("a"),
			     .id = p->id,
			     .attrs = STR("{}"),
			     .updated_ms = p->n };
	struct cell cells[CONTACT_CELLS];

	contact_cells(&c, cells);
	switch (p->call) {
	case STORE_CONTACT_PUT:
		store_put(b->s, p->call, cells, CONTACT_CELLS);
		return;
	case STORE_ADDRESS_PUT:
		cells[1] = p->place % 2 == 0 ? CELL_Z("sms") : CELL_Z("mqtt");
		cells[2] = CELL_Z(places[p->place / 2 * 2]);
		cells[3] = CELL_I(p->id);
		cells[4] = CELL_I(p->n);
		store_put(b->s, p->call, cells, 5);
		return;
	default: /* of a contact */
		store_put(b->s, p->call, cells, 2);
		return;
	}
}

static struct put any(unsigned n)
{
	static const enum store_call calls[] = {
		STORE_CONTACT_PUT,  STORE_ADDRESS_PUT, STORE_ADDRESS_PUT,
		STORE_ADDRESS_PUT,  STORE_ADDRESS_PUT, STORE_ADDRESS_DROP,
		STORE_CONTACT_ERASE
	};
	struct put p = { calls[(unsigned)rand() % ARRAY_LEN(calls)],
			 1 + (unsigned)rand() % PEOPLE,
			 (unsigned)rand() % PLACES, n };

	/* runs of addresses, which is what may be sorted */
	if (p.call == STORE_ADDRESS_DROP && rand() % 4 != 0)
		p.call = STORE_ADDRESS_PUT;
	return p;
}

/* All of it as text; the store is empty again. */
static char *store_all(const struct put *all, bool together)
{
	struct bed b;

	bed_init(&b, under_test);
	bed_open(&b);
	for (unsigned i = 0; i < PUTS; i++) {
		put(&b, &all[i]);
		if (!together)
			assert_int_equal(bed_commit(&b), 0);
	}
	assert_int_equal(bed_commit(&b), 0);
	bed_reopen(&b);
	(void)bed_scan(&b, STORE_CONTACT_SCAN, NULL, 0);
	char *shown = str_z(buf_str(&b.shown));
	bed_done(&b);
	return shown;
}

static void one_batch_stores_what_its_puts_say_one_by_one(void **state UNUSED)
{
	struct put all[PUTS];

	for (unsigned seed = 1; seed <= 8; seed++) {
		srand(seed);
		for (unsigned i = 0; i < PUTS; i++)
			all[i] = any(i);
		char *one_by_one = store_all(all, false);
		char *together = store_all(all, true);
		assert_true(one_by_one[0] != '\0');
		assert_string_equal(together, one_by_one);
		mem_free(one_by_one);
		mem_free(together);
	}
}

/* Lengths and numbers about where their packing changes. */
static void what_is_packed_comes_out_as_it_was(void **state UNUSED)
{
	static const int64_t numbers[] = { 0,         1,         62,  63,
					   64,        127,       128, 300,
					   INT64_MAX, INT64_MIN, -1 };
	static char text[70000];
	static const size_t lens[] = { 0,   1,   62,    63,    64,
				       127, 128, 16384, 65535, sizeof(text) };
	struct bed b;

	bed_init(&b, under_test);
	bed_open(&b);
	memset(text, 'x', sizeof(text));
	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++)
		store_put(b.s, STORE_META_PUT,
			  BED_CELLS(CELL_Z("number"), CELL_I(numbers[i])));
	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++) {
		char want[32];

		store_put(b.s, STORE_META_PUT,
			  BED_CELLS(CELL_Z("number"), CELL_I(numbers[i])));
		assert_int_equal(bed_commit(&b), 0);
		snprintf(want, sizeof(want), "%lld;", (long long)numbers[i]);
		assert_string_equal(bed_get(&b, STORE_META_GET,
					    BED_CELLS(CELL_Z("number"))),
				    want);
	}
	b.raw = true;
	for (unsigned i = 0; i < ARRAY_LEN(lens); i++) {
		store_put(b.s, STORE_META_PUT,
			  BED_CELLS(CELL_Z("text"),
				    CELL_B(str_bytes(text, lens[i]))));
		store_put(b.s, STORE_META_PUT,
			  BED_CELLS(CELL_Z("none"), CELL_N));
		assert_int_equal(bed_commit(&b), 0);
		(void)bed_get(&b, STORE_META_GET, BED_CELLS(CELL_Z("text")));
		assert_int_equal(b.shown.len, lens[i] + 1);
		assert_memory_equal(b.shown.p, text, lens[i]);
	}
	assert_string_equal(bed_get(&b, STORE_META_GET,
				    BED_CELLS(CELL_Z("none"))),
			    "-;");
	bed_done(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_batch_stores_what_its_puts_say_one_by_one),
		cmocka_unit_test(what_is_packed_comes_out_as_it_was),
	};
	static const char *const urls[] = { "sqlite:t.db", "memory:t" };
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		under_test = urls[i];
		failed +=
			cmocka_run_group_tests_name(urls[i], tests, NULL, NULL);
	}
	return failed;
}
