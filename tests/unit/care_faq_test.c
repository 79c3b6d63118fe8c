/* Answers by keyword, at any hour; what no word answers is a person's. */
#include "care/faq.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "tests/lib/bed.h"

static const char file[] =
	"faq hours { words = {\"营业时间\", \"opening hours\"}\n"
	" zh = \"每天9点到21点\" en = \"9 to 21, every day\" }\n"
	"faq other { words = {\"parking\"} en = \"Behind the house\"\n"
	" tenant = OTHER }\n";

struct shelf {
	struct bed *bed;
	struct settings settings;
	struct clock_hand clock;
	struct faq *faq;
	char claimed[32];
};

static void open_shelf(struct shelf *s, void **state)
{
	struct faults f = { 0 };

	*s = (struct shelf){ .bed = *state };
	clock_hand_init(&s->clock, clock_wall_ms(&clock_real));
	bed_start(s->bed,
		  "class service { consent = none }\n"
		  "fake a { receipt_after = 1ms }\n",
		  true);
	assert_int_equal(settings_parse(file, "test", &faq_section, 1,
					&s->settings, &f),
			 0);
	faq_check(&s->settings, &f);
	assert_int_equal(f.len, 0);
	s->faq = faq_new(&s->settings, s->bed->gateway, &s->clock.ops,
			 "service");
	gateway_claimant(s->bed->gateway, CLAIMANT_FAQ, &faq_claimant, s->faq);
}

static void close_shelf(struct shelf *s)
{
	bed_stop(s->bed);
	faq_free(&s->faq);
	settings_done(&s->settings);
}

static void on_heard(void *owner, int rc)
{
	*(int *)owner = rc;
}

static const char *write_in(struct shelf *s, struct str from, const char *text)
{
	struct inbound in = { .channel = STR("sms"),
			      .from = from,
			      .to = STR("99900"),
			      .text = str_of(text),
			      .at_ms = clock_wall_ms(&clock_real) };
	int rc = 1;

	gateway_hear(s->bed->gateway, &in, on_heard, &rc);
	assert_int_equal(str_copy(s->claimed, sizeof(s->claimed), in.claim), 0);
	TURN_UNTIL(s->bed, rc != 1);
	return s->claimed;
}

static void test_0_23_a_keyword_is_answered(void **state)
{
	struct shelf s;

	open_shelf(&s, state);
	assert_string_equal(write_in(&s, SHI, "请问营业时间?"), "faq");
	assert_string_equal(write_in(&s, LIN, "Opening hours please"), "faq");
	/* another tenant's, and nobody's: a person reads it */
	assert_string_equal(write_in(&s, LIN, "parking?"), "inbox");
	assert_string_equal(write_in(&s, LIN, "hello"), "inbox");
	close_shelf(&s);
}

/* Two machines that answer each other come to an end. */
static void test_so_many_an_hour(void **state)
{
	struct shelf s;

	open_shelf(&s, state);
	for (unsigned i = 0; i < FAQ_AN_HOUR; i++)
		assert_string_equal(write_in(&s, SHI, "营业时间"), "faq");
	assert_string_equal(write_in(&s, SHI, "营业时间"), "inbox");
	assert_string_equal(write_in(&s, LIN, "营业时间"), "faq");
	clock_hand_jump(&s.clock, 3600000);
	assert_string_equal(write_in(&s, SHI, "营业时间"), "faq");
	close_shelf(&s);
}

static void test_what_is_wrong_in_the_file(void **state)
{
	struct settings settings = { 0 };
	struct faults f = { 0 };

	(void)state;
	assert_int_equal(settings_parse("faq a { words = {\"xyz\"} }\n"
					"faq b { words = {\"\"} en = \"y\" }\n",
					"test", &faq_section, 1, &settings, &f),
			 0);
	faq_check(&settings, &f);
	for (size_t i = 0; f.len != 2 && i < f.len; i++)
		fprintf(stderr, "%s\n", f.v[i]);
	assert_int_equal(f.len, 2);
	faults_done(&f);
	settings_done(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(test_0_23_a_keyword_is_answered),
		CASE(test_so_many_an_hour),
		cmocka_unit_test(test_what_is_wrong_in_the_file),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
