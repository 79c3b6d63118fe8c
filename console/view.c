/* Stored messages as JSON. */
#include "console/view.h"

#include "proto/json.h"
#include "model/record.h"
#include "proto/tzone.h"

static const char *event_word(enum event_kind k)
{
	switch (k) {
	case EVENT_ATTEMPT:
		return "attempt";
	case EVENT_SUBMITTED:
		return "submitted";
	case EVENT_RECEIPT:
		return "receipt";
	case EVENT_STATE:
		return "state";
	case EVENT_ANSWER:
		return "answer";
	}
	return "unknown";
}

static void put_state(struct buf *b, const char *key, int64_t number)
{
	const char *name =
		number >= 0 && number < MESSAGE_STATES
			? message_state_name((enum message_state)number)
			: NULL;

	json_kz(b, key, name != NULL ? name : "unknown");
}

static void put_delays(struct buf *b, const uint32_t us[4])
{
	static const char *const names[] = { "intake_us", "queue_us", "lane_us",
					     "peer_us" };

	if ((us[0] | us[1] | us[2] | us[3]) == 0)
		return;
	json_key(b, "delays");
	json_open(b, '{');
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		json_ku(b, names[i], us[i]);
	json_close(b, '}');
}

/* What the gate went by when the bytes left. */
static void put_proof(struct buf *b, const struct event *e)
{
	char local[20];

	if (e->rule_version.len == 0)
		return;
	json_ks(b, "rule_version", e->rule_version);
	tzone_local_text(e->zone_offset_s, e->at_ms, local);
	json_kz(b, "local_time", local);
	if (e->consent_seq != 0)
		json_ku(b, "consent_seq", e->consent_seq);
}

static void put_event(struct buf *b, const struct event *e)
{
	json_open(b, '{');
	json_kt(b, "at", e->at_ms);
	json_kz(b, "event", event_word(e->kind));
	put_state(b, "state", e->state);
	json_ks_opt(b, "link", e->link);
	json_ks_opt(b, "reason", e->reason);
	if (e->attempt > 0)
		json_ku(b, "attempt", e->attempt);
	if (e->kind == EVENT_SUBMITTED || e->kind == EVENT_RECEIPT ||
	    e->kind == EVENT_ANSWER)
		json_ku(b, "part", e->part);
	json_ks_opt(b, "peer_id", e->peer_id);
	if (e->peer_status != 0)
		json_ku(b, "peer_status", e->peer_status);
	json_kt_opt(b, "due", e->due_ms);
	put_proof(b, e);
	put_delays(b, e->delay_us);
	json_close(b, '}');
}

static bool put_history(struct buf *b, struct str bytes)
{
	struct bufr r = bufr_of(bytes.p, bytes.len);

	json_key(b, "history");
	json_open(b, '[');
	while (bufr_left(&r) > 0) {
		struct event e;
		struct str one = bufr_lstr(&r);
		if (r.bad || event_decode(one, &e) != 0) {
			json_close(b, ']');
			return false;
		}
		put_event(b, &e);
	}
	json_close(b, ']');
	return true;
}

void view_decision(struct buf *b, const struct decision *d)
{
	char local[20];

	must(b != NULL && d != NULL);
	json_kz(b, "verdict", verdict_name(d->verdict));
	json_ks_opt(b, "reason", d->reason);
	json_kt_opt(b, "not_before", d->not_before_ms);
	json_ks_opt(b, "rule_version", d->rule_version);
	json_ks_opt(b, "packs", d->packs);
	json_kt_opt(b, "at", d->at_ms);
	if (d->at_ms != 0 && d->zones > 0) {
		json_ks(b, "zone", d->zone);
		json_ku(b, "zones", d->zones);
		tzone_local_text(d->zone_offset_s, d->at_ms, local);
		json_kz(b, "local_time", local);
	}
	if (d->consent_seq != 0)
		json_ku(b, "consent_seq", d->consent_seq);
}

static void put_address(struct view *v, const char *key, struct str tenant,
			struct str address)
{
	if (address.len == 0)
		return;
	json_key(v->out, key);
	who_address_json(v->out, v->who, tenant, address);
}

static void put_template(struct buf *b, const struct template_ref *t)
{
	if (t->id.len == 0)
		return;
	json_key(b, "template");
	json_open(b, '{');
	json_ks(b, "id", t->id);
	json_ku(b, "version", t->version);
	json_ks(b, "lang", t->lang);
	json_key(b, "sha256");
	json_hex(b, (const uint8_t *)t->sha256.p, t->sha256.len);
	json_close(b, '}');
}

