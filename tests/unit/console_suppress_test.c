/* Suspected opt-outs decided by people, and suppression lists from files, over
 * HTTP. */
#include "tests/unit/console_bed.h"

#define TO "+447700900001"
#define OTHER "+447700900002"

static void grant(struct bed *b, const char *to)
{
	char body[160];

	snprintf(body, sizeof(body),
		 "{\"address\":\"%s\",\"type\":\"grant\",\"source\":\"web\"}",
		 to);
	assert_int_equal(bed_post(b, "/v1/consents", body), 201);
}

static const char *why(struct bed *b, const char *class_name, const char *to)
{
	char body[160];

	snprintf(body, sizeof(body),
		 "{\"to\":\"%s\",\"text\":\"x\",\"class\":\"%s\"}", to,
		 class_name);
	assert_int_equal(bed_post(b, "/v1/messages/check", body), 200);
	return bed_word(b, "reason");
}

/* ---- suspected opt-outs ------------------------------------------------------- */

static void on_heard(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	*(bool *)owner = true;
}

static void hear(struct bed *b, const char *text)
{
	struct inbound in = { .tenant = STR("acme"),
			      .from = STR(TO),
			      .to = STR("12345"),
			      .text = str_of(text),
			      .channel = STR("sms"),
			      .at_ms = clock_wall_ms(&clock_real) };
	bool heard = false;

	gateway_hear(b->gateway, &in, on_heard, &heard);
	TURN_UNTIL(b, heard);
}

#define SUSPICIOUS "do I really have to cancel all this spam?"

static void a_person_clears_a_suspicion(void **state)
{
	struct bed *b = *state;

	grant(b, TO);
	hear(b, SUSPICIOUS);
	assert_string_equal(why(b, "marketing", TO), "suspected_opt_out");
	assert_int_equal(bed_get(b, "/v1/suspects"), 200);
	assert_int_equal(bed_count(b, "suspects"), 1);
	assert_string_equal(bed_word(b, "suspects.0.address"), TO);
	assert_string_equal(bed_word(b, "suspects.0.overdue"), "false");
	assert_string_not_equal(bed_word(b, "suspects.0.inbound"), "");
	/* it is still there after a start, and held */
	bed_stop(b);
	bed_start(b, false);
	assert_string_equal(why(b, "marketing", TO), "suspected_opt_out");
	assert_int_equal(bed_post(b, "/v1/suspects/%2B447700900001",
				  "{\"decision\":\"clear\",\"reason\":"
				  "\"asked about the bill\"}"),
			 200);
	assert_string_equal(why(b, "marketing", TO), "");
	assert_int_equal(bed_get(b, "/v1/suspects"), 200);
	assert_int_equal(bed_count(b, "suspects"), 0);
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	assert_true(bed_says(b, "suspect.settle"));
	assert_true(bed_says(b, "asked about the bill"));
}

static void a_person_confirms_a_suspicion(void **state)
{
	struct bed *b = *state;

	grant(b, TO);
	hear(b, SUSPICIOUS);
	assert_int_equal(bed_post(b, "/v1/suspects/%2B447700900001",
				  "{\"decision\":\"opt_out\",\"reason\":"
				  "\"plain enough\"}"),
			 200);
	assert_string_equal(why(b, "marketing", TO), "withdrawn");
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001/evidence"),
			 200);
	assert_string_equal(bed_word(b, "events.1.type"), "withdraw");
	assert_string_equal(bed_word(b, "events.1.actor"), "admin");
	assert_string_equal(bed_word(b, "events.1.evidence"), "plain enough");
	/* there is nothing left to decide */
	assert_int_equal(bed_post(b, "/v1/suspects/%2B447700900001",
				  "{\"decision\":\"clear\",\"reason\":\"x\"}"),
			 404);
}

static void decisions_have_a_reason(void **state)
{
	struct bed *b = *state;
	static const char *const rows[] = {
		"{\"decision\":\"clear\"}",
		"{\"decision\":\"clear\",\"reason\":\" \"}",
		"{\"decision\":\"maybe\",\"reason\":\"x\"}",
		"{\"reason\":\"x\"}",
	};

	hear(b, SUSPICIOUS);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(bed_post(b, "/v1/suspects/%2B447700900001",
					  rows[i]),
				 400);
	assert_int_equal(bed_get(b, "/v1/suspects"), 200);
	assert_int_equal(bed_count(b, "suspects"), 1);
}

/* ---- lists --------------------------------------------------------------------- */

static int put(struct bed *b, const char *query, const char *csv)
{
	char path[200];

	snprintf(path, sizeof(path), "/v1/suppressions?%s", query);
	return bed_ask_type(b, "POST", path, "text/csv", str_of(csv));
}

