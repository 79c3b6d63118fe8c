/* Hash chains, proved link by link. */
#include "console/chain.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

#define CHAIN_PAGE 2000

struct chain {
	const struct chain_kind *kind;
	uint64_t seq; /* of the last link that held */
	uint64_t rows;
	unsigned page; /* rows of this page */
	uint8_t head[32];
	uint64_t broken_seq;
	const char *why; /* NULL: whole */
};

static bool chain_break(struct chain *ch, uint64_t seq, const char *why)
{
	ch->broken_seq = seq;
	ch->why = why;
	return false;
}

static bool show_link(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct chain *ch = r->own;
	struct chain_link l = { 0 };

	ch->page++;
	if (ch->kind->read(row, &l) != 0)
		return chain_break(ch, (uint64_t)row_i(row, 0),
				   "the row cannot be read");
	if (l.seq != ch->seq + 1)
		return chain_break(ch, ch->seq + 1, "a row is missing");
	if (memcmp(l.prev_hash, ch->head, sizeof(ch->head)) != 0)
		return chain_break(ch, l.seq,
				   "it does not follow from the row before");
	if (memcmp(l.hash, l.computed, sizeof(l.hash)) != 0)
		return chain_break(ch, l.seq, "the row was changed");
	ch->seq = l.seq;
	ch->rows++;
	memcpy(ch->head, l.hash, sizeof(ch->head));
	return true;
}

static void chain_answer(struct request *r)
{
	struct chain *ch = r->own;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kb(b, "ok", ch->why == NULL);
	json_ku(b, "rows", ch->rows);
	json_key(b, "head");
	json_hex(b, ch->head, sizeof(ch->head));
	if (ch->why != NULL) {
		json_ku(b, "seq", ch->broken_seq);
		json_kz(b, "why", ch->why);
	}
	json_close(b, '}');
	reply_send(r, 200);
}

static void chain_page(struct request *r);

static void on_page(struct request *r, int rc)
{
	struct chain *ch = r->own;

	if (rc != 0)
		reply_rc(r, rc);
	else if (ch->why != NULL || ch->page < CHAIN_PAGE)
		chain_answer(r);
	else
		chain_page(r);
}

static void chain_page(struct request *r)
{
	struct chain *ch = r->own;
	struct cell cells[3] = { CELL_N, CELL_I(ch->seq), CELL_I(CHAIN_PAGE) };
	unsigned skip = ch->kind->tenant ? 0 : 1;

	ch->page = 0;
	request_read(r, ch->kind->call, cells + skip, 3 - skip, show_link,
		     on_page);
}

void chain_verify(struct request *r, const struct chain_kind *kind)
{
	must(r != NULL && kind != NULL && r->own == NULL);
	struct chain *ch = mem_new(struct chain);
	ch->kind = kind;
	r->own = ch;
	r->own_free = mem_free;
	chain_page(r);
}
