/* Sets of parts by account, addresses and reference; their records are
 * notices to nobody, which only this room reads. */
#include "daemon/esme_parts.h"

#include <errno.h>
#include <string.h>

#include "base/heap.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/stats.h"
#include "model/record.h"

enum {
	PARTS_AGAIN_MS = 1000,
	PARTS_SCAN_ROWS = 1000,
};
#define PARTS_BYTES_MAX ((size_t)16 << 20) /* of one account */
#define PARTS_ALL_BYTES_MAX ((size_t)256 << 20)

struct part {
	uint64_t record; /* id of its notice; 0: has not come */
	bool durable;
	enum sms_charset charset;
	uint8_t registered;
	int64_t send_at_ms, valid_until_ms;
	struct str bytes; /* ours */
};

/* How much of the room one account takes. */
struct share {
	char *account;
	size_t sets, bytes;
};

struct set {
	struct heap_node due;
	struct parts *parts;
	struct share *share;
	uint64_t id;
	char *key;
	struct parts_head head; /* views into `key` and `more` */
	struct buf more;
	unsigned have; /* durable ones */
	bool over;     /* whole or given up: no more parts are taken */
	bool waits;    /* its end waits for the store */
	struct part part[PARTS_MAX];
};

struct parts {
	struct parts_env env;
	struct parts_limits limits;
	char *endpoint;    /* of the records */
	struct dict *open; /* by key: those that take parts */
	struct map *by_id; /* all */
	struct dict *shares;
	size_t bytes; /* of all */
	struct heap clock;
	struct loop_timer *timer;
	bool stopped;
	struct stat *s_sets, *s_lost;
};

/* A part whose commit is awaited. */
struct arrival {
	struct parts *parts;
	uint64_t set, record;
	unsigned part;
	void (*done)(void *by, int rc);
	void *by;
};

/* ---- records -------------------------------------------------------------- */

static void append_part(struct set *s, unsigned number)
{
	const struct parts_env *env = &s->parts->env;
	const struct part *p = &s->part[number - 1];
	const struct part_record r = {
		.id = s->id,
		.head = s->head,
		.number = number,
		.charset = p->charset,
		.registered = p->registered,
		.send_at_ms = p->send_at_ms,
		.valid_until_ms = p->valid_until_ms,
		.bytes = p->bytes,
	};
	struct notice n = {
		.id = p->record,
		.endpoint = str_of(s->parts->endpoint),
		.type = STR("esme.part"),
		.tenant = STR_NONE,
		.at_ms = clock_wall_ms(env->clock),
	};
	struct buf body, record;

	buf_init(&body, BUF_NO_LIMIT);
	buf_init(&record, BUF_NO_LIMIT);
	part_record_put(&r, &body);
	n.body = buf_str(&body);
	notice_encode(&n, &record);
	store_append(env->store, RECORD_NOTICE, n.id, buf_str(&record));
	buf_done(&record);
	buf_done(&body);
}

static void append_end(struct parts *p, uint64_t record)
{
	store_append(p->env.store, RECORD_NOTICE_END, record, STR("joined"));
}

/* ---- sets ----------------------------------------------------------------- */

static uint64_t now_ms(const struct parts *p)
{
	return clock_mono_ms(p->env.clock);
}

static struct share *share_of(struct parts *p, struct str account)
{
	struct share *s = dict_get(p->shares, account);

	if (s != NULL)
		return s;
	s = mem_new(struct share);
	s->account = str_z(account);
	(void)dict_set(p->shares, account, s);
	return s;
}

/* What makes parts one message. */
static void put_key(struct buf *out, const struct parts_head *h)
{
	buf_f(out, "%.*s\n%.*s\n%.*s\n%u/%u%c", STR_ARGS(h->account),
	      STR_ARGS(h->from), STR_ARGS(h->to), h->ref, h->total,
	      h->wide ? 'w' : 'n');
}

static struct str keep(struct buf *b, struct str s)
{
	size_t at = b->len;

	buf_str_put(b, s);
	return str_bytes(b->p + at, s.len);
}

static struct set *set_new(struct parts *p, const struct parts_head *h,
			   struct str key, uint64_t id)
{
	struct set *s = mem_new(struct set);
	size_t room = h->account.len + h->from.len + h->source.addr.len +
		      h->to.len + 1;

