/* Cases opened, their alarms, and the object itself. */
#include <errno.h>
#include <stdio.h>

#include "base/due.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/cases_impl.h"
#include "proto/json.h"

/* What one turn does of what is due. */
#define TICK_CASES 500
#define TEXT_KEPT 4000

/* ---- opened ---------------------------------------------------------------------- */

struct care_case *cases_find(struct cases *c, struct str tenant, uint64_t id)
{
	must(c != NULL);
	struct care_case *x = map_ptr(c->all, id);

	return x == NULL || (tenant.len > 0 && !str_eqz(tenant, x->tenant))
		       ? NULL
		       : x;
}

unsigned cases_owned(const struct cases *c, struct str tenant, struct str owner)
{
	uint64_t id, value;
	unsigned n = 0;
	size_t pos = 0;

	must(c != NULL);
	while (map_next(c->all, &pos, &id, &value)) {
		const struct care_case *x =
			(const struct care_case *)(uintptr_t)value;

		n += x->now.state != CASE_CLOSED &&
		     str_eqz(owner, x->now.owner) &&
		     (tenant.len == 0 || str_eqz(tenant, x->tenant));
	}
	return n;
}

bool cases_from(const struct cases *c, struct str tenant, struct str ref)
{
	uint64_t id, value;
	size_t pos = 0;

	must(c != NULL);
	while (map_next(c->all, &pos, &id, &value)) {
		const struct care_case *x =
			(const struct care_case *)(uintptr_t)value;

		if (str_eqz(ref, x->ref) && str_eqz(tenant, x->tenant))
			return true;
	}
	return false;
}

/* The open one of that person that it says again, of the same campaign if it
 * is about one; how many are open. */
static struct care_case *same(const struct cases *c, const struct case_ask *ask,
			      int64_t *open)
{
	struct care_case *found = NULL;

	*open = 0;
	for (struct care_case *x = case_newest(c, ask->tenant, ask->to);
	     x != NULL; x = x->older) {
		if (x->now.state == CASE_CLOSED ||
		    !str_eqz(ask->to, x->address) ||
		    !str_eqz(ask->tenant, x->tenant))
			continue;
		++*open;
		if (found == NULL && x->kind == ask->kind &&
		    case_kinds[x->kind].joins &&
		    (ask->campaign.len == 0 ||
		     str_eqz(ask->campaign, x->campaign)))
			found = x;
	}
	return found;
}

struct care_case *case_seen(const struct cases *c, const struct case_ask *ask)
{
	must(c != NULL && ask != NULL);
	struct care_case *x =
		ask->ref.len == 0 ? NULL : case_newest(c, ask->tenant, ask->to);

	while (x != NULL &&
	       !(str_eqz(ask->ref, x->ref) && str_eqz(ask->source, x->source) &&
		 str_eqz(ask->to, x->address) &&
		 str_eqz(ask->tenant, x->tenant)))
		x = x->older;
	return x;
}

/* What was asked for, checked by size: what does not fit is refused. */
static int fill(struct care_case *x, const struct case_ask *ask,
		struct str owner, struct case_no *no)
{
	const struct {
		const char *field;
		char *dst;
		size_t size;
		struct str value;
	} texts[] = {
		{ "tenant", x->tenant, sizeof(x->tenant), ask->tenant },
		{ "to", x->address, sizeof(x->address), ask->to },
		{ "channel", x->channel, sizeof(x->channel), ask->channel },
		{ "owner", x->now.owner, sizeof(x->now.owner), owner },
		{ "account", x->account, sizeof(x->account), ask->account },
		{ "topic", x->topic, sizeof(x->topic), ask->topic },
		{ "source", x->source, sizeof(x->source), ask->source },
		{ "ref", x->ref, sizeof(x->ref), ask->ref },
		{ "campaign", x->campaign, sizeof(x->campaign), ask->campaign },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (str_copy(texts[i].dst, texts[i].size, texts[i].value) != 0)
			return case_no(no, -EINVAL, "too_long", texts[i].field,
				       "%s has more than %zu bytes",
				       texts[i].field, texts[i].size - 1);
	}
	return 0;
}

static void put_said(struct buf *b, const struct case_ask *ask)
{
	buf_init(b, BUF_NO_LIMIT);
	json_open(b, '{');
	json_ks(b, "source", ask->source);
	json_ks_opt(b, "ref", ask->ref);
	json_ks_opt(b, "text", str_first(ask->text, TEXT_KEPT));
}

/* How content they were when it began: what they said first. */
static void rate(struct care_case *x, const struct case_ask *ask)
{
	if (x->now.rated || !ask->rated)
		return;
	x->now.rated = true;
	x->now.satisfied = ask->satisfied;
}

/* It is here: stops no clock but that of silence. The same is said once a day
 * at the most, however often they say it. */
