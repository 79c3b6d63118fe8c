/* /v1/threads/{address}: all that went to one person and came from them, over
 * every channel, as one line of time; a word to them; and over to the phone. */
#include "console/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/callbacks.h"
#include "care/cases.h"
#include "care/unanswered.h"
#include "console/branch.h"
#include "console/related.h"
#include "console/submission.h"
#include "console/view.h"
#include "model/inbound.h"

#define THREAD_PAGE 50
#define THREAD_PAGE_MAX 200
#define ADDRESSES_MAX 8

/* One message, out or in, as JSON text. */
struct piece {
	uint64_t id; /* of either: in order of time */
	size_t at, len;
};

struct thread_page {
	bool texts; /* may they be seen? */
	char tenant[TENANT_MAX + 1];
	bool of_default; /* what is nobody's in particular counts as theirs */
	char address[ADDRESSES_MAX][ADDRESS_MAX];
	unsigned naddresses, asked; /* so many of them were read */
	bool inbound;               /* the next read is of what came in */
	uint64_t before, limit;
	struct piece *v;
	size_t n;
	struct buf text;
};

static void page_free(void *own)
{
	struct thread_page *p = own;

	mem_free(p->v);
	buf_done(&p->text);
	mem_free(p);
}

static void add(struct thread_page *p, uint64_t id, size_t from)
{
	/* commas put themselves between two that follow each other */
	from += p->text.p[from] == ',';
	p->v = mem_resize(p->v, (p->n + 1) * sizeof(*p->v));
	p->v[p->n++] = (struct piece){ id, from, p->text.len - from };
}

/* ---- read, on the reader's thread --------------------------------------------------- */

static bool show_out(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct thread_page *p = r->own;
	size_t from = p->text.len;
	struct view v = { .who = &r->who, .out = &p->text, .texts = p->texts };

	must(str_copy(v.tenant, sizeof(v.tenant), str_of(p->tenant)) == 0);
	if (!view_message(&v, row))
		return true;
	json_kz(&p->text, "direction", "out");
	json_close(&p->text, '}');
	add(p, (uint64_t)row_i(row, 0), from);
	return true;
}

static bool is_theirs(const struct thread_page *p, struct str tenant)
{
	return p->tenant[0] == '\0' || str_eqz(tenant, p->tenant) ||
	       (p->of_default && str_eqz(tenant, "*"));
}

static bool show_in(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct thread_page *p = r->own;
	struct buf *b = &p->text;
	size_t from = b->len;
	struct inbound in;

	if (inbound_decode(row_s(row, 1), (uint64_t)row_i(row, 0), &in) != 0 ||
	    !is_theirs(p, in.tenant))
		return true;
	json_open(b, '{');
	json_kid(b, "id", in.id);
	json_kt(b, "at", in.at_ms);
	json_ks(b, "channel", in.channel);
	json_key(b, "from");
	who_address_json(b, &r->who, in.tenant, in.from);
	json_ks(b, "to", in.to);
	if (p->texts)
		json_ks(b, "text", in.text);
	json_ks(b, "claim", in.claim);
	json_kz(b, "direction", "in");
	json_close(b, '}');
	add(p, in.id, from);
	return true;
}

/* ---- put together ------------------------------------------------------------------ */

static int newest_first(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->id < y->id) - (x->id > y->id);
}

static void answer(struct request *r)
{
	struct thread_page *p = r->own;
	struct buf *b = reply_json(r);
	size_t n = MIN(p->n, (size_t)p->limit);

	if (p->n > 0)
		qsort(p->v, p->n, sizeof(*p->v), newest_first);
	json_open(b, '{');
	json_key(b, "thread");
	json_open(b, '[');
	for (size_t i = 0; i < n; i++)
		json_raw(b, str_bytes(p->text.p + p->v[i].at, p->v[i].len));
	json_close(b, ']');
	if (n == p->limit)
		json_kid(b, "next", p->v[n - 1].id);
	json_close(b, '}');
	related_answer(r);
}

