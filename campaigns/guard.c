/* Shares over windows of messages. */
#include "campaigns/guard.h"

#include <string.h>

/* Messages that a peer has had, or that failed before. */
static int64_t sent(const struct campaign *m)
{
	int64_t sum = 0;

	for (unsigned i = MESSAGE_SUBMITTED; i < MESSAGE_STATES; i++) {
		if (i != MESSAGE_CANCELLED && i != MESSAGE_SUPPRESSED)
			sum += m->messages[i];
	}
	return sum;
}

static int64_t failed(const struct campaign *m)
{
	return m->messages[MESSAGE_FAILED] + m->messages[MESSAGE_REJECTED] +
	       m->messages[MESSAGE_UNDELIVERED];
}

static struct harm harm_of(const struct campaign *m)
{
	return (struct harm){ sent(m), failed(m), m->life.optouts,
			      m->life.complaints };
}

void guard_begin(struct campaign *m)
{
	must(m != NULL);
	m->guard = (struct guard){
		.sent = sent(m),
		.failed = failed(m),
		.optout_sent = sent(m),
		.optouts = m->life.optouts,
		.complaint_sent = sent(m),
		.complaints = m->life.complaints,
		.begin = harm_of(m),
	};
}

void guard_complaint(struct campaign *m, int64_t now_ms)
{
	struct guard *g = &m->guard;

	must(m != NULL);
	for (unsigned i = ARRAY_LEN(g->complaint_ms) - 1; i > 0; i--)
		g->complaint_ms[i] = g->complaint_ms[i - 1];
	g->complaint_ms[0] = now_ms;
}

/*
 * More bad ones than the share of `over` allows: at once, however few have
 * gone. When `over` have gone without that, a new window begins.
 */
static bool beyond(int64_t bad_now, int64_t sent_now, int64_t *bad,
		   int64_t *from, int64_t share, int64_t over)
{
	bool yes = share > 0 && (bad_now - *bad) * 1000 > share * over;

	if (sent_now - *from >= over && !yes) {
		*bad = bad_now;
		*from = sent_now;
	}
	return yes;
}

static const char *burst(const struct campaigns_cfg *cfg,
			 const struct campaign *m, int64_t now_ms)
{
	const struct guard *g = &m->guard;
	size_t n = (size_t)cfg->complaint_count;

	if (n == 0 || n > ARRAY_LEN(g->complaint_ms) ||
	    g->complaint_ms[n - 1] == 0 ||
	    now_ms - g->complaint_ms[n - 1] > cfg->complaint_window)
		return NULL;
	return "complaint_burst";
}

void guard_usual(const struct campaigns *c, const struct campaign *m,
		 struct harm *out)
{
	must(c != NULL && m != NULL && out != NULL);
	*out = (struct harm){ 0 };
	for (size_t i = 0; i < c->n; i++) {
		const struct campaign *x = c->v[i];
		struct harm one;

		if (x == m || strcmp(x->tenant, m->tenant) != 0 ||
		    !str_eqz(str_of(x->spec.class_name), m->spec.class_name))
			continue;
		one = harm_of(x);
		out->sent += one.sent;
		out->failed += one.failed;
		out->optouts += one.optouts;
		out->complaints += one.complaints;
	}
}

/* bad of sent is more than factor times the usual share. What never happened
 * is taken to happen once. */
static bool surges(const struct campaigns_cfg *cfg, int64_t bad, int64_t sent,
		   int64_t usual_bad, int64_t usual_sent)
{
	return bad >= cfg->surge_least && sent > 0 &&
	       (double)bad * (double)usual_sent >
		       (double)cfg->surge_factor * (double)MAX(usual_bad, 1) *
			       (double)sent;
}

static const char *surge(const struct campaigns_cfg *cfg,
			 const struct campaign *m, const struct harm *usual)
{
	const struct harm now = harm_of(m), *from = &m->guard.begin;
	const struct {
		const char *why;
		int64_t bad, usual;
	} rows[] = {
		{ "error_rate", now.failed - from->failed, usual->failed },
		{ "optout_spike", now.optouts - from->optouts, usual->optouts },
		{ "complaint_surge", now.complaints - from->complaints,
		  usual->complaints },
	};

	if (cfg->surge_factor == 0 || usual->sent < cfg->surge_known)
		return NULL;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		if (surges(cfg, rows[i].bad, now.sent - from->sent,
			   rows[i].usual, usual->sent))
			return rows[i].why;
	return NULL;
}

const char *guard_alarm(const struct campaigns_cfg *cfg, struct campaign *m,
			const struct harm *usual, int64_t now_ms,
			struct err *what)
{
	struct guard *g = &m->guard;
	const char *why = burst(cfg, m, now_ms);

	must(cfg != NULL && m != NULL && usual != NULL && what != NULL);
	if (beyond(failed(m), sent(m), &g->failed, &g->sent, cfg->error_share,
		   cfg->error_over))
		why = "error_rate";
	else if (beyond(m->life.optouts, sent(m), &g->optouts, &g->optout_sent,
			cfg->optout_share, cfg->optout_over))
		why = "optout_spike";
	else if (beyond(m->life.complaints, sent(m), &g->complaints,
			&g->complaint_sent, cfg->complaint_share,
			cfg->complaint_over))
		why = "complaint_burst";
	if (why == NULL)
		why = surge(cfg, m, usual);
	if (why != NULL)
		err_set(what, 0,
			"%lld sent, %lld failed, %lld opted out, %lld "
			"complained",
			(long long)sent(m), (long long)failed(m),
			(long long)m->life.optouts,
			(long long)m->life.complaints);
	return why;
}
