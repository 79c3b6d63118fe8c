/* /v1/surveys/{id}/results: what it came to so far. */
#include "console/api.h"

#include "base/mem.h"
#include "base/share.h"
#include "campaigns/survey_results.h"
#include "campaigns/surveys.h"
#include "console/branch.h"
#include "proto/csv.h"

/* Below it a figure says little, and is marked. */
#define LOW_N 30

/* A real number with two digits behind the point. */
static void put_real(struct buf *b, const char *key, double v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", v);
	json_key(b, key);
	json_raw(b, str_of(text));
}

static void put_share(struct buf *b, const char *key, uint64_t part,
		      uint64_t whole)
{
	if (whole > 0)
		put_real(b, key, 100.0 * (double)part / (double)whole);
}

static void put_rates(struct buf *b, const struct survey_sums *s)
{
	uint64_t asked = 0, sent;

	json_key(b, "sessions");
	json_open(b, '{');
	for (unsigned i = 0; i < SESSION_STATES; i++) {
		json_ku(b, session_state_name((enum session_state)i),
			s->sessions[i]);
		asked += s->sessions[i];
	}
	json_close(b, '}');
	sent = asked - s->sessions[SESSION_CANCELLED] -
	       s->sessions[SESSION_CREATED] - s->sessions[SESSION_GATED];
	json_ku(b, "asked", asked);
	json_ku(b, "elsewhere", s->elsewhere);
	json_key(b, "rates");
	json_open(b, '{');
	put_share(b, "delivered", s->delivered, sent);
	put_share(b, "response", s->answered, s->delivered);
	put_share(b, "completion", s->sessions[SESSION_COMPLETED], s->started);
	put_share(b, "refused", s->sessions[SESSION_REFUSED], s->delivered);
	put_share(b, "unparsed", s->unparsed, s->unparsed + s->answered);
	json_close(b, '}');
	if (s->answered_timed > 0)
		json_ku(b, "mean_seconds_to_answer",
			s->answer_ms / s->answered_timed / 1000);
}