static void read_next(struct request *r, int rc)
{
	struct thread_page *p = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	if (p->asked == p->naddresses) {
		answer(r);
		return;
	}
	struct cell address = CELL_Z(p->address[p->asked]);
	struct cell before = CELL_I(p->before);
	struct cell in[] = { CELL_N, address, CELL_I(0), before,
			     CELL_I(p->limit) };
	struct cell out[] = { p->tenant[0] == '\0' ? CELL_N : CELL_Z(p->tenant),
			      CELL_N,
			      CELL_N,
			      address,
			      CELL_N,
			      CELL_I(0),
			      before,
			      CELL_I(p->limit) };

	if (p->inbound) {
		p->inbound = false;
		p->asked++;
		request_read(r, STORE_INBOUND_LIST, in, ARRAY_LEN(in), show_in,
			     read_next);
		return;
	}
	p->inbound = true;
	request_read(r, STORE_MESSAGE_LIST, out, ARRAY_LEN(out), show_out,
		     read_next);
}

static void add_address(struct thread_page *p, struct str address)
{
	for (unsigned i = 0; i < p->naddresses; i++) {
		if (str_eqz(address, p->address[i]))
			return;
	}
	if (p->naddresses < ADDRESSES_MAX &&
	    str_copy(p->address[p->naddresses], ADDRESS_MAX, address) == 0)
		p->naddresses++;
}

/* Every address of whom that address belongs to. */
static bool show_person(void *owner, const struct row *row)
{
	struct request *r = owner;

	add_address(r->own, row_s(row, 18)); /* the column `address` */
	return true;
}

/* All of theirs, with texts or without; for which work it was read. */
static void show_thread(struct request *r, struct str tenant,
			const char *address, bool texts, const char *work)
{
	uint64_t before = 0, limit = THREAD_PAGE;
	struct str mine = str_of(r->c->tenant);
	struct str of = tenant.len > 0 ? tenant : mine;

	if (!query_id(r, "cursor", &before) ||
	    !query_u64(r, "limit", THREAD_PAGE_MAX, &limit) ||
	    !branch_check_address(r, of, str_of(address)))
		return;
	struct thread_page *p = mem_new(struct thread_page);

	r->own = p;
	r->own_free = page_free;
	buf_init(&p->text, (size_t)64 << 20);
	p->before = before;
	p->limit = MAX(limit, 1);
	p->texts = texts;
	p->of_default = str_eq(tenant, mine);
	must(str_copy(p->tenant, sizeof(p->tenant), tenant) == 0);
	add_address(p, str_of(address));
	related_audit(r, of, "thread.read", str_of(address), work);
	struct cell cells[] = { CELL_T(of), CELL_Z(address), CELL_I(0) };

	request_read(r, STORE_PERSON_BY_ADDRESS, cells, ARRAY_LEN(cells),
		     show_person, read_next);
}

void api_thread_get(struct request *r)
{
	char address[ADDRESS_MAX];
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant) ||
	    !request_address(r, r->param[0], "address", address))
		return;
	show_thread(r, tenant, address, request_may(r, PERM_MESSAGE_CONTENT),
		    related_work(r,
				 tenant.len > 0 ? tenant : str_of(r->c->tenant),
				 str_of(address)));
}

/* ---- a word ------------------------------------------------------------------------- */

struct word_body {
	struct str text, template, lang, channel;
	json_t *vars;
};

#define AT(f) offsetof(struct word_body, f)
static const struct field word_rows[] = {
	{ "text", FIELD_STR, AT(text), false,
	  "Free words; the gate and the blocked words hold." },
	{ "template", FIELD_STR, AT(template), false,
	  "An approved snippet instead: id of a template." },
	{ "lang", FIELD_STR, AT(lang), false, "Of the template." },
	{ "vars", FIELD_OBJECT, AT(vars), false, "Its values." },
	{ "channel", FIELD_STR, AT(channel), false, "Any without it." },
};
#undef AT
const struct fields thread_fields = { "word", word_rows, ARRAY_LEN(word_rows) };

static void on_said(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, r->status);
}

/* What an agent says to somebody with an open case answers that case, and
 * stops its clock. */
static void note_reply(struct request *r, struct str tenant, struct str to,
		       uint64_t message, struct buf *b)
{
	const struct case_by by = { .actor = str_of(r->who.actor),
				    .name = request_actor(r) };
	const struct care_case *x =
		cases_replied(r->c->cases, tenant, to, message, &by);

	if (x != NULL)
		json_kid(b, "case", x->id);
}

