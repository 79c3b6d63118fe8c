/* The gateway's seat above one channel, for tests. */
#include "tests/lib/seat.h"

#include "base/log.h"
#include "base/mem.h"

static void seat_text(char *dst, size_t size, struct str s)
{
	IGNORE(str_copy(dst, size, str_first(s, size - 1)));
}

static struct seat *seat_event(void *owner)
{
	struct seat *s = owner;

	must(s->in_ops == 0); /* never from inside an ops entry */
	must(s->done == 0);   /* never after done */
	return s;
}

static void seat_state(void *owner, enum channel_state st, unsigned window,
		       const char *why)
{
	struct seat *s = seat_event(owner);

	s->state = st;
	s->window = window;
	s->states++;
	seat_text(s->why, sizeof(s->why), str_of(why));
}

static void seat_end(void *owner, uint64_t attempt, const struct outcome *o)
{
	struct seat *s = seat_event(owner);

	must(s->nends < SEAT_MAX);
	struct seat_end *e = &s->ends[s->nends++];
	e->attempt = attempt;
	e->class = o->class;
	e->peer_status = o->peer_status;
	e->sent = o->sent;
	e->receipt = o->receipt;
	e->hold_ms = o->hold_ms;
	e->parts = o->parts;
	e->parts_done = o->parts_done;
	seat_text(e->reason, sizeof(e->reason), o->reason);
	seat_text(e->peer_id, sizeof(e->peer_id), o->peer_id[0]);
}

static struct seat_news *seat_news(struct seat *s, uint64_t ticket)
{
	must(s->nnews < SEAT_MAX);
	struct seat_news *n = &s->news[s->nnews++];
	n->ticket = ticket;
	return n;
}

static void seat_receipt(void *owner, const struct receipt *r, uint64_t ticket)
{
	struct seat *s = seat_event(owner);
	struct seat_news *n = seat_news(s, ticket);

	n->state = r->state;
	seat_text(n->peer_id, sizeof(n->peer_id), r->peer_id);
	if (!s->keep)
		seat_answer(s, ticket, s->answer);
}

static void seat_inbound(void *owner, const struct inbound *in, uint64_t ticket)
{
	struct seat *s = seat_event(owner);
	struct seat_news *n = seat_news(s, ticket);

	n->inbound = true;
	n->flags = in->flags;
	seat_text(n->peer_id, sizeof(n->peer_id), in->peer_key);
	seat_text(n->from, sizeof(n->from), in->from);
	seat_text(n->to, sizeof(n->to), in->to);
	seat_text(n->text, sizeof(n->text), in->text);
	seat_text(n->tenant, sizeof(n->tenant), in->tenant);
	if (!s->keep)
		seat_answer(s, ticket, s->answer);
}

static void seat_answered(void *owner, uint64_t token, const struct receipt *r)
{
	struct seat *s = seat_event(owner);

	must(s->nanswers < ARRAY_LEN(s->answers));
	struct seat_answer *a = &s->answers[s->nanswers++];
	a->token = token;
	a->known = r != NULL;
	if (r == NULL)
		return;
	a->state = r->state;
	a->peer_status = r->peer_status;
	a->done_ms = r->done_ms;
	seat_text(a->peer_id, sizeof(a->peer_id), r->peer_id);
	seat_text(a->reason, sizeof(a->reason), r->reason);
}

static const struct channel_events seat_events = {
	.state = seat_state,
	.ended = seat_end,
	.receipt = seat_receipt,
	.inbound = seat_inbound,
	.answered = seat_answered,
};

static void seat_done(void *owner)
{
	struct seat *s = owner;

	must(s->in_ops == 0);
	s->done++;
}

