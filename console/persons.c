/* Contacts read from the store. */
#include "console/persons.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "proto/csv.h"

void persons_free(void *own)
{
	struct persons *ps = own;

	for (size_t i = 0; i < ps->n; i++)
		mem_free(ps->v[i]);
	mem_free(ps->v);
	person_reader_done(&ps->reader);
	mem_free(ps);
}

static void person_whole(struct persons *ps)
{
	const struct contact *c = &ps->reader.person.contact;

	ps->reader.open = false;
	ps->seen++;
	ps->last = c->id;
	if (ps->branch[0] != '\0' && !str_eqz(c->branch, ps->branch))
		return;
	if (ps->n == ps->cap) {
		ps->cap = MAX(16, ps->cap * 2);
		ps->v = mem_resize(ps->v, ps->cap * sizeof(ps->v[0]));
	}
	ps->v[ps->n++] = person_dup(&ps->reader.person);
}

static bool persons_full(const struct persons *ps)
{
	return ps->n == ps->max ||
	       (ps->branch[0] != '\0' && ps->seen >= PERSONS_LOOKED);
}

/* On the reader's thread. */
static bool show_row(void *owner, const struct row *row)
{
	struct persons *ps = ((struct request *)owner)->own;

	if (person_reader_turns(&ps->reader, row)) {
		person_whole(ps);
		ps->more = persons_full(ps);
		if (ps->more)
			return false;
	}
	person_reader_row(&ps->reader, row);
	return true;
}

static void on_persons(struct request *r, int rc)
{
	struct persons *ps = r->own;

	if (ps->reader.open && rc == 0) {
		person_whole(ps);
		/* A full page may have another one behind it. */
		ps->more = persons_full(ps);
	}
	ps->next(r, rc);
}

void persons_read(struct request *r, enum store_call call, struct str tenant,
		  struct cell key, size_t max,
		  void (*next)(struct request *r, int rc))
{
	must(r != NULL && r->own == NULL && next != NULL && max > 0);
	struct persons *ps = mem_new(struct persons);
	ps->next = next;
	ps->max = max;
	must(str_copy(ps->tenant_text, sizeof(ps->tenant_text), tenant) == 0);
	memcpy(ps->branch, r->who.branch, sizeof(ps->branch));
	branch_kept(r);
	r->own = ps;
	r->own_free = persons_free;
	struct cell cells[] = { CELL_T(tenant), key, CELL_I(0) };
	request_read(r, call, cells, ARRAY_LEN(cells), show_row, on_persons);
}

void persons_read_also(struct request *r, uint64_t id,
		       void (*next)(struct request *r, int rc))
{
	must(r != NULL && r->own != NULL && next != NULL);
	struct persons *ps = r->own;
	ps->next = next;
	ps->max = ps->n + 1;
	ps->reader.open = false;
	struct cell cells[] = { CELL_T(str_of(ps->tenant_text)), CELL_I(id),
				CELL_I(0) };
	request_read(r, STORE_PERSON_GET, cells, ARRAY_LEN(cells), show_row,
		     on_persons);
}

const struct person *persons_one(struct request *r, int rc)
{
	const struct persons *ps = r->own;
	char id[ID_TEXT];

	if (rc == 0 && ps->n > 0)
		return ps->v[0];
	id_text(ps->last, id);
	if (rc == 0 && ps->seen > 0)
		branch_refuse(r, str_of(ps->tenant_text), str_of(id));
	else
		reply_rc(r, rc != 0 ? rc : -ENOENT);
	return NULL;
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
	json_ks_opt(b, "manager", c->manager);
	json_ks_opt(b, "lifecycle", c->lifecycle);
	json_ks_opt(b, "preferred", c->preferred);
	json_ks_opt(b, "hours", c->hours);
	json_kz(b, "state", contact_state_name(c->state));
	put_addresses(b, p, who);
	if (c->attrs.len > 2) {
		json_key(b, "attrs");
		json_raw(b, c->attrs);
	}
	json_kt_opt(b, "created", c->created_ms);
	json_kt(b, "updated", c->updated_ms);
	json_close(b, '}');
}

/* ---- as CSV, in the columns that an import knows ------------------------------ */

static struct str address_on(const struct person *p, const char *channel)
{
	return person_address(p, str_of(channel));
}

/* Phone and mqtt say it all, unless there are more, or in another order. */
static void put_more_addresses(struct buf *b, const struct person *p)
{
	AUTO(buf_done) struct buf all = { 0 };
	struct str last = STR_NONE;
	bool plain = p->n <= 2;

	buf_init(&all, (size_t)CONTACT_ADDRESSES_MAX * 2 * ADDRESS_MAX);
	for (unsigned i = 0; i < p->n; i++) {
		struct str channel = p->v[i].channel;

		plain = plain && !str_eq(channel, last) &&
			(str_eqz(channel, "mqtt") ||
			 (str_eqz(channel, "sms") && i == 0));
		last = channel;
		buf_f(&all, "%s%.*s:%.*s", i > 0 ? "|" : "", STR_ARGS(channel),
		      STR_ARGS(p->v[i].address));
	}
	csv_cell(plain ? STR_NONE : buf_str(&all), false, b);
}

void person_csv_head(struct buf *b)
{
	buf_z(b, "ref,name,phone,mqtt,addresses,lang,tz,tz_source,tier,branch,"
		 "manager,lifecycle,preferred,hours,state,attrs\n");
}

void person_csv(struct buf *b, const struct person *p)
{
	const struct contact *c = &p->contact;
	const struct str rest[] = {
		c->lang,
		c->tz,
		c->tz_source,
		c->tier,
		c->branch,
		c->manager,
		c->lifecycle,
		c->preferred,
		c->hours,
		str_of(contact_state_name(c->state)),
		c->attrs.len > 2 ? c->attrs : STR_NONE,
	};

	must(b != NULL && p != NULL);
	csv_cell(c->ref, true, b);
	csv_cell(c->name, false, b);
	csv_cell(address_on(p, "sms"), false, b);
	csv_cell(address_on(p, "mqtt"), false, b);
	put_more_addresses(b, p);
	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		csv_cell(rest[i], false, b);
	buf_c(b, '\n');
}
