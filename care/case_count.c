/* What cases come to, for reports: in the batch that stores the step. Shares
 * of complaints belong to the month in which they were opened; whether one was
 * answered in time, to the month in which it was due. */
#include "care/cases_impl.h"

/* A complaint of the same person and topic within this time repeats it. */
#define REPEAT_MS (30 * INT64_C(86400000))

/* One case on its way into the measures. */
struct counting {
	struct cases *c;
	const struct care_case *x;
	struct measure m;
};

static void count(struct counting *k, const char *name, int64_t at_ms,
		  int64_t n)
{
	struct measure m = k->m;

	m.name = str_of(name);
	m.at_ms = at_ms;
	m.n = n;
	gateway_measure(k->c->gateway, str_of(k->x->address), &m);
}

/* What a first step says of it; a suggestion is no complaint. */
static bool is_complaint(const struct care_case *x)
{
	return case_kinds[x->kind].harm;
}

struct str case_department(const struct cases_cfg *cfg, struct str topic)
{
	struct str any = STR_NONE, name;

	must(cfg != NULL);
	for (size_t i = 0; i < cfg->departments.len; i++) {
		struct str rest =
			str_cut(str_trim(str_of(cfg->departments.v[i])), ' ',
				&name);

		if (topic.len > 0 && str_eq(name, topic))
			return str_trim(rest);
		if (str_eqz(name, "*"))
			any = str_trim(rest);
	}
	return any;
}

static struct str department_of(const struct cases *c,
				const struct care_case *x)
{
	struct campaign *m = NULL;
	uint64_t id;

	if (c->campaigns != NULL && id_parse(str_of(x->campaign), &id) == 0)
		m = campaigns_find(c->campaigns, str_of(x->tenant), id);
	struct str of =
		m == NULL ? STR_NONE : campaign_department(c->campaigns, m);

	return of.len > 0 ? of : case_department(c->cfg, str_of(x->topic));
}

/* Among those that are open, or can be opened again. */
static bool is_repeated(const struct care_case *x)
{
	for (const struct care_case *y = x->older; y != NULL; y = y->older) {
		if (is_complaint(y) &&
		    y->opened_ms > x->opened_ms - REPEAT_MS &&
		    str_eqz(str_of(x->topic), y->topic) &&
		    str_eqz(str_of(x->address), y->address) &&
		    str_eqz(str_of(x->tenant), y->tenant))
			return true;
	}
	return false;
}

/* Is it known whether the first reply came in time? */
static bool is_decided(const struct case_now *n)
{
	return n->replied_ms != 0 || n->alarms >= CASE_ALARMS ||
	       n->state == CASE_CLOSED;
}

static void count_reply(struct counting *k, const struct case_now *before)
{
	const struct case_now *n = &k->x->now;

	if (!is_decided(n) || (before->version != 0 && is_decided(before)))
		return;
	count(k, "case.reply_due", n->due_ms, 1);
	if (n->replied_ms != 0 && n->replied_ms <= n->due_ms)
		count(k, "case.replied_in_time", n->due_ms, 1);
}

/* K-21: once a complaint, whatever becomes of it. */
static void count_first_reply(struct counting *k, const struct case_now *before)
{
	const struct case_now *n = &k->x->now;
	char detail[MEASURE_WEEK_HOURS];
	struct counting first = *k;

	if (!n->answered || before->answered)
		return;
	measure_week_hours(k->x->opened_ms, n->replied_ms, detail);
	first.m.detail = str_of(detail);
	count(&first, "case.first_reply", k->x->opened_ms, 1);
}

/* 1: it has come about; -1: it was taken back; 0: as before. */
static int turned(bool was, bool is)
{
	return (int)is - (int)was;
}

static bool is_closed(const struct case_now *n)
{
	return n->version != 0 && n->state == CASE_CLOSED;
}

static void count_if(struct counting *k, const char *name, int64_t at_ms, int n)
{
	if (n != 0)
		count(k, name, at_ms, n);
}

/* K-41: what nobody asks customers about (1), and what no reply was promised
 * for but the usual (2). */
static void count_gaps(struct counting *k)
{
	const struct cases *c = k->c;
	const struct care_case *x = k->x;

	if (c->surveys == NULL ||
	    !surveys_ask_about(c->surveys, str_of(x->tenant), str_of(x->topic)))
		count(k, "case.unasked", x->opened_ms, 1);
	if (!sla_promised(c->slas, x))
		count(k, "case.unpromised", x->opened_ms, 1);
}

static void count_complaint(struct counting *k, const struct case_now *before)
{
	const struct care_case *x = k->x;
	const struct case_now *n = &x->now;
	int64_t at_ms = x->opened_ms;
	bool fresh = before->version == 0;

	if (fresh) {
		count(k, "case.complaint", at_ms, 1);
		if (is_repeated(x))
			count(k, "case.repeated", at_ms, 1);
		count_gaps(k);
	}
	count_if(k, "case.escalated", at_ms,
		 turned(before->escalated, n->escalated));
	count_if(k, "case.closed", at_ms,
		 turned(is_closed(before), is_closed(n)));
	count_if(k, "case.solved", at_ms,
		 turned(is_closed(before) && before->solved,
			is_closed(n) && n->solved));
	count_reply(k, before);
	count_first_reply(k, before);
}

/* A finding of a survey, until somebody has put it right (K-18). */
static void count_problem(struct counting *k, const struct case_now *before)
{
	const struct case_now *n = &k->x->now;

	if (before->version == 0)
		count(k, "case.problem", k->x->opened_ms, 1);
	count_if(k, "case.problem_solved", k->x->opened_ms,
		 turned(is_closed(before) && before->solved,
			is_closed(n) && n->solved));
}

static struct counting counting_of(struct cases *c, const struct care_case *x)
{
	return (struct counting){
		.c = c,
		.x = x,
		.m = { .tenant = str_of(x->tenant),
		       .department = department_of(c, x),
		       .channel = str_of(x->channel),
		       .class_name = str_of(case_kinds[x->kind].name),
		       .detail = str_of(x->topic) },
	};
}

void case_count_one(struct cases *c, const struct care_case *x,
		    const char *name)
{
	must(c != NULL && x != NULL && name != NULL);
	struct counting k = counting_of(c, x);

	count(&k, name, x->opened_ms, 1);
}

void case_count(struct cases *c, const struct care_case *x,
		const struct case_now *before)
{
	must(c != NULL && x != NULL && before != NULL);
	struct counting k = counting_of(c, x);

	count_if(&k, "case.ended", x->opened_ms,
		 turned(is_closed(before), is_closed(&x->now)));
	if (is_complaint(x))
		count_complaint(&k, before);
	if (str_eqz(STR(CASE_SOURCE_SURVEY), x->source))
		count_problem(&k, before);
	if (str_eqz(STR(CASE_TOPIC_REMINDER), x->topic))
		count_if(&k, "case.wrong_reminder", x->opened_ms,
			 turned(before->verdict == CASE_PROVEN,
				x->now.verdict == CASE_PROVEN));
}
