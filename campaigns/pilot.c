/* Pilots, tests: a few real messages before the many. */
#include <errno.h>

#include "base/mem.h"
#include "campaigns/acts.h"
#include "campaigns/counts.h"
#include "campaigns/judge.h"

/* One message of it, to a number that is nobody's in particular. */
static int send_sample(struct campaigns *c, struct campaign *m, struct str to,
		       const char *label, struct submitted *out,
		       struct campaign_no *no)
{
	const struct person_row p = { .address = to, .sample = true };
	struct recipient r = { .n = 1 };
	struct judge *j = NULL;
	struct submission s;

	if (judge_new(&j, c, m, &no->err) != 0) {
		no->code = "text";
		no->field = "text";
		return -EINVAL;
	}
	if (judge_submission(j, &p, &r, &s)) {
		s.campaign = str_of(label);
		s.valid_until_ms = 0;
		s.exclusion = STR_NONE; /* seeds see every campaign */
		s.flags = MESSAGE_FLAG_TEST;
		gateway_submit(c->gateway, &s, out);
	} else {
		*out = (struct submitted){ .rc = -EINVAL, .code = "text" };
		IGNORE(err_set(&out->err, 0, "the text cannot be made: %.*s",
			       STR_ARGS(r.reason)));
	}
	judge_free(&j);
	return 0;
}

int campaign_test(struct campaigns *c, struct campaign *m, struct str to,
		  const struct campaign_by *by, struct submitted *out,
		  struct campaign_no *no)
{
	char label[PILOT_LABEL_MAX];
	int rc;

	must(c != NULL && m != NULL && out != NULL && no != NULL);
	rc = act_may(m, by, no);
	if (rc != 0)
		return rc;
	snprintf(label, sizeof(label), "%s-test", m->label);
	return send_sample(c, m, to, label, out, no);
}

unsigned campaign_test_max(const struct campaigns *c)
{
	must(c != NULL);
	return (unsigned)c->cfg->test_max;
}

int campaign_pilot(struct campaigns *c, struct campaign *m,
		   const struct campaign_by *by, struct campaign_no *no)
{
	const struct setting_list *seeds = &c->cfg->seeds;
	char label[PILOT_LABEL_MAX], id[ID_TEXT];
	struct buf ids = { 0 };
	int rc;

	must(c != NULL && m != NULL && no != NULL);
	rc = act_may(m, by, no);
	if (rc != 0)
		return rc;
	if (m->state >= CAMPAIGN_MATERIALISING || m->life.pilot != NULL)
		return act_no(no, -EPROTO, "wrong_state", NULL,
			      m->life.pilot != NULL ? "its pilot is under way"
						    : "it is past its pilot");
	if ((int64_t)seeds->len < c->cfg->pilot_least)
		return act_no(no, -EPROTO, "no_seeds", NULL,
			      "the setting `seeds` names %zu numbers, %lld are "
			      "needed",
			      seeds->len, (long long)c->cfg->pilot_least);
	counts_pilot_label(m, label);
	buf_init(&ids, BUF_NO_LIMIT);
	for (size_t i = 0; i < seeds->len && rc == 0; i++) {
		struct submitted out;

		rc = send_sample(c, m, str_of(seeds->v[i]), label, &out, no);
		if (rc == 0 && out.rc != 0)
			rc = act_no(no, out.rc, out.code, out.field, "%s",
				    out.err.text);
		id_text(rc == 0 ? out.id : 0, id);
		buf_f(&ids, "%s%s", i > 0 ? " " : "", id);
	}
	if (rc == 0) {
		form_set(&m->life.pilot, buf_str(&ids));
		form_set(&m->life.pilot_by, STR_NONE);
		campaign_note(c, m, "pilot", by->name, buf_str(&ids));
	}
	buf_done(&ids);
	return rc;
}

int campaign_sign_off(struct campaigns *c, struct campaign *m,
		      const struct campaign_by *by, struct campaign_no *no)
{
	int64_t sent = (int64_t)c->cfg->seeds.len, there, rest = 0;
	int rc;

	must(c != NULL && m != NULL && no != NULL);
	rc = act_may(m, by, no);
	if (rc != 0)
		return rc;
	if (m->life.pilot == NULL)
		return act_no(no, -EPROTO, "no_pilot", NULL,
			      "there was no pilot");
	there = m->pilots[MESSAGE_DELIVERED] + m->pilots[MESSAGE_SENT];
	for (unsigned i = MESSAGE_DELIVERED; i < MESSAGE_STATES; i++)
		rest += m->pilots[i];
	rest -= there;
	if (there < sent)
		return act_no(no, -EPROTO, "pilot_open", NULL,
			      "of %lld pilots %lld have arrived and %lld have "
			      "failed",
			      (long long)sent, (long long)there,
			      (long long)rest);
	form_set(&m->life.pilot_by, by->name);
	m->life.pilot_ms = campaigns_now(c);
	campaign_note(c, m, "sign_off", by->name, STR_NONE);
	return 0;
}
