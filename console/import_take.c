/* A row, taken: by the same steps whether or not it is written. */
#include "console/import_take.h"

#include <errno.h>

#include "console/branch.h"
#include "console/contact_diff.h"

void import_take_init(struct import_take *t, struct request *r,
		      struct str tenant)
{
	must(t != NULL && r != NULL);
	t->r = r;
	t->tenant = tenant;
	t->known = import_known_new(r, tenant);
	if (t->opts.dry_run)
		t->seen = map_new();
}

void import_take_done(struct import_take *t)
{
	must(t != NULL);
	import_head_done(&t->head);
	import_row_done(&t->row);
	map_free(&t->seen);
	import_known_free(&t->known);
}

/* ---- whose it is ------------------------------------------------------------- */

/* Of a dry run's memory: kinds of things do not get into each other's way. */
static uint64_t seen_key(const char *kind, struct str what)
{
	return address_key(str_of(kind), what);
}

static bool seen(const struct import_take *t, const char *kind, struct str what)
{
	uint64_t value;

	return t->seen != NULL && what.len > 0 &&
	       map_get(t->seen, seen_key(kind, what), &value);
}

static void seen_put(struct import_take *t)
{
	const struct import_row *row = &t->row;

	if (t->seen == NULL)
		return;
	if (row->contact.ref.len > 0)
		map_set(t->seen, seen_key("ref", row->contact.ref), 1);
	for (unsigned i = 0; i < row->n; i++)
		map_set(t->seen, seen_key("to", row->v[i].address), 1);
}

/* Who the row is about, and who has its addresses. A ref says who somebody
 * is; a row without one is about whoever has the number. */
struct whose {
	bool known;      /* there is a contact with this ref */
	uint64_t id;     /* theirs; 0: of the dry run, or nobody's */
	bool taken;      /* an address is a contact's already */
	uint64_t has_it; /* theirs */
};

static struct whose whose_is(const struct import_take *t)
{
	const struct import_row *row = &t->row;
	struct gateway *g = t->r->c->gateway;
	struct contact nobody = { .tenant = t->tenant };
	struct whose w = { 0 };

	w.id = gateway_contact_known(g, &row->contact, row->v, 0);
	w.known = w.id != 0 || seen(t, "ref", row->contact.ref);
	w.has_it = gateway_contact_known(g, &nobody, row->v, row->n);
	w.taken = w.has_it != 0;
	for (unsigned i = 0; i < row->n && !w.taken; i++)
		w.taken = seen(t, "to", row->v[i].address);
	if (row->contact.ref.len == 0) {
		w.known = w.taken;
		w.id = w.has_it;
	}
	return w;
}

/* 0: take it; 1: leave it; -EINVAL. */
static int dedupe(const struct import_take *t, const struct whose *w,
		  struct err *err)
{
	if (t->opts.dedupe == IMPORT_UPDATE || (!w->known && !w->taken))
		return 0;
	if (t->opts.dedupe == IMPORT_SKIP)
		return 1;
	return err_set(err, -EINVAL,
		       w->known ? "the contact is there already, in the store "
				  "or further up in this file"
				: "a number or address belongs to another "
				  "contact already");
}

/* a branch's file is about its people. */
static int branch_ok(struct import_take *t, struct err *err)
{
	struct import_row *row = &t->row;
	struct request *r = t->r;

	branch_kept(r);
	if (!branch_narrow(r))
		return 0;
	if (row->contact.branch.len == 0)
		row->contact.branch = str_of(r->who.branch);
	if (!branch_sees(r, row->contact.branch))
		return err_set(err, -EINVAL, "you work for branch %s",
			       r->who.branch);
	for (unsigned i = 0; i < row->n; i++) {
		if (!branch_may_take(r, t->tenant, row->v[i].address))
			return err_set(err, -EINVAL,
				       "an address is of another branch");
	}
	return 0;
}

/* ---- consent ------------------------------------------------------------------- */

static bool refused_above(const struct import_take *t, struct str address)
{
	const struct str about[] = { t->row.purpose, STR("*") };
	uint64_t said = 0;

	for (size_t i = 0; i < ARRAY_LEN(about) && t->seen != NULL; i++) {
		if (map_get(t->seen, address_key(about[i], address), &said) &&
		    said == CONSENT_WITHDRAW)
			return true;
	}
	return false;
}

