/* What nobody does unseen: R-03, who reads of a person without open work about
 * them is flagged; R-10, nothing transfers or closes an account. */
#include "tests/unit/campaign_bed.h"

#include "care/orders.h"
#include "console/roles.h"

#define TO "+447700900031"

/* The work that the last read of the contact was for. */
static void expect_read(struct bed *b, const char *path, const char *work)
{
	char last[64];

	size_t before;

	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/audit?limit=1000"), 200);
	before = bed_count(b, "audit");
	assert_int_equal(bed_get(b, path), 200);
	TURN_UNTIL(b, (rest(b), bed_get(b, "/v1/audit?limit=1000")) == 200 &&
			      bed_count(b, "audit") > before);
	snprintf(last, sizeof(last), "audit.%zu.detail.context", before);
	assert_string_equal(bed_word(b, last), work);
}

static void contact(struct bed *b, char path[128])
{
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"R\",\"phone\":\"" TO "\"}"),
			 201);
	snprintf(path, 128, "/v1/contacts/%s", bed_word(b, "id"));
}

static void r03_a_read_without_work_is_flagged(void **state)
{
	struct bed *b = *state;
	char path[128];

	contact(b, path);
	expect_read(b, path, "no_context");
	expect_read(b, "/v1/addresses/%2B447700900031", "no_context");
	assert_int_equal(bed_post(b, "/v1/callbacks", "{\"to\":\"" TO "\"}"),
			 201);
	expect_read(b, path, "callback");
	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"report\",\"to\":\"" TO "\"}"),
			 201);
	expect_read(b, path, "case");
	expect_read(b, "/v1/addresses/%2B447700900031", "case");
	/* What the auditor asks for. */
	assert_int_equal(bed_get(b, "/v1/audit?no_context=1"), 200);
	assert_int_equal(bed_count(b, "audit"), 2);
	assert_string_equal(bed_word(b, "audit.1.action"), "address.read");
	assert_int_equal(bed_get(b,
				 "/v1/audit?no_context=1&action=contact.read"),
			 200);
	assert_int_equal(bed_count(b, "audit"), 1);
	assert_int_equal(bed_get(b, "/v1/audit?action=contact.read"), 200);
	assert_int_equal(bed_count(b, "audit"), 3);
}

/* A campaign that wrote to them is a reason until it is over. */
static void r03_a_campaign_is_work(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	char path[128];

	contact(b, path);
	cast_make(b, &c);
	id = draft(b, "\"" TO "\",\"+447700900032\"", ",\"pace\":{\"rate\":1}");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "running");
	TURN_UNTIL(b, (rest(b), look(b, id, ""), number(b, "counts.claimed")) >=
			      1);
	expect_read(b, path, "campaign");
	b->key = c.author;
	assert_int_equal(act(b, id, "cancel"), 200);
	expect_read(b, path, "no_context");
}

/* Neither by an offer that a keyword orders, nor by what a partner may do. */
static void r10_nothing_transfers_or_closes(void **state)
{
	static const struct {
		const char *service;
		bool forbidden;
	} rows[] = {
		{ "ring", false },         { "closet.rent", false },
		{ "account.close", true }, { "Transfer_owner", true },
		{ "close", true },
	};
	const struct setting_section kinds[] = { offer_section };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = { 0 };
		struct faults f = { 0 };
		char text[128];

		snprintf(text, sizeof(text),
			 "offer x { title_en = \"X\" price = 1 service = "
			 "\"%s\" }",
			 rows[i].service);
		assert_int_equal(settings_parse(text, "t", kinds, 1, &s, &f),
				 0);
		orders_check(&s, &f);
		if ((f.len != 0) != rows[i].forbidden)
			fail_msg("%s: %s", rows[i].service,
				 f.len > 0 ? f.v[0] : "-");
		settings_done(&s);
		faults_done(&f);
	}
	assert_int_equal(role_perms(ROLE_PARTNER) &
				 (PERM_ORDER_WRITE | PERM_CONTACT_WRITE |
				  PERM_CASE_WORK | PERM_CONSENT_WRITE),
			 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r03_a_read_without_work_is_flagged),
		T(r03_a_campaign_is_work),
		cmocka_unit_test(r10_nothing_transfers_or_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
