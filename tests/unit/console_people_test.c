/* Contacts, CSV imports, the consent ledger and its evidence, over HTTP. */
#include "tests/unit/console_bed.h"

#include "console/import.h"

#define TO "+447700900001"

static int import(struct bed *b, const char *path, const char *csv)
{
	return bed_ask_type(b, "POST", path, "text/csv", str_of(csv));
}

/* ---- rows, without a node ----------------------------------------------------*/

static const struct {
	const char *consent, *source, *wording;
	bool consents;
	enum consent_type type;
	bool until;
	const char *doubt; /* part of the sentence; "" none */
} consents[] = {
	{ "", "", "", false, 0, false, "" },
	{ "unknown", "", "", false, 0, false, "" },
	{ "granted", "paper", "w1", true, CONSENT_GRANT, false, "" },
	{ "Granted", "web", "w1", true, CONSENT_GRANT, false, "" },
	{ "granted until 2026-12-31", "web", "w1", true, CONSENT_GRANT, true,
	  "" },
	{ "granted until 2026-12-31T10:00:00Z", "web", "w1", true,
	  CONSENT_GRANT, true, "" },
	{ "granted until soon", "web", "w1", false, 0, false,
	  "not 'granted until soon'" },
	{ "granted", "", "w1", false, 0, false, "names its source" },
	{ "granted", "web", "", false, 0, false, "wording" },
	{ "granted", "tnc_bundled", "w1", false, 0, false, "bundled" },
	{ "withdrawn", "", "", true, CONSENT_WITHDRAW, false, "" },
	{ "yes", "web", "w1", false, 0, false, "not 'yes'" },
};

static void reads_what_a_row_says_of_consent(void **state)
{
	const struct str names[] = { STR("phone"), STR("Consent"),
				     STR("source"), STR("wording") };
	struct import_head head;
	struct import_row row = { 0 };
	struct err err = { "" };

	(void)state;
	assert_int_equal(import_head_read(names, 4, STR_NONE, &head, &err), 0);
	for (unsigned i = 0; i < ARRAY_LEN(consents); i++) {
		const struct str cells[] = { STR("07700 900001"),
					     str_of(consents[i].consent),
					     str_of(consents[i].source),
					     str_of(consents[i].wording) };
		assert_int_equal(import_row_read(&head, cells, 4, "44", &row,
						 &err),
				 0);
		assert_int_equal(row.consents, consents[i].consents);
		if (row.consents) {
			assert_int_equal(row.type, consents[i].type);
			assert_int_equal(row.expires_ms != 0,
					 consents[i].until);
			assert_string_equal(row.doubt.text, "");
		} else if (strstr(row.doubt.text, consents[i].doubt) == NULL) {
			fail_msg("row %u: %s", i, row.doubt.text);
		}
		assert_true(str_eqz(row.v[0].address, TO));
		assert_true(str_eqz(row.purpose, "marketing"));
	}
	import_row_done(&row);
	import_head_done(&head);
}

static void refuses_heads(void **state)
{
	static const struct {
		struct str names[3];
		unsigned n;
		const char *map, *why;
	} heads[] = {
		{ { STR("ref"), STR("name") }, 2, "", "'phone', 'mqtt'" },
		{ { STR("phone"), STR("PHONE") }, 2, "", "twice" },
		{ { STR("phone"), STR("x"), STR("x") }, 3, "", "twice" },
		{ { STR("phone"), STR("") }, 2, "", "empty" },
		{ { STR("phone") }, 1, "Mobil:phone", "no such column" },
		{ { STR("phone"), STR("a") }, 2, "a:b", "attr.b" },
		{ { STR("phone"), STR("a") }, 2, "a", "the map is like" },
		{ { STR("phone"), STR("a") }, 2, "phone:-", "'phone', 'mqtt'" },
		{ { STR("phone"), STR("a") }, 2, "a:phone", "twice" },
	};
	struct import_head head;
	struct err err = { "" };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(heads); i++) {
		assert_int_equal(import_head_read(heads[i].names, heads[i].n,
						  str_of(heads[i].map), &head,
						  &err),
				 -EINVAL);
		assert_non_null(strstr(err.text, heads[i].why));
		import_head_done(&head);
	}
}

/* ---- contacts ------------------------------------------------------------------*/

