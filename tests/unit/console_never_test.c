/* What each person must never be able to do, by who they are and the rule that
 * says so: over the tables of roles and routes, and over HTTP. */
#include "tests/unit/console_bed.h"

#include "console/routes.h"

/* Does a role reach any route that stores something? A log-in's own apart. */
static bool reaches(enum role role, const struct route *rt)
{
	uint64_t perms = role_perms(role);

	return rt->auth == AUTH_WHO && rt->needs != 0 &&
	       (perms & rt->needs) == rt->needs;
}

static void lacks(enum role role, uint64_t perms)
{
	uint64_t has = role_perms(role) & perms;

	if (has != 0)
		fail_msg("%s has %s", role_name(role), perm_name(has & -has));
}

/* ---- by the tables ------------------------------------------------------------------ */

static void auditor_never_alters_anything(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_len; i++) {
		const struct route *rt = &routes_all[i];
		/* It keeps the count of those who may write: below. */
		bool counts = strcmp(rt->path, "/v1/segments/{id}/count") == 0;
		if (strcmp(rt->method, "GET") != 0 && rt->stores && !counts &&
		    reaches(ROLE_AUDITOR, rt))
			fail_msg("%s %s", rt->method, rt->path);
	}
}

/* whom a campaign reaches is the gate's to say. Consent is written down
 * by others, and a message of one's own would be a way around the approval. */
static void r05_marketer_never_sends_and_never_writes_consent(void **state)
{
	(void)state;
	lacks(ROLE_MARKETER, PERM_SEND | PERM_CONSENT_WRITE | PERM_EVENT |
				     PERM_CONTACT_EXPORT | PERM_CONTACT_FULL);
}

static void r32_who_writes_does_not_approve(void **state)
{
	(void)state;
	lacks(ROLE_MARKETER, PERM_CAMPAIGN_APPROVE | PERM_TEMPLATE_APPROVE);
	lacks(ROLE_APPROVER, PERM_CAMPAIGN_WRITE | PERM_TEMPLATE_WRITE |
				     PERM_CONSENT_WRITE | PERM_SEND);
}

/* an agent sees no number but by a case, and takes no list home. */
static void r01_agent_never_sees_whole_numbers(void **state)
{
	(void)state;
	lacks(ROLE_AGENT, PERM_CONTACT_FULL | PERM_CONTACT_EXPORT |
				  PERM_MESSAGE_CONTENT | PERM_CONTACT_WRITE);
}

static void r01_operator_never_meets_people(void **state)
{
	(void)state;
	lacks(ROLE_OPERATOR, PERM_CONTACT_READ | PERM_CONTACT_FULL |
				     PERM_CONTACT_WRITE | PERM_CONTACT_EXPORT |
				     PERM_CONSENT_READ | PERM_CONSENT_WRITE |
				     PERM_MESSAGE_CONTENT | PERM_SEND);
}

static void r09_partner_never_lists_people(void **state)
{
	(void)state;
	lacks(ROLE_PARTNER,
	      PERM_CONTACT_READ | PERM_CONTACT_FULL | PERM_CONTACT_WRITE |
		      PERM_CONTACT_EXPORT | PERM_CONSENT_READ |
		      PERM_CONSENT_WRITE | PERM_MESSAGE_CONTENT | PERM_STREAM |
		      PERM_STATUS | PERM_SURVEY_READ | PERM_CAMPAIGN_READ);
	assert_true(role_alone(ROLE_PARTNER) && role_alone(ROLE_AUDITOR));
}

/* Whoever gives the roles does not read what people write. */
static void r01_admin_never_reads_texts(void **state)
{
	(void)state;
	lacks(ROLE_ADMIN, PERM_MESSAGE_CONTENT);
}

static void r40_bulk_is_the_admins(void **state)
{
	(void)state;
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		if (r != ROLE_ADMIN)
			lacks((enum role)r, PERM_CONTACT_EXPORT);
	}
}

/* Keys, users and the audit log are nobody's but these. */
static void access_is_given_by_admins_alone(void **state)
{
	(void)state;
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		if (r == ROLE_ADMIN)
			continue;
		lacks((enum role)r, PERM_KEYS | PERM_USERS | PERM_BACKUP);
		if (r != ROLE_AUDITOR)
			lacks((enum role)r, PERM_AUDIT);
	}
}

/* ---- over HTTP ------------------------------------------------------------------------ */

static const char draft[] =
	"{\"id\":\"hello\",\"class\":\"notice\",\"owner\":\"shop\","
	"\"texts\":{\"zh\":{\"signature\":\"演示\",\"text\":\"您好\"}}}";