static void a_list_stops_everything_but_alerts(void **state)
{
	struct bed *b = *state;

	grant(b, TO);
	assert_int_equal(put(b, "list=vip&source=letter%2017",
			     "phone,note\n" TO ",x\nnobody,y\n" OTHER "\n"),
			 200);
	assert_string_equal(bed_word(b, "list"), "list:vip");
	assert_string_equal(bed_word(b, "rows"), "3");
	assert_string_equal(bed_word(b, "added"), "2");
	assert_string_equal(bed_word(b, "failed_rows"), "1");
	assert_string_equal(why(b, "marketing", TO), "blocklist");
	assert_string_equal(why(b, "service", TO), "blocklist");
	assert_int_equal(bed_get(b, "/v1/suppressions"), 200);
	assert_string_equal(bed_word(b, "lists.0.addresses"), "2");
	/* the same file again says nothing new */
	assert_int_equal(put(b, "list=vip&source=letter%2017",
			     "phone\n" TO "\n"),
			 200);
	assert_string_equal(bed_word(b, "unchanged"), "1");
	assert_string_equal(bed_word(b, "added"), "0");
	bed_stop(b);
	bed_start(b, false);
	assert_string_equal(why(b, "service", TO), "blocklist");
	assert_int_equal(put(b, "list=vip&source=x&action=remove",
			     "phone\n" TO "\n" OTHER "\n"),
			 200);
	assert_string_equal(bed_word(b, "removed"), "2");
	assert_string_equal(why(b, "marketing", TO), "");
}

/* Of a registry only promotion is kept away; source, date and end stand in the
 * ledger. */
static void a_registry_stops_promotion(void **state)
{
	struct bed *b = *state;

	grant(b, TO);
	assert_int_equal(put(b,
			     "list=TPS&kind=registry&source=tpsonline&as_of="
			     "2026-11-01&until=2099-12-31",
			     "phone,until\n" TO ",\n" OTHER ",2099-01-01\n"),
			 200);
	assert_string_equal(bed_word(b, "added"), "2");
	assert_string_equal(why(b, "marketing", TO), "dnd_registry");
	assert_string_equal(why(b, "service", TO), "");
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001/evidence"),
			 200);
	assert_string_equal(bed_word(b, "events.1.type"), "block");
	assert_string_equal(bed_word(b, "events.1.source"), "registry:TPS");
	assert_string_equal(bed_word(b, "events.1.evidence"),
			    "tpsonline; as of 2026-11-01");
	assert_string_equal(bed_word(b, "events.1.expires"),
			    "2099-12-31T23:59:59.999Z");
	/* a later end is taken, an earlier one is none */
	assert_int_equal(put(b, "list=TPS&kind=registry&source=s",
			     "phone,until\n" TO ",2098-01-01\n" OTHER
			     ",2099-02-01\n"),
			 200);
	assert_string_equal(bed_word(b, "unchanged"), "1");
	assert_string_equal(bed_word(b, "added"), "1");
	assert_int_equal(bed_get(b, "/v1/consents/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
}

static void bad_lists_are_refused(void **state)
{
	struct bed *b = *state;
	static const char *const rows[] = {
		"source=x",
		"list=a%20b&source=x",
		"list=a",
		"list=a&source=x&kind=other",
		"list=a&source=x&until=soon",
		"list=a&source=x&until=2020-01-01",
		"list=a&source=x&as_of=yesterday",
		"list=a&source=x&action=drop",
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(put(b, rows[i], "phone\n" TO "\n"), 400);
	assert_int_equal(put(b, "list=a&source=x", "name\nx\n"), 400);
	assert_string_equal(bed_word(b, "error.code"), "bad_header");
	assert_int_equal(put(b, "list=a&source=x", ""), 400);
	assert_int_equal(put(b, "list=a&source=x",
			     "phone,until\n" TO ",2020-01-01\n" TO ",x\n\n"),
			 200);
	assert_string_equal(bed_word(b, "added"), "0");
	assert_true(bed_says(b, "over already"));
}

static void lists_come_in_pieces(void **state)
{
	struct bed *b = *state;
	struct buf csv = { 0 };

	buf_init(&csv, 1 << 20);
	buf_z(&csv, "phone\n");
	for (int i = 0; i < 5000; i++)
		buf_f(&csv, "+4477009%05d\n", i);
	assert_int_equal(put(b, "list=big&source=x", csv.p), 200);
	assert_string_equal(bed_word(b, "added"), "5000");
	buf_done(&csv);
}

/* ---- requests and codes ------------------------------------------------------------ */

static void a_request_is_asked_and_confirmed(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":\"request\""
				  ",\"source\":\"web\",\"ask\":true}"),
			 201);
	assert_string_not_equal(bed_word(b, "message"), "");
	assert_string_not_equal(bed_word(b, "expires"), "");
	assert_string_equal(why(b, "marketing", TO), "doi_pending");
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":\"request\""
				  ",\"source\":\"web\",\"ask\":true}"),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "out_of_order");
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":\"confirm\""
				  ",\"source\":\"web\",\"code\":\"12\"}"),
			 400);
	assert_string_equal(bed_word(b, "error.code"), "bad_code");
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":\"grant\""
				  ",\"source\":\"web\",\"ask\":true}"),
			 400);
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":\"confirm\""
				  ",\"source\":\"web\"}"),
			 201);
	assert_string_equal(why(b, "marketing", TO), "");
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":\"confirm\""
				  ",\"source\":\"web\"}"),
			 409);
}