void seat_open(struct seat *s, struct loop *l, const struct channel_ops *ops,
	       const char *conf)
{
	struct faults faults = { 0 };
	struct err err = { "" };

	must(s != NULL && l != NULL && ops != NULL);
	*s = (struct seat){ .loop = l, .ops = ops };
	int rc = settings_parse(conf, "test", ops->settings, 1, &s->settings,
				&faults);
	if (rc == 0 && ops->check != NULL)
		ops->check(s->settings.v[0].title, s->settings.v[0].value,
			   &faults);
	for (size_t i = 0; i < faults.len; i++)
		log_error("seat.fault", KV_S("text", faults.v[i]));
	must(rc == 0 && faults.len == 0 && s->settings.len == 1);
	const struct channel_env env = {
		.loop = l,
		.clock = loop_clock(l),
		.name = s->settings.v[0].title,
		.cfg = s->settings.v[0].value,
		.events = &seat_events,
		.owner = s,
	};
	s->in_ops++;
	rc = ops->open(&s->c, &env, &err);
	s->in_ops--;
	if (rc != 0)
		log_error("seat.open", KV_S("text", err.text));
	must(rc == 0);
	/* What open was given is only lent. */
	settings_done(&s->settings);
	faults_done(&faults);
}

static void seat_nothing(void *owner)
{
	*(bool *)owner = true;
}

void seat_turn(struct seat *s)
{
	bool over = false;
	struct loop_timer *t = loop_timer_new(s->loop, seat_nothing, &over);

	loop_timer_set(t, 5);
	loop_turn(s->loop, true);
	loop_timer_free(&t);
}

bool seat_wait_up(struct seat *s)
{
	return SEAT_UNTIL(s, 20000, s->state == CHANNEL_UP);
}

bool seat_wait_ends(struct seat *s, size_t n)
{
	return SEAT_UNTIL(s, 20000, s->nends >= n);
}

bool seat_wait_news(struct seat *s, size_t n)
{
	return SEAT_UNTIL(s, 20000, s->nnews >= n);
}

int seat_send(struct seat *s, uint64_t attempt, const char *to,
	      const char *text)
{
	struct message m = { .id = 1000 + attempt, .parts = 1 };
	int rc;

	m.tenant = STR("acme");
	m.class_name = STR("care");
	m.channel = str_of(s->ops->kind);
	m.to = str_of(to);
	m.text = str_of(text);
	m.flags = MESSAGE_FLAG_RECEIPT;
	m.metadata = STR("{\"order\":\"A-7\"}");
	s->in_ops++;
	rc = s->ops->send(s->c, attempt, &m, 0);
	s->in_ops--;
	return rc;
}

int seat_notify(struct seat *s, uint64_t attempt, const char *type,
		const char *body)
{
	struct notice n = { .id = 1000 + attempt };
	int rc;

	n.tenant = STR("acme");
	n.type = str_of(type);
	n.body = str_of(body);
	s->in_ops++;
	rc = s->ops->notify(s->c, attempt, &n);
	s->in_ops--;
	return rc;
}

void seat_answer(struct seat *s, uint64_t ticket, int rc)
{
	s->in_ops++;
	s->ops->answer(s->c, ticket, rc);
	s->in_ops--;
}

const struct seat_end *seat_ended(const struct seat *s, uint64_t attempt)
{
	const struct seat_end *found = NULL;

	for (size_t i = 0; i < s->nends; i++) {
		if (s->ends[i].attempt != attempt)
			continue;
		if (found != NULL)
			return NULL;
		found = &s->ends[i];
	}
	return found;
}

void seat_close_begin(struct seat *s, uint64_t drain_ms)
{
	struct channel *c = s->c;

	must(c != NULL);
	s->in_ops++;
	s->ops->close(&c, drain_ms, seat_done, s);
	s->in_ops--;
	must(c == NULL);
}

void seat_close(struct seat *s, uint64_t drain_ms)
{
	if (s->c != NULL && s->done == 0)
		seat_close_begin(s, drain_ms);
	must(SEAT_UNTIL(s, drain_ms + 20000, s->done > 0));
	s->c = NULL;
	must(s->done == 1);
}