/* The bearer of somebody who logs in for the first time. */
static void log_in(struct bed *b, const char *name, const char *roles,
		   char out[64])
{
	char body[256], first[64];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s\",\"tenant\":\"acme\",\"roles\":[%s]}", name,
		 roles);
	assert_int_equal(bed_post(b, "/v1/users", body), 201);
	must(str_copy(first, sizeof(first), str_of(bed_word(b, "password"))) ==
	     0);
	for (int i = 0; i < 2; i++) {
		b->key = NULL;
		snprintf(body, sizeof(body),
			 "{\"name\":\"%s\",\"password\":\"%s\"}", name,
			 i == 0 ? first : "three other words");
		assert_int_equal(bed_post(b, "/v1/sessions", body), 201);
		must(str_copy(out, 64, str_of(bed_word(b, "token"))) == 0);
		b->key = out;
		snprintf(body, sizeof(body),
			 "{\"old\":\"%s\",\"new\":\"three other words\"}",
			 first);
		if (i == 0)
			assert_int_equal(bed_post(b, "/v1/me/password", body),
					 200);
	}
}

/* One person with both roles is still one person, in any session. */
static void r32_both_roles_do_not_make_two_people(void **state)
{
	struct bed *b = *state;
	char both[64], other[64];

	log_in(b, "ann", "\"marketer\",\"approver\"", both);
	assert_int_equal(bed_post(b, "/v1/templates", draft), 201);
	assert_int_equal(bed_post(b, "/v1/templates/hello/versions/1/submit",
				  "{}"),
			 200);
	assert_int_equal(bed_post(b, "/v1/templates/hello/versions/1/approve",
				  "{}"),
			 403);
	log_in(b, "bob", "\"approver\"", other);
	assert_int_equal(bed_post(b, "/v1/templates/hello/versions/1/approve",
				  "{}"),
			 200);
}

/* What an approver says yes to is not theirs to change. */
static void r32_approver_never_edits(void **state)
{
	struct bed *b = *state;
	char token[64];

	assert_int_equal(bed_post(b, "/v1/templates", draft), 201);
	log_in(b, "bob", "\"approver\"", token);
	assert_int_equal(bed_ask(b, "PUT", "/v1/templates/hello/versions/1",
				 draft),
			 403);
	assert_string_equal(bed_word(b, "error.code"), "role");
	assert_int_equal(bed_post(b, "/v1/campaigns", "{}"), 403);
}

static void auditor_never_keeps_a_count(void **state)
{
	struct bed *b = *state;
	char token[64], path[96];

	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"all\",\"filter\":\"all\"}"),
			 201);
	snprintf(path, sizeof(path), "/v1/segments/%s/count",
		 bed_word(b, "id"));
	log_in(b, "ada", "\"auditor\"", token);
	assert_int_equal(bed_post(b, path, ""), 200);
	assert_string_equal(bed_word(b, "count"), "0");
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_string_equal(bed_word(b, "segments.0.count"), "");
	b->key = ADMIN;
	assert_int_equal(bed_post(b, path, ""), 200);
	assert_int_equal(bed_get(b, "/v1/segments"), 200);
	assert_string_equal(bed_word(b, "segments.0.count"), "0");
}

static void r05_marketer_is_refused_at_the_ledger(void **state)
{
	struct bed *b = *state;
	char token[64];

	log_in(b, "mia", "\"marketer\"", token);
	assert_int_equal(bed_post(b, "/v1/consents",
				  "{\"address\":\"+447700900001\","
				  "\"type\":\"grant\",\"source\":\"web\"}"),
			 403);
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"+447700900001\",\"text\":\"x\","
				  "\"class\":\"service\"}"),
			 403);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auditor_never_alters_anything),
		cmocka_unit_test(
			r05_marketer_never_sends_and_never_writes_consent),
		cmocka_unit_test(r32_who_writes_does_not_approve),
		cmocka_unit_test(r01_agent_never_sees_whole_numbers),
		cmocka_unit_test(r01_operator_never_meets_people),
		cmocka_unit_test(r09_partner_never_lists_people),
		cmocka_unit_test(r01_admin_never_reads_texts),
		cmocka_unit_test(r40_bulk_is_the_admins),
		cmocka_unit_test(access_is_given_by_admins_alone),
		T(r32_both_roles_do_not_make_two_people),
		T(r32_approver_never_edits),
		T(auditor_never_keeps_a_count),
		T(r05_marketer_is_refused_at_the_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
