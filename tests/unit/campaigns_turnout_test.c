/* Who took part after a message of a campaign, and who asks what it means. It
 * is a Tuesday in November; clocks are turned by hand. */
#include "campaigns/campaigns.h"
#include "campaigns/meaning.h"
#include "tests/lib/measured.h"
#include "tests/unit/care_bed.h"

#define NOVEMBER TUESDAY_TEN

struct field {
	struct bed *bed;
	struct campaigns *campaigns;
	struct clock_hand clock;
	struct settings settings;
	const char *link; /* how the link answers */
};

static void on_step(void *owner, uint64_t id, const struct event *e)
{
	campaigns_step(((struct field *)owner)->campaigns, id, e);
}

static void start(struct field *f, bool create)
{
	static struct setting_section kinds[1];
	char config[256];
	struct faults faults = { 0 };
	struct err err = { "" };

	kinds[0] = campaigns_section;
	snprintf(config, sizeof(config), "class notice { consent = none }\n%s",
		 f->link);
	bed_start(f->bed, config, create);
	assert_int_equal(settings_parse("campaigns {}", "test", kinds, 1,
					&f->settings, &faults),
			 0);
	const struct campaigns_env env = { .loop = f->bed->loop,
					   .clock = &f->clock.ops,
					   .gateway = f->bed->gateway,
					   .store = f->bed->store,
					   .settings = &f->settings };

	if (campaigns_open(&f->campaigns, &env, &err) != 0)
		fail_msg("%s", err.text);
	gateway_on_step(f->bed->gateway, on_step, f);
}

static void stop(struct field *f)
{
	campaigns_stop(f->campaigns);
	bed_stop(f->bed);
	campaigns_close(&f->campaigns);
	settings_done(&f->settings);
}

static void open_field(struct field *f, void **state, const char *link)
{
	*f = (struct field){ .bed = *state, .link = link };
	clock_hand_init(&f->clock, TUESDAY_TEN);
	f->bed->clock = &f->clock.ops;
	start(f, true);
}

static void again(struct field *f)
{
	stop(f);
	start(f, false);
}

#define GOOD "fake good { receipt_after = 1ms }\n"

static uint64_t write_to(struct field *f, struct str to, const char *campaign)
{
	const struct submission s = { .tenant = TENANT,
				      .to = to,
				      .class_name = STR("notice"),
				      .text = STR("Half price!"),
				      .campaign = str_of(campaign),
				      .department = STR("sales"),
				      .priority = -1 };
	struct submitted out;

	gateway_submit(f->bed->gateway, &s, &out);
	assert_int_equal(out.rc, 0);
	commit(f->bed);
	return out.id;
}

static void reach(struct field *f, struct str to, const char *campaign)
{
	uint64_t id = write_to(f, to, campaign);

	TURN_UNTIL(f->bed, !is_live(f->bed, id));
}

static void hear(struct field *f, struct str from, const char *text)
{
	struct inbound in = { .channel = STR("sms"),
			      .from = from,
			      .to = STR("99900"),
			      .text = str_of(text),
			      .at_ms = clock_wall_ms(&f->clock.ops) };

	gateway_hear(f->bed->gateway, &in, on_room_heard, NULL);
	commit(f->bed);
}

/* What is counted is counted when the store has said what came of it. */
static int64_t counted(struct field *f, const char *name)
{
	commit(f->bed);
	TURN_UNTIL(f->bed, campaigns_turnout_idle(f->campaigns));
	commit(f->bed);
	return bed_counted(f->bed, NOVEMBER, name);
}

static void is(struct field *f, const char *name, int64_t n)
{
	int64_t found = counted(f, name);

	if (found != n)
		fail_msg("%s: %lld, not %lld", name, (long long)found,
			 (long long)n);
}

static void k50_once_a_person_and_campaign(void **state)
{
	struct field f;

	open_field(&f, state, GOOD);
	reach(&f, SHI, "spring");
	reach(&f, LIN, "spring");
	reach(&f, STR("+447700900003"), "");
	is(&f, "campaign.reached", 2);
	for (unsigned i = 0; i < 5; i++)
		hear(&f, SHI, "Yes please!");
	hear(&f, STR("+447700900003"), "I, too");
	is(&f, "campaign.engaged", 1);
	assert_string_equal(bed_measured_by(f.bed, NOVEMBER,
					    "campaign.engaged"),
			    "/sales//sms/notice/reply");
	again(&f);
	hear(&f, SHI, "And again");
	campaigns_took_part(f.campaigns, TENANT, SHI, "order");
	is(&f, "campaign.engaged", 1);
	/* another campaign is another chance */
	reach(&f, SHI, "summer");
	campaigns_took_part(f.campaigns, TENANT, SHI, "order");
	campaigns_took_part(f.campaigns, TENANT, SHI, "link");
	is(&f, "campaign.engaged", 2);
	assert_int_equal(
		bed_measured(f.bed, NOVEMBER, "campaign.engaged", "order").n,
		1);
	is(&f, "campaign.reached", 3);
	stop(&f);
}

