/* What a definition of a survey may not say. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/survey.h"

/* ---- members ---------------------------------------------------------------- */

static const char *const of_survey[] = {
	"id",     "name",      "class",        "sender",
	"thanks", "again",     "remind_after", "expire_after",
	"grace",  "reprompts", "questions",    NULL
};
static const char *const of_question[] = { "id",          "kind", "factor",
					   "expectation", "low",  "text",
					   "scale",       "next", NULL };
static const char *const of_option[] = { "token", "score", "zh",
					 "en",    "words", NULL };
static const char *const of_branch[] = { "from", "upto", "go", NULL };
static const char *const of_text[] = { "zh", "en", NULL };

static int check(const json_t *o, const char *at, const char *const known[],
		 struct err *err)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		unsigned i = 0;

		while (known[i] != NULL && strcmp(key, known[i]) != 0)
			i++;
		if (known[i] == NULL)
			return err_set(err, -EINVAL,
				       "%s%sthere is no member '%.40s'", at,
				       at[0] == '\0' ? "" : ": ", key);
	}
	return 0;
}

/* Of each in a list of objects. */
static int check_list(const json_t *o, const char *at, const char *list,
		      const char *const known[], struct err *err)
{
	const json_t *v = json_object_get(o, list);
	char place[96];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(v); i++) {
		snprintf(place, sizeof(place), "%s.%s[%zu]", at, list, i);
		rc = check(json_array_get(v, i), place, known, err);
	}
	return rc;
}

static int check_text(const json_t *o, const char *at, const char *name,
		      struct err *err)
{
	char place[96];

	snprintf(place, sizeof(place), "%s%s%s", at, at[0] == '\0' ? "" : ".",
		 name);
	return check(json_object_get(o, name), place, of_text, err);
}

/* What would never do what it says. */
static int check_sense(const json_t *o, const char *at, struct err *err)
{
	const json_t *next = json_object_get(o, "next"), *b;
	const char *id = json_string_value(json_object_get(o, "id"));
	const char *kind = json_string_value(json_object_get(o, "kind"));
	size_t i;

	if (id != NULL && strchr(id, '/') != NULL)
		return err_set(err, -EINVAL, "%s.id: has no '/'", at);
	if (kind != NULL && strcmp(kind, "text") == 0 &&
	    json_object_get(o, "low") != NULL)
		return err_set(err, -EINVAL, "%s.low: a text has no score", at);
	json_array_foreach((json_t *)(uintptr_t)next, i, b)
	{
		const json_t *from = json_object_get(b, "from");
		const json_t *upto = json_object_get(b, "upto");

		if (json_is_integer(from) && json_is_integer(upto) &&
		    json_integer_value(from) > json_integer_value(upto))
			return err_set(err, -EINVAL,
				       "%s.next[%zu]: from is above upto", at,
				       i);
	}
	return 0;
}

static int check_question(const json_t *o, const char *at, struct err *err)
{
	int rc = check(o, at, of_question, err);

	if (rc == 0)
		rc = check_sense(o, at, err);

	if (rc == 0)
		rc = check_text(o, at, "text", err);
	if (rc == 0)
		rc = check_list(o, at, "scale", of_option, err);
	return rc != 0 ? rc : check_list(o, at, "next", of_branch, err);
}

int survey_check_members(const json_t *body, struct err *err)
{
	must(err != NULL);
	const json_t *v = json_object_get(body, "questions");
	int rc = check(body, "", of_survey, err);
	char at[32];

	if (rc == 0)
		rc = check_text(body, "", "thanks", err);
	if (rc == 0)
		rc = check_text(body, "", "again", err);
	for (size_t i = 0; rc == 0 && i < json_array_size(v); i++) {
		snprintf(at, sizeof(at), "questions[%zu]", i);
		rc = check_question(json_array_get(v, i), at, err);
	}
	return rc;
}

int survey_check_times(const json_t *body, const struct survey *s,
		       struct err *err)
{
	must(s != NULL && err != NULL);
	if (json_object_get(body, "remind_after") == NULL ||
	    s->remind_after_ms == 0 || s->remind_after_ms < s->expire_after_ms)
		return 0;
	return err_set(err, -EINVAL,
		       "remind_after: must be shorter than expire_after (%lld "
		       "minutes), or nobody is ever reminded; 0 reminds nobody",
		       (long long)(s->expire_after_ms / 60000));
}

/* ---- expectation and perception ---------------------------------------------------- */

/* Is there a way from that question to the other? Branches lead forwards. */
static bool leads(const struct survey *s, unsigned from, unsigned to)
{
	bool asked[SURVEY_QUESTIONS_MAX] = { false };

	asked[from] = true;
	for (unsigned i = from; i < to; i++) {
		const struct survey_question *q = &s->v[i];

		/* a text has one answer */
		for (unsigned k = 0; asked[i] && k < MAX(q->n, 1); k++) {
			int next = survey_next(q, k);

			if (next != SURVEY_END)
				asked[next] = true;
		}
	}
	return asked[to];
}

static bool same_scale(const struct survey_question *a,
		       const struct survey_question *b)
{
	for (unsigned i = 0; i < MIN(a->n, b->n); i++)
		if (!str_eq(a->options[i].token, b->options[i].token) ||
		    a->options[i].score != b->options[i].score)
			return false;
	return a->kind == b->kind && a->n == b->n;
}

const char *survey_no_gap(const struct survey *s, unsigned q, int e)
{
	must(s != NULL && q < s->n && e < (int)s->n);
	if (e < 0)
		return "names no question";
	unsigned first = MIN(q, (unsigned)e), last = MAX(q, (unsigned)e);

	if (first == last)
		return "must name another question";
	if (s->v[q].kind == ANSWER_TEXT || s->v[q].kind == ANSWER_CHOICE)
		return "is of questions that are measured";
	if (!same_scale(&s->v[q], &s->v[e]))
		return "must have the same kind and scale";
	if (!leads(s, 0, first) || !leads(s, first, last))
		return "is never asked of who is asked this";
	return NULL;
}