	s->parts = p;
	s->id = id;
	s->key = str_z(key);
	s->share = share_of(p, h->account);
	s->share->sets++;
	heap_node_init(&s->due);
	buf_init(&s->more, BUF_NO_LIMIT);
	(void)buf_room(&s->more, room); /* so that the views stay */
	s->head = *h;
	s->head.account = keep(&s->more, h->account);
	s->head.from = keep(&s->more, h->from);
	s->head.source.addr = keep(&s->more, h->source.addr);
	s->head.to = keep(&s->more, h->to);
	(void)dict_set(p->open, key, s);
	map_set_ptr(p->by_id, id, s);
	stat_set(p->s_sets, (int64_t)map_len(p->by_id));
	return s;
}

static void part_clear(struct set *s, struct part *part)
{
	if (part->bytes.len > 0)
		mem_free((void *)(uintptr_t)part->bytes.p);
	s->share->bytes -= part->bytes.len;
	s->parts->bytes -= part->bytes.len;
	if (part->durable)
		s->have--;
	*part = (struct part){ .bytes = STR_NONE };
}

static void set_free(struct set *s)
{
	struct parts *p = s->parts;

	heap_remove(&p->clock, &s->due);
	if (dict_get(p->open, str_of(s->key)) == s)
		(void)dict_del(p->open, str_of(s->key));
	(void)map_del(p->by_id, s->id, NULL);
	stat_set(p->s_sets, (int64_t)map_len(p->by_id));
	for (unsigned i = 0; i < s->head.total; i++)
		part_clear(s, &s->part[i]);
	s->share->sets--;
	buf_done(&s->more);
	mem_free(s->key);
	mem_free(s);
}

static void wait_for(struct set *s, uint64_t ms)
{
	struct parts *p = s->parts;

	heap_put(&p->clock, &s->due, now_ms(p) + ms);
	struct heap_node *n = heap_first(&p->clock);
	if (!p->stopped)
		loop_timer_set(p->timer, n->key - MIN(n->key, now_ms(p)) + 1);
}

/* ---- the end of a set ----------------------------------------------------- */

/* Runs of one charset are decoded as one, so that what a careless sender cut
 * in two (an escape pair, a surrogate pair) is whole again. */
static void put_text(const struct set *s, struct buf *out)
{
	struct buf run;
	unsigned i = 0;

	buf_init(&run, BUF_NO_LIMIT);
	while (i < s->head.total) {
		enum sms_charset charset = s->part[i].charset;

		buf_reset(&run);
		for (; i < s->head.total && (s->part[i].record == 0 ||
					     s->part[i].charset == charset);
		     i++)
			buf_str_put(&run, s->part[i].bytes);
		smpp_decode_text(charset, buf_str(&run), out);
	}
	buf_done(&run);
}

static void sum_up(const struct set *s, struct parts_whole *w)
{
	for (unsigned i = 0; i < s->head.total; i++) {
		const struct part *p = &s->part[i];
		unsigned dlr = p->registered & 3u;

		if (p->record == 0)
			continue;
		if (dlr != 0)
			w->asked |= BIT(i);
		if (w->dlr == 0 || dlr == 1)
			w->dlr = dlr;
		if (w->send_at_ms == 0)
			w->send_at_ms = p->send_at_ms;
		if (w->valid_until_ms == 0)
			w->valid_until_ms = p->valid_until_ms;
	}
}

static void on_ended(void *owner, int rc)
{
	struct set *s = owner;

	s->waits = false;
	if (rc == 0)
		set_free(s);
	else
		wait_for(s, PARTS_AGAIN_MS); /* none of it was stored */
}

/* Shows it, and strikes its parts off in the same commit. */
static void finish(struct set *s)
{
	struct parts *p = s->parts;
	struct parts_whole w = { .id = s->id,
				 .head = s->head,
				 .have = s->have };
	struct buf text;

	heap_remove(&p->clock, &s->due);
	if (!s->over && dict_get(p->open, str_of(s->key)) == s)
		(void)dict_del(p->open, str_of(s->key));
	s->over = true;
	buf_init(&text, BUF_NO_LIMIT);
	put_text(s, &text);
	w.text = buf_str(&text);
	sum_up(s, &w);
	int rc = p->env.whole(p->env.owner, &w);
	buf_done(&text);
	if (rc != 0) {
		wait_for(s, PARTS_AGAIN_MS);
		return;
	}
	if (w.have < w.head.total)
		stat_add(p->s_lost, 1);
	for (unsigned i = 0; i < s->head.total; i++)
		if (s->part[i].record != 0)
			append_end(p, s->part[i].record);
	s->waits = true;
	store_then(p->env.store, on_ended, s);
}