static void contacts_live(void **state)
{
	struct bed *b = *state;
	char id[64], path[128];

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"C1\",\"name\":\"Lin\",\"phone\":"
				  "\"07700 900001\",\"mqtt\":\"lin\",\"tz\":"
				  "\"Europe/London\",\"attrs\":{\"a\":1}}"),
			 201);
	snprintf(id, sizeof(id), "%s", bed_word(b, "id"));
	snprintf(path, sizeof(path), "/v1/contacts/%s", id);
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_count(b, "addresses"), 2);
	assert_true(bed_says(b, "{\"channel\":\"sms\",\"address\":\"" TO));
	assert_string_equal(bed_word(b, "attrs.a"), "1");
	char match[128];
	snprintf(match, sizeof(match), "If-Match: %.*s\r\n",
		 STR_ARGS(bed_header(b, "ETag")));
	b->extra = "If-Match: \"1\"\r\n";
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"tier\":\"vip\"}"), 409);
	assert_string_equal(bed_word(b, "error.code"), "changed");
	assert_string_equal(bed_word(b, "now.id"), id);
	b->extra = match;
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"tier\":\"vip\"}"), 200);
	b->extra = NULL;
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "tier"), "vip");
	assert_string_equal(bed_word(b, "name"), "Lin");
	assert_int_equal(bed_count(b, "addresses"), 2);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"tz\":\"No/Where\"}"),
			 400);
	assert_int_equal(bed_get(b, "/v1/contacts?ref=C1"), 200);
	assert_string_equal(bed_word(b, "contacts.0.id"), id);
	assert_int_equal(bed_get(b, "/v1/contacts?address=%2B447700900001"),
			 200);
	assert_string_equal(bed_word(b, "contacts.0.id"), id);
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	assert_int_equal(bed_get(b, path), 404);
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001/evidence"),
			 200);
	assert_string_equal(bed_word(b, "events.0.type"), "withdraw");
	assert_string_equal(bed_word(b, "events.0.purpose"), "*");
	assert_string_equal(bed_word(b, "events.0.source"), "erase");
}

static void reads_are_written_down(void **state)
{
	struct bed *b = *state;
	char path[128];

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"C1\",\"phone\":\"" TO "\"}"),
			 201);
	snprintf(path, sizeof(path), "/v1/contacts/%s", bed_word(b, "id"));
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=mailing"),
			 200);
	assert_true(bed_says(b, "\nC1,,'" TO ",,,"));
	TURN_UNTIL(b, bed_get(b, "/v1/audit") == 200 &&
			      bed_count(b, "audit") == 3);
	assert_string_equal(bed_word(b, "audit.1.action"), "contact.read");
	assert_string_equal(bed_word(b, "audit.1.detail.context"),
			    "no_context");
	assert_string_equal(bed_word(b, "audit.2.action"), "contact.export");
	assert_string_equal(bed_word(b, "audit.2.detail.purpose"), "mailing");
	assert_string_equal(bed_word(b, "audit.2.detail.rows"), "1");
}

/* ---- imports --------------------------------------------------------------------*/

static void imports_row_by_row(void **state)
{
	struct bed *b = *state;

	assert_int_equal(
		import(b, "/v1/imports?country=44",
		       "ref,name,phone,tz,consent,source,wording,size\n"
		       "C1,\"Shi, \"\"A\"\"\",+447700900001,Europe/London,"
		       "granted,web,w1,XL\n"
		       "C2,Lin,not-a-number,,,,,\n"
		       "C3,Stone,07700 900003,,granted,tnc_bundled,w1,\n"
		       "C4,too,many,cells,in,this,row,really,it,is\n"
		       "C5,Brook,+447700900005,No/Where,,,,\n"
		       "C6,Tian,+447700900006,,withdrawn,,,"),
		200);
	assert_string_equal(bed_word(b, "rows"), "6");
	assert_string_equal(bed_word(b, "imported"), "3");
	assert_string_equal(bed_word(b, "consents"), "2");
	assert_int_equal(bed_count(b, "failed"), 3);
	assert_string_equal(bed_word(b, "failed.0.line"), "3");
	assert_string_equal(bed_word(b, "failed.1.line"), "5");
	assert_string_equal(bed_word(b, "failed.2.line"), "6");
	assert_int_equal(bed_count(b, "refused"), 1);
	assert_string_equal(bed_word(b, "refused.0.line"), "4");
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	assert_int_equal(bed_count(b, "contacts"), 3);
	assert_true(bed_says(b, "\"size\":\"XL\""));
	assert_int_equal(bed_post(b, "/v1/messages/check",
				  "{\"to\":\"" TO "\",\"text\":\"x\","
				  "\"class\":\"marketing\"}"),
			 200);
	assert_string_not_equal(bed_word(b, "verdict"), "deny");
}

