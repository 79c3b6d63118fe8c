/* A row of a contact CSV over the contact that is there. */
#include "console/import.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "console/json_in.h"

#define STORED_DEPTH 64

static const struct {
	enum import_column column;
	size_t at;
} words[] = {
	{ IMPORT_NAME, offsetof(struct contact, name) },
	{ IMPORT_LANG, offsetof(struct contact, lang) },
	{ IMPORT_TZ, offsetof(struct contact, tz) },
	{ IMPORT_TIER, offsetof(struct contact, tier) },
	{ IMPORT_BRANCH, offsetof(struct contact, branch) },
	{ IMPORT_MANAGER, offsetof(struct contact, manager) },
	{ IMPORT_LIFECYCLE, offsetof(struct contact, lifecycle) },
	{ IMPORT_PREFERRED, offsetof(struct contact, preferred) },
	{ IMPORT_HOURS, offsetof(struct contact, hours) },
};

static bool has(const struct import_head *h, enum import_column c)
{
	return h->at[c] >= 0;
}

static struct str *word_at(struct contact *c, size_t at)
{
	return (struct str *)(void *)((char *)c + at);
}

static bool same_words(struct contact *a, struct contact *b)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq(*word_at(a, words[i].at), *word_at(b, words[i].at)))
			return false;
	}
	return str_eq(a->ref, b->ref) && str_eq(a->tz_source, b->tz_source) &&
	       a->state == b->state && str_eq(a->attrs, b->attrs);
}

/* How sure a zone is goes with the zone. */
static void zone_over(const struct contact *was, struct contact *c)
{
	if (c->tz_source.len > 0)
		return;
	if (str_eq(c->tz, was->tz))
		c->tz_source = was->tz_source;
	else
		c->tz_source = c->tz.len > 0 ? STR("explicit") : STR("unknown");
}

static void words_over(const struct import_head *h, const struct str *cells,
		       struct contact *was, struct contact *c)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!has(h, words[i].column))
			*word_at(c, words[i].at) = *word_at(was, words[i].at);
	}
	/* It was found by this one, or by one of a contact merged into it. */
	if (was->ref.len > 0)
		c->ref = was->ref;
	if (import_cell(h, cells, IMPORT_STATE).len == 0)
		c->state = was->state;
	zone_over(was, c);
	c->created_ms = was->created_ms;
}

/* ---- attributes --------------------------------------------------------------- */

/* Sets or takes away what the cell says; true: that changed something. */
static bool attr_over(json_t *all, const char *name, struct str cell)
{
	const json_t *is = json_object_get(all, name);

	if (cell.len == 0) {
		(void)json_object_del(all, name);
		return is != NULL;
	}
	if (json_is_string(is) &&
	    str_eq(cell,
		   str_bytes(json_string_value(is), json_string_length(is))))
		return false;
	(void)json_object_set_new(all, name, json_stringn(cell.p, cell.len));
	return true;
}

static int attrs_over(const struct import_head *h, const struct str *cells,
		      struct str was, struct import_row *row, struct err *err)
{
	bool changed = false;
	json_t *all = NULL;

	if (has(h, IMPORT_ATTRS))
		return 0; /* all of them */
	row->contact.attrs = was;
	if (h->attr_names.len == 0)
		return 0;
	if (json_read(was.len > 0 ? was : STR("{}"), STORED_DEPTH, &all, err) !=
	    0)
		return -EINVAL;
	for (unsigned i = 0; i < h->n; i++) {
		const char *name = import_attr(h, i);

		if (name != NULL &&
		    attr_over(all, name, import_unquoted(str_trim(cells[i]))))
			changed = true;
	}
	if (changed) {
		buf_reset(&row->attrs);
		import_attrs_dump(all, &row->attrs);
		row->contact.attrs = buf_str(&row->attrs);
	}
	json_decref(all);
	return 0;
}

/* ---- addresses ---------------------------------------------------------------- */

struct list {
	struct contact_address v[CONTACT_ADDRESSES_MAX];
	unsigned n;
};

static void list_drop(struct list *l, unsigned i)
{
	for (l->n--; i < l->n; i++)
		l->v[i] = l->v[i + 1];
}

static int list_find(const struct list *l, struct str channel)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (str_eq(l->v[i].channel, channel))
			return (int)i;
	}
	return -1;
}

static int list_find_address(const struct list *l,
			     const struct contact_address *a)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (str_eq(l->v[i].channel, a->channel) &&
		    str_eq(l->v[i].address, a->address))
			return (int)i;
	}
	return -1;
}

/* The file says it: no address of that channel. */
static void channel_empty(struct list *l, struct str channel)
{
	for (int i; (i = list_find(l, channel)) >= 0;)
		list_drop(l, (unsigned)i);
}

static int channel_set(struct list *l, const struct contact_address *a,
		       bool by_ref, struct err *err)
{
	int there = list_find_address(l, a);
	int first = list_find(l, a->channel);

	if (there >= 0 && (there == first || !by_ref))
		return 0;
	if (there >= 0)
		list_drop(l, (unsigned)there);
	if (first >= 0) {
		l->v[first] = *a;
		return 0;
	}
	if (l->n == CONTACT_ADDRESSES_MAX)
		return err_set(err, -EINVAL,
			       "with those that are known the contact would "
			       "have more than %d addresses",
			       CONTACT_ADDRESSES_MAX);
	l->v[l->n++] = *a;
	return 0;
}

static int channel_over(struct list *l, const struct import_row *row,
			struct str channel, bool by_ref, struct err *err)
{
	for (unsigned i = 0; i < row->nsaid; i++) {
		if (str_eq(row->said[i].channel, channel))
			return channel_set(l, &row->said[i], by_ref, err);
	}
	channel_empty(l, channel);
	return 0;
}

static int addresses_over(const struct import_head *h, bool by_ref,
			  const struct person *was, struct import_row *row,
			  struct err *err)
{
	struct list l = { .n = was->n };
	int rc = 0;

	if (has(h, IMPORT_ADDRESSES))
		return 0; /* all of them */
	memcpy(l.v, was->v, sizeof(l.v));
	if (has(h, IMPORT_PHONE))
		rc = channel_over(&l, row, STR("sms"), by_ref, err);
	if (rc == 0 && has(h, IMPORT_MQTT))
		rc = channel_over(&l, row, STR("mqtt"), by_ref, err);
	if (rc != 0)
		return rc;
	memcpy(row->v, l.v, sizeof(l.v));
	row->n = l.n;
	return 0;
}

static bool same_addresses(const struct person *was,
			   const struct import_row *row)
{
	bool same = was->n == row->n;

	for (unsigned i = 0; same && i < row->n; i++)
		same = str_eq(was->v[i].channel, row->v[i].channel) &&
		       str_eq(was->v[i].address, row->v[i].address);
	return same;
}

int import_row_over(const struct import_head *h, const struct str *cells,
		    const struct person *was, struct import_row *row,
		    bool *same, struct err *err)
{
	struct contact old;
	bool by_ref;

	must(h != NULL && was != NULL && row != NULL && same != NULL);
	old = was->contact;
	by_ref = row->contact.ref.len > 0;
	if (addresses_over(h, by_ref, was, row, err) != 0 ||
	    attrs_over(h, cells, old.attrs, row, err) != 0)
		return -EINVAL;
	words_over(h, cells, &old, &row->contact);
	row->kept = same_addresses(was, row);
	*same = row->kept && same_words(&old, &row->contact);
	return 0;
}
