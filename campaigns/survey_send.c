/* What a survey says: questions, reminders, "please answer with a number". */
#include <errno.h>
#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/surveys_impl.h"
#include "campaigns/values.h"
#include "proto/json.h"
#include "templates/render.h"

static const char again_zh[] = "抱歉,没有看懂您的回复。";
static const char again_en[] = "Sorry, we did not understand. ";

static int render(const struct session *x, const char *text, struct buf *out,
		  struct err *err)
{
	struct template *t = NULL;
	struct values v = { .vars = NULL };
	json_t *vars = NULL;
	int rc = template_compile(&t, str_of(text), err);

	if (rc == 0) {
		vars = json_loads(x->vars, 0, NULL);
		v.vars = vars;
		rc = template_render(t, values_lookup, &v, out, err);
	}
	values_done(&v);
	json_decref(vars);
	template_free(&t);
	return rc == 0 ? 0 : -EINVAL;
}

/* "Please answer with one of 1-5." in front of the question. */
static int put_again(const struct session *x, struct buf *out, struct err *err)
{
	const struct survey_question *q = &x->survey->v[x->now.question];
	const char *own = survey_say(&x->survey->again, x->zh);
	int rc = own[0] == '\0' ? 0 : render(x, own, out, err);

	if (rc != 0 || own[0] != '\0')
		return rc;
	buf_z(out, x->zh ? again_zh : again_en);
	buf_z(out, x->zh ? "请只回复以下之一:" : "Please answer with one of ");
	survey_tokens(q, out);
	buf_z(out, x->zh ? "。" : ". ");
	return 0;
}

static int put_text(const struct session *x, enum survey_saying what,
		    struct buf *out, struct err *err)
{
	const struct survey *v = x->survey;
	int rc = 0;

	if (what == SAY_THANKS)
		return render(x, survey_say(&v->thanks, x->zh), out, err);
	if (what == SAY_AGAIN)
		rc = put_again(x, out, err);
	/* own words of "again" stand for the question, too */
	if (rc != 0 ||
	    (what == SAY_AGAIN && survey_say(&v->again, x->zh)[0] != '\0'))
		return rc;
	return render(x, survey_say(&v->v[x->now.question].text, x->zh), out,
		      err);
}

/* The invitation is a survey; what follows answers the person's own words,
 * and a reminder is one. */
static struct str class_of(const struct session *x, enum survey_saying what,
			   const struct survey_ask *ask)
{
	if (what == SAY_INVITE)
		return str_of(ask->class_name != NULL ? ask->class_name
						      : x->survey->class_name);
	return what == SAY_REMIND ? STR("reminder") : STR("service");
}

void survey_metadata(const struct session *x, struct buf *out)
{
	json_open(out, '{');
	json_kz(out, "survey", x->survey->id);
	json_kid(out, "session", x->id);
	json_ks_opt(out, "ref", str_of(x->ref));
	json_close(out, '}');
}

int survey_send(struct surveys *s, struct session *x, enum survey_saying what,
		const struct survey_ask *ask, struct submitted *out,
		struct err *err)
{
	AUTO(buf_done) struct buf text = { 0 }, metadata = { 0 };

	must(s != NULL && x != NULL && out != NULL && err != NULL);
	buf_init(&text, TEMPLATE_OUTPUT_MAX);
	buf_init(&metadata, 2048);
	int rc = put_text(x, what, &text, err);

	if (rc != 0 || text.len == 0 || s->stopped)
		return rc != 0 ? rc : s->stopped ? -EAGAIN : -ENOENT;
	survey_metadata(x, &metadata);
	struct submission m = {
		.tenant = str_of(x->survey->tenant),
		.to = str_of(x->address),
		.from = str_of(x->survey->sender),
		.text = buf_str(&text),
		.metadata = buf_str(&metadata),
		.class_name = class_of(x, what, ask),
		.id = what == SAY_INVITE ? x->id : 0,
		.ours = true,
		.priority = -1,
		.flags = what == SAY_INVITE || what == SAY_REMIND
				 ? 0
				 : MESSAGE_FLAG_REPLY,
	};

	if (ask != NULL) {
		m.channel = ask->channel;
		m.idempotency_key = ask->key;
		m.send_at_ms = ask->send_at_ms;
	}
	gateway_submit(s->gateway, &m, out);
	if (out->rc != 0)
		return err_set(err, out->rc, "%s", out->err.text);
	return 0;
}
