/* what customers say of a version takes it out of use. */
#include "tests/unit/library_bed.h"

#include "campaigns/review.h"

struct stage {
	struct shop *shop;
	struct review *review;
	const struct gateway_listener *ear;
};

/* A version in use, and who counts what comes of it. */
static void stage_open(struct stage *g, struct shop *s)
{
	struct err err = { "" };

	assert_int_equal(write_draft(s, "hello", "ann"), 0);
	assert_int_equal(bed_commit(&s->bed), 0);
	go(s, 1, VERSION_E_SUBMIT, "ann");
	go(s, 1, VERSION_E_APPROVE, "bob");
	go(s, 1, VERSION_E_ACTIVATE, "bob");
	g->shop = s;
	assert_int_equal(review_open(&g->review, s->bed.loop, s->library, &err),
			 0);
	g->ear = review_listener(g->review);
}

static void stage_close(struct stage *g)
{
	review_stop(g->review);
	assert_int_equal(bed_commit(&g->shop->bed), 0);
	review_close(&g->review);
}

static void person(unsigned n, char out[16])
{
	(void)snprintf(out, 16, "+4477009%05u", n);
}

static void sent(struct stage *g, unsigned n, const char *id, bool before)
{
	char to[16];
	struct message m = { .tenant = STR("a"),
			     .template_ref = { .id = str_of(id),
					       .version = 1 } };

	person(n, to);
	m.to = str_of(to);
	g->ear->sent(g->ear->owner, &m, before);
}

static void heard(struct stage *g, unsigned n, const char *tenant,
		  const char *text, const char *claim)
{
	char from[16];
	struct inbound in = { .tenant = str_of(tenant),
			      .text = str_of(text),
			      .claim = str_of(claim) };

	person(n, from);
	in.from = str_of(from);
	g->ear->inbound(g->ear->owner, &in);
}

static struct library_tally tally(struct stage *g)
{
	struct library_tally t;

	library_tally(g->shop->library,
		      library_version(g->shop->library, STR("a"), STR("hello"),
				      1),
		      &t);
	return t;
}

static void r37_opt_outs_end_its_use(void **state)
{
	struct stage g;

	stage_open(&g, *state);
	for (unsigned i = 0; i < 10; i++)
		sent(&g, i, "hello", false);
	heard(&g, 0, "a", "TD", "opt_out");
	heard(&g, 0, "a", "TD", "opt_out"); /* says it twice: counts once */
	heard(&g, 1, "a", "TD", "opt_out");
	heard(&g, 2, "b", "TD", "opt_out"); /* another tenant's */
	heard(&g, 3, "a", "thanks", "inbox");
	heard(&g, 77, "a", "TD", "opt_out"); /* never got it */
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	assert_int_equal(tally(&g).opt_outs, 2);
	assert_string_equal(state_of(g.shop, 1),
			    "active"); /* 20 % is not over */
	heard(&g, 4, "a", "TD", "opt_out");
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	assert_string_equal(state_of(g.shop, 1), "under_review");
	assert_non_null(
		strstr(g.shop->told, "review:system:active>under_review"));
	stage_close(&g);
}

static void r37_complaints_end_its_use(void **state)
{
	struct stage g;

	stage_open(&g, *state);
	for (unsigned i = 0; i < 10; i++)
		sent(&g, i, "hello", false);
	heard(&g, 0, "*", "投诉!乱发短信", "inbox");
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	assert_string_equal(state_of(g.shop, 1), "active");
	heard(&g, 1, "a", "I complain", "inbox"); /* not at its start */
	heard(&g, 2, "a", "Complaint: too many", "inbox");
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	assert_int_equal(tally(&g).complaints, 2);
	assert_string_equal(state_of(g.shop, 1), "under_review");
	stage_close(&g);
}

/* Few say nothing. */
static void r37_not_before_enough_were_sent(void **state)
{
	struct stage g;

	stage_open(&g, *state);
	for (unsigned i = 0; i < 9; i++)
		sent(&g, i, "hello", false);
	for (unsigned i = 0; i < 9; i++)
		heard(&g, i, "a", "TD", "opt_out");
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	assert_string_equal(state_of(g.shop, 1), "active");
	stage_close(&g);
}

/* After a review it begins anew, and does not fall again at once. */
static void r37_back_in_use_begins_anew(void **state)
{
	struct stage g;

	stage_open(&g, *state);
	for (unsigned i = 0; i < 10; i++)
		sent(&g, i, "hello", false);
	for (unsigned i = 0; i < 3; i++)
		heard(&g, i, "a", "TD", "opt_out");
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	go(g.shop, 1, VERSION_E_ACTIVATE, "bob");
	sent(&g, 20, "hello", false);
	assert_int_equal(tally(&g).sent, 1);
	assert_int_equal(tally(&g).opt_outs, 0);
	heard(&g, 20, "a", "TD", "opt_out");
	assert_int_equal(bed_commit(&g.shop->bed), 0);
	assert_string_equal(state_of(g.shop, 1), "active");
	stage_close(&g);
}

/* The last text counts: another one in between takes the blame. */
static void the_last_text_is_blamed(void **state)
{
	struct stage g;

	stage_open(&g, *state);
	sent(&g, 0, "hello", false);
	sent(&g, 0, "", false);
	heard(&g, 0, "a", "TD", "opt_out");
	assert_int_equal(tally(&g).opt_outs, 0);
	stage_close(&g);
}

static void tallies_outlive_the_node(void **state)
{
	struct shop *s = *state;
	struct stage g;
	struct err err = { "" };

	stage_open(&g, s);
	for (unsigned i = 0; i < 5; i++)
		sent(&g, i, "hello", false);
	heard(&g, 0, "a", "TD", "opt_out");
	stage_close(&g);
	restart(s);
	assert_int_equal(review_open(&g.review, s->bed.loop, s->library, &err),
			 0);
	g.ear = review_listener(g.review);
	assert_int_equal(tally(&g).sent, 5);
	assert_int_equal(tally(&g).opt_outs, 1);
	/* what was sent before the start is known, and not counted again */
	sent(&g, 1, "hello", true);
	assert_int_equal(tally(&g).sent, 5);
	heard(&g, 1, "a", "TD", "opt_out");
	assert_int_equal(tally(&g).opt_outs, 2);
	stage_close(&g);
}

static void knows_a_complaint(void **state)
{
	static const struct {
		const char *text;
		bool complains;
	} cases[] = {
		{ "投诉", true },     { "我要投诉", false },
		{ " 投 诉！", true }, { "举报垃圾短信", true },
		{ "JB", true },       { "jbl 音箱", false },
		{ "ＪＢ", true },     { "COMPLAINT", true },
		{ "thanks", false },  { "", false },
		{ "\xFF", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (review_complains(str_of(cases[i].text)) !=
		    cases[i].complains)
			fail_msg("%s", cases[i].text);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(r37_opt_outs_end_its_use),
		CASE(r37_complaints_end_its_use),
		CASE(r37_not_before_enough_were_sent),
		CASE(r37_back_in_use_begins_anew),
		CASE(the_last_text_is_blamed),
		CASE(tallies_outlive_the_node),
		cmocka_unit_test(knows_a_complaint),
	};

	secret_init();
	return cmocka_run_group_tests_name("campaigns_review", tests, NULL,
					   NULL);
}
