/* Definitions of surveys, from JSON. */
#include "campaigns/survey.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/settings.h"
#include "campaigns/survey_scale.h"
#include "proto/text.h"
#include "templates/parse.h"

#define HOUR_MS (int64_t)3600000
#define WEEK_MS (168 * HOUR_MS)
#define YEAR_MS (365 * 24 * HOUR_MS)
#define LABEL_MAX 128

/* Where in the definition we are, for sentences. */
struct place {
	struct err *err;
	char at[64];
};

static int bad(const struct place *p, const char *field, const char *why)
{
	return err_set(p->err, -EINVAL, "%s%s%s: %s", p->at,
		       p->at[0] != '\0' && field[0] != '\0' ? "." : "", field,
		       why);
}

/* ---- values ---------------------------------------------------------------- */

static bool text_ok(const char *z, size_t max)
{
	struct str s = str_of(z);

	return s.len <= max && text_printable(s);
}

static int read_string(const struct place *p, const json_t *o, const char *key,
		       const char *initial, size_t max, char **out)
{
	const json_t *v = json_object_get(o, key);

	if (v != NULL && !json_is_string(v))
		return bad(p, key, "must be a text");
	const char *z = v == NULL ? initial : json_string_value(v);

	if (z == NULL)
		return bad(p, key, "is missing");
	if (!text_ok(z, max))
		return bad(p, key, "is too long, or holds control characters");
	*out = str_z(str_of(z));
	return 0;
}

static int read_time(const struct place *p, const json_t *o, const char *key,
		     int64_t initial, int64_t least, int64_t *out)
{
	const json_t *v = json_object_get(o, key);

	*out = initial;
	if (v == NULL)
		return 0;
	if (!json_is_string(v) ||
	    settings_duration(str_of(json_string_value(v)), out) != 0)
		return bad(p, key, "must be a time such as 24h");
	if (*out < least || *out > YEAR_MS)
		return bad(p, key, "is out of range");
	return 0;
}

static int read_int(const struct place *p, const json_t *o, const char *key,
		    int initial, int *out)
{
	const json_t *v = json_object_get(o, key);

	*out = initial;
	if (v == NULL)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < -10000 ||
	    json_integer_value(v) > 10000)
		return bad(p, key, "must be a whole number, -10000 to 10000");
	*out = (int)json_integer_value(v);
	return 0;
}

static int check_template(const struct place *p, const char *key,
			  const char *text)
{
	struct template *t = NULL;
	struct err err = { "" };
	int rc = template_compile(&t, str_of(text), &err);

	template_free(&t);
	return rc == 0 ? 0 : bad(p, key, err.text);
}

/* {"zh": "...", "en": "..."}, or one text for both. */
static int read_text(const struct place *p, const json_t *o, const char *key,
		     bool required, struct survey_text *out)
{
	const json_t *v = json_object_get(o, key);
	int rc;

	if (json_is_string(v)) {
		rc = read_string(p, o, key, NULL, SURVEY_TEXT_MAX, &out->zh);
		if (rc == 0)
			out->en = str_z(STR_NONE);
	} else if (v == NULL || json_is_object(v)) {
		rc = read_string(p, v, "zh", "", SURVEY_TEXT_MAX, &out->zh);
		if (rc == 0)
			rc = read_string(p, v, "en", "", SURVEY_TEXT_MAX,
					 &out->en);
	} else {
		return bad(p, key, "must be {\"zh\": ..., \"en\": ...}");
	}
	if (rc != 0)
		return rc;
	if (required && out->zh[0] == '\0' && out->en[0] == '\0')
		return bad(p, key, "is missing");
	rc = check_template(p, key, out->zh);
	return rc != 0 ? rc : check_template(p, key, out->en);
}

/* ---- scales ---------------------------------------------------------------- */

