/* The events of the ledger and what each makes of a person's consent: double
 * opt-in, expiry by a clock turned by hand, corrections, blocks. */
#include "tests/lib/bed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define ACME STR("DEMOTEL")
#define DAY ((uint64_t)86400000)

static struct clock_hand hand;

static int clock_bed_open(void **state)
{
	if (bed_open(state) != 0)
		return -1;
	clock_hand_init(&hand, 1790000000000);
	((struct bed *)*state)->clock = &hand.ops;
	bed_start(*state,
		  "fake a { receipt_after = 1ms }"
		  "route all { pool = {\"a\"} }"
		  "class news { consent = required }",
		  true);
	return 0;
}

static int clock_bed_close(void **state)
{
	bed_stop(*state);
	return bed_close(state);
}

static int append_to(struct bed *b, struct consent_event *e)
{
	struct err err = { "" };

	e->tenant = ACME;
	e->address = SHI;
	if (e->purpose.len == 0)
		e->purpose = STR("marketing");
	if (e->source.len == 0)
		e->source = STR("web");
	int rc = gateway_consent(b->gateway, e, &err);
	commit(b);
	return rc;
}

static int append(struct bed *b, enum consent_type type)
{
	struct consent_event e = { .type = type };

	return append_to(b, &e);
}

static int append_until(struct bed *b, enum consent_type type, uint64_t ms)
{
	struct consent_event e = { .type = type,
				   .expires_ms = clock_wall_ms(&hand.ops) +
						 (int64_t)ms };

	return append_to(b, &e);
}

static void on_heard(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	*(bool *)owner = true;
}

static void hear(struct bed *b, const char *text)
{
	struct inbound in = { .tenant = ACME,
			      .from = SHI,
			      .to = STR("12345"),
			      .text = str_of(text),
			      .channel = STR("sms"),
			      .at_ms = clock_wall_ms(&hand.ops) };
	bool heard = false;

	gateway_hear(b->gateway, &in, on_heard, &heard);
	TURN_UNTIL(b, heard);
}

/* ---- what the ledger holds of the person ------------------------------------- */

struct story {
	bool done;
	unsigned n;
	char types[512]; /* "request confirm:sms_mo " */
	char evidence[128];
};

static bool on_event(void *owner, const struct row *row)
{
	struct story *s = owner;
	struct consent_event e;
	size_t at = str_of(s->types).len;

	assert_int_equal(consent_from_row(row, &e), 0);
	snprintf(s->types + at, sizeof(s->types) - at, "%s%s%.*s ",
		 consent_type_name(e.type), e.actor.len > 0 ? ":" : "",
		 STR_ARGS(e.actor));
	IGNORE(str_copy(s->evidence, sizeof(s->evidence), e.evidence));
	s->n++;
	return true;
}

static void on_read(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct story *)owner)->done = true;
}

static struct story story(struct bed *b)
{
	struct cell cells[] = { CELL_T(ACME), CELL_T(SHI) };
	struct story s = { 0 };

	commit(b);
	b->store->ops->get(b->store, STORE_CONSENT_LIST, cells, 2, on_event,
			   on_read, &s);
	TURN_UNTIL(b, s.done);
	return s;
}

/* The ticks of the gateway come by. */
static struct story story_of(struct bed *b, unsigned events)
{
	struct story s;

	TURN_UNTIL(b, (s = story(b)).n >= events);
	assert_int_equal(s.n, events);
	return s;
}

static void may(struct bed *b, const char *reason)
{
	struct submission s = { .to = SHI,
				.text = STR("x"),
				.class_name = STR("marketing"),
				.priority = -1 };
	struct submitted out;
	char text[64];

	gateway_judge(b->gateway, &s, &out);
	assert_int_equal(str_copy(text, sizeof(text), out.decision.reason), 0);
	assert_string_equal(text, reason);
}

