/* When a head is due, and where it goes. */
#include "gateway/heads.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "gateway/publish.h"
#include "proto/json.h"

struct heads {
	struct core *core;
	uint64_t seq; /* of the newest */
	int64_t at_ms;
};

struct heads *heads_new(struct core *core)
{
	struct heads *h = mem_new(struct heads);

	must(core != NULL);
	h->core = core;
	return h;
}

void heads_free(struct heads **hp)
{
	mem_free(*hp);
	*hp = NULL;
}

void heads_recover(struct heads *h, const struct row *row, uint64_t seq,
		   const uint8_t hash[32])
{
	struct str kept = row_s(row, 2);
	bool other;

	must(h != NULL);
	h->seq = (uint64_t)row_i(row, 0);
	h->at_ms = row_i(row, 1);
	other = h->seq == seq && !str_eq(kept, str_bytes(hash, 32));
	if (h->seq > seq || other)
		log_error("ledger.cut", KV_U("head", h->seq), KV_U("seq", seq));
}

static void tell(struct heads *h, uint64_t seq, const uint8_t hash[32],
		 int64_t at_ms)
{
	struct buf data = { 0 }, hex = { 0 };

	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&hex, BUF_NO_LIMIT);
	secret_hex(hash, 32, &hex);
	log_info("ledger.head", KV_U("seq", seq),
		 KV_STR("hash", buf_str(&hex)));
	json_open(&data, '{');
	json_ku(&data, "seq", seq);
	json_ks(&data, "hash", buf_str(&hex));
	json_kt(&data, "at", at_ms);
	json_close(&data, '}');
	/* it is the whole node's */
	if (publish_wanted(h->core->publish, STR("*"), "ledger.head", STR_NONE))
		publish_event(h->core->publish, STR("*"), "ledger.head",
			      STR_NONE, buf_str(&data), buf_str(&data));
	buf_done(&hex);
	buf_done(&data);
}

void heads_note(struct heads *h, uint64_t seq, const uint8_t hash[32],
		bool always)
{
	int64_t now_ms;

	must(h != NULL && hash != NULL);
	now_ms = core_wall_ms(h->core);
	if (seq == 0 || seq == h->seq ||
	    (!always && seq - h->seq < HEADS_EVENTS &&
	     now_ms - h->at_ms < h->core->cfg->ledger_head))
		return;
	h->seq = seq;
	h->at_ms = now_ms;
	struct cell cells[] = { CELL_I(seq), CELL_I(now_ms),
				CELL_B(str_bytes(hash, 32)) };
	store_put(h->core->store, STORE_LEDGER_HEAD_PUT, cells,
		  ARRAY_LEN(cells));
	tell(h, seq, hash, now_ms);
}