/* ---- 0000 for people who are asked (R-12, R-13) ------------------------------------- */

static void grant_under(struct bed *b, const char *tenant)
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/consents?tenant=%s", tenant);
	assert_int_equal(bed_post(b, path,
				  "{\"address\":\"" TO "\",\"type\":"
				  "\"grant\",\"source\":\"web\"}"),
			 201);
}

#define NUMBER "/v1/numbers/%2B447700900001"

static void r13_all_of_a_number_over_every_tenant(void **state)
{
	struct bed *b = *state;
	char body[160];

	grant_under(b, "acme");
	grant_under(b, "other");
	grant_under(b, "third");
	assert_int_equal(bed_get(b, NUMBER "/subscriptions"), 200);
	assert_int_equal(bed_count(b, "subscriptions"), 3);
	assert_string_equal(bed_word(b, "subscriptions.1.tenant"), "other");
	snprintf(body, sizeof(body), "{\"id\":\"%s\",\"reason\":\"called\"}",
		 bed_word(b, "subscriptions.1.id"));
	assert_int_equal(bed_post(b, NUMBER "/unsubscribe", body), 200);
	assert_string_equal(bed_word(b, "ended"), "1");
	assert_int_equal(bed_post(b, NUMBER "/unsubscribe", body), 404);
	/* it stands in that tenant's ledger */
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001/evidence"
				    "?tenant=other"),
			 200);
	assert_string_equal(bed_word(b, "events.1.type"), "withdraw");
	assert_string_equal(bed_word(b, "events.1.evidence"), "called");
	assert_int_equal(bed_post(b, NUMBER "/unsubscribe",
				  "{\"all\":true,\"reason\":\"letter\"}"),
			 200);
	assert_string_equal(bed_word(b, "ended"), "2");
	assert_int_equal(bed_get(b, NUMBER "/subscriptions"), 200);
	assert_int_equal(bed_count(b, "subscriptions"), 0);
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	assert_true(bed_says(b, "subscriptions.end"));
	assert_int_equal(bed_post(b, NUMBER "/unsubscribe",
				  "{\"reason\":\"x\"}"),
			 400);
	assert_int_equal(bed_post(b, NUMBER "/unsubscribe", "{\"all\":true}"),
			 400);
}

/* Who works for one tenant sees no other's. */
static void r13_one_tenants_key_sees_its_own(void **state)
{
	struct bed *b = *state;
	static char key[64];

	grant_under(b, "acme");
	grant_under(b, "other");
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"x\",\"role\":\"admin\","
				  "\"tenant\":\"other\"}"),
			 201);
	must(str_copy(key, sizeof(key), str_of(bed_word(b, "key"))) == 0);
	b->key = key;
	assert_int_equal(bed_get(b, NUMBER "/subscriptions"), 200);
	assert_int_equal(bed_count(b, "subscriptions"), 1);
	assert_int_equal(bed_post(b, NUMBER "/unsubscribe",
				  "{\"all\":true,\"reason\":\"x\"}"),
			 200);
	assert_string_equal(bed_word(b, "ended"), "1");
	b->key = ADMIN;
	assert_int_equal(bed_get(b, NUMBER "/subscriptions"), 200);
	assert_int_equal(bed_count(b, "subscriptions"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_person_clears_a_suspicion),
		T(a_person_confirms_a_suspicion),
		T(decisions_have_a_reason),
		T(a_list_stops_everything_but_alerts),
		T(a_registry_stops_promotion),
		T(bad_lists_are_refused),
		T(lists_come_in_pieces),
		T(a_request_is_asked_and_confirmed),
		T(r13_all_of_a_number_over_every_tenant),
		T(r13_one_tenants_key_sees_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