static void again(struct bed *b)
{
	bed_stop(b);
	bed_start(b,
		  "fake a { receipt_after = 1ms }"
		  "route all { pool = {\"a\"} }"
		  "class news { consent = required }",
		  false);
}

/* ---- double opt-in -------------------------------------------------------------- */

static struct consent_event asked(struct bed *b)
{
	struct consent_event e = { .type = CONSENT_REQUEST,
				   .tenant = ACME,
				   .address = SHI,
				   .purpose = STR("marketing"),
				   .source = STR("web"),
				   .wording = STR("w1") };
	struct err err = { "" };
	struct submitted out;

	if (gateway_optin_ask(b->gateway, &e, &out, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(out.rc, 0);
	assert_int_not_equal(out.decision.verdict, VERDICT_DENY);
	assert_int_equal(look(b, out.id).state >= 0, true);
	return e;
}

static void asked_and_confirmed_by_yes(void **state)
{
	struct bed *b = *state;

	(void)asked(b);
	may(b, "doi_pending");
	clock_hand_turn(&hand, 29 * DAY);
	may(b, "doi_pending");
	hear(b, "Yes!");
	may(b, "");
	struct story s = story_of(b, 2);
	assert_string_equal(s.types, "request confirm:customer ");
	assert_string_equal(s.evidence, "of request 1");
	/* a grant that came by a confirmation has no end of its own */
	clock_hand_turn(&hand, 400 * DAY);
	may(b, "");
}

/* The code of the question, however wide it was typed; also after a start. */
static void asked_and_confirmed_by_code(void **state)
{
	struct bed *b = *state;
	char code[CONSENT_CODE + 1], wide[64] = "";
	const struct consent_event e = asked(b);

	consent_code(&e, code);
	again(b);
	hear(b, code[0] == '9' ? "000000" : "999999");
	may(b, "doi_pending");
	for (unsigned i = 0; i < CONSENT_CODE; i++) {
		size_t at = str_of(wide).len;

		snprintf(wide + at, sizeof(wide) - at, "\xef\xbc%c",
			 (char)(0x90 + code[i] - '0'));
	}
	hear(b, wide);
	may(b, "");
	assert_string_equal(story_of(b, 2).types, "request confirm:customer ");
}

static void a_request_ends_after_30_days(void **state)
{
	struct bed *b = *state;

	(void)asked(b);
	clock_hand_turn(&hand, 30 * DAY);
	may(b, "consent_expired"); /* before anything is written down */
	struct story s = story_of(b, 2);
	assert_string_equal(s.types, "request expire:clock ");
	assert_string_equal(s.evidence, "end of event 1");
	hear(b, "yes");
	may(b, "consent_expired");
	assert_int_equal(story(b).n, 2);
	assert_int_equal(append(b, CONSENT_CONFIRM), -EPROTO);
	/* and may be made again */
	(void)asked(b);
	may(b, "doi_pending");
}

static void requests_end_also_while_the_node_is_down(void **state)
{
	struct bed *b = *state;

	(void)asked(b);
	bed_stop(b);
	clock_hand_turn(&hand, 31 * DAY);
	bed_start(b,
		  "fake a { receipt_after = 1ms }"
		  "route all { pool = {\"a\"} }",
		  false);
	may(b, "consent_expired");
	assert_string_equal(story_of(b, 2).types, "request expire:clock ");
}

static void who_refused_is_not_asked(void **state)
{
	struct bed *b = *state;
	struct consent_event e = { .type = CONSENT_REQUEST,
				   .tenant = ACME,
				   .address = SHI,
				   .purpose = STR("marketing"),
				   .source = STR("web") };
	struct err err = { "" };
	struct submitted out;

	(void)asked(b);
	/* once is enough */
	assert_int_equal(gateway_optin_ask(b->gateway, &e, &out, &err),
			 -EPROTO);
	hear(b, "STOP");
	assert_int_equal(gateway_optin_ask(b->gateway, &e, &out, &err),
			 -EPROTO);
	may(b, "withdrawn");
	hear(b, "yes"); /* by themselves they may */
	may(b, "");
}

static void a_code_is_tried_five_times(void **state)
{
	struct bed *b = *state;
	const struct consent_event e = asked(b);
	char code[CONSENT_CODE + 1];
	struct err err = { "" };

	consent_code(&e, code);
	for (unsigned i = 0; i < 5; i++) {
		struct consent_event c = { .type = CONSENT_CONFIRM,
					   .tenant = ACME,
					   .address = SHI,
					   .purpose = STR("marketing"),
					   .source = STR("web") };

		assert_int_equal(gateway_optin_code(b->gateway, &c,
						    STR("12345"), &err),
				 -EACCES);
	}
	hear(b, code);
	may(b, "doi_pending");
	hear(b, "YES");
	may(b, "");
}

static void nothing_is_confirmed_that_was_not_asked(void **state)
{
	struct bed *b = *state;
	struct consent_event e = { .type = CONSENT_CONFIRM,
				   .purpose = STR("news") };

	assert_int_equal(append(b, CONSENT_CONFIRM), -EPROTO);
	assert_int_equal(append(b, CONSENT_REQUEST), 0);
	assert_int_equal(append_to(b, &e), -EPROTO); /* another purpose */
	assert_int_equal(append(b, CONSENT_CONFIRM), 0);
	may(b, "");
	hear(b, "123456");
	assert_int_equal(story(b).n, 2);
}

/* ---- what ends by itself ----------------------------------------------------------- */

static void a_grant_ends_and_the_end_is_written_down(void **state)
{
	struct bed *b = *state;

	assert_int_equal(append_until(b, CONSENT_GRANT, 10 * DAY), 0);
	clock_hand_turn(&hand, 10 * DAY - 1);
	may(b, "");
	clock_hand_turn(&hand, 1);
	may(b, "consent_expired");
	assert_string_equal(story_of(b, 2).types, "grant expire:clock ");
	may(b, "consent_expired");
	again(b);
	may(b, "consent_expired");
	assert_int_equal(append(b, CONSENT_GRANT), 0);
	may(b, "");
}

/* Seconds of 32 bits end in 2106; what is said to end later does not wrap. */
static void a_grant_until_the_year_2999(void **state)
{
	struct bed *b = *state;

	assert_int_equal(append_until(b, CONSENT_GRANT, 973ull * 365 * DAY), 0);
	may(b, "");
	clock_hand_turn(&hand, 70ull * 365 * DAY);
	may(b, "");
}

/* What was said since has no end, or another one. */
static void an_end_that_was_overtaken_is_none(void **state)
{
	struct bed *b = *state;

	assert_int_equal(append_until(b, CONSENT_GRANT, 10 * DAY), 0);
	assert_int_equal(append(b, CONSENT_WITHDRAW), 0);
	assert_int_equal(append_until(b, CONSENT_GRANT, 20 * DAY), 0);
	clock_hand_turn(&hand, 11 * DAY);
	assert_int_equal(append_until(b, CONSENT_BLOCK, 1000), 0);
	clock_hand_turn(&hand, 1000);
	/* the block's end comes behind the other's */
	struct story s = story_of(b, 5);
	assert_string_equal(s.types, "grant withdraw grant block "
				     "unblock:clock ");
	may(b, "");
	clock_hand_turn(&hand, 9 * DAY);
	assert_int_equal(story_of(b, 6).n, 6);
	may(b, "consent_expired");
}

static void a_block_holds_until_its_end(void **state)
{
	struct bed *b = *state;

	assert_int_equal(append(b, CONSENT_GRANT), 0);
	assert_int_equal(append_until(b, CONSENT_BLOCK, DAY), 0);
	may(b, "blocklist");
	again(b);
	may(b, "blocklist");
	clock_hand_turn(&hand, DAY);
	assert_string_equal(story_of(b, 3).types, "grant block unblock:clock ");
	may(b, "");
}

static void unblock_lifts(void **state)
{
	struct bed *b = *state;

	assert_int_equal(append(b, CONSENT_GRANT), 0);
	assert_int_equal(append(b, CONSENT_BLOCK), 0);
	may(b, "blocklist");
	assert_int_equal(append(b, CONSENT_UNBLOCK), 0);
	may(b, "");
}

static void expire_by_hand(void **state)
{
	struct bed *b = *state;

	assert_int_equal(append(b, CONSENT_GRANT), 0);
	assert_int_equal(append(b, CONSENT_EXPIRE), 0);
	may(b, "consent_expired");
}

/* ---- corrections -------------------------------------------------------------------- */

static void a_grant_that_was_a_mistake_is_none(void **state)
{
	struct bed *b = *state;
	struct consent_event e = { .type = CONSENT_CORRECT,
				   .evidence = STR("form of another person") };

	assert_int_equal(append_to(b, &e), -EPROTO); /* nothing to correct */
	assert_int_equal(append(b, CONSENT_GRANT), 0);
	assert_int_equal(append(b, CONSENT_CORRECT), -EINVAL); /* why? */
	may(b, "");
	assert_int_equal(append_to(b, &e), 0);
	may(b, "no_consent");
	again(b);
	may(b, "no_consent");
	assert_int_equal(append(b, CONSENT_GRANT), 0);
	may(b, "");
}

/* A refusal is not corrected away. */
static void a_refusal_cannot_be_corrected(void **state)
{
	struct bed *b = *state;
	struct consent_event e = { .type = CONSENT_CORRECT,
				   .evidence = STR("she did not mean it") };

	assert_int_equal(append(b, CONSENT_WITHDRAW), 0);
	assert_int_equal(append_to(b, &e), -EPROTO);
	may(b, "withdrawn");
}

/* ---- suspected opt-outs: by when a person has read them ------------------------------ */

static void us_tcpa_honour_by_10_business_days(void **state)
{
	static const struct {
		const char *heard, *due;
	} rows[] = {
		/* a Monday: two weekends lie between */
		{ "2026-11-02T10:00:00Z", "2026-11-16T23:59:59.999Z" },
		{ "2026-11-06T23:00:00Z", "2026-11-20T23:59:59.999Z" },
		/* on a Saturday nothing has begun */
		{ "2026-11-07T10:00:00Z", "2026-11-20T23:59:59.999Z" },
	};
	struct bed *b = *state;

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t heard, due;

		assert_int_equal(clock_parse_rfc3339(rows[i].heard, 20, &heard),
				 0);
		assert_int_equal(clock_parse_rfc3339(rows[i].due, 24, &due), 0);
		assert_int_equal(gateway_suspect_due(b->gateway,
						     STR("+12125550123"),
						     heard),
				 due);
	}
	/* and until then nothing goes */
	assert_int_equal(append(b, CONSENT_GRANT), 0);
	hear(b, "do I really have to cancel all this spam?");
	may(b, "suspected_opt_out");
	clock_hand_turn(&hand, 20 * DAY);
	may(b, "suspected_opt_out");
}

#define T(f) cmocka_unit_test_setup_teardown(f, clock_bed_open, clock_bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(asked_and_confirmed_by_yes),
		T(asked_and_confirmed_by_code),
		T(a_request_ends_after_30_days),
		T(requests_end_also_while_the_node_is_down),
		T(who_refused_is_not_asked),
		T(a_code_is_tried_five_times),
		T(nothing_is_confirmed_that_was_not_asked),
		T(a_grant_ends_and_the_end_is_written_down),
		T(a_grant_until_the_year_2999),
		T(an_end_that_was_overtaken_is_none),
		T(a_block_holds_until_its_end),
		T(unblock_lifts),
		T(expire_by_hand),
		T(a_grant_that_was_a_mistake_is_none),
		T(a_refusal_cannot_be_corrected),
		T(us_tcpa_honour_by_10_business_days),
	};

	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