static void k50_leaving_is_not_taking_part(void **state)
{
	struct field f;

	open_field(&f, state, GOOD);
	reach(&f, SHI, "spring");
	hear(&f, SHI, "TD");
	hear(&f, SHI, "HELP");
	is(&f, "campaign.engaged", 0);
	stop(&f);
}

static void k50_tests_and_pilots_are_nobody(void **state)
{
	struct field f;

	open_field(&f, state, GOOD);
	reach(&f, SHI, "06ajbbm9p0002-pilot");
	reach(&f, LIN, "06ajbbm9p0002-test");
	hear(&f, SHI, "Yes");
	hear(&f, LIN, "Yes");
	is(&f, "campaign.reached", 0);
	is(&f, "campaign.engaged", 0);
	stop(&f);
}

static void k50_within_a_week(void **state)
{
	struct field f;

	open_field(&f, state, GOOD);
	reach(&f, SHI, "spring");
	reach(&f, LIN, "spring");
	clock_hand_turn(&f.clock, 7 * DAY);
	hear(&f, SHI, "Yes");
	is(&f, "campaign.engaged", 1);
	clock_hand_turn(&f.clock, HOUR);
	hear(&f, LIN, "What does it mean?");
	is(&f, "campaign.engaged", 1);
	is(&f, "inbound.meaning", 0);
	stop(&f);
}

/* The answer is there before the receipt; or the receipt never comes. */
static void k50_who_was_not_reached_does_not_count(void **state)
{
	struct field f;

	open_field(&f, state, "fake slow { receipt_after = 300ms }\n");
	uint64_t id = write_to(&f, SHI, "spring");
	struct live_view v;

	TURN_UNTIL(f.bed, gateway_live(f.bed->gateway, TENANT, id, &v) == 0 &&
				  v.state == MESSAGE_SUBMITTED);
	hear(&f, SHI, "Yes");
	is(&f, "campaign.engaged", 0);
	TURN_UNTIL(f.bed, !is_live(f.bed, id));
	is(&f, "campaign.engaged", 1);
	is(&f, "campaign.reached", 1);
	stop(&f);
	f.link = "fake dead { receipt = undelivered receipt_after = 1ms }\n";
	start(&f, false);
	reach(&f, LIN, "spring");
	hear(&f, LIN, "Yes");
	is(&f, "campaign.engaged", 1);
	is(&f, "campaign.reached", 1);
	again(&f);
	is(&f, "campaign.engaged", 1);
	stop(&f);
}

/* It ended before it was counted: the row is there, and says so. */
static void k50_counted_after_the_start(void **state)
{
	struct field f;

	open_field(&f, state, GOOD);
	reach(&f, SHI, "spring");
	struct inbound in = { .channel = STR("sms"),
			      .from = SHI,
			      .to = STR("99900"),
			      .text = STR("Yes"),
			      .at_ms = clock_wall_ms(&f.clock.ops) };

	gateway_hear(f.bed->gateway, &in, on_room_heard, NULL);
	campaigns_stop(f.campaigns);
	commit(f.bed);
	assert_int_equal(bed_counted(f.bed, NOVEMBER, "campaign.engaged"), 0);
	again(&f);
	is(&f, "campaign.engaged", 1);
	again(&f);
	is(&f, "campaign.engaged", 1);
	stop(&f);
}

static void k52_what_does_it_mean(void **state)
{
	struct field f;

	open_field(&f, state, GOOD);
	reach(&f, SHI, "spring");
	hear(&f, SHI, "这是什么意思?");
	hear(&f, SHI, "I don’t UNDERSTAND");
	hear(&f, SHI, "I understand, thanks");
	hear(&f, LIN, "看不懂"); /* nobody wrote there */
	is(&f, "inbound.meaning", 2);
	stop(&f);
}

static void words_of_not_understanding(void **state)
{
	static const struct {
		const char *text;
		bool asked;
	} rows[] = {
		{ "什么意思", true },
		{ "请问这个怎么算啊", true },
		{ "看 不 懂!", true },
		{ "WHAT DOES THIS MEAN???", true },
		{ "Don't understand", true },
		{ "明白了,谢谢", false },
		{ "算了", false },
		{ "", false },
		{ "\xff什么意思", false },
		{ "the demeaning of", false },
	};
	struct wordset *w = meaning_words();

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		if (meaning_asked(w, str_of(rows[i].text)) != rows[i].asked)
			fail_msg("%s", rows[i].text);
	wordset_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(k50_once_a_person_and_campaign),
		CASE(k50_leaving_is_not_taking_part),
		CASE(k50_tests_and_pilots_are_nobody),
		CASE(k50_within_a_week),
		CASE(k50_who_was_not_reached_does_not_count),
		CASE(k50_counted_after_the_start),
		CASE(k52_what_does_it_mean),
		cmocka_unit_test(words_of_not_understanding),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
