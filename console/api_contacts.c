/* /v1/contacts: the people, read and written one by one. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/reminders.h"
#include "campaigns/surveys.h"
#include "campaigns/alerts.h"
#include "care/callbacks.h"
#include "care/cases.h"
#include "care/oncall.h"
#include "care/orders.h"
#include "care/unanswered.h"
#include "console/branch.h"
#include "console/contact_diff.h"
#include "console/edit.h"
#include "console/persons.h"
#include "console/related.h"
#include "model/consent.h"

#define LIST_DEFAULT 50

struct contact_body {
	struct str ref, name, phone, mqtt, lang, tz, tz_source, tier, branch;
	struct str manager, lifecycle, preferred, hours, state;
	json_t *addresses, *attrs;
};

#define AT(f) offsetof(struct contact_body, f)

static const struct field rows[] = {
	{ "ref", FIELD_STR, AT(ref), false,
	  "The customer number of your system; one contact for each." },
	{ "name", FIELD_STR, AT(name), false,
	  "What to call the person or firm." },
	{ "phone", FIELD_STR, AT(phone), false,
	  "Short for an address of channel sms." },
	{ "mqtt", FIELD_STR, AT(mqtt), false,
	  "Short for an address of channel mqtt." },
	{ "addresses", FIELD_ARRAY, AT(addresses), false,
	  "Up to 8 of {channel, address}; all of them." },
	{ "lang", FIELD_STR, AT(lang), false, "zh or en." },
	{ "tz", FIELD_STR, AT(tz), false,
	  "A zone such as Asia/Shanghai; quiet hours follow it." },
	{ "tz_source", FIELD_STR, AT(tz_source), false,
	  "How sure that is: explicit (without it), zip, area_code, country." },
	{ "tier", FIELD_STR, AT(tier), false, "vip, key, standard, new." },
	{ "branch", FIELD_STR, AT(branch), false,
	  "Which place looks after the contact." },
	{ "manager", FIELD_STR, AT(manager), false,
	  "Who does, of a key account." },
	{ "lifecycle", FIELD_STR, AT(lifecycle), false,
	  "prospect, new, active, dormant or leaving." },
	{ "preferred", FIELD_STR, AT(preferred), false,
	  "Kind of channel to use first; sms without it." },
	{ "hours", FIELD_STR, AT(hours), false,
	  "When they like to be reached, their time: 18:00-21:00." },
	{ "state", FIELD_STR, AT(state), false, "active, left or probe." },
	{ "attrs", FIELD_OBJECT, AT(attrs), false,
	  "Yours: an object of any names." },
};

const struct fields contact_fields = { "contact", rows, ARRAY_LEN(rows) };

/* ---- read ----------------------------------------------------------------------*/

static void note_read(struct request *r, const struct person *p)
{
	const char *work = RELATED_NONE;
	char id[ID_TEXT];

	for (unsigned i = 0; i < p->n && strcmp(work, RELATED_NONE) == 0; i++)
		work = related_work(r, p->contact.tenant, p->v[i].address);
	id_text(p->contact.id, id);
	related_audit(r, p->contact.tenant, "contact.read", str_of(id), work);
}

static void on_page(struct request *r, int rc)
{
	struct persons *ps = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "contacts");
	json_open(b, '[');
	for (size_t i = 0; i < ps->n; i++)
		person_json(b, ps->v[i], &r->who);
	json_close(b, ']');
	if (r->asked != 0 && ps->more)
		json_kid(b, "next", ps->last);
	json_close(b, '}');
	if (r->asked != 0 || ps->n == 0) {
		reply_send(r, 200);
		return;
	}
	note_read(r, ps->v[0]);
	related_answer(r);
}

void api_contacts_list(struct request *r)
{
	struct str ref = request_query(r, "ref");
	struct str asked = request_query(r, "address");
	uint64_t after = 0, limit = LIST_DEFAULT;
	char address[ADDRESS_MAX];
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !query_id(r, "cursor", &after) ||
	    !query_u64(r, "limit", PERSONS_PAGE, &limit))
		return;
	if (ref.len > 0) {
		persons_read(r, STORE_PERSON_BY_REF, tenant, CELL_T(ref),
			     PERSONS_PAGE, on_page);
		return;
	}
	if (asked.len > 0) {
		if (request_address(r, asked, "address", address))
			persons_read(r, STORE_PERSON_BY_ADDRESS, tenant,
				     CELL_Z(address), PERSONS_PAGE, on_page);
		return;
	}
	r->asked = MAX(limit, 1);
	if (search_asked(r)) {
		search_run(r, tenant, after, r->asked);
		return;
	}
	persons_read(r, STORE_PERSON_PAGE, tenant, CELL_I(after), r->asked,
		     on_page);
}