static void put_message(struct view *v, const struct message *m)
{
	struct buf *b = v->out;

	put_address(v, "to", m->tenant, m->to);
	put_address(v, "address", m->tenant, m->address);
	json_ks(b, "class", m->class_name);
	json_ks(b, "channel", m->channel);
	json_ks_opt(b, "from", m->from);
	if (m->purged)
		json_kb(b, "purged", true);
	else if (v->texts || who_may(v->who, PERM_MESSAGE_CONTENT))
		json_ks(b, "text", m->text);
	json_ks(b, "tenant", m->tenant);
	json_ks_opt(b, "campaign", m->campaign);
	if (!who_pseudonymous(v->who))
		json_ks_opt(b, "thread", m->thread);
	json_ks_opt(b, "business_line", m->business_line);
	put_template(b, &m->template_ref);
	json_ks_opt(b, "exclusion_group", m->exclusion);
	json_kt(b, "created", m->accepted_ms);
	json_kt_opt(b, "send_at", m->send_at_ms);
	json_kt_opt(b, "valid_until", m->valid_until_ms);
	json_ku(b, "priority", m->priority);
	json_ku(b, "parts", m->parts);
	/* The sender's own words: they may name somebody. */
	if (m->metadata.len > 0 && who_reads_words(v->who)) {
		json_key(b, "metadata");
		json_raw(b, m->metadata);
	}
	json_key(b, "decision");
	json_open(b, '{');
	view_decision(b, &m->decision);
	json_close(b, '}');
}

bool view_message(struct view *v, const struct row *row)
{
	struct message m;
	uint64_t id = (uint64_t)row_i(row, 0);

	must(v != NULL && v->out != NULL);
	v->last = id;
	if (message_decode(row_s(row, 5), id, &m) != 0) {
		v->bad = true;
		return false;
	}
	if (v->tenant[0] != '\0' && !str_eqz(m.tenant, v->tenant))
		return false;
	IGNORE(str_copy(v->owner, sizeof(v->owner), m.tenant));
	IGNORE(str_copy(v->to, sizeof(v->to), m.to));
	struct buf *b = v->out;
	v->n++;
	v->state = (enum message_state)row_i(row, 1);
	v->verdict = m.decision.verdict;
	v->parts = m.parts;
	json_open(b, '{');
	json_kid(b, "id", id);
	put_state(b, "state", row_i(row, 1));
	json_kt(b, "updated", row_i(row, 2));
	json_ks_opt(b, "link", row_s(row, 3));
	json_ks_opt(b, "reason", row_s(row, 4));
	put_message(v, &m);
	if (v->history && !put_history(b, row_s(row, 6)))
		v->bad = true;
	return true;
}

void view_submitted(struct buf *b, const struct submitted *s)
{
	must(b != NULL && s != NULL);
	if (s->id != 0)
		json_kid(b, "id", s->id);
	json_kz(b, "state", message_state_name(s->state));
	json_kz(b, "verdict", verdict_name(s->decision.verdict));
	json_ks_opt(b, "reason", s->decision.reason);
	json_kt_opt(b, "not_before", s->decision.not_before_ms);
	json_ku(b, "parts", s->parts);
	if (s->repeated)
		json_kb(b, "repeated", true);
}

static void put_rows(struct buf *b, const char *key, const struct explain *ex,
		     bool rules)
{
	json_key(b, key);
	json_open(b, '[');
	for (unsigned i = 0; i < ex->n; i++) {
		const struct explain_row *row = &ex->v[i];
		if (row->rule != rules)
			continue;
		json_open(b, '{');
		json_kz(b, "name", row->name);
		json_kb(b, "chosen", row->chosen);
		json_kz(b, "why", row->why);
		json_close(b, '}');
	}
	json_close(b, ']');
}

void view_explain(struct buf *b, const struct explain *ex)
{
	must(b != NULL && ex != NULL);
	json_ks_opt(b, "pool", str_of(ex->pool));
	json_ks_opt(b, "strategy", str_of(ex->strategy));
	put_rows(b, "rules", ex, true);
	put_rows(b, "links", ex, false);
	if (ex->cut)
		json_kb(b, "cut", true);
}
