/* Contacts before and after, masked. */
#include "console/contact_diff.h"

#include "console/mask.h"
#include "proto/json.h"

static const struct {
	const char *name;
	size_t at;
} texts[] = {
	{ "ref", offsetof(struct contact, ref) },
	{ "lang", offsetof(struct contact, lang) },
	{ "tz", offsetof(struct contact, tz) },
	{ "tier", offsetof(struct contact, tier) },
	{ "branch", offsetof(struct contact, branch) },
	{ "manager", offsetof(struct contact, manager) },
	{ "lifecycle", offsetof(struct contact, lifecycle) },
	{ "preferred", offsetof(struct contact, preferred) },
	{ "hours", offsetof(struct contact, hours) },
};

static struct str text_of(const struct contact *c, size_t at)
{
	return *(const struct str *)(const void *)((const char *)c + at);
}

/* The first letter, whatever the script. */
static void put_name(struct buf *b, struct str name)
{
	AUTO(buf_done) struct buf text = { 0 };
	size_t n = 1;

	while (n < name.len && ((unsigned char)name.p[n] & 0xc0) == 0x80)
		n++;
	buf_init(&text, 64);
	buf_str_put(&text, str_first(name, n));
	buf_z(&text, "**");
	json_ks(b, "name", buf_str(&text));
}

static bool same_addresses(const struct contact_side *a,
			   const struct contact_side *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++) {
		if (!str_eq(a->v[i].channel, b->v[i].channel) ||
		    !str_eq(a->v[i].address, b->v[i].address))
			return false;
	}
	return true;
}

static void put_addresses(struct buf *b, const struct contact_side *side)
{
	json_key(b, "addresses");
	json_open(b, '[');
	for (unsigned i = 0; i < side->n; i++) {
		AUTO(buf_done) struct buf text = { 0 };

		buf_init(&text, 128);
		buf_str_put(&text, side->v[i].channel);
		buf_c(&text, ' ');
		mask_put(&text, side->v[i].address);
		json_s(b, buf_str(&text));
	}
	json_close(b, ']');
}

/* Of one side what the other one has not. */
static void put_side(struct buf *b, const char *key,
		     const struct contact_side *side,
		     const struct contact_side *other)
{
	const struct contact *c = side->c;
	const struct contact *o = other != NULL ? other->c : NULL;

	json_key(b, key);
	json_open(b, '{');
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		struct str own = text_of(c, texts[i].at);
		if (o == NULL ? own.len > 0
			      : !str_eq(own, text_of(o, texts[i].at)))
			json_ks(b, texts[i].name, own);
	}
	if (o == NULL ? c->name.len > 0 : !str_eq(c->name, o->name))
		put_name(b, c->name);
	if (o == NULL || c->state != o->state)
		json_kz(b, "state", contact_state_name(c->state));
	if (other == NULL || !same_addresses(side, other))
		put_addresses(b, side);
	if (o != NULL && !str_eq(c->attrs, o->attrs))
		json_kz(b, "attrs", "changed");
	json_close(b, '}');
}

void contact_diff(struct buf *b, const struct contact_side *before,
		  const struct contact_side *after)
{
	must(b != NULL && (before != NULL || after != NULL));
	json_open(b, '{');
	if (before != NULL)
		put_side(b, "before", before, after);
	if (after != NULL)
		put_side(b, "after", after, before);
	json_close(b, '}');
}