/* Labels of both languages and further words, "|" between them. */
static struct str join_labels(const char *zh, const char *en, const char *more)
{
	const char *const v[] = { zh, en, more };
	struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	for (unsigned i = 0; i < ARRAY_LEN(v); i++) {
		if (v[i][0] == '\0')
			continue;
		if (b.len > 0)
			buf_c(&b, '|');
		buf_z(&b, v[i]);
	}
	size_t len = b.len;
	struct str out = str_bytes(buf_take(&b), len);

	buf_done(&b);
	return out;
}

static int read_option(struct place *p, const json_t *o,
		       struct survey_question *q, unsigned i)
{
	struct answer_option *to = &q->options[i];
	char *token = NULL, *words = NULL;
	int rc = read_string(p, o, "token", NULL, 8, &token);

	if (rc != 0)
		return rc;
	to->token = str_of(token);
	if (token[0] == '\0')
		return bad(p, "token", "is missing");
	for (unsigned k = 0; k < i; k++)
		if (str_eq(q->options[k].token, to->token))
			return bad(p, "token", "is there twice");
	rc = read_int(p, o, "score", 0, &to->score);
	if (rc == 0)
		rc = read_string(p, o, "zh", "", LABEL_MAX, &q->zh[i]);
	if (rc == 0)
		rc = read_string(p, o, "en", "", LABEL_MAX, &q->en[i]);
	if (rc == 0)
		rc = read_string(p, o, "words", "", SURVEY_TEXT_MAX, &words);
	if (rc == 0)
		to->labels = join_labels(q->zh[i], q->en[i], words);
	mem_free(words);
	return rc;
}

static void usual_scale(struct survey_question *q)
{
	const struct survey_label *v;
	unsigned n = survey_usual(q->kind, &v);

	for (unsigned i = 0; i < n; i++) {
		char token[8];

		snprintf(token, sizeof(token), "%d", v[i].token);
		q->zh[i] = str_z(str_of(v[i].zh));
		q->en[i] = str_z(str_of(v[i].en));
		q->options[i] = (struct answer_option){
			.token = str_of(str_z(str_of(token))),
			.labels = join_labels(v[i].zh, v[i].en, ""),
			.score = survey_usual_score(q->kind, v[i].token),
		};
	}
	q->n = n;
}

/* Scores of a scale that is measured must differ. */
static int check_scores(const struct place *p, const struct survey_question *q)
{
	for (unsigned i = 0; i < q->n && q->kind != ANSWER_CHOICE; i++)
		for (unsigned k = 0; k < i; k++)
			if (q->options[i].score == q->options[k].score)
				return bad(p, "scale",
					   "has the same score twice");
	return 0;
}

static int read_scale(struct place *p, const json_t *o,
		      struct survey_question *q)
{
	const json_t *v = json_object_get(o, "scale");
	struct place at = { .err = p->err };
	size_t n = json_array_size(v);

	if (q->kind == ANSWER_TEXT)
		return v == NULL ? 0 : bad(p, "scale", "a text has none");
	if (v == NULL) {
		usual_scale(q);
		return q->n > 0 ? 0 : bad(p, "scale", "is missing");
	}
	if (!json_is_array(v) || n < 2 || n > ANSWER_OPTIONS_MAX)
		return bad(p, "scale", "must list 2 to 16 options");
	for (size_t i = 0; i < n; i++) {
		snprintf(at.at, sizeof(at.at), "%.40s.scale[%zu]", p->at, i);
		q->n = (unsigned)i + 1;
		int rc = read_option(&at, json_array_get(v, i), q, (unsigned)i);

		if (rc != 0)
			return rc;
	}
	return check_scores(p, q);
}

/* ---- questions ---------------------------------------------------------------- */

static int read_go(const struct place *p, const struct survey *s, unsigned self,
		   const json_t *o, int *out)
{
	const char *id = json_string_value(json_object_get(o, "go"));

	if (id == NULL)
		return bad(p, "go", "must name a question, or be \"end\"");
	*out = strcmp(id, "end") == 0 ? SURVEY_END
				      : survey_question_find(s, str_of(id));
	if (*out == -ENOENT)
		return bad(p, "go", "names no question");
	if (*out >= 0 && *out <= (int)self)
		return bad(p, "go", "must lead forwards");
	return 0;
}

