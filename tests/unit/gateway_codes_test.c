/* Codes of threads behind a short code: which a thread gets, who gives way,
 * what goes out, whose reply it is, and that the store knows the same. */
#include "gateway/codes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "gateway/gateway.h"

#define SHI STR("+447700900001")
#define LIN STR("+447700900002")
#define TENANT STR("DEMOTEL")

enum { ROWS_MAX = 64 };

/* The table reply_code, as the store would have it. */
static struct kept {
	char address[ADDRESS_MAX], tenant[64], thread[64];
	int64_t number, at_ms;
} rows[ROWS_MAX];
static unsigned nrows;

static struct clock_hand clock_hand;
static struct gateway_cfg cfg;
static struct store store;
static struct core core;
static struct codes *codes;
static struct lane lane;
static char source[] = "10690001";

static void put_row(const struct cell *c)
{
	struct kept *k = &rows[nrows++];

	must(nrows <= ROWS_MAX);
	assert_int_equal(str_copy(k->address, sizeof(k->address), c[0].s), 0);
	k->number = c[1].i;
	assert_int_equal(str_copy(k->tenant, sizeof(k->tenant), c[2].s), 0);
	assert_int_equal(str_copy(k->thread, sizeof(k->thread), c[3].s), 0);
	k->at_ms = c[4].i;
}

/* PUT takes the place of a row with that key, as the statement does. */
static void store_takes(struct store *s, enum store_call call,
			const struct cell *c, unsigned n)
{
	unsigned i = 0;

	assert_ptr_equal(s, &store);
	assert_int_equal(n, call == STORE_REPLY_CODE_PUT ? 5 : 2);
	while (i < nrows &&
	       (!str_eqz(c[0].s, rows[i].address) || c[1].i != rows[i].number))
		i++;
	if (i < nrows)
		rows[i] = rows[--nrows];
	if (call == STORE_REPLY_CODE_PUT)
		put_row(c);
	else
		assert_int_equal(call, STORE_REPLY_CODE_DROP);
}

static const struct store_ops store_ops = { .put = store_takes };

static int begin(void **state)
{
	(void)state;
	clock_hand_init(&clock_hand, 1795000000000);
	cfg = (struct gateway_cfg){ .reply_codes = 3,
				    .reply_codes_max = 5,
				    .reply_keep = 60000 };
	store.ops = &store_ops;
	core = (struct core){ .clock = &clock_hand.ops,
			      .store = &store,
			      .cfg = &cfg };
	lane = (struct lane){ .source = source, .reply_digits = 2 };
	nrows = 0;
	codes = codes_new(&core);
	return 0;
}

static int end(void **state)
{
	(void)state;
	codes_free(&codes);
	assert_null(codes);
	codes_free(&codes);
	return mem_live_blocks() == 0 ? 0 : -1;
}

static struct message of_thread(struct str to, const char *thread)
{
	return (struct message){ .tenant = TENANT,
				 .to = to,
				 .thread = str_of(thread) };
}

/* A millisecond later than the last. */
static void give(struct str to, const char *thread)
{
	struct message m = of_thread(to, thread);

	clock_hand_turn(&clock_hand, 1);
	codes_give(codes, &m);
}

static void leaves_as(struct str to, const char *thread, const char *sender)
{
	struct message m = of_thread(to, thread);
	char out[ADDRESS_MAX];

	assert_true(str_eqz(codes_sender(codes, &lane, &m, out), sender));
}

/* NULL: names none. */
static void reads_as(struct str from, const char *to, const char *thread)
{
	struct inbound in = { .from = from, .to = str_of(to) };
	struct str base = STR("untouched");
	bool read = codes_read(codes, &lane, &in, &base);

	assert_int_equal(read, thread != NULL);
	assert_true(str_eqz(base, read ? "10690001" : "untouched"));
	assert_true(str_eqz(in.thread, thread == NULL ? "" : thread));
	assert_true(str_eq(in.tenant, read ? TENANT : STR_NONE));
}

static bool is_stored(const char *thread, int64_t number)
{
	for (unsigned i = 0; i < nrows; i++)
		if (str_eqz(str_of(rows[i].thread), thread))
			return rows[i].number == number &&
			       rows[i].at_ms == core_wall_ms(&core);
	return false;
}

/* ---- giving --------------------------------------------------------------- */

static void lowest_free_number(void **state)
{
	(void)state;
	give(SHI, "ticket");
	assert_true(is_stored("ticket", 1));
	give(SHI, "bill");
	assert_true(is_stored("bill", 2));
	/* a person's numbers are that person's */
	give(LIN, "other");
	assert_true(is_stored("other", 1));
	/* known already: the same, and young again */
	give(SHI, "ticket");
	assert_true(is_stored("ticket", 1));
	assert_int_equal(nrows, 3);
	/* threads of two tenants are two, of whatever name */
	struct message m = of_thread(SHI, "ticket");
	m.tenant = STR("OTHER");
	codes_give(codes, &m);
	assert_int_equal(nrows, 4);
}

static void oldest_of_the_person_gives_way(void **state)
{
	(void)state;
	give(SHI, "a");
	give(SHI, "b");
	give(SHI, "c");
	give(SHI, "a"); /* b is the quiet one now */
	give(SHI, "d");
	assert_true(is_stored("d", 2));
	assert_int_equal(nrows, 3);
	leaves_as(SHI, "b", "");
	leaves_as(SHI, "d", "1069000102");
	reads_as(SHI, "1069000102", "d");
}

