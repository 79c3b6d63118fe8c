/* /v1/links: what each link does, and an operator's hand on it. */
#include "console/api.h"

static const char *channel_word(enum channel_state s)
{
	switch (s) {
	case CHANNEL_DOWN:
		return "down";
	case CHANNEL_UP:
		return "up";
	case CHANNEL_STOPPED:
		return "stopped";
	}
	return "unknown";
}

static void put_link(struct buf *b, const struct link_view *l)
{
	json_open(b, '{');
	json_kz(b, "name", l->name);
	json_kz(b, "channel", l->channel);
	json_kz(b, "kind", l->kind);
	json_kz(b, "state", channel_word(l->state));
	json_ks_opt(b, "why", str_of(l->why));
	json_kb(b, "held", l->held);
	json_kz(b, "target", l->target);
	json_ku(b, "window", l->window);
	json_ku(b, "used", l->used);
	json_ku(b, "rate", (uint64_t)(l->rate + 0.5));
	json_ku(b, "health", l->health);
	json_ku(b, "sent", l->sent);
	json_ku(b, "accepted", l->accepted);
	json_ku(b, "receipts", l->receipts);
	json_ku(b, "inbound", l->inbound);
	json_ku(b, "throttled", l->throttled);
	json_ku(b, "notices", l->notices);
	json_close(b, '}');
}

void api_links_list(struct request *r)
{
	struct link_view l;

	must(r != NULL);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "links");
	json_open(b, '[');
	for (unsigned i = 0; gateway_link(r->c->gateway, i, &l) == 0; i++)
		put_link(b, &l);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

/* The link named in the path; -1: answered. */
static int link_of(struct request *r)
{
	int i = gateway_link_find(r->c->gateway, r->param[0]);

	if (i < 0)
		reply_error(r, 404, "no_link", NULL, "there is no link '%.*s'",
			    STR_ARGS(str_first(r->param[0], 60)));
	return i;
}

static bool put_now(struct request *r, int i)
{
	struct link_view l;

	if (gateway_link(r->c->gateway, (unsigned)i, &l) != 0)
		return false;
	put_link(reply_json(r), &l);
	return true;
}

void api_link_get(struct request *r)
{
	must(r != NULL);
	int i = link_of(r);
	if (i < 0)
		return;
	if (put_now(r, i))
		reply_send(r, 200);
	else
		reply_error(r, 404, "no_link", NULL, "the link is gone");
}

static void on_done(struct request *r, int rc)
{
	/* It was done all the same: only its audit row waits. */
	(void)rc;
	reply_send(r, 200);
}

static void answer(struct request *r, int i, const char *action)
{
	request_audit(r, STR_NONE, action, r->param[0], STR_NONE);
	if (put_now(r, i))
		request_then(r, on_done);
	else
		reply_error(r, 404, "no_link", NULL, "the link is gone");
}

static void hold(struct request *r, bool held)
{
	int i = link_of(r);

	if (i < 0)
		return;
	gateway_link_hold(r->c->gateway, (unsigned)i, held);
	answer(r, i, held ? "link.hold" : "link.release");
}

void api_link_hold(struct request *r)
{
	must(r != NULL);
	hold(r, true);
}

void api_link_release(struct request *r)
{
	must(r != NULL);
	hold(r, false);
}

/* ---- limits -------------------------------------------------------------- */

struct limits_body {
	int64_t rate, window;
};

static const struct field limit_rows[] = {
	{ "rate", FIELD_INT, offsetof(struct limits_body, rate), false,
	  "Parts a second; 0: no limit of ours." },
	{ "window", FIELD_INT, offsetof(struct limits_body, window), false,
	  "Unanswered sends of one connection." },
};

const struct fields link_fields = { "link", limit_rows, ARRAY_LEN(limit_rows) };

/* -1: it was not given; false: answered. */
static bool limit_fits(struct request *r, const char *name, int64_t v,
		       int64_t least, int64_t most)
{
	if (v == -1 || (v >= least && v <= most))
		return true;
	reply_error(r, 400, "bad_number", name, "'%s' is %lld to %lld", name,
		    (long long)least, (long long)most);
	return false;
}

void api_link_patch(struct request *r)
{
	struct limits_body body = { .rate = -1, .window = -1 };

	must(r != NULL);
	int i = link_of(r);
	if (i < 0 || !request_fields(r, &body) ||
	    !limit_fits(r, "rate", body.rate, 0, 100000) ||
	    !limit_fits(r, "window", body.window, 1, 10000))
		return;
	if (gateway_link_limits(r->c->gateway, (unsigned)i, body.rate,
				body.window) != 0)
		reply_error(r, 409, "fixed_window", "window",
			    "the window of this link changes only by reload");
	else
		answer(r, i, "link.limits");
}

void api_link_rebind(struct request *r)
{
	must(r != NULL);
	int i = link_of(r);
	if (i < 0)
		return;
	gateway_link_rebind(r->c->gateway, (unsigned)i);
	answer(r, i, "link.rebind");
}
