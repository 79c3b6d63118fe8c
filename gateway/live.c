/* The table of live messages. */
#include "gateway/live.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"

void lives_init(struct lives *t, const struct classes *classes, size_t max)
{
	must(t != NULL && classes != NULL);
	*t = (struct lives){ .map = map_new(), .classes = classes, .max = max };
	buf_init(&t->scratch, BUF_NO_LIMIT);
}

static void live_free(struct live *l)
{
	if (l->place == LIVE_RECEIPT)
		mem_free(l->receipt.keys);
	mem_free(l);
}

void lives_done(struct lives *t)
{
	uint64_t id, value;
	size_t pos = 0;

	if (t->map == NULL)
		return;
	while (map_next(t->map, &pos, &id, &value))
		live_free((struct live *)(uintptr_t)value);
	map_free(&t->map);
	buf_done(&t->scratch);
}

static struct live *live_make(struct lives *t, const struct live *head,
			      const struct message *m)
{
	struct message slim = *m;
	struct buf *b = &t->scratch;
	struct live *l;

	slim.class_name = slim.decision.rule_version = STR_NONE;
	buf_reset(b);
	message_encode(&slim, b);
	l = mem_alloc(sizeof(*l) + b->len);
	*l = *head;
	l->len = (uint32_t)b->len;
	memcpy(l->bytes, b->p, b->len);
	return l;
}

int lives_add(struct lives *t, const struct message *m,
	      const struct class_rules *rules, struct live **out)
{
	struct live head = {
		.id = m->id,
		.valid_until_ms = m->valid_until_ms,
		.lane = -1,
		.state = MESSAGE_ACCEPTED,
		.place = LIVE_NOWHERE,
		.class_index = (uint8_t)rules->index,
		.flags = m->flags,
		.parts = m->parts,
		.to_hash = (uint32_t)address_key(STR_NONE, m->to),
	};

	must(t != NULL && out != NULL);
	if (map_len(t->map) >= t->max)
		return -ENOSPC;
	*out = live_make(t, &head, m);
	map_set_ptr(t->map, m->id, *out);
	t->bytes += sizeof(**out) + (*out)->len;
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
	t->bytes -= sizeof(*l) + l->len;
	t->in_state[l->state]--;
	live_free(l);
}

struct live *lives_strip(struct lives *t, struct live *l)
{
	struct message m;
	struct live *slim;

	live_message(t, l, &m);
	m.text = STR_NONE;
	slim = live_make(t, l, &m);
	map_set_ptr(t->map, l->id, slim);
	t->bytes += (size_t)slim->len - l->len;
	mem_free(l);
	return slim;
}

void lives_state(struct lives *t, struct live *l, enum message_state s)
{
	must(lifecycle_allows((enum message_state)l->state, s));
	t->in_state[l->state]--;
	t->in_state[s]++;
	l->state = (uint8_t)s;
}

void live_message(const struct lives *t, const struct live *l,
		  struct message *m)
{
	must(t != NULL && l != NULL && m != NULL);
	must(message_decode(str_bytes(l->bytes, l->len), l->id, m) == 0);
	m->class_name = str_of(classes_at(t->classes, l->class_index)->name);
	m->decision.rule_version = classes_version(t->classes);
	m->flags = l->flags;
}
