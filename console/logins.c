/* Sessions: their stored form and the table in memory. */
#include "console/logins.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"

struct slot {
	struct login login; /* first: a session is its slot */
	size_t at;
};

struct logins {
	size_t max;
	int64_t idle_ms;
	struct map *by_hash; /* first 8 bytes of the hash */
	struct map *by_id;
	struct slot **v;
	size_t len, cap;
};

void login_cells(const struct login *s, struct cell cells[LOGIN_CELLS])
{
	must(s != NULL && cells != NULL);
	cells[0] = CELL_I(s->id);
	cells[1] = CELL_I(s->user);
	cells[2] = CELL_B(str_bytes(s->hash, sizeof(s->hash)));
	cells[3] = CELL_I(s->created_ms);
	cells[4] = CELL_I(s->seen_ms);
	cells[5] = CELL_I(s->expires_ms);
	cells[6] = CELL_Z(s->from);
	cells[7] = CELL_Z(s->agent);
}

int login_from_row(const struct row *r, struct login *s)
{
	struct login got = { 0 };

	must(r != NULL && s != NULL);
	if (row_s(r, 2).len != sizeof(got.hash) ||
	    str_copy(got.from, sizeof(got.from), row_s(r, 6)) != 0 ||
	    str_copy(got.agent, sizeof(got.agent), row_s(r, 7)) != 0)
		return -EBADMSG;
	got.id = (uint64_t)row_i(r, 0);
	got.user = (uint64_t)row_i(r, 1);
	memcpy(got.hash, row_s(r, 2).p, sizeof(got.hash));
	got.created_ms = row_i(r, 3);
	got.seen_ms = row_i(r, 4);
	got.expires_ms = row_i(r, 5);
	*s = got;
	return 0;
}

/* ---- the table ------------------------------------------------------------ */

struct logins *logins_new(size_t max, int64_t idle_ms)
{
	must(max > 0 && idle_ms > 0);
	struct logins *ss = mem_new(struct logins);
	ss->max = max;
	ss->idle_ms = idle_ms;
	ss->by_hash = map_new();
	ss->by_id = map_new();
	return ss;
}

void logins_free(struct logins **sp)
{
	must(sp != NULL);
	struct logins *ss = TAKE(*sp);
	if (ss == NULL)
		return;
	for (size_t i = 0; i < ss->len; i++)
		mem_free(ss->v[i]);
	mem_free(ss->v);
	map_free(&ss->by_hash);
	map_free(&ss->by_id);
	mem_free(ss);
}

size_t logins_len(const struct logins *ss)
{
	must(ss != NULL);
	return ss->len;
}

static uint64_t hash_head(const uint8_t hash[32])
{
	uint64_t head;

	memcpy(&head, hash, sizeof(head));
	return head;
}

int logins_put(struct logins *ss, const struct login *s)
{
	must(ss != NULL && s != NULL && s->id != 0);
	must(logins_by_id(ss, s->id) == NULL);
	if (ss->len >= ss->max)
		return -ENOSPC;
	if (ss->len == ss->cap) {
		ss->cap = MAX(16, ss->cap * 2);
		ss->v = mem_resize(ss->v, ss->cap * sizeof(*ss->v));
	}
	struct slot *mine = mem_new(struct slot);
	mine->login = *s;
	mine->at = ss->len;
	ss->v[ss->len++] = mine;
	map_set_ptr(ss->by_hash, hash_head(s->hash), mine);
	map_set_ptr(ss->by_id, s->id, mine);
	return 0;
}

struct login *logins_find(struct logins *ss, const uint8_t hash[32])
{
	must(ss != NULL && hash != NULL);
	struct slot *s = map_ptr(ss->by_hash, hash_head(hash));
	if (s == NULL ||
	    !secret_eq(str_bytes(s->login.hash, 32), str_bytes(hash, 32)))
		return NULL;
	return &s->login;
}

struct login *logins_by_id(const struct logins *ss, uint64_t id)
{
	must(ss != NULL);
	struct slot *s = map_ptr(ss->by_id, id);
	return s != NULL ? &s->login : NULL;
}

struct login *logins_at(const struct logins *ss, size_t i)
{
	must(ss != NULL);
	return i < ss->len ? &ss->v[i]->login : NULL;
}

void logins_end(struct logins *ss, struct login *s)
{
	must(ss != NULL && s != NULL);
	struct slot *mine = CONTAINER_OF(s, struct slot, login);

	must(mine->at < ss->len && ss->v[mine->at] == mine);
	map_del(ss->by_hash, hash_head(s->hash), NULL);
	map_del(ss->by_id, s->id, NULL);
	ss->v[mine->at] = ss->v[--ss->len];
	ss->v[mine->at]->at = mine->at;
	mem_free(mine);
}

int64_t logins_until(const struct logins *ss, const struct login *s)
{
	must(ss != NULL && s != NULL);
	return MIN(s->expires_ms, s->seen_ms + ss->idle_ms);
}

bool logins_over(const struct logins *ss, const struct login *s, int64_t now_ms)
{
	return logins_until(ss, s) <= now_ms;
}