static void receipt(struct cases *c, struct care_case *x, struct buf *what)
{
	struct case_no no;
	uint64_t message = 0;

	/* a first reply is promised as long as it is owed, and in time */
	bool owed = x->now.replied_ms == 0 && cases_now(c) < x->now.due_ms;
	const char *zh = owed ? c->cfg->receipt_zh : c->cfg->progress_zh;
	const char *en = owed ? c->cfg->receipt_en : c->cfg->progress_en;

	if (case_say_words(c, x, x->zh ? zh : en, owed ? "receipt" : "again",
			   &message, &no) == 0)
		json_kid(what, "receipt", message);
	else
		json_kz(what, "no_receipt", no.code);
}

/* Said again, for the same case. */
static void join(struct cases *c, struct care_case *x,
		 const struct case_ask *ask, const struct case_by *by)
{
	AUTO(buf_done) struct buf what = { 0 };
	const struct case_now before = x->now;

	rate(x, ask);
	put_said(&what, ask);
	if (ask->receipt)
		receipt(c, x, &what);
	json_close(&what, '}');
	case_step(c, x, "said_again", "case.said_again", by, buf_str(&what),
		  &before);
}

static struct care_case *make(struct cases *c, enum case_kind kind, bool zh)
{
	struct care_case *x = mem_new(struct care_case);
	int64_t now_ms = cases_now(c);

	heap_node_init(&x->due);
	x->id = id_next(&c->ids, now_ms);
	x->kind = kind;
	x->zh = zh;
	x->opened_ms = x->now.visible_ms = now_ms;
	return x;
}

static void count(const struct care_case *x)
{
	char label[48];

	snprintf(label, sizeof(label), "kind=\"%s\"", case_kinds[x->kind].name);
	stat_add(stats_get(STAT_COUNTER, "cases_opened_total", "Cases opened.",
			   label),
		 1);
}

static int full(struct cases *c, struct case_no *no, const char *what)
{
	stat_add(c->s_refused, 1);
	return case_no(no, -ENOSPC, "full", NULL, "too many cases %s", what);
}

bool case_again(struct cases *c, const struct case_ask *ask,
		const struct case_by *by)
{
	must(c != NULL && ask != NULL && by != NULL);
	struct care_case *x = case_seen(c, ask);

	if (x == NULL || x->now.state == CASE_CLOSED)
		return false;
	join(c, x, ask, by);
	return true;
}

int cases_add(struct cases *c, const struct case_ask *ask,
	      const struct case_by *by, struct care_case **out, bool *joined,
	      struct case_no *no)
{
	must(c != NULL && ask != NULL && by != NULL && out != NULL);
	must(joined != NULL && no != NULL);
	AUTO(buf_done) struct buf what = { 0 };
	const struct case_now none = { .version = 0 };
	struct str owner = str_trim(ask->owner);
	int64_t open;
	struct care_case *x = case_seen(c, ask);

	*joined = true;
	if (x != NULL) {
		*out = x;
		return 0;
	}
	x = same(c, ask, &open);
	*joined = x != NULL;
	if (x != NULL) {
		join(c, x, ask, by);
		*out = x;
		return 0;
	}
	/* a report is taken, however many there are */
	if (open >= c->cfg->per_person && ask->kind != CASE_REPORT)
		return full(c, no, "of that person are open");
	if (map_len(c->all) >= (size_t)c->cfg->max)
		return full(c, no, "are open");
	x = make(c, ask->kind, ask->zh);
	int rc =
		fill(x, ask, owner.len > 0 ? owner : str_of(c->cfg->owner), no);

	if (rc != 0) {
		case_free(&x);
		return rc;
	}
	rate(x, ask);
	x->now.due_ms = sla_due_ms(c->slas, x, x->opened_ms);
	case_index(c, x);
	put_said(&what, ask);
	if (ask->receipt)
		receipt(c, x, &what);
	json_close(&what, '}');
	case_step(c, x, "open", "case.opened", by, buf_str(&what), &none);
	count(x);
	case_harm(c, x);
	*out = x;
	return 0;
}

/* ---- what becomes due -------------------------------------------------------------- */

static const struct case_by system_by = { .name = { "", 0 } };

static void alarm(struct cases *c, struct care_case *x, const char *name,
		  struct buf *what, const struct case_now *before)
{
	char label[48];

	json_close(what, '}');
	case_step(c, x, "alarm", "case.alarm", &system_by, buf_str(what),
		  before);
	snprintf(label, sizeof(label), "alarm=\"%s\"", name);
	stat_add(stats_get(STAT_COUNTER, "case_alarms_total",
			   "Alarms of cases that wait.", label),
		 1);
}

