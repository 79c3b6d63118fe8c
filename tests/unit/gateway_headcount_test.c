/* K-10, K-58: how many customers there are and how many may be advertised to.
 * What the store has of a month is what a count by hand finds on the day of
 * the last one. The day's clock is turned by hand. */
#include "gateway/headcount.h"

#include <stdio.h>
#include <string.h>

#include "model/measure.h"
#include "tests/lib/bed.h"

#define DAY (int64_t)86400000
#define OCTOBER 1792281600000 /* 2026-10-18 */

static const char config[] = "fake a { receipt_after = 1ms }\n";

struct census {
	struct bed *bed;
	struct headcount *headcount;
	struct clock_hand clock;
};

static void start(struct census *c)
{
	const struct headcount_env env = { .loop = c->bed->loop,
					   .clock = &c->clock.ops,
					   .gateway = c->bed->gateway,
					   .store = c->bed->store };

	headcount_open(&c->headcount, &env);
}

static void open_census(struct census *c, void **state)
{
	*c = (struct census){ .bed = *state };
	clock_hand_init(&c->clock, OCTOBER);
	bed_start(c->bed, config, true);
	start(c);
}

static void close_census(struct census *c)
{
	headcount_stop(c->headcount);
	bed_stop(c->bed);
	headcount_close(&c->headcount);
}

static void count(struct census *c)
{
	headcount_tick(c->headcount);
	TURN_UNTIL(c->bed, !headcount_busy(c->headcount));
	commit(c->bed);
}

/* ---- what the store says ------------------------------------------------------ */

struct had {
	char text[512]; /* "north/vip 2 1; " */
	bool done;
};

/* "branch/tier detail n sum" */

static bool show(void *owner, const struct row *row)
{
	struct had *h = owner;
	size_t at = strlen(h->text);

	if (row_i(row, 3) != 0 || row_i(row, 4) != 0)
		snprintf(h->text + at, sizeof(h->text) - at,
			 "%.*s/%.*s %.*s%s%lld %lld; ", STR_ARGS(row_s(row, 0)),
			 STR_ARGS(row_s(row, 1)), STR_ARGS(row_s(row, 2)),
			 row_s(row, 2).len > 0 ? " " : "",
			 (long long)row_i(row, 3), (long long)row_i(row, 4));
	return true;
}

static void on_done(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct had *)owner)->done = true;
}

static const char *measured(struct bed *b, const char *tenant,
			    const char *month, const char *name)
{
	static struct had h;
	const struct cell cells[] = { CELL_Z(tenant), CELL_Z(month),
				      CELL_Z(name) };

	h = (struct had){ .done = false };
	b->store->ops->get(b->store, STORE_MEASURE_OF, cells, ARRAY_LEN(cells),
			   show, on_done, &h);
	TURN_UNTIL(b, h.done);
	return h.text;
}

static const char *counted(struct bed *b, const char *tenant, const char *month)
{
	return measured(b, tenant, month, "contact.active");
}

static const char *lines(struct bed *b, const char *month)
{
	return measured(b, "DEMOTEL", month, "contact.line");
}

/* ---- people -------------------------------------------------------------------- */

static void person(struct bed *b, const char *tenant, const char *address,
		   const char *branch, const char *tier,
		   enum contact_state state)
{
	char second[32];

	snprintf(second, sizeof(second), "dev%s", address + 1);
	const struct contact_address v[] = { { STR("sms"), str_of(address) },
					     { STR("mqtt"), str_of(second) } };
	struct contact c = { .tenant = str_of(tenant),
			     .ref = str_of(address),
			     .tier = str_of(tier),
			     .branch = str_of(branch),
			     .state = state };
	struct err err = { "" };

	assert_int_equal(gateway_contact(b->gateway, &c, v, 2, &err), 0);
}

static void say(struct bed *b, const char *tenant, const char *address,
		enum consent_type type, const char *brand)
{
	struct consent_event e = { .tenant = str_of(tenant),
				   .address = str_of(address),
				   .brand = str_of(brand),
				   .purpose = STR("marketing"),
				   .type = type,
				   .source = STR("web") };
	struct err err = { "" };

	assert_int_equal(gateway_consent(b->gateway, &e, &err), 0);
}

#define A "+447700900001"
#define B "+447700900002"
#define C "+447700900003"
#define D "+447700900004"
#define E "+447700900005"
#define F "+447700900006"
#define G "+447700900007"

