/* Checks of a submission in order, the gate, and the record. */
#include "gateway/intake.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/answers.h"
#include "gateway/charged.h"
#include "gateway/codes.h"
#include "gateway/journey.h"
#include "gateway/waiting.h"
#include "model/address.h"
#include "proto/e164.h"
#include "proto/sms_split.h"
#include "proto/text.h"
#include "proto/wordset.h"

/* The messages taken in one turn: in one batch, stored or not together. */
struct fresh {
	struct intake *intake;
	size_t len, cap;
	uint64_t *ids;
};

struct intake {
	struct core *core;
	struct idempotency *keys;
	struct fresh *open;      /* of this turn; NULL: none yet */
	char to[ADDRESS_MAX];    /* of the message being judged */
	struct wordset *blocked; /* words that no text may hold */
};

struct intake *intake_new(struct core *core, struct idempotency *keys)
{
	struct intake *i = mem_new(struct intake);

	must(core != NULL && keys != NULL);
	i->core = core;
	i->keys = keys;
	intake_reload(i);
	return i;
}

void intake_reload(struct intake *i)
{
	must(i != NULL);
	const struct setting_list *words = &i->core->cfg->blocked_words;

	wordset_free(&i->blocked);
	i->blocked = wordset_new();
	for (size_t n = 0; n < words->len; n++)
		IGNORE(wordset_add(i->blocked, str_of(words->v[n]), NULL));
}

bool intake_blocked(const struct intake *i, struct str text, struct str *word)
{
	must(i != NULL && word != NULL);
	return wordset_find(i->blocked, text, word);
}

void intake_free(struct intake **ip)
{
	if (*ip == NULL)
		return;
	wordset_free(&(*ip)->blocked);
	mem_free(*ip);
	*ip = NULL;
}

static int refuse(struct submitted *out, int rc, const char *code,
		  const char *field)
{
	out->rc = rc;
	out->code = code;
	out->field = field;
	return rc;
}

static bool is_phone_kind(struct str channel)
{
	return str_eqz(channel, "sms");
}

/* The person's address: E.164 wherever it can be one. */
static int read_to(struct intake *i, const struct submission *s,
		   struct str channel, struct submitted *out)
{
	char number[E164_MAX];

	if (s->to.len == 0) {
		err_set(&out->err, 0, "to is missing");
		return refuse(out, -EINVAL, "missing", "to");
	}
	if (e164_parse(s->to, i->core->cfg->country, number, &out->err) == 0) {
		out->err.text[0] = '\0';
		return str_copy(i->to, sizeof(i->to), str_of(number));
	}
	if (is_phone_kind(channel) || channel.len == 0)
		return refuse(out, -EINVAL, "bad_number", "to");
	if (!text_printable(s->to) || str_find(s->to, ' ') < s->to.len ||
	    str_copy(i->to, sizeof(i->to), s->to) != 0) {
		err_set(&out->err, 0,
			"to is not an address: up to %d printable characters "
			"without spaces",
			ADDRESS_MAX - 1);
		return refuse(out, -EINVAL, "bad_address", "to");
	}
	out->err.text[0] = '\0';
	return 0;
}

static int check_text(struct intake *i, struct str text, struct submitted *out)
{
	size_t max = (size_t)i->core->cfg->text_max;

	if (text.len == 0) {
		err_set(&out->err, 0, "text is missing");
		return refuse(out, -EINVAL, "missing", "text");
	}
	if (text.len > max) {
		err_set(&out->err, 0, "text has %zu bytes, at most %zu go",
			text.len, max);
		return refuse(out, -EINVAL, "too_long", "text");
	}
	if (!text_printable(text)) {
		err_set(&out->err, 0,
			"text is not UTF-8, or holds control characters");
		return refuse(out, -EINVAL, "bad_text", "text");
	}
	return 0;
}

/* How many parts it will take on a phone; one elsewhere. */
static int count_parts(struct intake *i, struct message *m,
		       struct submitted *out)
{
	unsigned max = (unsigned)i->core->cfg->parts_max;
	struct sms_plan plan;

	m->parts = 1;
	if (!is_phone_kind(m->channel))
		return 0;
	if (sms_count(m->text, max, &plan) != 0) {
		err_set(&out->err, 0, "text takes more than %u parts", max);
		return refuse(out, -EINVAL, "too_many_parts", "text");
	}
	m->parts = (uint8_t)MAX(plan.parts, 1);
	return 0;
}

