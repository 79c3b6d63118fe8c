/* Contacts read from the store. */
#include "console/persons.h"

#include <string.h>

#include "base/mem.h"
#include "proto/csv.h"

static void person_free(struct person *p)
{
	mem_free(p);
}

static void persons_free(void *own)
{
	struct persons *ps = own;

	for (size_t i = 0; i < ps->n; i++)
		person_free(ps->v[i]);
	mem_free(ps->v);
	mem_free(ps);
}

static struct str take(char **at, struct str s)
{
	struct str mine = { *at, s.len };

	if (s.len > 0)
		memcpy(*at, s.p, s.len);
	*at += s.len;
	return mine;
}

/* One block: the person, then its texts, then room for addresses. */
static struct person *person_new(const struct contact *c)
{
	struct str texts[] = { c->tenant,    c->ref,       c->name, c->lang,
			       c->tz,        c->tz_source, c->tier, c->branch,
			       c->preferred, c->attrs };
	size_t size = sizeof(struct person);

	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		size += texts[i].len;
	struct person *p =
		mem_zalloc(size + (ADDRESS_MAX + 16) * CONTACT_ADDRESSES_MAX);
	char *at = (char *)(p + 1);
	p->contact = *c;
	p->contact.tenant = take(&at, c->tenant);
	p->contact.ref = take(&at, c->ref);
	p->contact.name = take(&at, c->name);
	p->contact.lang = take(&at, c->lang);
	p->contact.tz = take(&at, c->tz);
	p->contact.tz_source = take(&at, c->tz_source);
	p->contact.tier = take(&at, c->tier);
	p->contact.branch = take(&at, c->branch);
	p->contact.preferred = take(&at, c->preferred);
	p->contact.attrs = take(&at, c->attrs);
	p->v[0].channel = str_bytes(at, 0); /* where addresses begin */
	return p;
}

/* On the reader's thread, as is show_address. */
static bool show_person(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct persons *ps = r->own;
	struct contact c;

	contact_from_row(row, &c);
	if (ps->n == ps->cap) {
		ps->cap = MAX(16, ps->cap * 2);
		ps->v = mem_resize(ps->v, ps->cap * sizeof(ps->v[0]));
	}
	ps->v[ps->n++] = person_new(&c);
	return ps->n < PERSONS_PAGE;
}

static bool show_address(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct persons *ps = r->own;
	struct person *p = ps->v[ps->at];
	struct str channel = row_s(row, 0), address = row_s(row, 1);

	if (p->n == CONTACT_ADDRESSES_MAX)
		return false;
	if (channel.len > 16 || address.len > ADDRESS_MAX)
		return true;
	struct contact_address *last = p->n > 0 ? &p->v[p->n - 1] : NULL;
	const char *from = last == NULL ? p->v[0].channel.p
					: last->address.p + last->address.len;
	char *at = (char *)p + (from - (char *)p);
	p->v[p->n].channel = take(&at, channel);
	p->v[p->n].address = take(&at, address);
	p->n++;
	return true;
}

static void on_addresses(struct request *r, int rc);

static void address_step(struct request *r)
{
	struct persons *ps = r->own;

	if (ps->at >= ps->n) {
		ps->next(r, 0);
		return;
	}
	struct cell cells[] = { CELL_Z(ps->tenant_text),
				CELL_I(ps->v[ps->at]->contact.id) };
	request_read(r, STORE_ADDRESS_OF, cells, ARRAY_LEN(cells), show_address,
		     on_addresses);
}

static void on_addresses(struct request *r, int rc)
{
	struct persons *ps = r->own;

	if (rc != 0) {
		ps->next(r, rc);
		return;
	}
	ps->at++;
	address_step(r);
}

static void on_persons(struct request *r, int rc)
{
	struct persons *ps = r->own;

	if (rc != 0)
		ps->next(r, rc);
	else
		address_step(r);
}

void persons_read(struct request *r, struct str tenant, enum store_call call,
		  const struct cell *cells, unsigned n,
		  void (*next)(struct request *r, int rc))
{
	must(r != NULL && r->own == NULL && next != NULL);
	struct persons *ps = mem_new(struct persons);
	ps->next = next;
	must(str_copy(ps->tenant_text, sizeof(ps->tenant_text), tenant) == 0);
	r->own = ps;
	r->own_free = persons_free;
	request_read(r, call, cells, n, show_person, on_persons);
}

/* ---- as text -------------------------------------------------------------------*/

static void put_addresses(struct buf *b, const struct person *p,
			  const struct who *who)
{
	json_key(b, "addresses");
	json_open(b, '[');
	for (unsigned i = 0; i < p->n; i++) {
		json_open(b, '{');
		json_ks(b, "channel", p->v[i].channel);
		json_key(b, "address");
		who_address_json(b, who, p->contact.tenant, p->v[i].address);
		json_close(b, '}');
	}
	json_close(b, ']');
}

void person_json(struct buf *b, const struct person *p, const struct who *who)
{
	const struct contact *c = &p->contact;

	must(b != NULL && p != NULL);
	json_open(b, '{');
	json_kid(b, "id", c->id);
	json_ks_opt(b, "ref", c->ref);
	json_ks_opt(b, "name", c->name);
	json_ks_opt(b, "lang", c->lang);
	json_ks_opt(b, "tz", c->tz);
	json_ks_opt(b, "tz_source", c->tz_source);
	json_ks_opt(b, "tier", c->tier);
	json_ks_opt(b, "branch", c->branch);
	json_ks_opt(b, "preferred", c->preferred);
	json_kz(b, "state", contact_state_name(c->state));
	put_addresses(b, p, who);
	if (c->attrs.len > 2) {
		json_key(b, "attrs");
		json_raw(b, c->attrs);
	}
	json_kt(b, "updated", c->updated_ms);
	json_close(b, '}');
}

void person_etag(const struct person *p, char out[24])
{
	must(p != NULL && out != NULL);
	snprintf(out, 24, "\"%llx\"",
		 (unsigned long long)p->contact.updated_ms);
}

void person_csv_head(struct buf *b)
{
	buf_z(b, "ref,name,phone,mqtt,lang,tz,tier,branch,preferred,state\n");
}

static struct str address_on(const struct person *p, const char *channel)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (str_eqz(p->v[i].channel, channel))
			return p->v[i].address;
	}
	return STR_NONE;
}

void person_csv(struct buf *b, const struct person *p)
{
	const struct contact *c = &p->contact;

	must(b != NULL && p != NULL);
	csv_cell(c->ref, true, b);
	csv_cell(c->name, false, b);
	csv_cell(address_on(p, "sms"), false, b);
	csv_cell(address_on(p, "mqtt"), false, b);
	csv_cell(c->lang, false, b);
	csv_cell(c->tz, false, b);
	csv_cell(c->tier, false, b);
	csv_cell(c->branch, false, b);
	csv_cell(c->preferred, false, b);
	csv_cell(str_of(contact_state_name(c->state)), false, b);
	buf_c(b, '\n');
}