/* On the reader's thread: who the contact became. */
static bool show_alias(void *owner, const struct row *row)
{
	struct persons *ps = ((struct request *)owner)->own;

	ps->last = (uint64_t)row_i(row, 0);
	return false;
}

static void on_alias(struct request *r, int rc)
{
	const struct persons *ps = r->own;
	char id[ID_TEXT];

	if (rc != 0 || ps->last == 0) {
		reply_rc(r, rc != 0 ? rc : -ENOENT);
		return;
	}
	id_text(ps->last, id);
	reply_error(r, 410, "merged", NULL, "it was merged into %s", id);
}

static void on_got(struct request *r, int rc)
{
	const struct persons *ps = r->own;
	const struct person *p;
	uint64_t id;

	if (rc == 0 && ps->seen == 0 && param_id(r, 0, &id)) {
		struct cell cells[] = { CELL_T(str_of(ps->tenant_text)),
					CELL_I(id) };

		request_read(r, STORE_ALIAS_GET, cells, ARRAY_LEN(cells),
			     show_alias, on_alias);
		return;
	}
	p = persons_one(r, rc);
	if (p == NULL)
		return;
	person_json(reply_json(r), p, &r->who);
	edit_etag(p->contact.updated_ms, r->etag);
	note_read(r, p);
	related_answer(r);
}

static void contact_read(struct request *r,
			 void (*next)(struct request *r, int rc))
{
	struct str tenant;
	uint64_t id;

	if (!request_tenant(r, &tenant) || !param_id(r, 0, &id))
		return;
	persons_read(r, STORE_PERSON_GET, tenant, CELL_I(id), 1, next);
}

void api_contact_get(struct request *r)
{
	must(r != NULL);
	contact_read(r, on_got);
}

/* ---- write ---------------------------------------------------------------------*/

/* A contact to be written: views into the body, or the stored one. */
struct wanted {
	struct contact c;
	struct contact_address v[CONTACT_ADDRESSES_MAX];
	unsigned n;
};

static bool address_add(struct request *r, struct wanted *w, struct str channel,
			struct str address)
{
	if (w->n == CONTACT_ADDRESSES_MAX) {
		reply_error(r, 400, "too_many", "addresses",
			    "a contact has at most %d addresses",
			    CONTACT_ADDRESSES_MAX);
		return false;
	}
	w->v[w->n].channel = channel;
	w->v[w->n++].address = address;
	return true;
}

/* The short form: the first address of that channel. */
static bool address_set(struct request *r, struct wanted *w, struct str channel,
			struct str address)
{
	if (address.len == 0)
		return true;
	for (unsigned i = 0; i < w->n; i++) {
		if (str_eq(w->v[i].channel, channel)) {
			w->v[i].address = address;
			return true;
		}
	}
	return address_add(r, w, channel, address);
}

static struct str member(json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v)
		       ? str_bytes(json_string_value(v), json_string_length(v))
		       : STR_NONE;
}

static bool addresses_read(struct request *r, json_t *list, struct wanted *w)
{
	size_t i;
	json_t *one;

	w->n = 0;
	json_array_foreach(list, i, one)
	{
		struct str channel = member(one, "channel");
		struct str address = member(one, "address");
		if (channel.len == 0 || channel.len > 16 || address.len == 0 ||
		    json_object_size(one) != 2) {
			reply_error(r, 400, "bad_address", "addresses",
				    "entry %zu is not {channel, address}",
				    i + 1);
			return false;
		}
		if (!address_add(r, w, channel, address))
			return false;
	}
	return true;
}

static void take_word(struct str *at, struct str said)
{
	if (said.p != NULL)
		*at = said;
}

static struct str attrs_text(struct request *r)
{
	struct str span;

	return json_span(buf_str(&r->body), "attrs", &span) == 0 ? span
								 : STR("{}");
}

