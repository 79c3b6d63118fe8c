/* What a case says to its customer; all of it goes through the gate. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/values.h"
#include "care/cases_impl.h"
#include "proto/json.h"
#include "templates/render.h"

#define HOUR INT64_C(3600000)

/* once: what it is, said again only when its key is forgotten; "": always. */
static int say(struct cases *c, const struct care_case *x, struct str text,
	       const char *once, uint64_t *message, struct case_no *no)
{
	AUTO(buf_done) struct buf metadata = { 0 };
	char key[64] = "", id[ID_TEXT];
	struct submitted out;

	must(c != NULL && x != NULL && message != NULL && no != NULL);
	if (c->stopped)
		return case_no(no, -EAGAIN, "stopping", NULL,
			       "the node is stopping");
	buf_init(&metadata, 256);
	json_open(&metadata, '{');
	json_kid(&metadata, "case", x->id);
	json_close(&metadata, '}');
	id_text(x->id, id);
	if (once[0] != '\0')
		(void)snprintf(key, sizeof(key), "case:%s:%s", id, once);
	const struct submission s = {
		.idempotency_key = str_of(key),
		.tenant = str_of(x->tenant),
		.to = str_of(x->address),
		.channel = str_of(x->channel),
		.text = text,
		.class_name = str_of(c->cfg->class_name),
		.metadata = buf_str(&metadata),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
	};

	gateway_submit(c->gateway, &s, &out);
	if (out.rc != 0)
		return case_no(no, out.rc, out.code, out.field, "%s",
			       out.err.text);
	if (out.decision.verdict == VERDICT_DENY)
		return case_no(no, -EPROTO, "denied", "text",
			       "the gate does not let it go: %.*s",
			       STR_ARGS(out.decision.reason));
	*message = out.id;
	return 0;
}

int case_say(struct cases *c, const struct care_case *x, struct str text,
	     uint64_t *message, struct case_no *no)
{
	return say(c, x, text, "", message, no);
}

static int render(const char *words, struct values *v, struct buf *out,
		  struct err *err)
{
	struct template *t = NULL;
	int rc = template_compile(&t, str_of(words), err);

	if (rc == 0)
		rc = template_render(t, values_lookup, v, out, err);
	template_free(&t);
	return rc == 0 ? 0 : -EINVAL;
}

/* What the words may name. */
static json_t *vars_of(uint64_t id, int64_t hours)
{
	char number[ID_TEXT];

	id_text(id, number);
	return json_pack("{s:s, s:I}", "case", number, "hours",
			 (json_int_t)hours);
}

int case_words_check(const char *words, struct err *err)
{
	AUTO(buf_done) struct buf text = { 0 };
	json_t *vars = vars_of(1, 48);
	struct values v = { .vars = vars };

	must(words != NULL);
	buf_init(&text, TEMPLATE_OUTPUT_MAX);
	int rc = render(words, &v, &text, err);

	values_done(&v);
	json_decref(vars);
	return rc;
}

int case_say_words(struct cases *c, const struct care_case *x,
		   const char *words, const char *once, uint64_t *message,
		   struct case_no *no)
{
	AUTO(buf_done) struct buf text = { 0 };
	struct err err = { "" };

	must(c != NULL && x != NULL && words != NULL);
	if (words[0] == '\0')
		return case_no(no, -ENOENT, "no_words", NULL,
			       "there are no words for it");
	/* by their clock, whichever is ours: in whole hours */
	json_t *vars =
		vars_of(x->id,
			MAX(x->now.due_ms - cases_now(c) + HOUR - 1, HOUR) /
				HOUR);
	struct values v = { .vars = vars };

	buf_init(&text, TEMPLATE_OUTPUT_MAX);
	int rc = render(words, &v, &text, &err);

	values_done(&v);
	json_decref(vars);
	if (rc != 0)
		return case_no(no, rc, "bad_words", NULL, "%s", err.text);
	return say(c, x, buf_str(&text), once, message, no);
}

/* What the answer will be set against (K-48). */
static struct str vars_of_resurvey(const struct care_case *x)
{
	if (!x->now.rated)
		return STR("{}");
	return x->now.satisfied ? STR("{\"" SURVEY_VAR_BEFORE "\":true}")
				: STR("{\"" SURVEY_VAR_BEFORE "\":false}");
}

void case_resurvey(struct cases *c, struct care_case *x)
{
	AUTO(buf_done) struct buf key = { 0 };
	char ref[5 + ID_TEXT] = "case:";
	struct submitted out;
	struct err err = { "" };
	uint64_t session = 0;

	must(c != NULL && x != NULL);
	if (c->cfg->resurvey[0] == '\0' || c->surveys == NULL)
		return;
	id_text(x->id, ref + 5);
	buf_init(&key, 64);
	/* once for each time that it is closed */
	buf_f(&key, "%s:%llu", ref, (unsigned long long)x->now.version);
	const struct survey_ask ask = {
		.tenant = str_of(x->tenant),
		.survey = str_of(c->cfg->resurvey),
		.to = str_of(x->address),
		.lang = x->zh ? STR("zh") : STR("en"),
		.ref = str_of(ref),
		.vars = vars_of_resurvey(x),
		.channel = str_of(x->channel),
		.key = buf_str(&key),
		.send_at_ms = cases_now(c) + c->cfg->resurvey_after,
	};

	if (surveys_ask(c->surveys, &ask, &out, &session, &err) != 0)
		log_warn("case.not_resurveyed", KV_ID("id", x->id),
			 KV_S("why", err.text));
	else
		x->now.resurvey = session;
}
