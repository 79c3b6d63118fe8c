/* Sessions and answers of a survey, counted as its results define them. */
#include "tests/lib/recount.h"

#include <stdio.h>
#include <string.h>

#include "campaigns/survey_results.h"

#define SUMS_MAX 200
#define SESSIONS_MAX 500

struct sum {
	char key[96]; /* "name/question/token" */
	int64_t n;
};

struct counting {
	struct sum v[SUMS_MAX];
	unsigned n;
	uint64_t sessions[SESSIONS_MAX];
	unsigned nsessions;
	/* the answer that a later one may replace */
	char question[32], token[32];
	bool some, late, edited;
	bool done;
};

static void add(struct counting *c, const char *name, struct str question,
		struct str token, int64_t n)
{
	char key[96];
	unsigned i = 0;

	if (n == 0)
		return;
	snprintf(key, sizeof(key), "%s/%.*s/%.*s", name, STR_ARGS(question),
		 STR_ARGS(token));
	while (i < c->n && strcmp(c->v[i].key, key) != 0)
		i++;
	assert_true(i < SUMS_MAX);
	if (i == c->n)
		snprintf(c->v[c->n++].key, sizeof(key), "%s", key);
	c->v[i].n += n;
}

static bool on_session(void *owner, const struct row *row)
{
	struct counting *c = owner;
	int64_t contacted_ms = row_i(row, 17), started_ms = row_i(row, 18);
	bool timed = contacted_ms != 0 && started_ms >= contacted_ms;

	assert_true(c->nsessions < SESSIONS_MAX);
	c->sessions[c->nsessions++] = (uint64_t)row_i(row, 2);
	if (((uint64_t)row_i(row, 13) & SESSION_ELSEWHERE) != 0) {
		add(c, TALLY_ELSEWHERE, STR_NONE, STR_NONE, 1);
		return true;
	}
	add(c, TALLY_STATE, STR_NONE, row_s(row, 8), 1);
	add(c, TALLY_DELIVERED, STR_NONE, STR_NONE,
	    contacted_ms != 0 || row_i(row, 12) > 0);
	add(c, TALLY_STARTED, STR_NONE, STR_NONE, started_ms != 0);
	add(c, TALLY_ANSWERED, STR_NONE, STR_NONE, row_i(row, 12) > 0);
	add(c, TALLY_UNPARSED, STR_NONE, STR_NONE, row_i(row, 14));
	add(c, TALLY_TIMED, STR_NONE, STR_NONE, timed);
	add(c, TALLY_TIMED_MS, STR_NONE, STR_NONE,
	    timed ? started_ms - contacted_ms : 0);
	return true;
}

static void last_answer(struct counting *c)
{
	struct str q = str_of(c->question), token = str_of(c->token);

	if (!c->some)
		return;
	add(c, TALLY_ANSWER, q, token, 1);
	add(c, TALLY_ANSWER_ON, q, token, 1);
	add(c, TALLY_EDITED, q, token, c->edited);
	add(c, TALLY_LATE, q, token, c->late);
	c->some = false;
}

/* In order of question and number. */
static bool on_answer(void *owner, const struct row *row)
{
	struct counting *c = owner;
	bool same = c->some && str_eqz(row_s(row, 1), c->question);

	if (!same)
		last_answer(c);
	c->some = true;
	c->edited = same;
	c->late = row_i(row, 9) != 0;
	IGNORE(str_copy(c->question, sizeof(c->question), row_s(row, 1)));
	IGNORE(str_copy(c->token, sizeof(c->token), row_s(row, 4)));
	return true;
}

static bool on_tally(void *owner, const struct row *row)
{
	struct str kept = row_s(row, 0);
	char name[64];

	/* rows of answers do not say it: all channels make up the whole */
	if (str_starts(kept, STR(TALLY_ANSWER_ON)))
		kept = STR(TALLY_ANSWER_ON);
	IGNORE(str_copy(name, sizeof(name), kept));
	add(owner, name, row_s(row, 1), row_s(row, 2), row_i(row, 3));
	return true;
}

static void on_done(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct counting *)owner)->done = true;
}

static void read_rows(struct bed *b, enum store_call call,
		      const struct cell *cells, unsigned n, store_row_fn show,
		      struct counting *c)
{
	c->done = false;
	b->store->ops->get(b->store, call, cells, n, show, on_done, c);
	TURN_UNTIL(b, c->done);
}

static int64_t in(const struct counting *c, const char *key)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (strcmp(c->v[i].key, key) == 0)
			return c->v[i].n;
	}
	return 0;
}

static void same_sums(const struct counting *kept, const struct counting *now)
{
	for (unsigned i = 0; i < kept->n; i++) {
		const struct sum *s = &kept->v[i];

		if (s->n != in(now, s->key))
			fail_msg("%s: kept %lld, counted %lld", s->key,
				 (long long)s->n, (long long)in(now, s->key));
	}
}

void recount_survey(struct bed *b, const char *tenant, const char *survey)
{
	static struct counting kept, now;
	const struct cell all[] = { CELL_Z(tenant), CELL_Z(survey), CELL_N,
				    CELL_I(0), CELL_I(SESSIONS_MAX) };

	memset(&kept, 0, sizeof(kept));
	memset(&now, 0, sizeof(now));
	commit(b);
	read_rows(b, STORE_SESSION_LIST, all, ARRAY_LEN(all), on_session, &now);
	for (unsigned i = 0; i < now.nsessions; i++) {
		const struct cell one[] = { CELL_Z(tenant), CELL_Z(survey),
					    CELL_I(now.sessions[i]) };

		read_rows(b, STORE_ANSWER_LIST, one, ARRAY_LEN(one), on_answer,
			  &now);
		last_answer(&now);
	}
	read_rows(b, STORE_SURVEY_TALLIES, all, 3, on_tally, &kept);
	same_sums(&kept, &now);
	same_sums(&now, &kept);
}