/* Lays what the body says over what is there. */
static bool body_over(struct request *r, struct wanted *w)
{
	struct contact_body body;

	memset(&body, 0, sizeof(body)); /* p NULL: not said */
	if (!request_fields(r, &body))
		return false;
	take_word(&w->c.ref, body.ref);
	take_word(&w->c.name, body.name);
	take_word(&w->c.lang, body.lang);
	if (body.tz.p != NULL && !str_eq(body.tz, w->c.tz))
		w->c.tz_source = STR_NONE; /* that was the other one's */
	take_word(&w->c.tz, body.tz);
	take_word(&w->c.tz_source, body.tz_source);
	take_word(&w->c.tier, body.tier);
	take_word(&w->c.branch, body.branch);
	take_word(&w->c.manager, body.manager);
	take_word(&w->c.lifecycle, body.lifecycle);
	take_word(&w->c.preferred, body.preferred);
	take_word(&w->c.hours, body.hours);
	if (body.attrs != NULL)
		w->c.attrs = attrs_text(r);
	if (body.state.p != NULL &&
	    contact_state_parse(body.state, &w->c.state) != 0) {
		reply_error(r, 400, "bad_state", "state",
			    "a contact is active, left or probe");
		return false;
	}
	if (body.addresses != NULL && !addresses_read(r, body.addresses, w))
		return false;
	return (body.phone.p == NULL ||
		address_set(r, w, STR("sms"), body.phone)) &&
	       (body.mqtt.p == NULL ||
		address_set(r, w, STR("mqtt"), body.mqtt));
}

static void on_written(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, r->status);
}

static struct contact_side side_of(const struct person *p)
{
	return (struct contact_side){ &p->contact, p->v, p->n };
}

/* Notes who did it and what changed, and answers when it is durable. */
static void contact_answer(struct request *r, const struct person *was,
			   const struct wanted *is, int status,
			   const char *action)
{
	AUTO(buf_done) struct buf detail = { 0 };
	const struct contact *c = is != NULL ? &is->c : &was->contact;
	struct contact_side before, after;
	char id[ID_TEXT];

	if (was != NULL)
		before = side_of(was);
	if (is != NULL)
		after = (struct contact_side){ &is->c, is->v, is->n };
	buf_init(&detail, AUDIT_DETAIL_MAX);
	contact_diff(&detail, was != NULL ? &before : NULL,
		     is != NULL ? &after : NULL);
	id_text(c->id, id);
	request_audit(r, c->tenant, action, str_of(id),
		      detail.full ? STR_NONE : buf_str(&detail));
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kid(b, "id", c->id);
	json_ks_opt(b, "ref", c->ref);
	json_kt(b, "updated", c->updated_ms);
	json_close(b, '}');
	r->status = status;
	request_then(r, on_written);
}

/* Who has a branch writes contacts of it, with addresses of nobody else. */
static bool branch_ok(struct request *r, struct wanted *w)
{
	if (branch_narrow(r) && w->c.branch.len == 0)
		w->c.branch = str_of(r->who.branch);
	if (!branch_check(r, w->c.tenant, w->c.branch, w->c.ref))
		return false;
	for (unsigned i = 0; i < w->n; i++) {
		if (branch_may_take(r, w->c.tenant, w->v[i].address))
			continue;
		branch_refuse(r, w->c.tenant, w->v[i].address);
		return false;
	}
	return true;
}

/* was: what is there; NULL: nothing. Addresses that it had are nobody's before
 * the new ones are taken. */
static bool contact_put(struct request *r, const struct person *was,
			struct wanted *w)
{
	struct gateway *g = r->c->gateway;
	struct err err = { "" };
	int rc;

	if (!branch_ok(r, w))
		return false;
	rc = gateway_contact_check(g, &w->c, w->v, w->n, &err);
	if (rc == 0 && was != NULL)
		gateway_contact_part(g, &was->contact, was->v, was->n);
	if (rc == 0)
		rc = gateway_contact(g, &w->c, w->v, w->n, &err);
	if (rc == 0)
		return true;
	reply_error(r, 400, "contact", NULL, "%s", err.text);
	return false;
}

