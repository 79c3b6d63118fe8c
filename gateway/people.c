/* Contacts: checks, rows, and what becomes of them in memory. */
#include "gateway/people.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/erased.h"
#include "gateway/hours.h"
#include "gateway/ledger.h"
#include "model/address.h"
#include "proto/e164.h"
#include "proto/text.h"

/* The addresses in the form in which messages name them. */
struct addresses {
	unsigned n;
	struct str channel[CONTACT_ADDRESSES_MAX];
	char text[CONTACT_ADDRESSES_MAX][ADDRESS_MAX];
	/* The one of the preferred channel, or else the first that is no number:
	 * NULL if there is neither. */
	const char *other;
	char other_channel[17];
	bool other_preferred;
};

static void addresses_none(struct addresses *a)
{
	a->n = 0;
	a->other = NULL;
	a->other_channel[0] = '\0';
	a->other_preferred = false;
}

/* Counts the one that was written to text[n]. */
static void addresses_took(struct addresses *a, struct str channel,
			   struct str preferred)
{
	bool is = preferred.len > 0 && str_eq(channel, preferred);

	if ((is && !a->other_preferred) ||
	    (a->other == NULL && !str_eqz(channel, "sms"))) {
		a->other = a->text[a->n];
		a->other_preferred = is;
		must(str_copy(a->other_channel, sizeof(a->other_channel),
			      channel) == 0);
	}
	a->n++;
}

/* Columns of STORE_CONTACT_SCAN whose text is kept. */
enum {
	CUT_TENANT,
	CUT_LANG,
	CUT_TZ,
	CUT_TIER,
	CUT_PREFERRED,
	CUT_BRANCH,
	CUT_TZ_SOURCE,
	CUT_HOURS,
	CUTS
};

struct people {
	struct core *core;
	struct erased *erased;
	struct map *refs; /* hash of (tenant, ref) -> contact id */
	bool aliases;     /* some of them became another contact's */
	uint64_t edits;
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
	p->erased = erased_new(core);
	buf_init(&p->text, BUF_NO_LIMIT);
	return p;
}

void people_free(struct people **pp)
{
	if (*pp == NULL)
		return;
	map_free(&(*pp)->refs);
	erased_free(&(*pp)->erased);
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
		{ "hours", c->hours, 11 },
		{ "manager", c->manager, 64 },
		{ "lifecycle", c->lifecycle, 16 },
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

static bool one_of(struct str s, const char *const *words)
{
	while (*words != NULL && !str_eqz(s, *words))
		words++;
	return *words != NULL;
}

static int check_hours(struct str hours, struct err *err)
{
	char text[16];
	int from, to;

	if (str_copy(text, sizeof(text), hours) == 0 &&
	    hours_parse(text, &from, &to) == 0)
		return 0;
	return err_set(err, -EINVAL, "hours are like 18:00-21:00, not '%.*s'",
		       STR_ARGS(hours));
}

/* Words that come out of short lists. */
static int check_choices(const struct contact *c, struct err *err)
{
	if (c->lifecycle.len > 0 && !one_of(c->lifecycle, contact_lifecycles))
		return err_set(err, -EINVAL,
			       "lifecycle is prospect, new, active, dormant or "
			       "leaving, not '%.*s'",
			       STR_ARGS(c->lifecycle));
	if (c->tz_source.len > 0 && !one_of(c->tz_source, contact_tz_sources))
		return err_set(err, -EINVAL,
			       "tz_source is explicit, zip, area_code, country "
			       "or unknown, not '%.*s'",
			       STR_ARGS(str_first(c->tz_source, 40)));
	return c->hours.len > 0 ? check_hours(c->hours, err) : 0;
}

static int read_addresses(struct people *p, const struct contact_address *v,
			  unsigned n, struct str preferred,
			  struct addresses *out, struct err *err)
{
	if (n == 0 || n > CONTACT_ADDRESSES_MAX)
		return err_set(err, -EINVAL, "a contact has 1 to %d addresses",
			       CONTACT_ADDRESSES_MAX);
	addresses_none(out);
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
		addresses_took(out, v[i].channel, preferred);
	}
	return 0;
}

static void know_addresses(struct people *p, const struct contact *c,
			   const struct addresses *a, const struct tzone *zone)
{
	const struct contact_address other = {
		.channel = str_of(a->other_channel),
		.address = a->other != NULL ? str_of(a->other) : STR_NONE,
	};

	for (unsigned i = 0; i < a->n; i++)
		facts_contact(p->core->facts, c->tenant, str_of(a->text[i]), c,
			      zone, &other);
}

static const struct tzone *zone_of(const struct contact *c)
{
	return c->tz.len > 0 ? tzone_get(c->tz) : NULL;
}

static void put_contact(struct people *p, const struct contact *c)
{
	struct cell cells[CONTACT_CELLS];

	contact_cells(c, cells);
	store_put(p->core->store, STORE_CONTACT_PUT, cells, CONTACT_CELLS);
}

