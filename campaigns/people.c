/* Pages of people: their texts in one buffer. */
#include "campaigns/people.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
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

static const struct {
	const char *name;
	size_t offset;
} person_fields[] = {
	{ "address", offsetof(struct person_row, address) },
	{ "ref", offsetof(struct person_row, ref) },
	{ "name", offsetof(struct person_row, name) },
	{ "lang", offsetof(struct person_row, lang) },
	{ "tier", offsetof(struct person_row, tier) },
	{ "branch", offsetof(struct person_row, branch) },
	{ TEMPLATE_ZONE, offsetof(struct person_row, tz) },
};

/* A person whose text is made; attrs are read when one is asked for. */
struct rendering {
	const struct person_row *p;
	json_t *attrs;
	char number[32];
};

static bool rendering_attr(struct rendering *g, struct str name,
			   struct str *value)
{
	char key[TEMPLATE_NAME_MAX + 1];

	if (str_copy(key, sizeof(key), name) != 0)
		return false;
	if (g->attrs == NULL)
		g->attrs = json_loadb(g->p->attrs.p, g->p->attrs.len, 0, NULL);

	const json_t *v = json_object_get(g->attrs, key);
	if (json_is_string(v)) {
		*value = str_bytes(json_string_value(v), json_string_length(v));
		return true;
	}
	if (json_is_integer(v))
		snprintf(g->number, sizeof(g->number), "%lld",
			 (long long)json_integer_value(v));
	else if (json_is_real(v))
		snprintf(g->number, sizeof(g->number), "%.10g",
			 json_real_value(v));
	else
		return false;
	*value = str_of(g->number);
	return true;
}

static bool rendering_value(void *owner, struct str name, struct str *value)
{
	struct rendering *g = owner;

	for (unsigned i = 0; i < ARRAY_LEN(person_fields); i++) {
		if (!str_eqz(name, person_fields[i].name))
			continue;
		memcpy(value, (const char *)g->p + person_fields[i].offset,
		       sizeof(*value));
		if (value->len == 0 && g->p->sample)
			*value = name;
		return !str_eqz(name, TEMPLATE_ZONE) || value->len > 0;
	}
	if (g->p->attrs.len > 0 && rendering_attr(g, name, value))
		return true;
	if (g->p->sample)
		*value = name;
	return g->p->sample;
}

int person_render(const struct template *t, const struct person_row *p,
		  struct buf *out, struct err *err)
{
	struct rendering g = { .p = p };
	int rc;

	must(t != NULL && p != NULL && out != NULL);
	rc = template_render(t, rendering_value, &g, out, err);
	json_decref(g.attrs);
	return rc;
}