/* To that number, of that tenant or (from `tenant`) of who asks. */
static void say(struct request *r, const char *to)
{
	struct word_body w = { .vars = NULL };
	struct message_body body = { 0 };
	struct submission s = { .class_name = str_of(cases_class(r->c->cases)),
				.priority = -1,
				.flags = MESSAGE_FLAG_REPLY };
	struct submitted got = { 0 };
	struct refusal why = { 0 };

	if (!request_fields(r, &w) || !request_tenant(r, &s.tenant) ||
	    !branch_check_address(r, s.tenant, str_of(to)))
		return;
	if ((w.text.len > 0) == (w.template.len > 0)) {
		reply_error(r, 400, "no_words", "text",
			    "either a text or a template is needed");
		return;
	}
	s.to = str_of(to);
	s.text = w.text;
	s.channel = w.channel;
	body.branch = str_of(r->who.branch);
	body.template_id = w.template;
	body.lang = w.lang;
	body.vars = w.vars;
	if (message_body_render(r->c->library, r->c->gateway, &body, &s,
				&why) != 0) {
		reply_refusal(r, &why);
		message_body_done(&body);
		return;
	}
	gateway_submit(r->c->gateway, &s, &got);
	message_body_done(&body);
	if (got.rc != 0) {
		reply_submitted_error(r, &got);
		return;
	}
	bool denied = got.decision.verdict == VERDICT_DENY;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	view_submitted(b, &got);
	if (!denied) {
		note_reply(r, s.tenant, s.to, got.id, b);
		unanswered_said(r->c->unanswered, s.tenant, s.to);
	}
	json_close(b, '}');
	r->status = denied ? 200 : 202;
	request_audit(r, s.tenant, "thread.reply", s.to, STR_NONE);
	request_then(r, on_said);
}

void api_thread_reply(struct request *r)
{
	char to[ADDRESS_MAX];

	must(r != NULL);
	if (request_address(r, r->param[0], "address", to))
		say(r, to);
}

/* ---- by what they wrote: no number is needed ------------------------------------------ */

static void refuse_missing(struct request *r)
{
	reply_error(r, 404, "not_found", NULL,
		    "no such message waits for an answer");
}

/* The message of the path, if it waits for an answer of theirs. */
static bool waiting(struct request *r, uint64_t *id, struct str *tenant,
		    char to[ADDRESS_MAX])
{
	struct unanswered_one one;

	if (!request_tenant(r, tenant) || !param_id(r, 0, id))
		return false;
	if (!unanswered_find(r->c->unanswered, *id, &one) ||
	    !(str_eq(one.tenant, *tenant) || str_eqz(one.tenant, "*"))) {
		refuse_missing(r);
		return false;
	}
	return str_copy(to, ADDRESS_MAX, one.address) == 0 &&
	       branch_check_address(r, *tenant, str_of(to));
}

static void refuse_taken(struct request *r, const struct unanswered_hold *h)
{
	reply_error(r, 409, "taken", NULL, "%.*s has it in hand",
		    STR_ARGS(h->name));
}

/* The same as waiting, unless another has it in hand. */
static bool in_hand(struct request *r, uint64_t *id, struct str *tenant,
		    char to[ADDRESS_MAX])
{
	struct unanswered_hold h;

	if (!waiting(r, id, tenant, to))
		return false;
	if (!unanswered_held(r->c->unanswered, *id, clock_wall_ms(r->c->clock),
			     &h) ||
	    str_eqz(h.actor, r->who.actor))
		return true;
	refuse_taken(r, &h);
	return false;
}

void api_inbox_take(struct request *r)
{
	char to[ADDRESS_MAX];
	struct unanswered_hold h;
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!waiting(r, &id, &tenant, to))
		return;
	int rc = unanswered_take(r->c->unanswered, id, str_of(r->who.actor),
				 request_actor(r), clock_wall_ms(r->c->clock),
				 &h);
	if (rc != 0) {
		if (rc == -EBUSY)
			refuse_taken(r, &h);
		else
			refuse_missing(r);
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	json_ks(b, "by", h.name);
	json_kt(b, "until", h.until_ms);
	json_close(b, '}');
	r->status = 200;
	request_audit(r, tenant, "inbox.take", r->param[0], STR_NONE);
	request_then(r, on_said);
}

