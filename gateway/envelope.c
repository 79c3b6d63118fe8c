/* Envelopes by their bytes, with a count of the messages in each. */
#include "gateway/envelope.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

struct counted {
	struct envelope envelope;
	size_t messages;
	size_t len;
	char bytes[]; /* the fields, counted strings in order */
};

struct envelopes {
	struct dict *dict;
	struct counted *last; /* given; NULL: none, or it is gone */
	struct buf key;       /* scratch */
};

struct envelopes *envelopes_new(void)
{
	struct envelopes *e = mem_new(struct envelopes);

	e->dict = dict_new();
	buf_init(&e->key, BUF_NO_LIMIT);
	return e;
}

void envelopes_free(struct envelopes **ep)
{
	must(ep != NULL);

	struct envelopes *e = TAKE(*ep);
	if (e == NULL)
		return;
	must(dict_len(e->dict) == 0);
	dict_free(&e->dict);
	buf_done(&e->key);
	mem_free(e);
}

size_t envelopes_len(const struct envelopes *e)
{
	must(e != NULL);
	return dict_len(e->dict);
}

static struct str key_of(struct buf *b, const struct message *m)
{
	buf_reset(b);
	buf_lstr(b, m->tenant);
	buf_lstr(b, m->from);
	buf_lstr(b, m->channel);
	buf_lstr(b, m->campaign);
	buf_lstr(b, m->business_line);
	buf_lstr(b, m->exclusion);
	buf_lstr(b, m->origin);
	buf_lstr(b, m->thread);
	buf_lstr(b, m->template_ref.id);
	buf_varint(b, m->template_ref.version);
	buf_lstr(b, m->template_ref.lang);
	buf_lstr(b, m->template_ref.sha256);
	return buf_str(b);
}

static struct counted *counted_new(struct str bytes)
{
	struct counted *c = mem_alloc(sizeof(*c) + bytes.len);
	struct bufr r = bufr_of(c->bytes, bytes.len);
	struct envelope *v = &c->envelope;

	memcpy(c->bytes, bytes.p, bytes.len);
	c->len = bytes.len;
	c->messages = 0;
	v->tenant = bufr_lstr(&r);
	v->from = bufr_lstr(&r);
	v->channel = bufr_lstr(&r);
	v->campaign = bufr_lstr(&r);
	v->business_line = bufr_lstr(&r);
	v->exclusion = bufr_lstr(&r);
	v->origin = bufr_lstr(&r);
	v->thread = bufr_lstr(&r);
	v->template_ref.id = bufr_lstr(&r);
	v->template_ref.version = (unsigned)bufr_varint(&r);
	v->template_ref.lang = bufr_lstr(&r);
	v->template_ref.sha256 = bufr_lstr(&r);
	must(!r.bad);
	return c;
}

/* Messages of one kind mostly come one after another. */
static struct counted *counted_of(struct envelopes *e, const struct message *m)
{
	struct str key = key_of(&e->key, m);

	/* by all of it: a thread is as much of a kind as a sender */
	if (e->last != NULL &&
	    str_eq(key, str_bytes(e->last->bytes, e->last->len)))
		return e->last;
	struct counted *c = dict_get(e->dict, key);
	if (c == NULL) {
		c = counted_new(key);
		dict_set(e->dict, key, c);
	}
	e->last = c;
	return c;
}

struct envelope *envelope_get(struct envelopes *e, const struct message *m)
{
	must(e != NULL && m != NULL);

	struct counted *c = counted_of(e, m);
	c->messages++;
	return &c->envelope;
}

void envelope_put(struct envelopes *e, struct envelope *v)
{
	must(e != NULL && v != NULL);

	struct counted *c = CONTAINER_OF(v, struct counted, envelope);
	must(c->messages > 0);
	if (--c->messages > 0)
		return;
	must(dict_del(e->dict, str_bytes(c->bytes, c->len)) == c);
	if (e->last == c)
		e->last = NULL;
	mem_free(c);
}