/* How long it may still go where the person is. */
static int64_t place_limit(const struct intake *i,
			   const struct class_rules *rules,
			   const struct message *m)
{
	const struct place *p = places_of(i->core->places, m->to);
	int64_t ms = INT32_MAX * (int64_t)1000;

	if ((m->flags & MESSAGE_FLAG_CONFIRM) != 0 && p->confirm_within_ms != 0)
		ms = p->confirm_within_ms;
	if (rules->nature == CLASS_TRANSACTIONAL &&
	    p->transaction_within_ms != 0)
		ms = MIN(ms, p->transaction_within_ms);
	return ms;
}

static int check_times(const struct intake *i, const struct submission *s,
		       const struct class_rules *rules, struct message *m,
		       struct submitted *out)
{
	int64_t start_ms = MAX(s->send_at_ms, m->accepted_ms);

	m->send_at_ms = s->send_at_ms > m->accepted_ms ? s->send_at_ms : 0;
	m->valid_until_ms = s->valid_until_ms != 0
				    ? s->valid_until_ms
				    : start_ms + rules->cfg.validity;
	m->valid_until_ms =
		MIN(m->valid_until_ms, start_ms + place_limit(i, rules, m));
	if (m->valid_until_ms <= start_ms) {
		err_set(&out->err, 0,
			"valid_until is not after the time of sending");
		return refuse(out, -EINVAL, "bad_time", "valid_until");
	}
	if (start_ms - m->accepted_ms > (int64_t)366 * 86400000) {
		err_set(&out->err, 0, "send_at is more than a year ahead");
		return refuse(out, -EINVAL, "bad_time", "send_at");
	}
	return 0;
}

static int check_names(struct intake *i, const struct submission *s,
		       struct message *m, struct submitted *out)
{
	m->tenant =
		s->tenant.len > 0 ? s->tenant : str_of(i->core->cfg->tenant);
	if (tenant_check(m->tenant) != 0) {
		err_set(&out->err, 0,
			"tenant is not 1 to %d of A-Z a-z 0-9 _ -", TENANT_MAX);
		return refuse(out, -EINVAL, "bad_tenant", "tenant");
	}
	if (s->from.len > 20 || !text_printable(s->from)) {
		err_set(&out->err, 0, "from is longer than 20 characters");
		return refuse(out, -EINVAL, "bad_sender", "from");
	}
	if (s->metadata.len > MESSAGE_METADATA_MAX) {
		err_set(&out->err, 0, "metadata has %zu bytes, at most %d go",
			s->metadata.len, MESSAGE_METADATA_MAX);
		return refuse(out, -EINVAL, "too_long", "metadata");
	}
	if (s->thread.len > THREAD_NAME_MAX || !text_printable(s->thread)) {
		err_set(&out->err, 0,
			"thread is not up to %d bytes of printable UTF-8",
			THREAD_NAME_MAX);
		return refuse(out, -EINVAL, "bad_thread", "thread");
	}
	if (s->exclusion.len > 0 &&
	    groups_find(i->core->groups, s->exclusion) == 0) {
		err_set(&out->err, 0,
			"there is no exclusion group \"%.*s\": the "
			"configuration names them",
			STR_ARGS(str_first(s->exclusion, 64)));
		return refuse(out, -EINVAL, "unknown_group", "exclusion_group");
	}
	if (s->campaign.len > 64 || s->business_line.len > 64 ||
	    s->department.len > DEPARTMENT_MAX || s->channel.len > 16 ||
	    s->idempotency_key.len > 128) {
		err_set(&out->err, 0, "a name is too long");
		return refuse(out, -EINVAL, "too_long",
			      s->idempotency_key.len > 128 ? "idempotency_key"
							   : "campaign");
	}
	return 0;
}

/* What is known of the person. No channel was asked for: the one the person
 * prefers, or SMS. */
static void know_person(struct intake *i, const struct submission *s,
			struct message *m)
{
	const struct standing *st = facts_of(i->core->facts, m->tenant, m->to);
	struct str preferred = standing_preferred(st);

	IGNORE(facts_branch(i->core->facts, st, &m->branch));
	m->tier = facts_tier(i->core->facts, st);
	m->channel = s->channel;
	if (m->channel.len == 0)
		m->channel = preferred.len > 0 ? preferred : STR("sms");
	m->address = standing_other(st, m->channel);
}