/* 50, 80, 100 %: the last one says that it is overdue. */
static void reply_alarm(struct cases *c, struct care_case *x)
{
	AUTO(buf_done) struct buf what = { 0 };
	const struct case_now before = x->now;
	unsigned percent = case_alarm_percent[x->now.alarms];

	buf_init(&what, BUF_NO_LIMIT);
	json_open(&what, '{');
	json_kz(&what, "alarm", "first_reply");
	json_ku(&what, "percent", percent);
	if (percent == 100)
		json_kz(&what, "reason", "FIRST_REPLY_OVERDUE");
	x->now.alarms++;
	alarm(c, x, "first_reply", &what, &before);
}

/* The customer hears that it goes on, the owner that it does not. */
static void silence_alarm(struct cases *c, struct care_case *x)
{
	AUTO(buf_done) struct buf what = { 0 };
	const struct case_now before = x->now;
	struct case_no no;
	uint64_t message = 0;

	buf_init(&what, BUF_NO_LIMIT);
	json_open(&what, '{');
	json_kz(&what, "alarm", "silence");
	if (case_say_words(c, x,
			   x->zh ? c->cfg->progress_zh : c->cfg->progress_en,
			   "", &message, &no) == 0)
		json_kid(&what, "message", message);
	else
		json_kz(&what, "not_told", no.code);
	/* told or not: the next alarm comes when it has been silent again */
	x->now.visible_ms = cases_now(c);
	alarm(c, x, "silence", &what, &before);
}

static void due(struct cases *c, struct care_case *x, int64_t now_ms)
{
	const struct case_now *n = &x->now;

	if (n->state == CASE_CLOSED) {
		case_forget(c, x);
		return;
	}
	while (n->replied_ms == 0 && n->alarms < CASE_ALARMS &&
	       sla_alarm_ms(c->slas, x, n->alarms) <= now_ms)
		reply_alarm(c, x);
	if (n->visible_ms + c->cfg->silence <= now_ms)
		silence_alarm(c, x);
	case_due(c, x);
}

void cases_tick(struct cases *c)
{
	int64_t now_ms = cases_now(c);
	struct heap_node *n;
	unsigned done = 0;

	must(c != NULL);
	/* what cannot be stored now is due again when it can */
	while (!c->stopped && done++ < TICK_CASES &&
	       c->store->ops->ready(c->store) == 0 &&
	       (n = heap_first(&c->due)) != NULL && (int64_t)n->key <= now_ms)
		due(c, CONTAINER_OF(n, struct care_case, due), now_ms);
	if (!c->stopped && c->timer != NULL)
		due_arm(c->timer, &c->due, now_ms);
}

static void on_timer(void *owner)
{
	cases_tick(owner);
}

/* ---- open and close ---------------------------------------------------------------- */

int cases_open(struct cases **out, const struct cases_env *env, struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(cases_close) struct cases *c = mem_new(struct cases);

	c->loop = env->loop;
	c->clock = env->clock;
	c->gateway = env->gateway;
	c->store = env->store;
	c->surveys = env->surveys;
	c->cfg = env->cfg;
	c->all = map_new();
	c->people = map_new();
	c->words = complaints_new();
	c->slas = slas_new(env->settings, env->cfg->first_reply);
	c->burst = burst_new(&(struct burst_cfg){
		.count = env->cfg->burst_count,
		.window_ms = env->cfg->burst_window,
		.factor = env->cfg->burst_factor,
		.least = env->cfg->burst_least,
	});
	heap_init(&c->due);
	id_source_init(&c->ids, env->node);
	c->s_open = stats_get(STAT_GAUGE, "cases_open", "Cases that are open.",
			      NULL);
	c->s_refused = stats_get(STAT_COUNTER, "cases_refused_total",
				 "Cases not opened: too many.", NULL);
	int rc = cases_recover(c, err);

	if (rc == 0)
		rc = case_sales_open(c, err);
	if (rc != 0)
		return rc;
	case_sales_begin(c);
	c->timer = loop_timer_new(env->loop, on_timer, c);
	loop_timer_set(c->timer, 10);
	*out = TAKE(c);
	return 0;
}

void cases_campaigns(struct cases *c, struct campaigns *campaigns)
{
	must(c != NULL);
	c->campaigns = campaigns;
}

void cases_stop(struct cases *c)
{
	if (c == NULL)
		return;
	c->stopped = true;
	loop_timer_free(&c->timer);
}

void cases_close(struct cases **cp)
{
	struct cases *c = TAKE(*cp);
	uint64_t id, value;
	size_t pos = 0;

	if (c == NULL)
		return;
	cases_stop(c);
	case_sales_close(c);
	heap_done(&c->due); /* looks at what is in it */
	while (map_next(c->all, &pos, &id, &value)) {
		struct care_case *x = (struct care_case *)(uintptr_t)value;

		case_free(&x);
	}
	map_free(&c->all);
	map_free(&c->people);
	complaints_free(&c->words);
	burst_free(&c->burst);
	slas_free(&c->slas);
	mem_free(c);
}
