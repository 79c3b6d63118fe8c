/* Pages of people: their texts in one buffer. */
#include "campaigns/people.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/values.h"
#include "templates/render.h"

void people_init(struct people *p)
{
	must(p != NULL);
	*p = (struct people){ .n = 0 };
	buf_init(&p->bytes, BUF_NO_LIMIT);
}

void people_done(struct people *p)
{
	must(p != NULL);
	buf_done(&p->bytes);
	p->n = 0;
}

void people_clear(struct people *p)
{
	must(p != NULL);
	buf_reset(&p->bytes);
	p->n = 0;
}

/* Until the page is settled a text is where it stands in the buffer. */
static struct str people_text(struct people *p, struct str s)
{
	struct str at = { (const char *)(uintptr_t)p->bytes.len, s.len };

	buf_str_put(&p->bytes, s);
	return at;
}

static struct str *person_texts(struct person_row *r)
{
	return &r->address;
}

struct person_row *people_add(struct people *p, uint64_t contact,
			      const struct row *row, unsigned first)
{
	must(p != NULL && row != NULL);
	if (p->n == PEOPLE_PAGE)
		return NULL;

	struct person_row *r = &p->v[p->n++];
	struct str *texts = person_texts(r);
	r->contact = contact;
	r->sample = false;
	for (unsigned i = 0; i < PERSON_TEXTS; i++)
		texts[i] = people_text(p, row_s(row, first + i));
	return r;
}

struct person_row *people_add_address(struct people *p, struct str address)
{
	const struct row row = { .n = 1, .v = { CELL_T(address) } };

	return people_add(p, 0, &row, 0);
}

void people_settle(struct people *p)
{
	must(p != NULL);
	for (unsigned i = 0; i < p->n; i++) {
		struct str *texts = person_texts(&p->v[i]);

		for (unsigned k = 0; k < PERSON_TEXTS; k++)
			texts[k].p = p->bytes.p + (uintptr_t)texts[k].p;
	}
}

/* ---- texts -------------------------------------------------------------------- */

/* A person whose text is made. */
struct rendering {
	struct values values; /* of the contact */
	const struct person_row *p;
};

static bool rendering_value(void *owner, struct str name, struct str *value)
{
	struct rendering *g = owner;

	if (str_eqz(name, "address") && g->p->address.len > 0) {
		*value = g->p->address;
		return true;
	}
	if (values_lookup(&g->values, name, value))
		return true;
	*value = name;
	return g->p->sample && !str_eqz(name, TEMPLATE_ZONE);
}

int person_render(const struct template *t, const struct person_row *p,
		  struct buf *out, struct str *missing, struct err *err)
{
	const struct contact contact = {
		.ref = p->ref,
		.name = p->name,
		.lang = p->lang,
		.tz = p->tz,
		.tier = p->tier,
		.branch = p->branch,
		.attrs = p->attrs,
	};
	struct rendering g = { .values = { .contact = &contact }, .p = p };
	int rc;

	must(t != NULL && out != NULL && missing != NULL);
	rc = template_render(t, rendering_value, &g, out, err);
	*missing = rc == -ENOENT ? g.values.missing : STR_NONE;
	values_done(&g.values);
	return rc;
}