/* Later than that it is a message like any other. */
static int check_reply(const struct intake *i, const struct submission *s,
		       const struct class_rules *rules, struct message *m,
		       struct submitted *out)
{
	if (s->in_reply_to == 0 ||
	    id_wall_ms(s->in_reply_to) <= m->accepted_ms - ANSWERS_WITHIN_MS)
		return 0;
	if (rules->nature == CLASS_PROMOTIONAL ||
	    !answers_is(i->core->answers, s->in_reply_to, m->tenant, m->to)) {
		err_set(&out->err, 0,
			rules->nature == CLASS_PROMOTIONAL
				? "a promotion answers nothing"
				: "in_reply_to is no message of theirs");
		return refuse(out, -EINVAL, "bad_reply", "in_reply_to");
	}
	m->flags |= MESSAGE_FLAG_REPLY;
	return 0;
}

static int build(struct intake *i, const struct submission *s,
		 struct message *m, struct submitted *out)
{
	const struct class_rules *rules =
		classes_find(i->core->classes, s->class_name);

	*m = (struct message){
		.accepted_ms = core_wall_ms(i->core),
		.class_name = s->class_name,
		.from = s->from,
		.text = s->text,
		.campaign = s->campaign,
		.thread = s->thread,
		.metadata = s->metadata,
		.business_line = s->business_line,
		.department = s->department,
		.exclusion = s->exclusion,
		.origin = s->origin,
		.template_ref = s->template_ref,
		.flags = s->flags | MESSAGE_FLAG_RECEIPT,
	};
	if (rules == NULL) {
		err_set(&out->err, 0,
			s->class_name.len == 0 ? "class is missing"
					       : "there is no class \"%.*s\"",
			STR_ARGS(s->class_name));
		return refuse(out, -EINVAL, "unknown_class", "class");
	}
	m->priority = (uint8_t)(s->priority < 0 ? rules->cfg.priority
						: MIN(s->priority, 9));
	if (check_names(i, s, m, out) != 0 ||
	    read_to(i, s, s->channel, out) != 0)
		return out->rc;
	m->to = str_of(i->to);
	if (check_reply(i, s, rules, m, out) != 0)
		return out->rc;
	know_person(i, s, m);
	if (check_text(i, s->text, out) != 0 || count_parts(i, m, out) != 0)
		return out->rc;
	return check_times(i, s, rules, m, out);
}

unsigned intake_explain(struct intake *i, const struct submission *s,
			struct submitted *out,
			struct permit_row rows[PERMIT_RULES_MAX])
{
	struct decision own;
	struct message m;

	intake_judge(i, s, out, &m);
	if (out->rc != 0)
		return 0;
	return permit_explain(&i->core->permit, &m,
			      MAX(m.send_at_ms, m.accepted_ms), &own, rows);
}

/* Also what came in by a variable: it is the rendered text that counts. */
static void refuse_content(const struct intake *i, struct message *m)
{
	struct str word;

	if (m->decision.verdict == VERDICT_DENY ||
	    !intake_blocked(i, m->text, &word))
		return;
	m->decision.verdict = VERDICT_DENY;
	m->decision.reason = STR(PERMIT_CONTENT);
	m->decision.not_before_ms = 0;
}

void intake_judge(struct intake *i, const struct submission *s,
		  struct submitted *out, struct message *m)
{
	struct message own;

	must(i != NULL && s != NULL && out != NULL);
	if (m == NULL)
		m = &own;
	*out = (struct submitted){ .state = MESSAGE_ACCEPTED };
	if (build(i, s, m, out) != 0)
		return;
	permit(&i->core->permit, m, MAX(m->send_at_ms, m->accepted_ms),
	       &m->decision);
	charged_refuse(i->core, s, m);
	refuse_content(i, m);
	if (m->decision.verdict == VERDICT_ALLOW && m->send_at_ms != 0) {
		m->decision.verdict = VERDICT_DEFER;
		m->decision.reason = STR("scheduled");
		m->decision.not_before_ms = m->send_at_ms;
	}
	out->decision = m->decision;
	out->parts = m->parts;
	if (m->decision.verdict == VERDICT_DENY)
		out->state = MESSAGE_SUPPRESSED;
	else if (m->decision.verdict == VERDICT_DEFER)
		out->state = MESSAGE_HELD;
}

/* The batch was not stored: what was taken never was. */
static void take_back(struct intake *i, uint64_t id)
{
	struct core *core = i->core;
	struct live *l = lives_find(&core->lives, id);

	idempotency_drop(i->keys, id);
	if (l == NULL)
		return;
	if (l->place == LIVE_FLIGHT) {
		l->lost = true; /* its mark was in the same batch */
		return;
	}
	waiting_leave(core, l);
	lives_remove(&core->lives, l);
}

static void on_commit(void *owner, int rc)
{
	struct fresh *f = owner;

	if (f->intake->open == f)
		f->intake->open = NULL;
	for (size_t n = 0; rc != 0 && n < f->len; n++)
		take_back(f->intake, f->ids[n]);
	mem_free(f->ids);
	mem_free(f);
}