/* By the ledger, by a row above, or because they were erased and the ledger
 * of it is gone. */
static bool refused(const struct import_take *t, struct str address,
		    struct str now)
{
	if (str_eqz(now, "unknown") &&
	    gateway_contact_erased(t->r->c->gateway, t->tenant, address))
		return true;
	return str_eqz(now, "withdrawn") || refused_above(t, address);
}

/* May this row's consent be written, and is there anything to write? */
static int consent_ask(const struct import_take *t, struct str address,
		       bool *append, struct err *err)
{
	const struct import_row *row = &t->row;
	struct str now = str_of(gateway_grant(t->r->c->gateway, t->tenant,
					      address, row->purpose));
	bool grant = row->type == CONSENT_GRANT;

	if (grant && refused(t, address, now))
		return err_set(err, -EINVAL,
			       "the person has withdrawn; an import cannot "
			       "grant for them again");
	*append = grant ? !str_eqz(now, "granted") || row->expires_ms != 0
			: !str_eqz(now, "withdrawn");
	return 0;
}

static int consent_append(struct import_take *t, struct str address,
			  struct err *err)
{
	struct consent_event e = {
		.tenant = t->tenant,
		.address = address,
		.purpose = t->row.purpose,
		.type = t->row.type,
		.expires_ms = t->row.expires_ms,
		.source = t->row.source,
		.actor = request_actor(t->r),
		.wording = t->row.wording,
	};
	int rc = 0;

	if (t->seen != NULL)
		map_set(t->seen, address_key(e.purpose, address), e.type);
	else
		rc = gateway_consent(t->r->c->gateway, &e, err);
	if (rc == 0)
		t->sum.consents++;
	return rc;
}

/* Consent is the person's: of the addresses that the row says all are granted
 * or none, and all that are known are withdrawn. */
static int consent_take(struct import_take *t)
{
	struct import_row *row = &t->row;
	bool grant = row->type == CONSENT_GRANT;
	const struct contact_address *v = grant ? row->said : row->v;
	unsigned n = grant ? row->nsaid : row->n;
	bool append[CONTACT_ADDRESSES_MAX] = { false };

	if (classes_purpose(gateway_classes(t->r->c->gateway), row->purpose) <
	    0)
		return err_set(&row->doubt, -EINVAL,
			       "there is no purpose '%.*s'",
			       STR_ARGS(str_first(row->purpose, 60)));
	for (unsigned i = 0; i < n; i++) {
		if (consent_ask(t, v[i].address, &append[i], &row->doubt) != 0)
			return -EINVAL;
	}
	for (unsigned i = 0; i < n; i++) {
		if (append[i] &&
		    consent_append(t, v[i].address, &row->doubt) != 0)
			return -EINVAL;
	}
	return 0;
}

/* ---- a row ------------------------------------------------------------------------ */

/* Who and what changed; of new ones the import itself is the row. */
static void note_change(struct import_take *t, const struct person *was)
{
	AUTO(buf_done) struct buf detail = { 0 };
	const struct import_row *row = &t->row;
	const struct contact_side before = { &was->contact, was->v, was->n };
	const struct contact_side after = { &row->contact, row->v, row->n };
	char id[ID_TEXT];

	buf_init(&detail, AUDIT_DETAIL_MAX);
	contact_diff(&detail, &before, &after);
	id_text(was->contact.id, id);
	request_audit(t->r, t->tenant, "contact.write", str_of(id),
		      detail.full ? STR_NONE : buf_str(&detail));
}

/* What was read of those who lose an address holds no more. */
static void others_drop(struct import_take *t)
{
	const struct contact nobody = { .tenant = t->tenant };
	const struct import_row *row = &t->row;

	for (unsigned i = 0; i < row->n; i++) {
		uint64_t id = gateway_contact_known(t->r->c->gateway, &nobody,
						    &row->v[i], 1);

		if (id != 0 && id != row->contact.id)
			import_known_drop(t->known, id);
	}
}

