/* Checks of a person in order: address, lots, time, text, gate. */
#include "campaigns/judge.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "campaigns/invite.h"
#include "campaigns/library.h"
#include "campaigns/survey.h"
#include "campaigns/schedule.h"
#include "templates/render.h"

struct judge {
	struct campaigns *c;
	const struct campaign *m;
	struct template *texts[2];
	struct dict *seen; /* addresses named one by one; NULL: no repeats */
	struct buf text;
	uint8_t hash[32];
	char reason[32];
};

/* Everybody has a fixed place in every lot, whatever the process. */
static unsigned lot(const struct campaign *m, const char *name,
		    struct str address)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ m->id;

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < address.len; i++)
		h = (h ^ (uint8_t)address.p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned)((h >> 33) % 100);
}

static int judge_texts(struct judge *j, struct err *err)
{
	const char *texts[2] = { j->m->spec.text, j->m->spec.text_b };
	const struct survey *v = invite_survey(j->c, j->m);

	if (v == NULL && j->m->spec.survey != NULL && j->c->surveys != NULL)
		return err_set(err, -EINVAL, "there is no such survey");
	if (v != NULL) { /* by language, instead of by arm */
		texts[0] = survey_say(&v->v[0].text, false);
		texts[1] = survey_say(&v->v[0].text, true);
	}
	for (unsigned i = 0; i < 2; i++) {
		int rc = texts[i] == NULL
				 ? 0
				 : template_compile(&j->texts[i],
						    str_of(texts[i]), err);
		if (rc != 0)
			return -EINVAL;
	}
	return 0;
}

int judge_new(struct judge **out, struct campaigns *c, const struct campaign *m,
	      struct err *err)
{
	must(out != NULL && c != NULL && m != NULL);

	AUTO(judge_free) struct judge *j = mem_new(struct judge);
	j->c = c;
	j->m = m;
	buf_init(&j->text, BUF_NO_LIMIT);
	if (m->spec.audience == AUDIENCE_ADDRESSES)
		j->seen = dict_new();
	int rc = judge_texts(j, err);
	if (rc != 0)
		return rc;
	*out = TAKE(j);
	return 0;
}

void judge_free(struct judge **jp)
{
	must(jp != NULL);

	struct judge *j = TAKE(*jp);
	if (j == NULL)
		return;
	template_free(&j->texts[0]);
	template_free(&j->texts[1]);
	if (j->seen != NULL)
		dict_free(&j->seen);
	buf_done(&j->text);
	mem_free(j);
}

void judge_begin(struct judge *j, const uint8_t hash[32])
{
	must(j != NULL && hash != NULL);
	memcpy(j->hash, hash, sizeof(j->hash));
}

const uint8_t *judge_hash(const struct judge *j)
{
	must(j != NULL);
	return j->hash;
}

/* hash = SHA-256(hash before, address) */
static void judge_count(struct judge *j, struct str address)
{
	char bytes[32 + ADDRESS_MAX];
	size_t len = MIN(address.len, (size_t)ADDRESS_MAX);

	memcpy(bytes, j->hash, 32);
	memcpy(bytes + 32, address.p, len);
	secret_sha256(str_bytes(bytes, 32 + len), j->hash);
}

static void suppress(struct recipient *r, const char *why)
{
	r->state = RECIPIENT_SUPPRESSED;
	r->reason = str_of(why);
	r->due_ms = 0;
}

bool judge_lots(const struct campaign *m, struct str address,
		struct recipient *r)
{
	must(m != NULL && r != NULL);
	if (lot(m, "control", address) < (unsigned)m->spec.control) {
		suppress(r, WHY_CONTROL);
		return false;
	}
	r->arm = lot(m, "arm", address) < (unsigned)m->spec.share_b;
	return true;
}

/* The text for a person: one of the spec's own, or the template's in the
 * person's language. NULL: there is none that may be used. */
static const struct template *judge_text(struct judge *j,
					 const struct person_row *p,
					 unsigned arm,
					 struct library_pick *pick)
{
	const struct spec *spec = &j->m->spec;
	const struct library_ask ask = {
		.tenant = str_of(j->m->tenant),
		.id = str_of(spec->template_id),
		.number = (unsigned)spec->template_version,
		.branch = campaign_branch(j->m),
		.lang = p->lang.len > 0 || p->sample
				? p->lang
				: gateway_lang(j->c->gateway,
					       str_of(j->m->tenant),
					       p->address),
	};
	struct err err;

	if (spec->survey != NULL) {
		const struct survey *v = invite_survey(j->c, j->m);

		/* at the start campaigns are there before surveys are */
		if (v != NULL && j->texts[0] == NULL)
			IGNORE(judge_texts(j, &err));
		return v == NULL ? NULL : j->texts[invite_zh(j->c, j->m, v, p)];
	}
	if (spec->template_id == NULL || j->texts[arm] != NULL)
		return j->texts[arm];
	if (library_find(j->c->library, &ask, pick, &err) != 0)
		return NULL;
	return pick->translation->program;
}

