/* Contacts: checks, rows, and what becomes of them in memory. */
#include "gateway/people.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"
#include "proto/e164.h"
#include "proto/text.h"

/* The addresses in the form in which messages name them. */
struct addresses {
	unsigned n;
	struct str channel[CONTACT_ADDRESSES_MAX];
	bool preferred[CONTACT_ADDRESSES_MAX]; /* of the preferred channel */
	char text[CONTACT_ADDRESSES_MAX][ADDRESS_MAX];
};

/* Columns of STORE_CONTACT_SCAN whose text is kept. */
enum {
	CUT_TENANT,
	CUT_LANG,
	CUT_TZ,
	CUT_TIER,
	CUT_PREFERRED,
	CUT_BRANCH,
	CUTS
};

struct people {
	struct core *core;
	struct map *refs; /* hash of (tenant, ref) -> contact id */
	/* the contact being recovered, and texts of its row */
	struct contact contact;
	struct addresses addresses;
	struct buf text;
	size_t cut[CUTS];
};

struct people *people_new(struct core *core)
{
	struct people *p = mem_new(struct people);

	must(core != NULL);
	p->core = core;
	p->refs = map_new();
	buf_init(&p->text, BUF_NO_LIMIT);
	return p;
}

void people_free(struct people **pp)
{
	if (*pp == NULL)
		return;
	map_free(&(*pp)->refs);
	buf_done(&(*pp)->text);
	mem_free(*pp);
	*pp = NULL;
}

static int check_words(const struct contact *c, struct err *err)
{
	const struct {
		const char *field;
		struct str value;
		size_t max;
	} all[] = {
		{ "ref", c->ref, 64 },
		{ "name", c->name, 128 },
		{ "lang", c->lang, 8 },
		{ "tz", c->tz, 64 },
		{ "tier", c->tier, 32 },
		{ "branch", c->branch, CONTACT_BRANCH_MAX },
		{ "attrs", c->attrs, 4096 },
		{ "preferred", c->preferred, 16 },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].value.len > all[i].max)
			return err_set(err, -EINVAL,
				       "%s is longer than %zu bytes",
				       all[i].field, all[i].max);
		if (!text_printable(all[i].value))
			return err_set(err, -EINVAL,
				       "%s is not UTF-8 or holds control "
				       "characters",
				       all[i].field);
	}
	return 0;
}

static int read_addresses(struct people *p, const struct contact_address *v,
			  unsigned n, struct str preferred,
			  struct addresses *out, struct err *err)
{
	if (n == 0 || n > CONTACT_ADDRESSES_MAX)
		return err_set(err, -EINVAL, "a contact has 1 to %d addresses",
			       CONTACT_ADDRESSES_MAX);
	for (unsigned i = 0; i < n; i++) {
		char number[E164_MAX];
		struct str text = v[i].address;

		if (str_eqz(v[i].channel, "sms")) {
			int rc = e164_parse(text, p->core->cfg->country, number,
					    err);

			if (rc != 0)
				return -EINVAL;
			text = str_of(number);
		}
		if (text.len == 0 || !text_printable(text) ||
		    str_copy(out->text[i], ADDRESS_MAX, text) != 0)
			return err_set(err, -EINVAL,
				       "an address of channel %.*s is empty, "
				       "too long or not printable",
				       STR_ARGS(v[i].channel));
		out->channel[i] = v[i].channel;
		out->preferred[i] = str_eq(v[i].channel, preferred);
	}
	out->n = n;
	return 0;
}

static struct str other_of(const struct contact *c, const struct addresses *a)
{
	for (unsigned i = 0; c->preferred.len > 0 && i < a->n; i++) {
		if (a->preferred[i])
			return str_of(a->text[i]);
	}
	return STR_NONE;
}

static const struct tzone *zone_of(const struct contact *c)
{
	return c->tz.len > 0 ? tzone_get(c->tz) : NULL;
}

static void put_rows(struct people *p, const struct contact *c,
		     const struct addresses *a)
{
	struct store *store = p->core->store;
	struct cell cells[CONTACT_CELLS];

	contact_cells(c, cells);
	store_put(store, STORE_CONTACT_PUT, cells, CONTACT_CELLS);
	cells[0] = CELL_T(c->tenant);
	cells[1] = CELL_I(c->id);
	store_put(store, STORE_ADDRESS_DROP, cells, 2);
	for (unsigned i = 0; i < a->n; i++) {
		struct cell row[] = { CELL_T(c->tenant), CELL_T(a->channel[i]),
				      CELL_Z(a->text[i]), CELL_I(c->id),
				      CELL_I(i) };

		store_put(store, STORE_ADDRESS_PUT, row, ARRAY_LEN(row));
	}
}