/* Writing refuses again who was erased, also when there is nothing new. */
static bool was_erased(const struct import_take *t)
{
	for (unsigned i = 0; i < t->row.n; i++) {
		if (gateway_contact_erased(t->r->c->gateway, t->tenant,
					   t->row.v[i].address))
			return true;
	}
	return false;
}

static int contact_write(struct import_take *t, const struct person *was,
			 struct err *err)
{
	struct import_row *row = &t->row;
	struct gateway *g = t->r->c->gateway;
	int rc = 0;

	if (was != NULL || t->seen != NULL)
		rc = gateway_contact_check(g, &row->contact, row->v, row->n,
					   err);
	if (rc != 0 || t->seen != NULL)
		return rc;
	if (was != NULL && row->kept) {
		rc = gateway_contact_keep(g, &row->contact, row->v, row->n,
					  err);
	} else {
		others_drop(t);
		if (was != NULL)
			gateway_contact_part(g, &was->contact, was->v, was->n);
		rc = gateway_contact(g, &row->contact, row->v, row->n, err);
	}
	if (rc == 0 && was != NULL)
		note_change(t, was);
	return rc;
}

static int contact_take(struct import_take *t, const struct whose *w,
			const struct person *was, const struct str *cells,
			struct err *err)
{
	struct import_row *row = &t->row;
	bool same = false;
	int rc = 0;

	row->contact.tenant = t->tenant;
	row->contact.id = w->id;
	if (was != NULL)
		rc = import_row_over(&t->head, cells, was, row, &same, err);
	if (rc == 0 && (!same || was_erased(t)))
		rc = contact_write(t, was, err);
	if (rc != 0)
		return rc;
	seen_put(t);
	t->sum.created += !w->known;
	t->sum.updated += w->known;
	t->sum.moved += w->taken && !(w->known && w->has_it == w->id);
	return 0;
}

/* Reads the row and finds whose it is. */
static int row_look(struct import_take *t, const struct str *cells, unsigned n,
		    struct whose *w, struct err *err)
{
	int rc = import_row_read(&t->head, cells, n, t->opts.country, &t->row,
				 err);

	if (rc != 0)
		return rc;
	t->row.contact.tenant = t->tenant;
	*w = whose_is(t);
	return branch_ok(t, err);
}

void import_take_want(struct import_take *t, const struct str *cells,
		      unsigned n)
{
	struct err err = { "" };
	struct whose w;

	must(t != NULL && cells != NULL);
	if (row_look(t, cells, n, &w, &err) == 0)
		import_known_want(t->known, w.id);
}

static int row_take(struct import_take *t, const struct str *cells, unsigned n,
		    struct err *err)
{
	const struct person *was = NULL;
	struct whose w;
	int rc = row_look(t, cells, n, &w, err);

	if (rc == 0)
		rc = dedupe(t, &w, err);
	if (rc == 1) {
		t->sum.skipped++;
		return 0;
	}
	if (rc == 0 && w.id != 0 && !import_known_get(t->known, w.id, &was))
		return -EAGAIN;
	if (rc == 0 && w.id != 0 && branch_narrow(t->r) &&
	    (was == NULL || !branch_sees(t->r, was->contact.branch)))
		rc = err_set(err, -EINVAL,
			     "the contact of that ref is of another branch");
	if (rc == 0)
		rc = contact_take(t, &w, was, cells, err);
	/* The contact is kept either way; consent only without a doubt. */
	if (rc == 0 && t->row.consents)
		(void)consent_take(t);
	/* At last: what the row shows of it goes with `was`. */
	if (rc == 0 && was != NULL)
		import_known_put(t->known, &t->row.contact, t->row.v, t->row.n);
	return rc;
}

int import_take_row(struct import_take *t, const struct str *cells, unsigned n,
		    struct err *err)
{
	int rc;

	must(t != NULL && cells != NULL);
	t->row.doubt.text[0] = '\0';
	if (t->sum.rows >= (uint64_t)t->r->c->http->import_rows)
		rc = err_set(err, -EINVAL,
			     "more rows than one import may have");
	else
		rc = row_take(t, cells, n, err);
	t->sum.rows += rc != -EAGAIN;
	t->sum.doubted += rc == 0 && t->row.doubt.text[0] != '\0';
	return rc;
}
