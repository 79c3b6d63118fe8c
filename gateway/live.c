/* The table of live messages. */
#include "gateway/live.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"

void lives_init(struct lives *t, const struct classes *classes, size_t max)
{
	must(t != NULL && classes != NULL);
	*t = (struct lives){ .map = map_new(),
			     .classes = classes,
			     .envelopes = envelopes_new(),
			     .slab = slab_new(),
			     .max = max };
}

static size_t live_size(const struct live *l)
{
	return sizeof(*l) + l->to_len + l->address_len + l->metadata_len +
	       l->text_len;
}

static void live_free(struct lives *t, struct live *l)
{
	if (l->place == LIVE_RECEIPT)
		mem_free(l->receipt.keys);
	envelope_put(t->envelopes, l->envelope);
	slab_put(t->slab, l, live_size(l));
}

void lives_done(struct lives *t)
{
	uint64_t id, value;
	size_t pos = 0;

	if (t->map == NULL)
		return;
	while (map_next(t->map, &pos, &id, &value))
		live_free(t, (struct live *)(uintptr_t)value);
	map_free(&t->map);
	envelopes_free(&t->envelopes);
	slab_free(&t->slab);
}

void lives_reserve(struct lives *t, size_t n)
{
	must(t != NULL);
	map_reserve(t->map, MIN(n, t->max));
}

static char *live_put(char *at, struct str s)
{
	if (s.len > 0)
		memcpy(at, s.p, s.len);
	return at + s.len;
}

static struct live *live_make(struct slab *slab, const struct live *head,
			      const struct message *m)
{
	struct live *l = slab_get(slab, live_size(head));
	char *at = l->bytes;

	*l = *head;
	at = live_put(at, m->to);
	at = live_put(at, m->address);
	at = live_put(at, m->metadata);
	(void)live_put(at, m->text);
	return l;
}

int lives_add(struct lives *t, const struct message *m,
	      const struct class_rules *rules, struct live **out)
{
	must(t != NULL && m != NULL && rules != NULL && out != NULL);
	if (m->to.len >= ADDRESS_MAX || m->address.len >= ADDRESS_MAX ||
	    m->metadata.len > MESSAGE_METADATA_MAX ||
	    m->text.len > MESSAGE_TEXT_MAX)
		return -EINVAL;
	if (map_len(t->map) >= t->max)
		return -ENOSPC;

	const struct live head = {
		.id = m->id,
		.envelope = envelope_get(t->envelopes, m),
		.valid_until_ms = m->valid_until_ms,
		.to_hash = (uint32_t)address_key(STR_NONE, m->to),
		.lane = -1,
		.state = MESSAGE_ACCEPTED,
		.place = LIVE_NOWHERE,
		.class_index = (uint8_t)rules->index,
		.flags = m->flags,
		.parts = m->parts,
		.priority = m->priority,
		.to_len = (uint8_t)m->to.len,
		.address_len = (uint8_t)m->address.len,
		.metadata_len = (uint16_t)m->metadata.len,
		.text_len = (uint16_t)m->text.len,
	};
	*out = live_make(t->slab, &head, m);
	map_set_ptr(t->map, m->id, *out);
	t->bytes += live_size(*out);
	t->in_state[MESSAGE_ACCEPTED]++;
	return 0;
}

struct live *lives_find(const struct lives *t, uint64_t id)
{
	must(t != NULL);
	return map_ptr(t->map, id);
}

void lives_remove(struct lives *t, struct live *l)
{
	must(l->place == LIVE_NOWHERE);
	must(map_del(t->map, l->id, NULL));
	t->bytes -= live_size(l);
	t->in_state[l->state]--;
	live_free(t, l);
}

struct live *lives_strip(struct lives *t, struct live *l)
{
	size_t size = live_size(l), slim_size = size - l->text_len;
	struct live *slim = slab_get(t->slab, slim_size);

	must(l->place == LIVE_NOWHERE);
	memcpy(slim, l, slim_size);
	slim->text_len = 0;
	slab_put(t->slab, l, size);
	map_set_ptr(t->map, slim->id, slim);
	t->bytes -= size - slim_size;
	return slim;
}

void lives_state(struct lives *t, struct live *l, enum message_state s)
{
	must(lifecycle_allows((enum message_state)l->state, s));
	t->in_state[l->state]--;
	t->in_state[s]++;
	l->state = (uint8_t)s;
}

static struct str live_take(const char **at, size_t len)
{
	struct str s = str_bytes(*at, len);

	*at += len;
	return s;
}

void live_message(const struct lives *t, const struct live *l,
		  struct message *m)
{
	must(t != NULL && l != NULL && m != NULL);

	const struct envelope *v = l->envelope;
	const char *at = l->bytes;

	*m = (struct message){
		.id = l->id,
		.tenant = v->tenant,
		.class_name =
			str_of(classes_at(t->classes, l->class_index)->name),
		.to = live_take(&at, l->to_len),
		.from = v->from,
		.channel = v->channel,
		.campaign = v->campaign,
		.business_line = v->business_line,
		.exclusion = v->exclusion,
		.origin = v->origin,
		.thread = v->thread,
		.template_ref = v->template_ref,
		.valid_until_ms = l->valid_until_ms,
		.priority = l->priority,
		.parts = l->parts,
		.flags = l->flags,
	};
	m->address = live_take(&at, l->address_len);
	m->metadata = live_take(&at, l->metadata_len);
	m->text = live_take(&at, l->text_len);
}