/* An agent reads what they answer: one person at a time, while it waits. */
void api_inbox_thread(struct request *r)
{
	char to[ADDRESS_MAX];
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (waiting(r, &id, &tenant, to))
		show_thread(r, tenant, to, true, "inbox");
}

void api_inbox_reply(struct request *r)
{
	char to[ADDRESS_MAX];
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (in_hand(r, &id, &tenant, to))
		say(r, to);
}

void api_inbox_done(struct request *r)
{
	char to[ADDRESS_MAX];
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!in_hand(r, &id, &tenant, to))
		return;
	must(unanswered_done(r->c->unanswered, id) == 0);
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	json_kb(b, "waiting", false);
	json_close(b, '}');
	r->status = 200;
	request_audit(r, tenant, "inbox.done", r->param[0], STR_NONE);
	request_then(r, on_said);
}

/* ---- over to the phone -------------------------------------------------------------- */

struct hand_body {
	struct str queue, skill, note, hours;
	int64_t not_before;
};

#define AT(f) offsetof(struct hand_body, f)
static const struct field hand_rows[] = {
	{ "queue", FIELD_STR, AT(queue), false, "The usual one without it." },
	{ "skill", FIELD_STR, AT(skill), false,
	  "What the agent must know, besides what the queue asks for." },
	{ "note", FIELD_STR, AT(note), false,
	  "For who rings: what it is about." },
	{ "not_before", FIELD_TIME, AT(not_before), false, "Now without it." },
	{ "hours", FIELD_STR, AT(hours), false,
	  "Preferred: 18:00-21:00; the contact's without it." },
};
#undef AT
const struct fields hand_over_fields = { "hand_over", hand_rows,
					 ARRAY_LEN(hand_rows) };

static void on_handed(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

/* Of a call-back that is wanted; the case, if one is open, knows of it. */
static void put_handed(struct request *r, const struct callback_ask *ask,
		       const struct callback_asked *got)
{
	const struct case_by by = { .actor = str_of(r->who.actor),
				    .name = request_actor(r) };
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "callback", got->id);
	json_kz(b, "state", callback_state_name(got->state));
	json_ks_opt(b, "reason", str_of(got->reason));
	json_kb(b, "joined", got->joined);
	json_ks_opt(b, "case", ask->ref);
	json_close(b, '}');
	if (!callback_final(got->state))
		unanswered_said(r->c->unanswered, ask->tenant, ask->address);
	if (!callback_final(got->state))
		cases_handed_over(r->c->cases, ask->tenant, ask->address,
				  got->id, &by);
}

/* To that number, of that tenant or (from `tenant`) of who asks. */
static void hand_over(struct request *r, const char *to)
{
	struct hand_body h = { .not_before = 0 };
	struct callback_ask ask = { .source = CALLBACK_BY_THREAD };
	struct callback_asked got;
	struct err err = { "" };
	char ref[ID_TEXT] = "";

	if (!request_fields(r, &h) || !request_tenant(r, &ask.tenant) ||
	    !branch_check_address(r, ask.tenant, str_of(to)))
		return;
	const struct care_case *x =
		cases_open_of(r->c->cases, ask.tenant, str_of(to));

	if (x != NULL)
		id_text(x->id, ref);
	ask.address = str_of(to);
	ask.queue = h.queue;
	ask.skill = h.skill;
	ask.note = h.note;
	ask.hours = h.hours;
	ask.not_before_ms = h.not_before;
	ask.ref = str_of(ref);
	int rc = callbacks_ask(r->c->callbacks, &ask, &got, &err);

	if (rc != 0) {
		reply_error(r, rc == -ENOSPC ? 507 : 400,
			    rc == -ENOSPC ? "full" : "invalid", NULL, "%s",
			    err.text);
		return;
	}
	put_handed(r, &ask, &got);
	request_audit(r, ask.tenant, "thread.hand_over", ask.address, h.queue);
	request_then(r, on_handed);
}

void api_thread_hand_over(struct request *r)
{
	char to[ADDRESS_MAX];

	must(r != NULL);
	if (request_address(r, r->param[0], "address", to))
		hand_over(r, to);
}

void api_inbox_hand_over(struct request *r)
{
	char to[ADDRESS_MAX];
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (in_hand(r, &id, &tenant, to))
		hand_over(r, to);
}
