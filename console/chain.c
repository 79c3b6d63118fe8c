/* Hash chains, proved link by link. */
#include "console/chain.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

#define CHAIN_PAGE 2000
#define CHAIN_HEADS_MAX 1000000

struct chain_head {
	uint64_t seq;
	int64_t at_ms; /* 0: given by who asks */
	uint8_t hash[32];
};

/* Where it breaks. */
struct chain_fault {
	uint64_t seq;
	const char *what; /* NULL: nowhere */
	const char *why;
	bool hashes; /* of the next two, which differ */
	uint8_t stored[32], computed[32];
	int64_t head_ms;
};

struct chain {
	const struct chain_kind *kind;
	uint64_t seq; /* of the last link that held */
	uint64_t rows;
	unsigned page; /* rows of this page */
	uint8_t last[32];
	struct chain_head *heads;
	size_t nheads, head; /* head: the next to come by */
	struct chain_fault fault;
	bool doubt; /* hash or content was changed: the next row tells */
};

static void chain_free(void *own)
{
	struct chain *ch = own;

	mem_free(ch->heads);
	mem_free(ch);
}

/* ---- faults; each ends the walk ------------------------------------------------ */

static bool chain_break(struct chain *ch, uint64_t seq, const char *what,
			const char *why)
{
	ch->fault.seq = seq;
	ch->fault.what = what;
	ch->fault.why = why;
	return false;
}

static bool chain_differ(struct chain *ch, uint64_t seq, const char *what,
			 const char *why, const uint8_t stored[32],
			 const uint8_t computed[32])
{
	ch->fault.hashes = true;
	memcpy(ch->fault.stored, stored, 32);
	memcpy(ch->fault.computed, computed, 32);
	return chain_break(ch, seq, what, why);
}

static bool same(const uint8_t a[32], const uint8_t b[32])
{
	return memcmp(a, b, 32) == 0;
}

/* It names another row before it than there is: because that name was changed,
 * or because one of the two is not the row that was written. */
static bool wrong_before(struct chain *ch, const struct row *row,
			 const struct chain_link *l)
{
	struct chain_link would = { 0 };

	if (ch->kind->read(row, ch->last, &would) == 0 &&
	    same(l->hash, would.computed))
		return chain_differ(ch, l->seq, "prev_hash",
				    "its hash of the row before was changed",
				    l->prev_hash, ch->last);
	return chain_differ(ch, l->seq, "order",
			    "it does not follow from the row before: one of "
			    "the two was written anew",
			    l->prev_hash, ch->last);
}

/* Its hash and what it says do not agree: which of them was changed? The row
 * behind it knows the hash that was. */
static bool settle_doubt(struct chain *ch, const struct chain_link *next)
{
	if (next != NULL && same(next->prev_hash, ch->fault.computed))
		return chain_break(ch, ch->fault.seq, "hash",
				   "its own hash was changed");
	return chain_break(ch, ch->fault.seq, "content",
			   "what the row says was changed");
}

static bool head_holds(struct chain *ch, const struct chain_link *l)
{
	while (ch->head < ch->nheads && ch->heads[ch->head].seq <= l->seq) {
		const struct chain_head *h = &ch->heads[ch->head++];

		if (same(h->hash, l->hash))
			continue;
		ch->fault.head_ms = h->at_ms;
		return chain_differ(ch, l->seq, "head",
				    "a head says that the ledger went "
				    "otherwise: all rows since were written "
				    "anew",
				    h->hash, l->hash);
	}
	return true;
}

/* ---- the walk ------------------------------------------------------------------ */

static bool show_link(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct chain *ch = r->own;
	struct chain_link l = { 0 };
	int rc = ch->kind->read(row, NULL, &l);

	ch->page++;
	if (ch->doubt)
		return settle_doubt(ch, rc == 0 ? &l : NULL);
	if (rc != 0)
		return chain_break(ch, (uint64_t)row_i(row, 0), "row",
				   "the row cannot be read");
	if (l.seq != ch->seq + 1)
		return chain_break(ch, ch->seq + 1, "missing",
				   "a row is missing");
	if (!same(l.prev_hash, ch->last))
		return wrong_before(ch, row, &l);
	if (!same(l.hash, l.computed)) {
		ch->doubt = true;
		IGNORE(chain_differ(ch, l.seq, NULL, NULL, l.hash, l.computed));
		return true;
	}
	ch->seq = l.seq;
	ch->rows++;
	memcpy(ch->last, l.hash, sizeof(ch->last));
	return head_holds(ch, &l);
}