static void on_due(void *owner)
{
	struct parts *p = owner;
	struct heap_node *n;

	while (!p->stopped && (n = heap_first(&p->clock)) != NULL) {
		if (n->key > now_ms(p)) {
			loop_timer_set(p->timer, n->key - now_ms(p) + 1);
			return;
		}
		finish(CONTAINER_OF(n, struct set, due));
	}
}

/* ---- taking parts --------------------------------------------------------- */

static void arrived(struct set *s, struct part *part)
{
	part->durable = true;
	s->have++;
	if (s->have == s->head.total && !s->over && !s->parts->stopped)
		finish(s);
}

static void on_stored(void *owner, int rc)
{
	struct arrival *a = owner;
	struct set *s = map_ptr(a->parts->by_id, a->set);
	struct part *part = s == NULL ? NULL : &s->part[a->part - 1];

	/* it may have been replaced, or its set given up, meanwhile */
	a->done(a->by, rc);
	if (part != NULL && part->record == a->record) {
		if (rc == 0)
			arrived(s, part);
		else
			part_clear(s, part);
	}
	mem_free(a);
}

static struct set *set_for(struct parts *p, const struct parts_head *head,
			   size_t bytes)
{
	const struct share *share = share_of(p, head->account);
	struct buf key;

	if (share->bytes + bytes > PARTS_BYTES_MAX ||
	    p->bytes + bytes > PARTS_ALL_BYTES_MAX)
		return NULL;
	buf_init(&key, BUF_NO_LIMIT);
	put_key(&key, head);
	struct set *s = dict_get(p->open, buf_str(&key));
	if (s == NULL && share->sets < p->limits.sets)
		s = set_new(p, head, buf_str(&key),
			    p->env.new_id(p->env.owner));
	buf_done(&key);
	return s;
}

static void learn(struct set *s, unsigned number, const struct part *from)
{
	struct part *part = &s->part[number - 1];

	part_clear(s, part);
	*part = *from;
	part->bytes =
		from->bytes.len == 0
			? STR_NONE
			: str_bytes(mem_dup(from->bytes.p, from->bytes.len),
				    from->bytes.len);
	s->share->bytes += from->bytes.len;
	s->parts->bytes += from->bytes.len;
	if (part->durable)
		s->have++;
	wait_for(s, s->parts->limits.wait_ms);
}

int parts_put(struct parts *p, const struct parts_head *head,
	      const struct smpp_piece *piece, uint8_t registered,
	      int64_t send_at_ms, int64_t valid_until_ms,
	      void (*done)(void *by, int rc), void *by, uint64_t *id)
{
	must(p != NULL && head != NULL && piece != NULL && done != NULL);
	must(head->total >= 2 && head->total <= PARTS_MAX);
	must(piece->part >= 1 && piece->part <= head->total && id != NULL);
	struct set *s = p->stopped ? NULL : set_for(p, head, piece->bytes.len);
	struct arrival *a;

	if (s == NULL)
		return -ENOSPC;
	/* sent once more: what it was before is of no use */
	if (s->part[piece->part - 1].record != 0)
		append_end(p, s->part[piece->part - 1].record);
	learn(s, piece->part,
	      &(struct part){ .record = p->env.new_id(p->env.owner),
			      .charset = piece->charset,
			      .registered = registered,
			      .send_at_ms = send_at_ms,
			      .valid_until_ms = valid_until_ms,
			      .bytes = piece->bytes });
	append_part(s, piece->part);
	a = mem_new(struct arrival);
	*a = (struct arrival){
		p, s->id, s->part[piece->part - 1].record, piece->part, done, by
	};
	store_then(p->env.store, on_stored, a);
	*id = s->id;
	return 0;
}

bool parts_has(const struct parts *p, struct str account, uint64_t id)
{
	must(p != NULL);
	const struct set *s = map_ptr(p->by_id, id);

	return s != NULL && str_eq(s->head.account, account);
}

size_t parts_len(const struct parts *p)
{
	must(p != NULL);
	return map_len(p->by_id);
}

/* ---- opening and closing -------------------------------------------------- */

struct scan {
	struct parts *parts;
	uint64_t last;
	unsigned rows, bad;
};