/* "next": [{"from": 1, "upto": 2, "go": "why"}, {"go": "end"}] */
static int read_branches(struct place *p, const json_t *o,
			 const struct survey *s, struct survey_question *q)
{
	const json_t *v = json_object_get(o, "next");
	unsigned self = (unsigned)(q - s->v);

	q->otherwise = self + 1 < s->n ? (int)self + 1 : SURVEY_END;
	if (v == NULL)
		return 0;
	if (!json_is_array(v) || json_array_size(v) > SURVEY_BRANCHES_MAX)
		return bad(p, "next", "must list at most 8 branches");
	for (size_t i = 0; i < json_array_size(v); i++) {
		const json_t *b = json_array_get(v, i);
		struct survey_branch *to = &q->branches[q->nbranches++];
		int rc = read_go(p, s, self, b, &to->go);

		if (rc == 0)
			rc = read_int(p, b, "from", INT_MIN, &to->min);
		if (rc == 0)
			rc = read_int(p, b, "upto", INT_MAX, &to->max);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool id_ok(const char *id)
{
	for (const char *c = id; *c != '\0'; c++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "0123456789-_.",
			   *c) == NULL)
			return false;
	return id[0] != '\0';
}

static int read_factor(const struct place *p, const json_t *o,
		       struct survey_question *q)
{
	int rc = read_string(p, o, "factor", "", SURVEY_ID_MAX, &q->factor);

	if (rc == 0 && q->factor[0] != '\0' && !id_ok(q->factor))
		return bad(p, "factor",
			   "is made of letters, digits, - _ and .");
	return rc;
}

static int read_question(struct place *p, const json_t *o,
			 struct survey_question *q)
{
	const char *kind = json_string_value(json_object_get(o, "kind"));
	int rc = read_string(p, o, "id", NULL, SURVEY_ID_MAX, &q->id);

	if (rc != 0)
		return rc;
	if (q->id[0] == '\0' || strcmp(q->id, "end") == 0)
		return bad(p, "id", "must be a name other than \"end\"");
	rc = read_factor(p, o, q);
	if (rc != 0)
		return rc;
	if (kind == NULL || answer_kind_find(str_of(kind), &q->kind) != 0)
		return bad(p, "kind",
			   "must be csat, nps, ces, choice, yes_no or text");
	rc = read_text(p, o, "text", true, &q->text);
	if (rc == 0)
		rc = read_scale(p, o, q);
	q->has_low = json_object_get(o, "low") != NULL;
	return rc != 0 ? rc : read_int(p, o, "low", 0, &q->low);
}

/* The gap model: what was perceived, less what was expected. */
static int read_expectation(const struct place *p, const json_t *o,
			    const struct survey *s, struct survey_question *q)
{
	const json_t *v = json_object_get(o, "expectation");
	const char *why = "must name a question";

	q->expectation = -1;
	if (v == NULL)
		return 0;
	if (json_is_string(v)) {
		int e = survey_question_find(s, str_of(json_string_value(v)));

		why = survey_no_gap(s, (unsigned)(q - s->v), e);
		if (why == NULL)
			q->expectation = e;
	}
	return why == NULL ? 0 : bad(p, "expectation", why);
}

static int read_questions(const json_t *body, struct survey *s, struct err *err)
{
	const json_t *v = json_object_get(body, "questions");
	struct place p = { .err = err };
	size_t n = json_array_size(v);
	int rc = 0;

	if (!json_is_array(v) || n == 0 || n > SURVEY_QUESTIONS_MAX)
		return bad(&p, "questions", "must list 1 to 8 questions");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		snprintf(p.at, sizeof(p.at), "questions[%zu]", i);
		s->n = (unsigned)i + 1;
		rc = read_question(&p, json_array_get(v, i), &s->v[i]);
		if (rc == 0 &&
		    survey_question_find(s, str_of(s->v[i].id)) != (int)i)
			rc = bad(&p, "id", "is there twice");
	}
	for (size_t i = 0; rc == 0 && i < n; i++) {
		snprintf(p.at, sizeof(p.at), "questions[%zu]", i);
		rc = read_branches(&p, json_array_get(v, i), s, &s->v[i]);
	}
	for (size_t i = 0; rc == 0 && i < n; i++) {
		snprintf(p.at, sizeof(p.at), "questions[%zu]", i);
		rc = read_expectation(&p, json_array_get(v, i), s, &s->v[i]);
	}
	return rc;
}