static void seven(struct bed *b)
{
	person(b, "DEMOTEL", A, "north", "vip", CONTACT_ACTIVE);
	say(b, "DEMOTEL", A, CONSENT_GRANT, "");
	person(b, "DEMOTEL", B, "north", "vip", CONTACT_ACTIVE);
	person(b, "DEMOTEL", C, "north", "", CONTACT_ACTIVE);
	say(b, "DEMOTEL", C, CONSENT_GRANT, "");
	say(b, "DEMOTEL", C, CONSENT_WITHDRAW, "");
	/* has left: no customer, whatever was agreed */
	person(b, "DEMOTEL", D, "south", "vip", CONTACT_LEFT);
	say(b, "DEMOTEL", D, CONSENT_GRANT, "");
	/* on the second address alone */
	person(b, "DEMOTEL", E, "south", "vip", CONTACT_ACTIVE);
	say(b, "DEMOTEL", "dev447700900005", CONSENT_GRANT, "");
	/* for one business line */
	person(b, "DEMOTEL", F, "south", "vip", CONTACT_ACTIVE);
	say(b, "DEMOTEL", F, CONSENT_GRANT, "shoes");
	/* agreed, and on a list that blocks */
	person(b, "DEMOTEL", G, "south", "vip", CONTACT_ACTIVE);
	say(b, "DEMOTEL", G, CONSENT_GRANT, "");
	say(b, "DEMOTEL", G, CONSENT_BLOCK, "");
	/* another tenant's, and of all: a number, not a customer */
	person(b, "OTHER", A, "north", "vip", CONTACT_ACTIVE);
	commit(b);
}

static void k58_customers_and_consents_by_hand(void **state)
{
	struct census c;

	open_census(&c, state);
	seven(c.bed);
	count(&c);
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-10"),
			    "north/ 1 0; north/vip 2 1; south/vip 3 2; ");
	assert_string_equal(counted(c.bed, "OTHER", "2026-10"),
			    "north/vip 1 0; ");
	/* for all tenants: what is refused there is no consent here */
	say(c.bed, "*", A, CONSENT_WITHDRAW, "");
	/* of another branch and tier: nothing stays where they were */
	person(c.bed, "DEMOTEL", C, "east", "new", CONTACT_ACTIVE);
	commit(c.bed);
	count(&c); /* the same day */
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-10"),
			    "north/ 1 0; north/vip 2 1; south/vip 3 2; ");
	clock_hand_jump(&c.clock, DAY);
	count(&c);
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-10"),
			    "east/new 1 0; north/vip 2 0; south/vip 3 2; ");
	close_census(&c);
}

/* Who agrees to all agrees to each, but to what they have refused. */
static void k58_by_business_line(void **state)
{
	struct census c;

	open_census(&c, state);
	person(c.bed, "DEMOTEL", A, "north", "", CONTACT_ACTIVE);
	say(c.bed, "DEMOTEL", A, CONSENT_GRANT, "");
	person(c.bed, "DEMOTEL", B, "north", "", CONTACT_ACTIVE);
	say(c.bed, "DEMOTEL", B, CONSENT_GRANT, "shoes");
	person(c.bed, "DEMOTEL", C, "south", "", CONTACT_ACTIVE);
	say(c.bed, "DEMOTEL", C, CONSENT_GRANT, "");
	say(c.bed, "DEMOTEL", C, CONSENT_WITHDRAW, "hats");
	person(c.bed, "DEMOTEL", D, "south", "", CONTACT_ACTIVE);
	person(c.bed, "DEMOTEL", E, "south", "", CONTACT_ACTIVE);
	say(c.bed, "DEMOTEL", "dev447700900005", CONSENT_GRANT, "hats");
	person(c.bed, "DEMOTEL", F, "south", "", CONTACT_LEFT);
	say(c.bed, "DEMOTEL", F, CONSENT_GRANT, "coats");
	commit(c.bed);
	count(&c);
	/* hats: A, E; shoes: A, B, C */
	assert_string_equal(lines(c.bed, "2026-10"),
			    "north/ hats 2 1; north/ shoes 2 2; "
			    "south/ hats 3 1; south/ shoes 3 1; ");
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-10"),
			    "north/ 2 2; south/ 3 1; ");
	/* another day, and nothing twice */
	say(c.bed, "DEMOTEL", B, CONSENT_WITHDRAW, "shoes");
	commit(c.bed);
	clock_hand_jump(&c.clock, DAY);
	count(&c);
	assert_string_equal(lines(c.bed, "2026-10"),
			    "north/ hats 2 1; north/ shoes 2 1; "
			    "south/ hats 3 1; south/ shoes 3 1; ");
	close_census(&c);
}

