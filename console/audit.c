/* The audit log: the chain, and rows that wait until the store has them. */
#include "console/audit.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"

#define AUDIT_RETRY_MS 1000

struct audit {
	struct loop *loop;
	struct store *store;
	const struct clock_ops *clock;
	struct loop_timer *retry;
	struct list waiting; /* rows put, commit not heard of */
	struct list refused; /* the disk was full: put again later */
	uint64_t seq;
	uint8_t head[32];
};

/* A row from its making to its commit: the chain must not lose a link. */
struct audit_node {
	struct list node;
	struct audit *audit; /* NULL: closed meanwhile */
	struct audit_row row;
	char texts[];
};

void audit_hash(const struct audit_row *a, uint8_t out[32])
{
	AUTO(buf_done) struct buf b = { 0 };

	must(a != NULL && out != NULL);
	buf_init(&b, BUF_NO_LIMIT);
	buf_put(&b, a->prev_hash, sizeof(a->prev_hash));
	buf_u64(&b, a->seq);
	buf_u64(&b, (uint64_t)a->at_ms);
	buf_lstr(&b, a->tenant);
	buf_lstr(&b, a->actor);
	buf_lstr(&b, a->action);
	buf_lstr(&b, a->object);
	buf_lstr(&b, a->detail);
	secret_sha256(buf_str(&b), out);
}

int audit_from_row(const struct row *r, struct audit_row *a)
{
	struct str prev = row_s(r, 7), hash = row_s(r, 8);
	struct audit_row v = { 0 };

	must(r != NULL && a != NULL);
	if (prev.len != 32 || hash.len != 32)
		return -EBADMSG;
	v.seq = (uint64_t)row_i(r, 0);
	v.at_ms = row_i(r, 1);
	v.tenant = row_s(r, 2);
	v.actor = row_s(r, 3);
	v.action = row_s(r, 4);
	v.object = row_s(r, 5);
	v.detail = row_s(r, 6);
	memcpy(v.prev_hash, prev.p, 32);
	memcpy(v.hash, hash.p, 32);
	*a = v;
	return 0;
}

static void node_write(struct audit_node *n);

static void on_retry(void *owner)
{
	struct audit *a = owner;

	if (a->store->ops->ready(a->store) != 0) {
		loop_timer_set(a->retry, AUDIT_RETRY_MS);
		return;
	}
	LIST_EACH_SAFE (it, &a->refused) {
		struct audit_node *n = LIST_ITEM(it, struct audit_node, node);
		list_remove(&n->node);
		list_append(&a->waiting, &n->node);
		node_write(n);
	}
}

static void on_stored(void *owner, int rc)
{
	struct audit_node *n = owner;
	struct audit *a = n->audit;

	list_remove(&n->node);
	if (rc == 0 || a == NULL) {
		mem_free(n);
		return;
	}
	log_warn("audit.refused", KV_U("seq", n->row.seq), KV_I("rc", rc));
	list_append(&a->refused, &n->node);
	if (!loop_timer_running(a->retry))
		loop_timer_set(a->retry, AUDIT_RETRY_MS);
}

static void node_write(struct audit_node *n)
{
	const struct audit_row *r = &n->row;
	struct cell cells[AUDIT_CELLS] = {
		CELL_I(r->seq),
		CELL_I(r->at_ms),
		CELL_T(r->tenant),
		CELL_T(r->actor),
		CELL_T(r->action),
		CELL_T(r->object),
		CELL_T(r->detail),
		CELL_B(str_bytes(r->prev_hash, sizeof(r->prev_hash))),
		CELL_B(str_bytes(r->hash, sizeof(r->hash))),
	};

	store_put(n->audit->store, STORE_AUDIT_APPEND, cells, AUDIT_CELLS);
	store_then(n->audit->store, on_stored, n);
}

static bool head_row(void *owner, const struct row *row)
{
	struct audit *a = owner;
	struct str hash = row_s(row, 1);

	if (hash.len == sizeof(a->head)) {
		a->seq = (uint64_t)row_i(row, 0);
		memcpy(a->head, hash.p, sizeof(a->head));
	}
	return false;
}

int audit_open(struct audit **out, struct loop *loop, struct store *store,
	       const struct clock_ops *clock)
{
	must(out != NULL && loop != NULL && store != NULL && clock != NULL);
	AUTO(audit_close) struct audit *a = mem_new(struct audit);
	a->loop = loop;
	a->store = store;
	a->clock = clock;
	list_init(&a->waiting);
	list_init(&a->refused);
	a->retry = loop_timer_new(loop, on_retry, a);
	int rc =
		store->ops->scan(store, STORE_AUDIT_HEAD, NULL, 0, head_row, a);
	if (rc != 0)
		return rc;
	*out = TAKE(a);
	return 0;
}

void audit_close(struct audit **ap)
{
	must(ap != NULL);
	struct audit *a = TAKE(*ap);
	if (a == NULL)
		return;
	LIST_EACH_SAFE (it, &a->waiting) {
		list_remove(it);
		LIST_ITEM(it, struct audit_node, node)->audit = NULL;
	}
	LIST_EACH_SAFE (it, &a->refused) {
		list_remove(it);
		mem_free(LIST_ITEM(it, struct audit_node, node));
	}
	loop_timer_free(&a->retry);
	mem_free(a);
}

static struct str text_keep(char **at, struct str s)
{
	struct str kept = { *at, s.len };

	if (s.len > 0)
		memcpy(*at, s.p, s.len);
	*at += s.len;
	return kept;
}

void audit_put(struct audit *a, struct str tenant, struct str actor,
	       struct str action, struct str object, struct str detail)
{
	must(a != NULL && action.len > 0);
	if (detail.len > AUDIT_DETAIL_MAX)
		detail = STR_NONE;
	object = str_first(object, 256);
	struct audit_node *n = mem_zalloc(sizeof(*n) + tenant.len + actor.len +
					  action.len + object.len + detail.len);
	char *at = n->texts;
	n->audit = a;
	n->row.seq = ++a->seq;
	n->row.at_ms = clock_wall_ms(a->clock);
	n->row.tenant = text_keep(&at, tenant);
	n->row.actor = text_keep(&at, actor);
	n->row.action = text_keep(&at, action);
	n->row.object = text_keep(&at, object);
	n->row.detail = text_keep(&at, detail);
	memcpy(n->row.prev_hash, a->head, sizeof(a->head));
	audit_hash(&n->row, n->row.hash);
	memcpy(a->head, n->row.hash, sizeof(a->head));
	list_append(&a->waiting, &n->node);
	node_write(n);
}

uint64_t audit_seq(const struct audit *a)
{
	must(a != NULL);
	return a->seq;
}