static int read_head(const json_t *body, struct survey *s, struct err *err)
{
	struct place p = { .err = err };
	int reprompts = 2;
	int rc = read_string(&p, body, "id", NULL, SURVEY_ID_MAX, &s->id);

	if (rc == 0 && !id_ok(s->id))
		rc = bad(&p, "id", "is made of letters, digits, - _ and .");
	if (rc == 0)
		rc = read_string(&p, body, "name", s->id, LABEL_MAX, &s->name);
	if (rc == 0)
		rc = read_string(&p, body, "class", "survey", 64,
				 &s->class_name);
	if (rc == 0)
		rc = read_string(&p, body, "sender", "", 32, &s->sender);
	if (rc == 0)
		rc = read_text(&p, body, "thanks", false, &s->thanks);
	if (rc == 0)
		rc = read_text(&p, body, "again", false, &s->again);
	if (rc == 0)
		rc = read_time(&p, body, "remind_after", 24 * HOUR_MS, 0,
			       &s->remind_after_ms);
	if (rc == 0)
		rc = read_time(&p, body, "expire_after", 72 * HOUR_MS, 1000,
			       &s->expire_after_ms);
	if (rc == 0)
		rc = read_time(&p, body, "grace", WEEK_MS, 0, &s->grace_ms);
	if (rc == 0)
		rc = read_int(&p, body, "reprompts", 2, &reprompts);
	if (rc == 0 && (reprompts < 0 || reprompts > 5))
		rc = bad(&p, "reprompts", "must be 0 to 5");
	s->reprompts = (unsigned)reprompts;
	return rc;
}

int survey_read(const json_t *body, struct str tenant, struct survey **out,
		struct err *err)
{
	must(out != NULL && err != NULL);
	if (!json_is_object(body))
		return err_set(err, -EINVAL, "a survey is a JSON object");
	AUTO(survey_free) struct survey *s = mem_new(struct survey);
	int rc = read_head(body, s, err);

	if (rc == 0)
		rc = read_questions(body, s, err);
	if (rc != 0)
		return rc;
	char *text = json_dumps(body, JSON_COMPACT);

	must(text != NULL);
	s->tenant = str_z(tenant);
	s->body = str_z(str_of(text));
	free(text);
	if (strlen(s->body) > SURVEY_BODY_MAX)
		return err_set(err, -EINVAL, "a survey has at most %d bytes",
			       SURVEY_BODY_MAX);
	*out = TAKE(s);
	return 0;
}

static void free_text(struct survey_text *t)
{
	mem_free(t->zh);
	mem_free(t->en);
}

static void free_question(struct survey_question *q)
{
	for (unsigned i = 0; i < q->n; i++) {
		mem_free((void *)(uintptr_t)q->options[i].token.p);
		mem_free((void *)(uintptr_t)q->options[i].labels.p);
		mem_free(q->zh[i]);
		mem_free(q->en[i]);
	}
	free_text(&q->text);
	mem_free(q->id);
	mem_free(q->factor);
}

void survey_free(struct survey **sp)
{
	struct survey *s = TAKE(*sp);

	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->n; i++)
		free_question(&s->v[i]);
	free_text(&s->thanks);
	free_text(&s->again);
	mem_free(s->tenant);
	mem_free(s->id);
	mem_free(s->name);
	mem_free(s->body);
	mem_free(s->class_name);
	mem_free(s->sender);
	mem_free(s);
}