static void put_options(struct buf *b, const struct survey_question *q,
			const struct survey_count *c)
{
	json_key(b, "options");
	json_open(b, '[');
	for (unsigned i = 0; i < q->n; i++) {
		double low, high;

		share_interval(c->by_option[i], c->n, &low, &high);
		json_open(b, '{');
		json_ks(b, "token", q->options[i].token);
		json_ki(b, "score", q->options[i].score);
		json_kz(b, "label_zh", q->zh[i]);
		json_kz(b, "label_en", q->en[i]);
		json_ku(b, "n", c->by_option[i]);
		put_share(b, "percent", c->by_option[i], c->n);
		put_real(b, "low", 100 * low);
		put_real(b, "high", 100 * high);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void put_score(struct buf *b, const struct survey_question *q,
		      const struct survey_count *c)
{
	struct survey_score score;

	json_ku(b, "n", c->n);
	json_kb(b, "low_n", c->n < LOW_N);
	if (!survey_score(q, c, &score))
		return;
	put_real(b, score.name, score.value);
	put_real(b, "mean", score.mean);
	json_key(b, "interval");
	json_open(b, '{');
	put_real(b, "low", score.low);
	put_real(b, "high", score.high);
	json_close(b, '}');
}

/* The same of each channel that an answer came on. */
static void put_channels(struct buf *b, const struct survey_sums *s,
			 unsigned question)
{
	const struct survey_question *q = &s->survey->v[question];

	json_key(b, "channels");
	json_open(b, '[');
	for (unsigned i = 0; i < s->nchannels; i++) {
		const struct survey_count *c = &s->channels[i].v[question];

		if (c->n == 0)
			continue;
		json_open(b, '{');
		json_kz(b, "channel", s->channels[i].name);
		put_score(b, q, c);
		if (q->n > 0)
			put_options(b, q, c);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void put_question(struct buf *b, const struct survey_sums *s,
			 unsigned question)
{
	const struct survey_question *q = &s->survey->v[question];
	const struct survey_count *c = &s->v[question];

	json_open(b, '{');
	json_kz(b, "question", q->id);
	json_kz(b, "kind", answer_kind_name(q->kind));
	put_score(b, q, c);
	json_ku(b, "late", c->late);
	json_ku(b, "edited", c->edited);
	if (q->n > 0)
		put_options(b, q, c);
	put_channels(b, s, question);
	json_close(b, '}');
}

/* ---- CSV ------------------------------------------------------------------------ */

static void cell_real(struct buf *b, bool there, double v)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", v);
	csv_cell(there ? str_of(text) : STR_NONE, false, b);
}

static void csv_head(struct buf *b, const struct survey_question *q,
		     const char *channel, uint64_t n)
{
	char text[32];

	csv_cell(str_of(q->id), true, b);
	csv_cell(str_of(answer_kind_name(q->kind)), false, b);
	csv_cell(str_of(channel), false, b);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	csv_cell(str_of(text), false, b);
}

/* A row of the question, and one of each option. */
static void csv_question(struct buf *b, const struct survey_question *q,
			 const char *channel, const struct survey_count *c)
{
	struct survey_score score = { .name = "" };
	bool is = survey_score(q, c, &score);

	csv_head(b, q, channel, c->n);
	for (unsigned i = 0; i < 3; i++)
		csv_cell(STR_NONE, false, b);
	cell_real(b, is, score.value);
	cell_real(b, is, score.low);
	cell_real(b, is, score.high);
	cell_real(b, is, score.mean);
	buf_z(b, "\r\n");
	for (unsigned i = 0; i < q->n; i++) {
		uint64_t n = c->by_option[i];
		double low, high;

		share_interval(n, c->n, &low, &high);
		csv_head(b, q, channel, n);
		csv_cell(q->options[i].token, false, b);
		csv_cell(str_of(q->zh[i]), false, b);
		csv_cell(str_of(q->en[i]), false, b);
		cell_real(b, c->n > 0,
			  100.0 * (double)n / (double)MAX(c->n, 1));
		cell_real(b, c->n > 0, 100 * low);
		cell_real(b, c->n > 0, 100 * high);
		cell_real(b, false, 0);
		buf_z(b, "\r\n");
	}
}

/* channel "": all of them. */
static void put_csv(struct buf *b, const struct survey_sums *s)
{
	buf_z(b, "question,kind,channel,n,token,label_zh,label_en,value,low,"
		 "high,mean\r\n");
	for (unsigned i = 0; i < s->survey->n; i++) {
		const struct survey_question *q = &s->survey->v[i];

		csv_question(b, q, "", &s->v[i]);
		for (unsigned k = 0; k < s->nchannels; k++)
			if (s->channels[k].v[i].n > 0)
				csv_question(b, q, s->channels[k].name,
					     &s->channels[k].v[i]);
	}
}

/* ---- the answer ------------------------------------------------------------------ */

struct asked_results {
	struct survey_sums sums;
	bool csv;
};

static void asked_free(void *own)
{
	struct asked_results *a = own;

	survey_sums_done(&a->sums);
	mem_free(a);
}

static bool show_tally(void *owner, const struct row *row)
{
	struct asked_results *a = ((struct request *)owner)->own;

	survey_sum(&a->sums, row);
	return true;
}

static void put_json(struct buf *b, const struct survey_sums *s)
{
	json_open(b, '{');
	json_kz(b, "id", s->survey->id);
	json_ku(b, "version", s->survey->version);
	put_rates(b, s);
	json_key(b, "questions");
	json_open(b, '[');
	for (unsigned i = 0; i < s->survey->n; i++)
		put_question(b, s, i);
	json_close(b, ']');
	json_close(b, '}');
}

static void on_tallies(struct request *r, int rc)
{
	struct asked_results *a = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	if (!a->csv) {
		put_json(&r->out, &a->sums);
		reply_send(r, 200);
		return;
	}
	AUTO(buf_done) struct buf text = { 0 };

	buf_init(&text, BUF_NO_LIMIT);
	put_csv(&text, &a->sums);
	reply_text(r, 200, "text/csv; charset=utf-8", buf_str(&text));
}

void api_survey_results(struct request *r)
{
	struct str tenant, format = request_query(r, "format");
	struct str branch = request_query(r, "branch");

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	if (branch.len == 0)
		branch = str_of(r->who.branch);
	if (!branch_check(r, tenant, branch, r->param[0]))
		return;
	const struct survey *v =
		surveys_find(r->c->surveys, tenant, r->param[0], 0);

	if (v == NULL) {
		reply_error(r, 404, "not_found", NULL, "no such survey");
		return;
	}
	if (format.len > 0 && !str_eqz(format, "json") &&
	    !str_eqz(format, "csv")) {
		reply_error(r, 400, "bad_value", "format",
			    "format is one of json, csv");
		return;
	}
	struct asked_results *a = mem_new(struct asked_results);
	struct cell cells[] = { CELL_Z(v->tenant), CELL_Z(v->id),
				branch.len > 0 ? CELL_T(branch) : CELL_N };

	a->sums.survey = v;
	a->csv = str_eqz(format, "csv");
	r->own = a;
	r->own_free = asked_free;
	IGNORE(reply_json(r) == NULL);
	request_read(r, STORE_SURVEY_TALLIES, cells, ARRAY_LEN(cells),
		     show_tally, on_tallies);
}