/* Nothing comes after it: what was said of the end must be there. */
static void chain_end(struct chain *ch)
{
	if (ch->fault.what != NULL)
		return;
	if (ch->doubt) {
		IGNORE(settle_doubt(ch, NULL));
	} else if (ch->head < ch->nheads) {
		ch->fault.head_ms = ch->heads[ch->head].at_ms;
		IGNORE(chain_break(ch, ch->seq + 1, "tail",
				   "a head says that there was more: rows at "
				   "the end are missing"));
	}
}

static void put_fault(struct buf *b, const struct chain_fault *f)
{
	json_ku(b, "seq", f->seq);
	json_kz(b, "what", f->what);
	json_kz(b, "why", f->why);
	if (f->hashes) {
		json_key(b, "stored");
		json_hex(b, f->stored, sizeof(f->stored));
		json_key(b, "computed");
		json_hex(b, f->computed, sizeof(f->computed));
	}
	json_kt_opt(b, "head_at", f->head_ms);
}

static void chain_answer(struct request *r)
{
	struct chain *ch = r->own;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kb(b, "ok", ch->fault.what == NULL);
	json_ku(b, "rows", ch->rows);
	json_key(b, "head");
	json_hex(b, ch->last, sizeof(ch->last));
	if (ch->kind->heads)
		json_ku(b, "heads", ch->head);
	if (ch->fault.what != NULL)
		put_fault(b, &ch->fault);
	json_close(b, '}');
	reply_send(r, 200);
}

static void chain_page(struct request *r);

static void on_page(struct request *r, int rc)
{
	struct chain *ch = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
	} else if (ch->fault.what != NULL || ch->page < CHAIN_PAGE) {
		chain_end(ch);
		chain_answer(r);
	} else {
		chain_page(r);
	}
}

static void chain_page(struct request *r)
{
	struct chain *ch = r->own;
	uint64_t after = ch->doubt ? ch->fault.seq : ch->seq;
	struct cell cells[3] = { CELL_N, CELL_I(after), CELL_I(CHAIN_PAGE) };
	unsigned skip = ch->kind->tenant ? 0 : 1;

	ch->page = 0;
	request_read(r, ch->kind->call, cells + skip, 3 - skip, show_link,
		     on_page);
}

/* ---- heads ---------------------------------------------------------------------- */

/* In order of seq. */
static void head_add(struct chain *ch, const struct chain_head *h)
{
	size_t at = ch->nheads;

	if ((ch->nheads & (ch->nheads - 1)) == 0)
		ch->heads = mem_resize(ch->heads, MAX(ch->nheads * 2, 16) *
							  sizeof(*ch->heads));
	for (; at > 0 && ch->heads[at - 1].seq > h->seq; at--)
		ch->heads[at] = ch->heads[at - 1];
	ch->heads[at] = *h;
	ch->nheads++;
}

static bool show_head(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct chain *ch = r->own;
	struct chain_head h = { .seq = (uint64_t)row_i(row, 0),
				.at_ms = row_i(row, 1) };
	struct str hash = row_s(row, 2);

	/* one that cannot be read agrees with nothing */
	if (hash.len == sizeof(h.hash))
		memcpy(h.hash, hash.p, sizeof(h.hash));
	head_add(ch, &h);
	return true;
}

static void on_heads(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		chain_page(r);
}

static struct chain *chain_new(struct request *r, const struct chain_kind *kind)
{
	must(r != NULL && kind != NULL && r->own == NULL);
	struct chain *ch = mem_new(struct chain);
	ch->kind = kind;
	r->own = ch;
	r->own_free = chain_free;
	return ch;
}

static void chain_begin(struct request *r)
{
	struct chain *ch = r->own;
	struct cell cells[] = { CELL_I(0), CELL_I(CHAIN_HEADS_MAX) };

	if (ch->kind->heads)
		request_read(r, STORE_LEDGER_HEAD_LIST, cells, ARRAY_LEN(cells),
			     show_head, on_heads);
	else
		chain_page(r);
}

void chain_verify(struct request *r, const struct chain_kind *kind)
{
	(void)chain_new(r, kind);
	chain_begin(r);
}

void chain_verify_head(struct request *r, const struct chain_kind *kind,
		       uint64_t seq, const uint8_t hash[32])
{
	struct chain_head h = { .seq = seq };

	must(hash != NULL);
	memcpy(h.hash, hash, sizeof(h.hash));
	head_add(chain_new(r, kind), &h);
	chain_begin(r);
}