static void put_addresses(struct people *p, const struct contact *c,
			  const struct addresses *a, bool fresh)
{
	struct store *store = p->core->store;
	const struct cell of[] = { CELL_T(c->tenant), CELL_I(c->id) };

	if (!fresh) /* a new one has none */
		store_put(store, STORE_ADDRESS_DROP, of, ARRAY_LEN(of));
	for (unsigned i = 0; i < a->n; i++) {
		struct cell row[] = { CELL_T(c->tenant), CELL_T(a->channel[i]),
				      CELL_Z(a->text[i]), CELL_I(c->id),
				      CELL_I(i) };

		store_put(store, STORE_ADDRESS_PUT, row, ARRAY_LEN(row));
	}
}

/* All that can be wrong with a contact; *a are its addresses as they are
 * kept. */
static int check(struct people *p, const struct contact *c,
		 const struct contact_address *v, unsigned n,
		 struct addresses *a, struct err *err)
{
	if (tenant_check(c->tenant) != 0)
		return err_set(err, -EINVAL, "tenant is not a tenant's name");
	if (check_words(c, err) != 0 || check_choices(c, err) != 0 ||
	    read_addresses(p, v, n, c->preferred, a, err) != 0)
		return -EINVAL;
	if (c->tz.len > 0 && zone_of(c) == NULL)
		return err_set(
			err, -EINVAL,
			"tz \"%.*s\" is not a zone such as Asia/Shanghai",
			STR_ARGS(c->tz));
	return 0;
}

int people_check(struct people *p, const struct contact *c,
		 const struct contact_address *v, unsigned n, struct err *err)
{
	struct addresses a;

	must(p != NULL && c != NULL && v != NULL);
	return check(p, c, v, n, &a, err);
}

static uint64_t id_of_ref(const struct people *p, const struct contact *c)
{
	uint64_t id;

	if (c->ref.len > 0 &&
	    map_get(p->refs, address_key(c->tenant, c->ref), &id))
		return id;
	return 0;
}

uint64_t people_known(const struct people *p, const struct contact *c,
		      const struct contact_address *v, unsigned n)
{
	uint64_t id;

	must(p != NULL && c != NULL && v != NULL);
	id = id_of_ref(p, c);
	for (unsigned i = 0; i < n && id == 0; i++)
		id = standing_contact(
			facts_of(p->core->facts, c->tenant, v[i].address));
	return id;
}

/* What was left open: the id, whose zone it is, times. True: it is new. */
static bool complete(struct people *p, struct contact *c)
{
	bool fresh;

	if (c->tz.len == 0)
		c->tz_source = STR("unknown");
	else if (c->tz_source.len == 0)
		c->tz_source = STR("explicit");
	if (c->id == 0)
		c->id = id_of_ref(p, c);
	fresh = c->id == 0;
	if (fresh)
		c->id = id_next(&p->core->ids, core_wall_ms(p->core));
	if (c->ref.len > 0)
		map_set(p->refs, address_key(c->tenant, c->ref), c->id);
	if (c->attrs.len == 0)
		c->attrs = STR("{}");
	c->updated_ms = core_wall_ms(p->core);
	if (c->created_ms == 0)
		c->created_ms = c->updated_ms;
	return fresh;
}

/* Erased once, and here again by somebody's file: still refused, also when
 * the ledger of it has been cleared since. Their own later word counts. */
static int refuse_again(struct people *p, const struct contact *c,
			struct str address, struct err *err)
{
	struct consent_event e = {
		.tenant = c->tenant,
		.address = address,
		.purpose = STR("*"),
		.type = CONSENT_WITHDRAW,
		.source = STR("erase"),
		.actor = STR("system"),
	};

	if (standing_told(facts_of(p->core->facts, c->tenant, address)) ||
	    erased_at(p->erased, c->tenant, address) == 0)
		return 0;
	return ledger_append(p->core->ledger, &e, err);
}

bool people_erased(struct people *p, struct str tenant, struct str address)
{
	must(p != NULL);
	return people_erased_at(p, tenant, address) != 0;
}

int64_t people_erased_at(struct people *p, struct str tenant,
			 struct str address)
{
	must(p != NULL);
	return erased_at(p->erased, tenant, address);
}

int64_t people_erased_last(const struct people *p)
{
	must(p != NULL);
	return erased_last(p->erased);
}

static int put(struct people *p, struct contact *c,
	       const struct contact_address *v, unsigned n, bool kept,
	       struct err *err)
{
	struct addresses a;

	must(p != NULL && c != NULL && v != NULL);
	if (check(p, c, v, n, &a, err) != 0)
		return -EINVAL;
	for (unsigned i = 0; i < a.n; i++) {
		if (refuse_again(p, c, str_of(a.text[i]), err) != 0)
			return -EINVAL;
	}
	p->edits++;
	bool fresh = complete(p, c);
	put_contact(p, c);
	if (!kept)
		put_addresses(p, c, &a, fresh);
	know_addresses(p, c, &a, zone_of(c));
	return 0;
}

int people_put(struct people *p, struct contact *c,
	       const struct contact_address *v, unsigned n, struct err *err)
{
	return put(p, c, v, n, false, err);
}