void intake_turn(struct intake *i)
{
	must(i != NULL);
	i->open = NULL;
}

static void note_fresh(struct intake *i, uint64_t id)
{
	struct fresh *f = i->open;

	if (f == NULL) {
		f = i->open = mem_new(struct fresh);
		f->intake = i;
		store_then(i->core->store, on_commit, f);
	}
	if (f->len == f->cap) {
		f->cap = MAX(f->cap * 2, 16);
		f->ids = mem_resize(f->ids, f->cap * sizeof(*f->ids));
	}
	f->ids[f->len++] = id;
}

/* Everything that makes the request what it is. */
static void request_of(const struct submission *s, struct buf *b)
{
	buf_lstr(b, s->to);
	buf_lstr(b, s->text);
	buf_lstr(b, s->class_name);
	buf_lstr(b, s->from);
	buf_lstr(b, s->channel);
	buf_lstr(b, s->ours ? STR_NONE : s->metadata);
	buf_lstr(b, s->campaign);
	buf_lstr(b, s->business_line);
	buf_lstr(b, s->template_ref.id);
	buf_varint(b, s->template_ref.version);
	buf_lstr(b, s->exclusion);
	buf_u64(b, (uint64_t)s->send_at_ms);
	buf_u64(b, (uint64_t)s->valid_until_ms);
	if (s->thread.len > 0)
		buf_lstr(b, s->thread);
	if (s->in_reply_to != 0)
		buf_u64(b, s->in_reply_to);
}

/* 0: go on; otherwise out says what was found. */
static int check_key(struct intake *i, const struct submission *s,
		     const struct message *m, struct str request,
		     struct submitted *out)
{
	const struct live *l;
	uint64_t id;
	int rc = idempotency_find(i->keys, m->tenant, s->idempotency_key,
				  request, &id);

	if (rc == 0)
		return 0;
	if (rc == -EPROTO) {
		err_set(&out->err, 0,
			"idempotency_key was used for another request");
		return refuse(out, -EEXIST, "key_reused", "idempotency_key");
	}
	l = lives_find(&i->core->lives, id);
	out->id = id;
	out->repeated = true;
	if (l != NULL)
		out->state = (enum message_state)l->state;
	return -EEXIST;
}

static int take(struct intake *i, struct message *m, uint64_t id,
		struct submitted *out)
{
	struct core *core = i->core;
	const struct class_rules *rules =
		classes_find(core->classes, m->class_name);
	struct live *l = NULL;

	m->id = id != 0 ? id : id_next(&core->ids, m->accepted_ms);
	if (out->state != MESSAGE_SUPPRESSED &&
	    lives_add(&core->lives, m, rules, &l) != 0) {
		err_set(&out->err, 0, "%lld messages wait already",
			(long long)core->cfg->queue_max);
		return refuse(out, -ENOSPC, "full", NULL);
	}
	out->id = m->id;
	journey_begin(core, m, out->state);
	note_fresh(i, m->id);
	if (l == NULL)
		return 0;
	if (m->thread.len > 0)
		codes_give(core->codes, m);
	if (out->state == MESSAGE_HELD) {
		lives_state(&core->lives, l, MESSAGE_HELD);
		waiting_until(core, l, m->decision.not_before_ms);
	} else {
		waiting_queue(core, l, false);
	}
	return 0;
}

void intake_submit(struct intake *i, const struct submission *s,
		   struct submitted *out)
{
	struct buf request = { 0 };
	struct message m;
	int rc;

	must(i != NULL);
	intake_judge(i, s, out, &m);
	if (out->rc != 0 ||
	    (s->only_now && out->decision.verdict == VERDICT_DEFER))
		return;
	rc = i->core->store->ops->ready(i->core->store);
	if (rc != 0 || i->core->stopping) {
		err_set(&out->err, 0,
			rc == -ENOSPC ? "the disk is full"
				      : "too much waits for the disk");
		refuse(out, rc == 0 ? -EAGAIN : rc,
		       rc == -ENOSPC ? "disk_full" : "busy", NULL);
		return;
	}
	if (s->idempotency_key.len == 0) {
		IGNORE(take(i, &m, s->id, out));
		return;
	}
	buf_init(&request, BUF_NO_LIMIT);
	request_of(s, &request);
	if (check_key(i, s, &m, buf_str(&request), out) == 0 &&
	    take(i, &m, s->id, out) == 0)
		idempotency_keep(i->keys, m.tenant, s->idempotency_key,
				 buf_str(&request), m.id);
	buf_done(&request);
}
