/* /v1/surveys/{id}/results: what it came to so far. */
#include "console/api.h"

#include "base/mem.h"
#include "base/share.h"
#include "campaigns/survey_results.h"
#include "campaigns/surveys.h"

/* Below it a figure says little, and is marked. */
#define LOW_N 30

static bool show_tally(void *owner, const struct row *row)
{
	survey_sum(((struct request *)owner)->own, row);
	return true;
}

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

static void put_question(struct buf *b, const struct survey_question *q,
			 const struct survey_count *c)
{
	struct survey_score score;

	json_open(b, '{');
	json_kz(b, "question", q->id);
	json_kz(b, "kind", answer_kind_name(q->kind));
	json_ku(b, "n", c->n);
	json_kb(b, "low_n", c->n < LOW_N);
	json_ku(b, "late", c->late);
	json_ku(b, "edited", c->edited);
	if (survey_score(q, c, &score)) {
		put_real(b, score.name, score.value);
		put_real(b, "mean", score.mean);
		json_key(b, "interval");
		json_open(b, '{');
		put_real(b, "low", score.low);
		put_real(b, "high", score.high);
		json_close(b, '}');
	}
	if (q->n > 0)
		put_options(b, q, c);
	json_close(b, '}');
}

static void on_tallies(struct request *r, int rc)
{
	struct survey_sums *s = r->own;
	struct buf *b = &r->out;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_open(b, '{');
	json_kz(b, "id", s->survey->id);
	json_ku(b, "version", s->survey->version);
	put_rates(b, s);
	json_key(b, "questions");
	json_open(b, '[');
	for (unsigned i = 0; i < s->survey->n; i++)
		put_question(b, &s->survey->v[i], &s->v[i]);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

void api_survey_results(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	const struct survey *v =
		surveys_find(r->c->surveys, tenant, r->param[0], 0);

	if (v == NULL) {
		reply_error(r, 404, "not_found", NULL, "no such survey");
		return;
	}
	struct survey_sums *s = mem_new(struct survey_sums);
	struct cell cells[] = { CELL_Z(v->tenant), CELL_Z(v->id) };

	s->survey = v;
	r->own = s;
	r->own_free = mem_free;
	IGNORE(reply_json(r) == NULL);
	request_read(r, STORE_SURVEY_TALLIES, cells, ARRAY_LEN(cells),
		     show_tally, on_tallies);
}