int people_keep(struct people *p, struct contact *c,
		const struct contact_address *v, unsigned n, struct err *err)
{
	must(c != NULL && c->id != 0);
	return put(p, c, v, n, true, err);
}

uint64_t people_edits(const struct people *p)
{
	must(p != NULL);
	return p->edits;
}

void people_part(struct people *p, const struct contact *c,
		 const struct contact_address *v, unsigned n)
{
	must(p != NULL && c != NULL && v != NULL && c->id != 0);
	for (unsigned i = 0; i < n; i++)
		facts_contact_part(p->core->facts, c->tenant, v[i].address,
				   c->id);
}

/* Its rows, and what is known of it here. */
static void forget(struct people *p, const struct contact *c,
		   const struct contact_address *v, unsigned n)
{
	const struct cell cells[] = { CELL_T(c->tenant), CELL_I(c->id) };
	static const enum store_call drops[] = { STORE_ADDRESS_DROP,
						 STORE_MEMBER_FORGET,
						 STORE_CONTACT_ERASE };

	people_part(p, c, v, n);
	for (size_t i = 0; i < ARRAY_LEN(drops); i++)
		store_put(p->core->store, drops[i], cells, ARRAY_LEN(cells));
}

/* All refs by which it was known, those of merged ones too. */
static void refs_drop(struct people *p, const struct contact *c)
{
	uint64_t key, value, found = 0;

	if (id_of_ref(p, c) == c->id)
		(void)map_del(p->refs, address_key(c->tenant, c->ref), NULL);
	while (p->aliases) { /* a walk for each: there are few */
		size_t pos = 0;

		found = 0;
		while (found == 0 && map_next(p->refs, &pos, &key, &value))
			found = value == c->id ? key : 0;
		if (found == 0)
			return;
		(void)map_del(p->refs, found, NULL);
	}
}

void people_erase(struct people *p, const struct contact *c,
		  const struct contact_address *v, unsigned n)
{
	const struct cell cells[] = { CELL_T(c->tenant), CELL_I(c->id) };

	must(p != NULL && c != NULL && v != NULL);
	p->edits++;
	for (unsigned i = 0; i < n; i++)
		erased_put(p->erased, c->tenant, v[i].address);
	refs_drop(p, c);
	store_put(p->core->store, STORE_ALIAS_DROP, cells, ARRAY_LEN(cells));
	forget(p, c, v, n);
}

void people_alias(struct people *p, struct str tenant, uint64_t old_id,
		  struct str ref, uint64_t id)
{
	struct cell cells[] = { CELL_T(tenant), CELL_I(old_id), CELL_T(ref),
				CELL_I(id) };

	must(p != NULL && old_id != 0 && id != 0);
	p->aliases = true;
	if (ref.len > 0)
		map_set(p->refs, address_key(tenant, ref), id);
	store_put(p->core->store, STORE_ALIAS_PUT, cells, ARRAY_LEN(cells));
}

int people_merge(struct people *p, struct contact *into,
		 const struct contact_address *v, unsigned n,
		 const struct contact *from, const struct contact_address *old,
		 unsigned nold, struct err *err)
{
	int rc;

	must(p != NULL && into != NULL && from != NULL && into->id != 0 &&
	     from->id != 0 && into->id != from->id);
	rc = people_check(p, into, v, n, err);
	if (rc != 0)
		return rc;
	forget(p, from, old, nold);
	rc = people_put(p, into, v, n, err);
	must(rc == 0); /* it was checked */
	people_alias(p, into->tenant, from->id, from->ref, into->id);
	people_alias(p, into->tenant, into->id, into->ref, into->id);
	return 0;
}

static bool on_alias(void *owner, const struct row *row)
{
	struct people *p = owner;

	p->aliases = true;
	if (row_s(row, 1).len > 0)
		map_set(p->refs, address_key(row_s(row, 0), row_s(row, 1)),
			(uint64_t)row_i(row, 2));
	return true;
}

int people_recover_rest(struct people *p, struct err *err)
{
	struct store *s;

	must(p != NULL);
	s = p->core->store;
	if (s->ops->scan(s, STORE_ALIAS_SCAN, NULL, 0, on_alias, p) != 0)
		return err_set(err, -EIO, "merged contacts cannot be read");
	return erased_recover(p->erased, err);
}

/* Text of the contact being recovered: its addresses come one by one. */
static void begin(struct people *p, const struct row *row)
{
	static const unsigned columns[CUTS] = { 0, 2, 3, 5, 6, 12, 4, 13 };
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
	addresses_none(&p->addresses);
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
	c->tz_source = cut_of(p, CUT_TZ_SOURCE);
	c->hours = cut_of(p, CUT_HOURS);
	know_addresses(p, c, a, zone_of(c));
	c->id = 0;
}

/* tenant id lang tz tz_source tier preferred state channel address ref
 * updated_ms branch hours */
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
	addresses_took(a, row_s(row, 8), cut_of(p, CUT_PREFERRED));
}
