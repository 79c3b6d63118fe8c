/* What both sides of a replay share: counts, times, kinds of PDUs. */
#include "cli/replay.h"
#include "proto/smpp.h"

struct replay_count *replay_count_of(struct replay *r, uint32_t command)
{
	must(r != NULL);
	for (unsigned i = 0; i < r->ncounts; i++) {
		if (r->counts[i].command == command)
			return &r->counts[i];
	}
	/* the rest is counted with the last */
	if (r->ncounts == REPLAY_COMMANDS)
		return &r->counts[REPLAY_COMMANDS - 1];
	r->counts[r->ncounts].command = command;
	return &r->counts[r->ncounts++];
}

void replay_end(struct replay *r, const char *failed)
{
	must(r != NULL);
	if (r->failed == NULL)
		r->failed = failed;
	loop_stop(r->loop);
}

uint64_t replay_due_ms(const struct replay *r, size_t item)
{
	const struct recording *rec = r->recording;
	int64_t us;

	must(item < rec->n);
	us = rec->v[item].t_us - rec->v[0].t_us;
	if (r->cfg.speed <= 0 || us <= 0)
		return 0;
	return (uint64_t)((double)us / 1000.0 / r->cfg.speed);
}

bool replay_is_request(uint32_t command)
{
	return (command & SMPP_RESP) == 0 && command != 0 &&
	       command != SMPP_OUTBIND && command != SMPP_ALERT_NOTIFICATION;
}

struct smpp_head replay_head(const struct recording_item *item)
{
	struct smpp_head h = { 0 };

	must(item != NULL);
	IGNORE(smpp_read_head(item->pdu, &h));
	return h;
}

bool replay_is_bind(uint32_t command)
{
	return command == SMPP_BIND_TRANSCEIVER ||
	       command == SMPP_BIND_TRANSMITTER ||
	       command == SMPP_BIND_RECEIVER;
}

enum recording_kind replay_esme_way(const struct recording *rec)
{
	must(rec != NULL);
	for (size_t i = 0; i < rec->n; i++) {
		if (replay_is_bind(replay_head(&rec->v[i]).id))
			return rec->v[i].kind;
	}
	return RECORDING_OUT;
}