/* A part of before; twice the same number: the later one counts. */
static void recover(struct parts *p, const struct part_record *r,
		    uint64_t record)
{
	struct set *s = map_ptr(p->by_id, r->id);
	const struct part part = {
		.record = record,
		.durable = true,
		.charset = r->charset,
		.registered = r->registered,
		.send_at_ms = r->send_at_ms,
		.valid_until_ms = r->valid_until_ms,
		.bytes = r->bytes,
	};
	struct buf key;

	if (s == NULL) {
		buf_init(&key, BUF_NO_LIMIT);
		put_key(&key, &r->head);
		s = set_new(p, &r->head, buf_str(&key), r->id);
		buf_done(&key);
	}
	if (r->head.total != s->head.total)
		return;
	if (s->part[r->number - 1].record != 0)
		append_end(p, s->part[r->number - 1].record);
	learn(s, r->number, &part);
}

static bool on_row(void *owner, const struct row *row)
{
	struct scan *scan = owner;
	struct part_record r;
	struct notice n;

	scan->rows++;
	scan->last = (uint64_t)row_i(row, 0);
	if (notice_decode(row_s(row, 1), scan->last, &n) != 0 ||
	    !str_eqz(n.endpoint, scan->parts->endpoint))
		return true;
	if (part_record_read(n.body, &r) == 0)
		recover(scan->parts, &r, n.id);
	else
		scan->bad++;
	return true;
}

static int scan_all(struct parts *p, struct err *err)
{
	struct scan scan = { .parts = p };
	struct store *store = p->env.store;

	do {
		struct cell args[] = { CELL_I(scan.last),
				       CELL_I(PARTS_SCAN_ROWS) };

		scan.rows = 0;
		if (store->ops->scan(store, STORE_NOTICE_SCAN, args,
				     ARRAY_LEN(args), on_row, &scan) != 0)
			return err_set(err, -EIO,
				       "the store cannot be read: notices");
	} while (scan.rows == PARTS_SCAN_ROWS);
	if (scan.bad > 0)
		log_error("esme.parts_unreadable", KV_U("records", scan.bad));
	if (parts_len(p) > 0)
		log_info("esme.parts_recovered", KV_S("server", p->env.name),
			 KV_U("messages", parts_len(p)));
	return 0;
}

/* Those that are whole already: their commit did not come to pass. */
static void resume(struct parts *p)
{
	uint64_t id, value;
	size_t pos = 0;

	while (map_next(p->by_id, &pos, &id, &value)) {
		struct set *s = (struct set *)(uintptr_t)value;

		if (s->have == s->head.total)
			wait_for(s, 0);
	}
}

int parts_open(struct parts **out, const struct parts_env *env,
	       const struct parts_limits *limits, struct err *err)
{
	must(out != NULL && env != NULL && limits != NULL);
	must(env->whole != NULL && env->new_id != NULL);
	AUTO(parts_close) struct parts *p = mem_new(struct parts);
	struct buf b;

	p->env = *env;
	p->limits = *limits;
	p->open = dict_new();
	p->shares = dict_new();
	p->by_id = map_new();
	heap_init(&p->clock);
	p->timer = loop_timer_new(env->loop, on_due, p);
	buf_init(&b, 512);
	buf_f(&b, "server=\"%s\"", env->name);
	p->s_sets = stats_get(STAT_GAUGE, "esme_messages_incomplete",
			      "Long messages of ESMEs that lack parts.", b.p);
	p->s_lost = stats_get(STAT_COUNTER, "esme_messages_incomplete_total",
			      "Long messages given up for lack of parts.", b.p);
	buf_reset(&b);
	/* no account can have this name */
	buf_f(&b, "%s/:parts", env->name);
	p->endpoint = buf_take(&b);
	buf_done(&b);
	int rc = scan_all(p, err);
	if (rc != 0)
		return rc;
	resume(p);
	*out = TAKE(p);
	return 0;
}

void parts_limit(struct parts *p, const struct parts_limits *limits)
{
	must(p != NULL && limits != NULL);
	p->limits = *limits;
}

void parts_stop(struct parts *p)
{
	must(p != NULL);
	p->stopped = true;
	loop_timer_stop(p->timer);
}

void parts_close(struct parts **pp)
{
	must(pp != NULL);
	struct parts *p = TAKE(*pp);
	uint64_t id, value;
	struct str key;
	void *share;

	if (p == NULL)
		return;
	for (size_t pos = 0; map_next(p->by_id, &pos, &id, &value); pos = 0)
		set_free((struct set *)(uintptr_t)value);
	for (size_t pos = 0; dict_next(p->shares, &pos, &key, &share);) {
		mem_free(((struct share *)share)->account);
		mem_free(share);
	}
	dict_free(&p->shares);
	dict_free(&p->open);
	map_free(&p->by_id);
	heap_done(&p->clock);
	loop_timer_free(&p->timer);
	mem_free(p->endpoint);
	mem_free(p);
}
