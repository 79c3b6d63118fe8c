/* Persons from rows. */
#include "campaigns/person.h"

#include <string.h>

#include "base/id.h"
#include "base/mem.h"

#define CHANNEL_MAX 16
/* Columns behind those of the contact. */
enum {
	AT_CHANNEL = CONTACT_CELLS,
	AT_ADDRESS,
	AT_LISTS,
	AT_HEARD /* an inbound's id */
};

bool person_on_list(const struct person *p, struct str name)
{
	struct str rest, one;

	must(p != NULL);
	for (rest = p->lists; rest.len > 0;) {
		rest = str_cut(rest, '\n', &one);
		if (str_eq(one, name))
			return true;
	}
	return false;
}

struct str person_address(const struct person *p, struct str channel)
{
	must(p != NULL);
	for (unsigned i = 0; i < p->n; i++) {
		if (str_eq(p->v[i].channel, channel))
			return p->v[i].address;
	}
	return STR_NONE;
}

static struct str take(char **at, struct str s)
{
	struct str mine = { *at, s.len };

	if (s.len > 0)
		memcpy(*at, s.p, s.len);
	*at += s.len;
	return mine;
}

#define TEXTS 14

/* Every text of a contact, for those who copy them. */
static void texts_of(struct contact *c, struct str *out[TEXTS])
{
	struct str *all[TEXTS] = {
		&c->tenant,  &c->ref,       &c->name,      &c->lang,
		&c->tz,      &c->tz_source, &c->tier,      &c->branch,
		&c->manager, &c->lifecycle, &c->preferred, &c->hours,
		&c->attrs,   NULL,
	};

	memcpy(out, all, sizeof(all));
}

static size_t texts_len(struct contact *c)
{
	struct str *v[TEXTS];
	size_t len = 0;

	texts_of(c, v);
	for (unsigned i = 0; v[i] != NULL; i++)
		len += v[i]->len;
	return len;
}

static void texts_take(struct contact *c, char **at)
{
	struct str *v[TEXTS];

	texts_of(c, v);
	for (unsigned i = 0; v[i] != NULL; i++)
		*v[i] = take(at, *v[i]);
}

struct person *person_dup(const struct person *p)
{
	struct contact c;
	size_t size = sizeof(*p);

	must(p != NULL);
	c = p->contact;
	size += texts_len(&c) + p->lists.len;
	for (unsigned i = 0; i < p->n; i++)
		size += p->v[i].channel.len + p->v[i].address.len;
	struct person *mine = mem_alloc(size);
	char *at = (char *)(mine + 1);
	*mine = *p;
	texts_take(&mine->contact, &at);
	mine->lists = take(&at, p->lists);
	for (unsigned i = 0; i < p->n; i++) {
		mine->v[i].channel = take(&at, p->v[i].channel);
		mine->v[i].address = take(&at, p->v[i].address);
	}
	return mine;
}

/* ---- reading ------------------------------------------------------------------- */

bool person_reader_turns(const struct person_reader *r, const struct row *row)
{
	must(r != NULL && row != NULL);
	return r->open && (uint64_t)row_i(row, 1) != r->person.contact.id;
}

static void reader_begin(struct person_reader *r, const struct row *row)
{
	struct person *p = &r->person;
	size_t size;
	char *at;

	*p = (struct person){ .n = 0 };
	contact_from_row(row, &p->contact);
	p->lists = row_s(row, AT_LISTS);
	size = texts_len(&p->contact) + p->lists.len +
	       (size_t)CONTACT_ADDRESSES_MAX * (CHANNEL_MAX + ADDRESS_MAX);
	if (size > r->size) {
		mem_free(r->text);
		r->text = mem_alloc(size);
		r->size = size;
	}
	at = r->text;
	texts_take(&p->contact, &at);
	p->lists = take(&at, p->lists);
	r->used = (size_t)(at - r->text);
	r->open = true;
}

void person_reader_row(struct person_reader *r, const struct row *row)
{
	struct str channel, address;
	struct person *p;
	char *at;

	must(r != NULL && row != NULL);
	p = &r->person;
	if (!r->open || person_reader_turns(r, row))
		reader_begin(r, row);
	if (row_i(row, AT_HEARD) != 0)
		p->heard_ms = MAX(p->heard_ms,
				  id_wall_ms((uint64_t)row_i(row, AT_HEARD)));
	channel = row_s(row, AT_CHANNEL);
	address = row_s(row, AT_ADDRESS);
	if (address.len == 0 || address.len > ADDRESS_MAX ||
	    channel.len > CHANNEL_MAX || p->n == CONTACT_ADDRESSES_MAX)
		return;
	at = r->text + r->used;
	p->v[p->n].channel = take(&at, channel);
	p->v[p->n++].address = take(&at, address);
	r->used = (size_t)(at - r->text);
}

void person_reader_done(struct person_reader *r)
{
	must(r != NULL);
	mem_free(r->text);
	*r = (struct person_reader){ 0 };
}
