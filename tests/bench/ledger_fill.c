/*
 * Writes a ledger of n events, chained as the gateway chains them, into the
 * store of a node that is down: a person in ten is asked, half of them
 * withdraw later.
 *
 *   ledger_fill DIRECTORY N
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/mem.h"
#include "model/consent.h"
#include "store/engine.h"

#define BATCH 20000

struct fill {
	struct loop *loop;
	struct store *store;
	bool done;
	uint8_t last[32];
};

static void on_stored(void *owner, int rc)
{
	struct fill *f = owner;

	must(rc == 0);
	f->done = true;
}

static void commit(struct fill *f)
{
	f->done = false;
	store_then(f->store, on_stored, f);
	while (!f->done)
		loop_turn(f->loop, true);
}

static void append(struct fill *f, uint64_t seq)
{
	char address[24], evidence[48];
	struct cell cells[CONSENT_CELLS];
	struct consent_event e = {
		.seq = seq,
		.tenant = STR("default"),
		.channel = STR("sms"),
		.purpose = STR("marketing"),
		.type = seq % 3 == 0 ? CONSENT_WITHDRAW : CONSENT_GRANT,
		.at_ms = (int64_t)1760000000000 + (int64_t)seq,
		.source = STR("web"),
		.actor = STR("shop"),
		.wording = STR("sms-news@7"),
		.wording_sha256 = STR("9f86d081884c7d659a2feaa0c55ad015"
				      "a3bf4f1b2b0b822cd15d6c15b0f00a08"),
	};

	snprintf(address, sizeof(address), "+99900%08llu",
		 (unsigned long long)(seq % 500000));
	snprintf(evidence, sizeof(evidence), "https://forms.example/%llu",
		 (unsigned long long)seq);
	e.address = str_of(address);
	e.evidence = str_of(evidence);
	memcpy(e.prev_hash, f->last, sizeof(e.prev_hash));
	consent_hash(&e, e.hash);
	memcpy(f->last, e.hash, sizeof(f->last));
	consent_cells(&e, cells);
	store_put(f->store, STORE_CONSENT_APPEND, cells, CONSENT_CELLS);
}

int main(int argc, char **argv)
{
	struct fill f = { 0 };
	struct err err = { "" };
	uint64_t n;

	if (argc != 3 || str_u64(str_of(argv[2]), 100000000, &n) != 0) {
		fprintf(stderr, "ledger_fill DIRECTORY N\n");
		return 2;
	}
	const struct store_cfg cfg = { .url = "sqlite:carillon.db",
				       .dir = argv[1] };
	must(loop_open(&f.loop, NULL) == 0);
	if (store_open(&f.store, f.loop, &cfg, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (uint64_t seq = 1; seq <= n; seq++) {
		append(&f, seq);
		if (seq % BATCH == 0 || seq == n)
			commit(&f);
	}
	store_close(&f.store);
	loop_close(&f.loop);
	return 0;
}