int people_put(struct people *p, struct contact *c,
	       const struct contact_address *v, unsigned n, struct err *err)
{
	struct addresses a = { 0 };
	uint64_t key, id;

	must(p != NULL && c != NULL && v != NULL);
	if (tenant_check(c->tenant) != 0)
		return err_set(err, -EINVAL, "tenant is not a tenant's name");
	if (check_words(c, err) != 0 ||
	    read_addresses(p, v, n, c->preferred, &a, err) != 0)
		return -EINVAL;
	if (c->tz.len > 0 && zone_of(c) == NULL)
		return err_set(
			err, -EINVAL,
			"tz \"%.*s\" is not a zone such as Asia/Shanghai",
			STR_ARGS(c->tz));
	c->tz_source = c->tz.len > 0 ? STR("explicit") : STR("unknown");
	key = address_key(c->tenant, c->ref);
	if (c->id == 0 && c->ref.len > 0 && map_get(p->refs, key, &id))
		c->id = id;
	if (c->id == 0)
		c->id = id_next(&p->core->ids, core_wall_ms(p->core));
	if (c->ref.len > 0)
		map_set(p->refs, key, c->id);
	if (c->attrs.len == 0)
		c->attrs = STR("{}");
	c->updated_ms = core_wall_ms(p->core);
	if (c->created_ms == 0)
		c->created_ms = c->updated_ms;
	put_rows(p, c, &a);
	for (unsigned i = 0; i < a.n; i++)
		facts_contact(p->core->facts, c->tenant, str_of(a.text[i]), c,
			      zone_of(c), other_of(c, &a));
	return 0;
}

/* Text of the contact being recovered: its addresses come one by one. */
static void begin(struct people *p, const struct row *row)
{
	static const unsigned columns[CUTS] = { 0, 2, 3, 5, 6, 12 };
	struct contact *c = &p->contact;

	*c = (struct contact){ .id = (uint64_t)row_i(row, 1),
			       .updated_ms = row_i(row, 11) };
	if (contact_state_parse(row_s(row, 7), &c->state) != 0)
		c->state = CONTACT_LEFT;
	buf_reset(&p->text);
	for (unsigned i = 0; i < CUTS; i++) {
		p->cut[i] = p->text.len;
		buf_str_put(&p->text, row_s(row, columns[i]));
	}
	p->addresses.n = 0;
}

static struct str cut_of(const struct people *p, unsigned i)
{
	size_t end = i + 1 < CUTS ? p->cut[i + 1] : p->text.len;

	return str_bytes(p->text.p + p->cut[i], end - p->cut[i]);
}

void people_recovered(struct people *p)
{
	struct contact *c = &p->contact;
	const struct addresses *a = &p->addresses;

	if (c->id == 0)
		return;
	c->tenant = cut_of(p, CUT_TENANT);
	c->lang = cut_of(p, CUT_LANG);
	c->tz = cut_of(p, CUT_TZ);
	c->tier = cut_of(p, CUT_TIER);
	c->preferred = cut_of(p, CUT_PREFERRED);
	c->branch = cut_of(p, CUT_BRANCH);
	for (unsigned i = 0; i < a->n; i++)
		facts_contact(p->core->facts, c->tenant, str_of(a->text[i]), c,
			      zone_of(c), other_of(c, a));
	c->id = 0;
}

/* tenant id lang tz tz_source tier preferred state channel address ref
 * updated_ms branch */
void people_recover(struct people *p, const struct row *row)
{
	struct addresses *a = &p->addresses;
	uint64_t id = (uint64_t)row_i(row, 1);

	must(p != NULL && row != NULL);
	if (id != p->contact.id) {
		people_recovered(p);
		begin(p, row);
		id_source_seen(&p->core->ids, id);
		if (row_s(row, 10).len > 0)
			map_set(p->refs,
				address_key(row_s(row, 0), row_s(row, 10)), id);
	}
	if (row_s(row, 9).len == 0 || a->n == CONTACT_ADDRESSES_MAX ||
	    str_copy(a->text[a->n], ADDRESS_MAX, row_s(row, 9)) != 0)
		return;
	a->preferred[a->n] = str_eq(row_s(row, 8), cut_of(p, CUT_PREFERRED));
	a->n++;
}
