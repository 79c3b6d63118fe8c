/* Parts to messages: a table by sender, receiver and reference. */
#include "channels/smpp/join.h"

#include <errno.h>
#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"

struct smpp_join {
	size_t sets_max;
	size_t bytes_max;
	size_t sets; /* in `open` or on the clock */
	size_t bytes;
	struct dict *open;
	struct heap clock;
};

enum { ACKS_PER_PART = 4 };

struct smpp_join *smpp_join_new(size_t sets_max, size_t bytes_max)
{
	struct smpp_join *j = mem_new(struct smpp_join);
	j->sets_max = sets_max;
	j->bytes_max = bytes_max;
	j->open = dict_new();
	heap_init(&j->clock);
	return j;
}

void smpp_join_free(struct smpp_join **jp)
{
	must(jp != NULL);
	struct smpp_join *j = TAKE(*jp);
	struct smpp_set *set;
	if (j == NULL)
		return;
	while ((set = smpp_join_any(j)) != NULL) {
		smpp_join_take(j, set);
		smpp_set_free(&set);
	}
	must(dict_len(j->open) == 0);
	dict_free(&j->open);
	heap_done(&j->clock);
	mem_free(j);
}

size_t smpp_join_len(const struct smpp_join *j)
{
	must(j != NULL);
	return j->sets;
}

void smpp_set_free(struct smpp_set **sp)
{
	must(sp != NULL);
	struct smpp_set *set = TAKE(*sp);
	if (set == NULL)
		return;
	must(!set->open && !heap_in(&set->due));
	for (unsigned i = 0; i < set->total; i++)
		mem_free(set->part[i].bytes);
	mem_free(set->part);
	mem_free(set->acks);
	mem_free(set->key);
	mem_free(set->from);
	mem_free(set->to);
	mem_free(set);
}

static struct smpp_set *set_new(struct smpp_join *j, struct str key,
				const char *from, const char *to,
				unsigned total)
{
	struct smpp_set *set = mem_new(struct smpp_set);
	heap_node_init(&set->due);
	set->key = str_z(key);
	set->from = str_dup(from);
	set->to = str_dup(to);
	set->total = total;
	set->part = mem_array(total, sizeof(set->part[0]));
	set->open = true;
	(void)dict_set(j->open, key, set);
	j->sets++;
	return set;
}

static void put_ack(struct smpp_set *set, const struct smpp_ack *ack)
{
	if (set->nacks == set->acks_cap) {
		set->acks_cap = set->acks_cap == 0 ? 4 : set->acks_cap * 2;
		set->acks = mem_resize(set->acks,
				       set->acks_cap * sizeof(set->acks[0]));
	}
	set->acks[set->nacks++] = *ack;
}

/* A peer that sends one part over and over is not let grow. */
static bool room_for(const struct smpp_join *j, const struct smpp_set *set,
		     size_t bytes)
{
	if (j->bytes + bytes > j->bytes_max)
		return false;
	if (set == NULL)
		return j->sets < j->sets_max;
	return set->nacks < (size_t)set->total * ACKS_PER_PART;
}

static void put_part(struct smpp_join *j, struct smpp_set *set,
		     const struct smpp_piece *piece)
{
	__typeof__(set->part) part = &set->part[piece->part - 1];

	if (part->bytes == NULL)
		set->have++;
	j->bytes -= part->len;
	set->bytes -= part->len;
	mem_free(part->bytes);
	part->bytes = mem_dup(piece->bytes.p, piece->bytes.len);
	part->len = piece->bytes.len;
	part->charset = piece->charset;
	j->bytes += part->len;
	set->bytes += part->len;
}

int smpp_join_put(struct smpp_join *j, const char *from, const char *to,
		  const struct smpp_piece *piece, const struct smpp_ack *ack,
		  uint64_t now_ms, struct smpp_set **out)
{
	must(j != NULL && from != NULL && to != NULL && out != NULL);
	must(piece != NULL && ack != NULL);
	must(piece->total > 1 && piece->part >= 1 &&
	     piece->part <= piece->total);
	struct buf key;

	buf_init(&key, 1024);
	buf_f(&key, "%s %s %u/%u%c", from, to, piece->ref, piece->total,
	      piece->wide ? 'w' : 'n');
	struct smpp_set *set = dict_get(j->open, buf_str(&key));
	if (!room_for(j, set, piece->bytes.len)) {
		buf_done(&key);
		return -ENOSPC;
	}
	if (set == NULL)
		set = set_new(j, buf_str(&key), from, to, piece->total);
	buf_done(&key);
	put_part(j, set, piece);
	put_ack(set, ack);
	set->last_ms = now_ms;
	*out = set;
	if (set->have < set->total)
		return -EAGAIN;
	smpp_join_take(j, set);
	return 0;
}

void smpp_join_wait(struct smpp_join *j, struct smpp_set *set, uint64_t at_ms)
{
	must(j != NULL && set != NULL);
	if (!set->open && !heap_in(&set->due)) {
		j->sets++;
		j->bytes += set->bytes;
	}
	heap_put(&j->clock, &set->due, at_ms);
}

bool smpp_join_next(const struct smpp_join *j, uint64_t now_ms,
		    uint64_t *after_ms)
{
	must(j != NULL && after_ms != NULL);
	struct heap_node *n = heap_first(&j->clock);
	if (n == NULL)
		return false;
	*after_ms = n->key > now_ms ? n->key - now_ms : 0;
	return true;
}

struct smpp_set *smpp_join_due(struct smpp_join *j, uint64_t now_ms)
{
	must(j != NULL);
	struct heap_node *n = heap_first(&j->clock);
	return n == NULL || n->key > now_ms
		       ? NULL
		       : CONTAINER_OF(n, struct smpp_set, due);
}

struct smpp_set *smpp_join_any(struct smpp_join *j)
{
	return smpp_join_due(j, UINT64_MAX);
}

void smpp_join_take(struct smpp_join *j, struct smpp_set *set)
{
	must(j != NULL && set != NULL && (set->open || heap_in(&set->due)));
	if (set->open)
		(void)dict_del(j->open, str_of(set->key));
	set->open = false;
	heap_remove(&j->clock, &set->due);
	j->sets--;
	j->bytes -= set->bytes;
}

/* Runs of one charset are decoded as one, so that what a careless sender cut
 * in two (an escape pair, a surrogate pair) is whole again. */
void smpp_set_text(const struct smpp_set *set, struct buf *out)
{
	must(set != NULL && out != NULL);
	struct buf run;

	buf_init(&run, BUF_NO_LIMIT);
	for (unsigned i = 0; i < set->total;) {
		enum sms_charset charset = set->part[i].charset;
		buf_reset(&run);
		for (; i < set->total && (set->part[i].bytes == NULL ||
					  set->part[i].charset == charset);
		     i++)
			if (set->part[i].bytes != NULL)
				buf_put(&run, set->part[i].bytes,
					set->part[i].len);
		smpp_decode_text(charset, buf_str(&run), out);
	}
	buf_done(&run);
}

bool smpp_set_binary(const struct smpp_set *set)
{
	must(set != NULL);
	for (unsigned i = 0; i < set->total; i++)
		if (set->part[i].bytes != NULL &&
		    set->part[i].charset == SMS_BINARY)
			return true;
	return false;
}