/* Nobody who said no is brought back by a file; the same file twice writes
 * nothing twice. */
static void imports_never_undo_a_withdrawal(void **state)
{
	struct bed *b = *state;
	static const char file[] =
		"phone,consent,source,wording\n" TO ",granted,web,w1\n";

	assert_int_equal(import(b, "/v1/imports", file), 200);
	assert_string_equal(bed_word(b, "consents"), "1");
	assert_int_equal(import(b, "/v1/imports", file), 200);
	assert_string_equal(bed_word(b, "consents"), "0");
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":"
				  "\"withdraw\",\"source\":\"agent\"}"),
			 201);
	assert_int_equal(import(b, "/v1/imports", file), 200);
	assert_string_equal(bed_word(b, "consents"), "0");
	assert_string_equal(bed_word(b, "imported"), "1");
	assert_int_equal(bed_count(b, "refused"), 1);
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001"), 200);
	assert_string_equal(bed_word(b, "standing.consent.marketing"),
			    "withdrawn");
}

static void imports_in_pieces_up_to_the_limit(void **state)
{
	struct bed *b = *state;
	struct buf csv = { 0 };

	buf_init(&csv, 1 << 20);
	buf_z(&csv, "ref,phone\n");
	for (int i = 0; i < 3002; i++)
		buf_f(&csv, "C%d,+4477009%05d\n", i, i);
	assert_int_equal(import(b, "/v1/imports", csv.p), 200);
	assert_string_equal(bed_word(b, "rows"), "3002");
	assert_string_equal(bed_word(b, "imported"), "3000");
	assert_string_equal(bed_word(b, "failed.1.line"), "3003");
	buf_done(&csv);
}

static void refuses_what_is_no_contact_file(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/imports", "{}"), 415);
	assert_int_equal(import(b, "/v1/imports", ""), 400);
	assert_int_equal(import(b, "/v1/imports", "a,b\n1,2\n"), 400);
	assert_string_equal(bed_word(b, "error.code"), "bad_header");
	assert_int_equal(import(b, "/v1/imports?country=4x", "phone\n"), 400);
	assert_int_equal(import(b, "/v1/imports", "phone\n"), 200);
	assert_string_equal(bed_word(b, "rows"), "0");
}

/* ---- consent ---------------------------------------------------------------------*/

static void ledger_and_evidence(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"07700900001\",\"type\":"
				  "\"grant\",\"source\":\"web\",\"wording\":"
				  "\"w7\",\"at\":\"2020-02-02T00:00:00Z\"}"),
			 201);
	assert_string_equal(bed_word(b, "seq"), "1");
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"x\","
				  "\"class\":\"service\"}"),
			 202);
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":"
				  "\"withdraw\",\"source\":\"agent\","
				  "\"at\":\"2999-01-01T00:00:00Z\"}"),
			 400);
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"" TO "\",\"type\":"
				  "\"withdraw\",\"source\":\"agent\"}"),
			 201);
	assert_int_equal(bed_get(b, "/v1/consents/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_string_equal(bed_word(b, "rows"), "2");
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001/evidence"),
			 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_int_equal(bed_count(b, "events"), 2);
	assert_string_equal(bed_word(b, "events.0.wording"), "w7");
	assert_string_equal(bed_word(b, "events.0.at"),
			    "2020-02-02T00:00:00.000Z");
	assert_string_equal(bed_word(b, "events.1.type"), "withdraw");
	assert_string_equal(bed_word(b, "events.1.actor"), "admin");
	assert_int_equal(bed_count(b, "messages"), 1);
	assert_string_equal(bed_word(b, "standing.consent.marketing"),
			    "withdrawn");
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_a_row_says_of_consent),
		cmocka_unit_test(refuses_heads),
		T(contacts_live),
		T(reads_are_written_down),
		T(imports_row_by_row),
		T(imports_never_undo_a_withdrawal),
		T(imports_in_pieces_up_to_the_limit),
		T(refuses_what_is_no_contact_file),
		T(ledger_and_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