/* Contacts of other branches are not walked at all; these were named. */
static bool judge_branch(const struct judge *j, struct str address)
{
	struct str branch;

	return j->m->life.branch == NULL ||
	       j->m->spec.audience != AUDIENCE_ADDRESSES ||
	       (gateway_branch(j->c->gateway, str_of(j->m->tenant), address,
			       &branch) &&
		str_eqz(branch, j->m->life.branch));
}

bool judge_submission(struct judge *j, const struct person_row *p,
		      struct recipient *r, struct submission *s)
{
	const struct spec *spec = &j->m->spec;
	const struct template *t;
	struct library_pick pick = { .version = NULL };
	struct err err;
	int rc;

	must(j != NULL && p != NULL && s != NULL);
	buf_reset(&j->text);
	t = judge_text(j, p, r->arm, &pick);
	r->detail = STR_NONE;
	rc = t == NULL ? -EBADMSG
		       : person_render(t, p, &j->text, &r->detail, &err);
	if (rc != 0) {
		suppress(r, rc == -ENOENT ? WHY_VARIABLE : WHY_RENDER);
		return false;
	}
	*s = (struct submission){
		.tenant = str_of(j->m->tenant),
		.to = p->address,
		.text = buf_str(&j->text),
		.class_name = str_of(spec->class_name),
		.from = str_of(spec->from),
		.channel = str_of(spec->channel),
		.business_line = str_of(spec->business_line),
		.campaign = str_of(j->m->label),
		.exclusion = str_of(spec->exclusive),
		.priority = -1,
		.valid_until_ms = schedule_end(j->m),
		.approved = true, /* it takes two persons */
	};
	if (pick.version != NULL) {
		s->template_ref = library_ref(&pick);
		s->department = str_of(pick.version->owner);
	}
	return true;
}

/* What the door says of a text or an address that it cannot take. */
const char *judge_refused(const char *code)
{
	static const char *const reasons[][2] = {
		{ "bad_number", WHY_BAD_ADDRESS },
		{ "bad_address", WHY_BAD_ADDRESS },
		{ "too_many_parts", WHY_PARTS },
		{ "too_long", WHY_PARTS },
		{ "bad_time", WHY_MISSED },
	};

	must(code != NULL);
	for (unsigned i = 0; i < ARRAY_LEN(reasons); i++) {
		if (strcmp(code, reasons[i][0]) == 0)
			return reasons[i][1];
	}
	return WHY_CONTENT;
}

static unsigned judge_gate(struct judge *j, const struct person_row *p,
			   struct recipient *r)
{
	struct submitted out;
	struct submission s;

	if (!judge_submission(j, p, r, &s))
		return 0;
	s.send_at_ms = r->due_ms;
	gateway_judge(j->c->gateway, &s, &out);
	if (out.rc != 0) {
		suppress(r, judge_refused(out.code));
		return 0;
	}
	IGNORE(str_copy(j->reason, sizeof(j->reason), out.decision.reason));
	switch (out.decision.verdict) {
	case VERDICT_ALLOW:
		break;
	case VERDICT_DEFER:
		r->state = RECIPIENT_DEFERRED;
		r->reason = str_of(j->reason);
		r->due_ms = out.decision.not_before_ms;
		if (s.valid_until_ms != 0 && r->due_ms >= s.valid_until_ms) {
			suppress(r, WHY_MISSED);
			return 0;
		}
		break;
	case VERDICT_DENY:
		suppress(r, j->reason);
		return 0;
	}
	return out.parts;
}

unsigned judge_person(struct judge *j, const struct person_row *p,
		      int64_t start_ms, struct recipient *r)
{
	must(j != NULL && p != NULL && r != NULL);
	judge_count(j, p->address);
	r->state = RECIPIENT_READY;
	r->reason = r->detail = STR_NONE;
	r->arm = 0;
	r->due_ms = start_ms > campaigns_now(j->c) ? start_ms : 0;
	if (p->address.len == 0) {
		suppress(r, WHY_NO_ADDRESS);
	} else if (j->seen != NULL &&
		   dict_set(j->seen, p->address, j) != NULL) {
		suppress(r, WHY_DUPLICATE);
	} else if (!judge_branch(j, p->address)) {
		suppress(r, WHY_BRANCH);
	} else if (!judge_lots(j->m, p->address, r)) {
		return 0;
	} else if (!schedule_due(j->m, p, start_ms, &r->due_ms)) {
		suppress(r, WHY_NO_ZONE);
	} else {
		return judge_gate(j, p, r);
	}
	return 0;
}
