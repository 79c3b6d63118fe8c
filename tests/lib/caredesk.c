/* A desk of cases for tests. */
#include "tests/lib/caredesk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char config[] =
	"class survey { consent = none opt_out_text = true }\n"
	"class service { consent = none }\n"
	"fake a { receipt_after = 1ms }\n";

static char *causes[] = { Z("charge_error"), Z("staff") };

static const struct cases_cfg plain = {
	.owner = Z("care-desk"),
	.first_reply = 48 * HOUR,
	.silence = 72 * HOUR,
	.reopen = 30 * 24 * HOUR,
	.max = 100,
	.per_person = 3,
	.causes = { causes, 2 },
	.class_name = Z("service"),
	.receipt_zh = Z("已收到,编号{{case}},{{hours}}小时内回复。"),
	.receipt_en = Z("No. {{case}}: a reply within {{hours}} hours."),
	.progress_zh = Z("编号{{case}}仍在处理。"),
	.progress_en = Z("Still at work on {{case}}."),
	.resurvey = Z(""),
};

const struct case_by caredesk_ann = { .actor = { "user:1", 6 },
				      .name = { "ann", 3 } };

/* The number behind a member; -1: it is not there. */
static long long number_of(struct str json, const char *member)
{
	char key[64], text[4096];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", member);
	IGNORE(str_copy(text, sizeof(text), json));
	at = strstr(text, key);
	return at == NULL ? -1 : strtoll(at + strlen(key), NULL, 10);
}

static bool has(struct str json, const char *word)
{
	return memmem(json.p, json.len, word, strlen(word)) != NULL;
}

static void on_event(void *owner, struct str tenant, struct str type,
		     struct str json)
{
	struct caredesk *d = owner;
	size_t len = strlen(d->events);
	long long percent = number_of(json, "percent");
	long long fen = number_of(json, "amount_fen");

	(void)tenant;
	d->delivered += str_eqz(type, "message.delivered");
	if (!str_starts(type, STR("case.")) &&
	    !str_starts(type, STR("billing.")))
		return;
	snprintf(d->events + len, sizeof(d->events) - len, "%.*s",
		 STR_ARGS(type));
	len = strlen(d->events);
	if (percent >= 0 || fen >= 0)
		snprintf(d->events + len, sizeof(d->events) - len, ":%lld%s ",
			 percent >= 0 ? percent : fen,
			 has(json, "\"FIRST_REPLY_OVERDUE\"") ? "!" : "");
	else
		snprintf(d->events + len, sizeof(d->events) - len, " ");
}

static const struct surveys_cfg surveys_cfg = { 100, 10, 10000, 365 * 24 * HOUR,
						64 };

static void on_inbound(void *owner, const struct inbound *in,
		       struct str campaign)
{
	(void)campaign;
	cases_inbound(((struct caredesk *)owner)->cases, in);
}

static void on_low(void *owner, const struct survey_low *low)
{
	cases_low(((struct caredesk *)owner)->cases, low);
}

void caredesk_start(struct caredesk *d, bool create)
{
	struct err err = { "" };

	bed_start(d->bed, d->gateway == NULL ? config : d->gateway, create);
	struct surveys_env senv = { .loop = d->bed->loop,
				    .clock = &d->clock.ops,
				    .gateway = d->bed->gateway,
				    .store = d->bed->store,
				    .cfg = &surveys_cfg };

	if (surveys_open(&d->surveys, &senv, &err) != 0)
		fail_msg("%s", err.text);
	struct cases_env env = { .loop = d->bed->loop,
				 .clock = &d->clock.ops,
				 .gateway = d->bed->gateway,
				 .store = d->bed->store,
				 .surveys = d->surveys,
				 .cfg = &d->cfg,
				 .settings = d->settings };

	if (cases_open(&d->cases, &env, &err) != 0)
		fail_msg("%s", err.text);
	gateway_claimant(d->bed->gateway, CLAIMANT_SURVEY, &surveys_claimant,
			 d->surveys);
	gateway_claimant(d->bed->gateway, CLAIMANT_CASE, &cases_claimant,
			 d->cases);
	gateway_on_inbound(d->bed->gateway, on_inbound, d);
	surveys_on_low(d->surveys, on_low, d);
	gateway_watch(d->bed->gateway, on_event, d);
}

void caredesk_stop(struct caredesk *d)
{
	cases_stop(d->cases);
	surveys_stop(d->surveys);
	bed_stop(d->bed);
	cases_close(&d->cases);
	surveys_close(&d->surveys);
}

void caredesk_open(struct caredesk *d, void **state)
{
	*d = (struct caredesk){ .bed = *state, .cfg = plain };
	clock_hand_init(&d->clock, clock_wall_ms(&clock_real));
	caredesk_start(d, true);
}

void caredesk_pass(struct caredesk *d, int64_t hours)
{
	clock_hand_jump(&d->clock, hours * HOUR);
	cases_tick(d->cases);
	commit(d->bed);
}

struct care_case *caredesk_add(struct caredesk *d, enum case_kind kind,
			       const char *topic)
{
	const struct case_ask ask = { .tenant = CAREDESK_TENANT,
				      .kind = kind,
				      .to = SHI,
				      .topic = str_of(topic),
				      .source = STR("api"),
				      .zh = true };
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	if (cases_add(d->cases, &ask, &caredesk_ann, &x, &joined, &no) != 0)
		fail_msg("%s", no.err.text);
	commit(d->bed);
	return x;
}

const char *caredesk_act(struct caredesk *d, struct care_case *x,
			 struct case_deed deed)
{
	static struct case_no no;
	int rc = cases_do(d->cases, x, &deed, &caredesk_ann, &no);

	commit(d->bed);
	return rc == 0 ? "" : no.code;
}

const char *caredesk_end(struct caredesk *d, struct care_case *x,
			 const char *cause, const char *outcome, int64_t fen)
{
	return ACT(d, x, CASE_CLOSE, .cause = str_of(cause),
		   .text = str_of(outcome), .amount_fen = fen, .solved = true);
}

static void on_heard(void *owner, int rc)
{
	*(int *)owner = rc;
}

void caredesk_write_in(struct caredesk *d, struct str from, const char *channel,
		       const char *text)
{
	caredesk_write_to(d, from, channel, "99900", text);
}

void caredesk_write_to(struct caredesk *d, struct str from, const char *channel,
		       const char *to, const char *text)
{
	struct inbound in = { .channel = str_of(channel),
			      .from = from,
			      .to = str_of(to),
			      .text = str_of(text),
			      .at_ms = clock_wall_ms(&clock_real) };
	int rc = 1;

	gateway_hear(d->bed->gateway, &in, on_heard, &rc);
	assert_int_equal(str_copy(d->claimed, sizeof(d->claimed), in.claim), 0);
	TURN_UNTIL(d->bed, rc != 1);
	assert_int_equal(rc, 0);
}

void caredesk_expect(struct caredesk *d, const char *events)
{
	assert_string_equal(d->events, events);
	d->events[0] = '\0';
}