/* A month keeps what was counted last in it; the next begins anew. */
static void k10_the_last_count_of_a_month(void **state)
{
	struct census c;

	open_census(&c, state);
	seven(c.bed);
	count(&c);
	person(c.bed, "DEMOTEL", E, "south", "vip", CONTACT_LEFT);
	commit(c.bed);
	clock_hand_jump(&c.clock, 14 * DAY); /* the first of November */
	count(&c);
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-10"),
			    "north/ 1 0; north/vip 2 1; south/vip 3 2; ");
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-11"),
			    "north/ 1 0; north/vip 2 1; south/vip 2 1; ");
	/* after a start it counts once more, and nothing twice */
	close_census(&c);
	bed_start(c.bed, config, false);
	start(&c);
	count(&c);
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-11"),
			    "north/ 1 0; north/vip 2 1; south/vip 2 1; ");
	/* stopped in the middle: as if it had not begun */
	person(c.bed, "DEMOTEL", B, "north", "vip", CONTACT_LEFT);
	commit(c.bed);
	clock_hand_jump(&c.clock, DAY);
	headcount_tick(c.headcount);
	close_census(&c);
	bed_start(c.bed, config, false);
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-11"),
			    "north/ 1 0; north/vip 2 1; south/vip 2 1; ");
	start(&c);
	count(&c);
	assert_string_equal(counted(c.bed, "DEMOTEL", "2026-11"),
			    "north/ 1 0; north/vip 1 1; south/vip 2 1; ");
	close_census(&c);
}

/* ---- counted anew ---------------------------------------------------------------- */

enum { PEOPLE = 2300, DAYS = 3, CHANGES = 400 }; /* three pages */

static const char *const branches[] = { "", "east", "west" };
static const char *const tiers[] = { "new", "vip" };

struct known {
	bool active, granted;
	unsigned branch, tier;
};

static unsigned draw(unsigned below)
{
	static uint32_t x = 20261018;

	x = x * 1664525u + 1013904223u;
	return (x >> 16) % below;
}

static void change(struct bed *b, unsigned i, struct known *k)
{
	char address[32];

	snprintf(address, sizeof(address), "+99970%08u", i);
	k->active = draw(5) > 0;
	k->branch = draw(ARRAY_LEN(branches));
	k->tier = draw(ARRAY_LEN(tiers));
	person(b, "DEMOTEL", address, branches[k->branch], tiers[k->tier],
	       k->active ? CONTACT_ACTIVE : CONTACT_LEFT);
	if (draw(2) == 0)
		return;
	say(b, "DEMOTEL", address,
	    k->granted ? CONSENT_WITHDRAW : CONSENT_GRANT, "");
	k->granted = !k->granted;
}

static const char *count_anew(const struct known *v)
{
	static char out[512];
	unsigned n[ARRAY_LEN(branches)][ARRAY_LEN(tiers)][2] = { { { 0 } } };

	for (unsigned i = 0; i < PEOPLE; i++) {
		n[v[i].branch][v[i].tier][0] += v[i].active;
		n[v[i].branch][v[i].tier][1] += v[i].active && v[i].granted;
	}
	out[0] = '\0';
	for (unsigned i = 0; i < ARRAY_LEN(branches) * ARRAY_LEN(tiers); i++) {
		unsigned b = i / ARRAY_LEN(tiers), t = i % ARRAY_LEN(tiers);
		size_t at = strlen(out);

		snprintf(out + at, sizeof(out) - at, "%s/%s %u %u; ",
			 branches[b], tiers[t], n[b][t][0], n[b][t][1]);
	}
	return out;
}

static void k58_recount(void **state)
{
	static struct known v[PEOPLE];
	struct census c;

	memset(v, 0, sizeof(v));
	open_census(&c, state);
	for (unsigned i = 0; i < PEOPLE; i++)
		change(c.bed, i, &v[i]);
	for (unsigned day = 0; day < DAYS; day++) {
		commit(c.bed);
		count(&c);
		assert_string_equal(counted(c.bed, "DEMOTEL", "2026-10"),
				    count_anew(v));
		for (unsigned n = 0; n < CHANGES; n++) {
			unsigned i = draw(PEOPLE);

			change(c.bed, i, &v[i]);
		}
		clock_hand_jump(&c.clock, DAY);
	}
	close_census(&c);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	const struct CMUnitTest tests[] = {
		CASE(k58_customers_and_consents_by_hand),
		CASE(k58_by_business_line),
		CASE(k10_the_last_count_of_a_month),
		CASE(k58_recount),
	};

	return cmocka_run_group_tests_name("gateway_headcount", tests, NULL,
					   bed_no_blocks);
}