/* was: what it takes the place of; NULL: nothing. */
static void post_write(struct request *r, const struct person *was)
{
	struct wanted w = { .c = { .state = CONTACT_ACTIVE } };

	if (request_tenant(r, &w.c.tenant) && body_over(r, &w) &&
	    contact_put(r, was, &w))
		contact_answer(r, was, &w, 201, "contact.write");
}

/* The one with the same ref, if there is one, is theirs. */
static void on_post_looked(struct request *r, int rc)
{
	const struct persons *ps = r->own;
	const struct person *was = NULL;

	if (rc == 0 && ps->seen == 0)
		post_write(r, NULL);
	else if ((was = persons_one(r, rc)) != NULL)
		post_write(r, was);
}

void api_contacts_post(struct request *r)
{
	struct str tenant, ref = member(r->json, "ref");

	must(r != NULL);
	if (ref.len == 0)
		post_write(r, NULL);
	else if (request_tenant(r, &tenant))
		persons_read(r, STORE_PERSON_BY_REF, tenant, CELL_T(ref), 1,
			     on_post_looked);
}

/* Has somebody else changed it since the caller read it? */
static bool match_ok(struct request *r, const struct person *p)
{
	if (edit_fresh(r, p->contact.updated_ms))
		return true;
	person_json(edit_stale(r, p->contact.updated_ms), p, &r->who);
	edit_stale_send(r);
	return false;
}

/* NULL: answered. */
static const struct person *stored_one(struct request *r, int rc,
				       struct wanted *w)
{
	const struct person *p = persons_one(r, rc);

	if (p == NULL)
		return NULL;
	w->c = p->contact;
	w->n = p->n;
	memcpy(w->v, p->v, sizeof(w->v));
	return match_ok(r, p) ? p : NULL;
}

static void on_patch(struct request *r, int rc)
{
	struct wanted w = { 0 };
	const struct person *was = stored_one(r, rc, &w);

	if (was != NULL && body_over(r, &w) && contact_put(r, was, &w))
		contact_answer(r, was, &w, 200, "contact.write");
}

void api_contact_patch(struct request *r)
{
	must(r != NULL);
	contact_read(r, on_patch);
}

/* What the person once allowed must not outlive the contact. */
static bool withdraw_all(struct request *r, const struct wanted *w)
{
	struct err err = { "" };

	for (unsigned i = 0; i < w->n; i++) {
		struct consent_event e = {
			.tenant = w->c.tenant,
			.address = w->v[i].address,
			.purpose = STR("*"),
			.type = CONSENT_WITHDRAW,
			.source = STR("erase"),
			.actor = request_actor(r),
		};
		if (gateway_consent(r->c->gateway, &e, &err) == 0)
			continue;
		reply_error(r, 500, "ledger", NULL, "%s", err.text);
		return false;
	}
	return true;
}

/* What is under way for them ends. */
static void end_all(struct request *r, const struct wanted *w)
{
	const struct case_by by = { .actor = str_of(r->who.actor),
				    .name = request_actor(r) };
	struct console *c = r->c;

	for (unsigned i = 0; i < w->n; i++) {
		struct str address = w->v[i].address;

		if (c->cases != NULL)
			cases_erase(c->cases, w->c.tenant, address, &by);
		if (c->unanswered != NULL)
			unanswered_said(c->unanswered, w->c.tenant, address);
		if (c->callbacks != NULL)
			callbacks_erase(c->callbacks, w->c.tenant, address);
		if (c->alerts != NULL)
			alerts_erase(c->alerts, w->c.tenant, address);
		if (c->orders != NULL)
			orders_erase(c->orders, w->c.tenant, address);
		if (c->surveys != NULL)
			surveys_erase(c->surveys, w->c.tenant, address);
		if (c->reminders != NULL)
			reminders_erase(c->reminders, w->c.tenant, address);
		if (c->oncall != NULL)
			oncall_erase(c->oncall, w->c.tenant, address);
	}
}

static void on_delete(struct request *r, int rc)
{
	struct wanted w = { 0 };
	const struct person *was = stored_one(r, rc, &w);

	if (was == NULL || !withdraw_all(r, &w))
		return;
	end_all(r, &w);
	gateway_contact_erase(r->c->gateway, &w.c, w.v, w.n);
	contact_answer(r, was, NULL, 200, "contact.erase");
}

void api_contact_delete(struct request *r)
{
	must(r != NULL);
	contact_read(r, on_delete);
}