static void oldest_of_all_gives_way(void **state)
{
	static const char *const people[] = {
		"+447700900010", "+447700900011", "+447700900012",
		"+447700900013", "+447700900014",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		give(str_of(people[i]), "t");
	give(SHI, "t");
	assert_int_equal(nrows, 5);
	leaves_as(str_of(people[0]), "t", "");
	leaves_as(str_of(people[1]), "t", "1069000101");
	leaves_as(SHI, "t", "1069000101");
}

/* ---- on the wire ---------------------------------------------------------- */

static void senders(void **state)
{
	static const struct {
		const char *from, *thread;
		unsigned digits;
		const char *sender;
	} cases[] = {
		{ "", "ticket", 2, "1069000101" },
		{ "", "ticket", 4, "106900010001" },
		{ "10690001", "ticket", 2, "1069000101" },
		/* its own sender; a link that gives no digits; no code */
		{ "SHOP", "ticket", 2, "SHOP" },
		{ "", "ticket", 0, "" },
		{ "10690001", "ticket", 0, "10690001" },
		{ "", "", 2, "" },
		{ "", "nosuch", 2, "" },
	};

	(void)state;
	give(SHI, "ticket");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct message m = of_thread(SHI, cases[i].thread);
		char out[ADDRESS_MAX];

		m.from = str_of(cases[i].from);
		lane.reply_digits = cases[i].digits;
		assert_true(str_eqz(codes_sender(codes, &lane, &m, out),
				    cases[i].sender));
	}
}

/* Ten threads do not fit behind one digit. */
static void number_too_long_for_the_lane(void **state)
{
	char thread[16];

	(void)state;
	cfg.reply_codes = 20;
	cfg.reply_codes_max = 20;
	lane.reply_digits = 1;
	for (unsigned i = 1; i <= 10; i++) {
		(void)snprintf(thread, sizeof(thread), "t%u", i);
		give(SHI, thread);
	}
	leaves_as(SHI, "t9", "106900019");
	leaves_as(SHI, "t10", "");
	reads_as(SHI, "106900019", "t9");
}

static void replies(void **state)
{
	static const struct {
		const char *to, *thread;
	} cases[] = {
		{ "1069000101", "ticket" },
		{ "+1069000101", "ticket" },
		{ "1069000102", NULL },
		{ "10690001", NULL },
		{ "106900010", NULL },
		{ "10690001001", NULL },
		{ "1069000100", NULL },
		{ "10690001x1", NULL },
		{ "10690001-1", NULL },
		{ "1069000201", NULL },
		{ "", NULL },
		{ "+", NULL },
	};

	(void)state;
	give(SHI, "ticket");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		reads_as(SHI, cases[i].to, cases[i].thread);
	/* somebody else has no such code; nor has the link any digits */
	reads_as(LIN, "1069000101", NULL);
	lane.reply_digits = 0;
	reads_as(SHI, "1069000101", NULL);
}

/* What a link's tenant is, its replies are. */
static void replies_of_a_tenant(void **state)
{
	struct inbound in = { .from = SHI,
			      .to = STR("1069000101"),
			      .tenant = STR("OTHER") };
	struct str base;

	(void)state;
	give(SHI, "ticket");
	assert_false(codes_read(codes, &lane, &in, &base));
	assert_int_equal(in.thread.len, 0);
	in.tenant = TENANT;
	assert_true(codes_read(codes, &lane, &in, &base));
}

/* ---- over time ------------------------------------------------------------ */

static void recovered_as_stored(void **state)
{
	(void)state;
	give(SHI, "a");
	give(SHI, "b");
	give(LIN, "c");
	codes_free(&codes);
	codes = codes_new(&core);
	for (unsigned i = 0; i < 2 * nrows; i++) { /* twice: harmless */
		const struct kept *k = &rows[i % nrows];
		const struct row row = {
			5,
			{ CELL_T(str_of(k->address)), CELL_I(k->number),
			  CELL_T(str_of(k->tenant)), CELL_T(str_of(k->thread)),
			  CELL_I(k->at_ms) }
		};

		codes_recover(codes, &row);
	}
	leaves_as(SHI, "a", "1069000101");
	leaves_as(SHI, "b", "1069000102");
	reads_as(LIN, "1069000101", "c");
	give(SHI, "d");
	assert_true(is_stored("d", 3));
}

static void forgotten_when_quiet(void **state)
{
	(void)state;
	give(SHI, "a");
	clock_hand_turn(&clock_hand, 30000);
	give(SHI, "b");
	clock_hand_turn(&clock_hand, 29998);
	codes_tick(codes);
	assert_int_equal(nrows, 2);
	clock_hand_turn(&clock_hand, 1);
	codes_tick(codes);
	assert_int_equal(nrows, 1);
	reads_as(SHI, "1069000101", NULL);
	reads_as(SHI, "1069000102", "b");
	clock_hand_turn(&clock_hand, 60000);
	codes_tick(codes);
	assert_int_equal(nrows, 0);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(lowest_free_number),
		TEST(oldest_of_the_person_gives_way),
		TEST(oldest_of_all_gives_way),
		TEST(senders),
		TEST(number_too_long_for_the_lane),
		TEST(replies),
		TEST(replies_of_a_tenant),
		TEST(recovered_as_stored),
		TEST(forgotten_when_quiet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
