/* Walks over the contacts of a segment: store, gate and pages together. */
#include "tests/lib/bed.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/segments.h"

#define ACME STR("DEMOTEL")

static uint64_t contact(struct bed *b, const char *ref, const char *tier,
			const char *number)
{
	const struct contact_address v = { STR("sms"), str_of(number) };
	struct contact c = { .tenant = ACME,
			     .ref = str_of(ref),
			     .tier = str_of(tier) };
	struct err err = { "" };

	if (gateway_contact(b->gateway, &c, &v, 1, &err) != 0)
		fail_msg("%s", err.text);
	return c.id;
}

/* What a whole walk found. */
struct found {
	unsigned pages, persons;
	uint64_t matched, seen, last_id;
	int rc;
	bool over;
	bool stop_at_first;
	struct segment_walk *walk;
	struct buf refs; /* in order, when few */
};

static void on_page(void *owner, int rc, const struct segment_page *page)
{
	struct found *f = owner;

	f->rc = rc;
	f->over = rc != 0 || page->last;
	if (rc != 0)
		return;
	f->pages++;
	f->matched += page->matched;
	f->seen += page->seen;
	f->last_id = page->last_id;
	for (size_t i = 0; i < page->n; i++, f->persons++)
		buf_f(&f->refs, "%.*s ", STR_ARGS(page->v[i]->contact.ref));
	if (f->stop_at_first) {
		f->over = true;
		segment_stop(&f->walk);
	} else if (!page->last) {
		segment_more(f->walk);
	}
}

static void walk(struct bed *b, const char *filter, uint64_t list, size_t keep,
		 struct found *f)
{
	struct segment_walk_cfg cfg = { .gateway = b->gateway,
					.clock = &clock_real,
					.tenant = ACME,
					.list = list,
					.keep = keep,
					.page = on_page,
					.owner = f };
	struct segment *s = NULL;
	struct err err = { "" };

	if (segment_compile(str_of(filter), &s, &err) != 0)
		fail_msg("%s", err.text);
	cfg.segment = s;
	buf_done(&f->refs);
	*f = (struct found){ .stop_at_first = f->stop_at_first };
	buf_init(&f->refs, BUF_NO_LIMIT);
	f->walk = segment_each(&cfg);
	segment_free(&s); /* the walk has its own */
	segment_more(f->walk);
	TURN_UNTIL(b, f->over);
	segment_stop(&f->walk);
}

static void asks_the_gate_for_consent(void **state)
{
	struct bed *b = *state;
	struct found f = { 0 };

	bed_start(b, "fake a { }", true);
	contact(b, "C1", "gold", "+447700900001");
	contact(b, "C2", "gold", "+447700900002");
	contact(b, "C3", "silver", "+447700900003");
	grant_marketing(b, STR("+447700900001"));
	grant_marketing(b, STR("+447700900003"));
	commit(b);
	walk(b, "tier = gold and consent(marketing) = granted", 0, SIZE_MAX,
	     &f);
	assert_string_equal(f.refs.p, "C1 ");
	assert_int_equal(f.matched, 1);
	assert_int_equal(f.seen, 3);
	walk(b, "consent(marketing) = granted", 0, 1, &f);
	assert_int_equal(f.persons, 1);
	assert_int_equal(f.matched, 2);
	walk(b, "consent(marketing) = unknown", 0, 9, &f);
	assert_string_equal(f.refs.p, "C2 ");
	walk(b, "consent(no-such) = granted", 0, 9, &f);
	assert_int_equal(f.matched, 0);
	buf_done(&f.refs);
	bed_stop(b);
}

static void walks_a_list(void **state)
{
	struct bed *b = *state;
	struct found f = { 0 };
	const uint64_t list = 77;

	bed_start(b, "fake a { }", true);
	uint64_t one = contact(b, "C1", "gold", "+447700900001");
	contact(b, "C2", "gold", "+447700900002");
	const struct cell segment[] = {
		CELL_T(ACME), CELL_I(list), CELL_Z("vip"), CELL_Z("static"),
		CELL_N,       CELL_N,       CELL_N,        CELL_N,
		CELL_I(1),    CELL_I(1),    CELL_Z("")
	};
	const struct cell member[] = { CELL_T(ACME), CELL_I(list), CELL_I(one),
				       CELL_I(1) };
	store_put(b->store, STORE_SEGMENT_PUT, segment, ARRAY_LEN(segment));
	store_put(b->store, STORE_MEMBER_PUT, member, ARRAY_LEN(member));
	commit(b);
	walk(b, "all", list, SIZE_MAX, &f);
	assert_string_equal(f.refs.p, "C1 ");
	assert_int_equal(f.seen, 1);
	walk(b, "tier = silver", list, SIZE_MAX, &f);
	assert_int_equal(f.matched, 0);
	walk(b, "in list \"vip\"", 0, SIZE_MAX, &f);
	assert_string_equal(f.refs.p, "C1 ");
	walk(b, "not in list \"vip\"", 0, SIZE_MAX, &f);
	assert_string_equal(f.refs.p, "C2 ");
	buf_done(&f.refs);
	bed_stop(b);
}

static void pages_skip_nobody(void **state)
{
	struct bed *b = *state;
	struct found f = { 0 };
	const unsigned all = 2 * SEGMENT_PAGE + 1;
	char ref[16], number[20];

	bed_start(b, "fake a { }", true);
	for (unsigned i = 0; i < all; i++) {
		(void)snprintf(ref, sizeof(ref), "C%u", i);
		(void)snprintf(number, sizeof(number), "+99900%06u", i);
		contact(b, ref, i % 3 == 0 ? "gold" : "new", number);
	}
	commit(b);
	walk(b, "all", 0, 0, &f);
	assert_int_equal(f.pages, 3);
	assert_int_equal(f.seen, all);
	assert_int_equal(f.matched, all);
	assert_int_equal(f.persons, 0);
	walk(b, "tier = gold", 0, SIZE_MAX, &f);
	assert_int_equal(f.persons, (all + 2) / 3);
	assert_int_equal(f.matched, f.persons);
	walk(b, "tier = gold", 0, 10, &f);
	assert_int_equal(f.persons, 10);
	assert_int_equal(f.matched, (all + 2) / 3);
	f.stop_at_first = true;
	walk(b, "all", 0, SIZE_MAX, &f);
	assert_int_equal(f.persons, SEGMENT_PAGE);
	buf_done(&f.refs);
	bed_stop(b);
}

/* A walk that is stopped while it reads leaves nothing behind. */
static void stops_while_reading(void **state)
{
	struct bed *b = *state;
	struct segment *s = NULL;
	struct found f = { 0 };
	struct err err = { "" };

	bed_start(b, "fake a { }", true);
	contact(b, "C1", "gold", "+447700900001");
	commit(b);
	assert_int_equal(segment_compile(STR("all"), &s, &err), 0);
	const struct segment_walk_cfg cfg = { .gateway = b->gateway,
					      .clock = &clock_real,
					      .tenant = ACME,
					      .segment = s,
					      .keep = 1,
					      .page = on_page,
					      .owner = &f };
	struct segment_walk *w = segment_each(&cfg);
	segment_free(&s);
	segment_more(w);
	segment_stop(&w);
	commit(b);
	assert_int_equal(f.pages, 0);
	bed_stop(b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
	const struct CMUnitTest tests[] = {
		CASE(asks_the_gate_for_consent),
		CASE(walks_a_list),
		CASE(pages_skip_nobody),
		CASE(stops_while_reading),
	};

	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
