/* Sums of a simulated run, and when it would be over. */
#include "campaigns/funnel.h"

#include <stdlib.h>

#include "campaigns/pace.h"
#include "campaigns/reach.h"
#include "campaigns/schedule.h"
#include "proto/json.h"

#define MINUTE_MS 60000

static void funnel_due(struct funnel *f, int64_t at_ms, unsigned parts)
{
	unsigned i = 0;

	while (i < f->ndue && llabs(f->due[i].at_ms - at_ms) >= MINUTE_MS)
		i++;
	if (i == f->ndue && i == FUNNEL_DUES_MAX) /* the last one's time */
		i = FUNNEL_DUES_MAX - 1;
	if (i == f->ndue)
		f->ndue++;
	f->due[i].at_ms = MAX(f->due[i].at_ms, at_ms);
	f->due[i].people++;
	f->due[i].parts += parts;
}

static void funnel_missing(struct funnel *f, struct str name)
{
	unsigned i = 0;

	while (i < f->nmissing && !str_eqz(name, f->missing[i].name))
		i++;
	if (i == FUNNEL_MISSING_MAX)
		return;
	if (i == f->nmissing) {
		f->nmissing++;
		IGNORE(str_copy(f->missing[i].name, sizeof(f->missing[i].name),
				name));
	}
	f->missing[i].people++;
}

void funnel_add(struct funnel *f, const struct recipient *r, unsigned parts)
{
	must(f != NULL && r != NULL);
	recipient_tally_add(&f->tally, r->state, r->reason, 1);
	f->people++;
	if (r->detail.len > 0)
		funnel_missing(f, r->detail);
	if (r->state == RECIPIENT_SUPPRESSED)
		return;
	f->sendable++;
	f->parts += parts;
	funnel_due(f, r->state == RECIPIENT_DEFERRED ? r->due_ms : 0, parts);
}

/* ---- time ------------------------------------------------------------------------ */

static double seconds(int64_t n, double rate)
{
	return rate > 0 ? (double)n / rate : 0;
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b; /* at_ms comes first */

	return (*x > *y) - (*x < *y);
}

void funnel_time(const struct funnel *f, const struct campaigns *c,
		 const struct campaign *m, int64_t start_ms,
		 struct funnel_time *out)
{
	struct funnel sorted = *f;
	double at;

	must(f != NULL && c != NULL && m != NULL && out != NULL);
	*out = (struct funnel_time){
		.people_rate = (double)m->spec.rate,
		.parts_rate = reach_rate(c, m),
		.start_ms = start_ms,
		.end_ms = schedule_end(m),
	};
	if (m->spec.window_ms != 0 && out->end_ms == 0)
		out->end_ms = start_ms + m->spec.window_ms;
	qsort(sorted.due, sorted.ndue, sizeof(sorted.due[0]), by_time);
	at = (double)start_ms / 1000 + pace_ramp_cost_s(&m->spec);
	for (unsigned i = 0; i < sorted.ndue; i++) {
		at = MAX(at, (double)sorted.due[i].at_ms / 1000);
		at += MAX(seconds(sorted.due[i].people, out->people_rate),
			  seconds(sorted.due[i].parts, out->parts_rate));
	}
	out->finish_ms = (int64_t)(at * 1000);
	out->fits = out->end_ms == 0 || out->finish_ms <= out->end_ms;
}

static const char *rate_text(double rate, const char *of, char out[40])
{
	if (rate <= 0)
		snprintf(out, 40, "no limit of %s", of);
	else
		snprintf(out, 40, "%g %s/s", rate, of);
	return out;
}

void funnel_sentence(const struct funnel *f, const struct funnel_time *t,
		     struct err *err)
{
	char people[40], parts[40], start[32], finish[32], end[32];
	int64_t minutes =
		(t->finish_ms - t->start_ms + MINUTE_MS - 1) / MINUTE_MS;

	must(f != NULL && t != NULL && err != NULL);
	clock_rfc3339(t->start_ms, start);
	clock_rfc3339(t->finish_ms, finish);
	clock_rfc3339(t->end_ms, end);
	err_set(err, 0,
		"%lld people, %lld parts at %s and %s from %s take %lld h %lld "
		"min: until %s, but the window ends at %s",
		(long long)f->sendable, (long long)f->parts,
		rate_text(t->people_rate, "people", people),
		rate_text(t->parts_rate, "parts", parts), start,
		(long long)minutes / 60, (long long)minutes % 60, finish, end);
}

/* ---- JSON ------------------------------------------------------------------------ */

static void put_counts(const struct recipient_tally *t, struct buf *out)
{
	json_key(out, "by");
	json_open(out, '[');
	for (unsigned i = 0; i < t->n; i++) {
		json_open(out, '{');
		json_kz(out, "state", recipient_state_name(t->v[i].state));
		json_kz(out, "reason", t->v[i].reason);
		json_ki(out, "count", t->v[i].n);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void put_missing(const struct funnel *f, struct buf *out)
{
	if (f->nmissing == 0)
		return;
	json_key(out, "missing");
	json_open(out, '[');
	for (unsigned i = 0; i < f->nmissing; i++) {
		json_open(out, '{');
		json_kz(out, "variable", f->missing[i].name);
		json_ki(out, "count", f->missing[i].people);
		json_close(out, '}');
	}
	json_close(out, ']');
}

void funnel_json(const struct funnel *f, const struct funnel_time *t,
		 const struct campaigns *c, struct buf *out)
{
	must(f != NULL && t != NULL && c != NULL && out != NULL);
	json_open(out, '{');
	json_ki(out, "people", f->people);
	json_ki(out, "sendable", f->sendable);
	json_ki(out, "parts", f->parts);
	json_ki(out, "cost_milli", f->parts * c->cfg->price);
	json_kz(out, "currency", c->cfg->currency);
	put_counts(&f->tally, out);
	put_missing(f, out);
	json_kt(out, "start", t->start_ms);
	json_kt(out, "finish", t->finish_ms);
	json_kt_opt(out, "window_end", t->end_ms);
	json_kb(out, "fits", t->fits);
	json_ki(out, "people_per_second", (int64_t)t->people_rate);
	json_ki(out, "parts_per_second", (int64_t)t->parts_rate);
	json_close(out, '}');
}
