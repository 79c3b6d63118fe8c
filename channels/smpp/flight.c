/* The adding up of one message's parts. */
#include "channels/smpp/flight.h"

#include <string.h>

#include "base/mem.h"

struct smpp_flight *smpp_flight_new(uint64_t attempt, unsigned parts,
				    uint32_t skip)
{
	must(parts >= 1 && parts <= OUTCOME_PARTS_MAX);
	struct smpp_flight *f =
		mem_zalloc(sizeof(*f) + parts * sizeof(f->id[0]));
	list_init(&f->link);
	f->attempt = attempt;
	f->parts = parts;
	f->class = OUTCOME_ACCEPTED;
	f->reason = "";
	for (unsigned i = 0; i < parts; i++) {
		if ((skip & BIT(i)) != 0)
			f->done |= BIT(i);
		else
			f->todo++;
	}
	return f;
}

void smpp_flight_free(struct smpp_flight **fp)
{
	must(fp != NULL);
	struct smpp_flight *f = TAKE(*fp);
	if (f == NULL)
		return;
	list_remove(&f->link);
	mem_free(f);
}

void smpp_flight_took(struct smpp_flight *f, unsigned part, struct str id)
{
	must(f != NULL && part < f->parts && f->todo > 0);
	must((f->done & BIT(part)) == 0);
	f->todo--;
	f->done |= BIT(part);
	/* An id we cannot keep whole would match nothing: better none. */
	if (str_copy(f->id[part], sizeof(f->id[part]), id) != 0)
		f->id[part][0] = '\0';
}

void smpp_flight_fail(struct smpp_flight *f, unsigned parts,
		      enum outcome_class class, const char *reason,
		      uint32_t status)
{
	must(f != NULL && reason != NULL && f->todo >= parts);
	f->todo -= parts;
	if (f->failed &&
	    (class != OUTCOME_UNKNOWN || f->class == OUTCOME_UNKNOWN))
		return;
	f->failed = true;
	f->class = class;
	f->reason = reason;
	f->status = status;
}

bool smpp_flight_over(const struct smpp_flight *f)
{
	must(f != NULL);
	return f->todo == 0;
}

void smpp_flight_end(struct smpp_flight **fp, const struct smpp_cfg *cfg,
		     const struct channel_events *ev, void *owner)
{
	must(fp != NULL && *fp != NULL && cfg != NULL && ev != NULL);
	struct smpp_flight *f = *fp;
	struct outcome o = {
		.class = f->class,
		.reason = str_of(f->reason),
		.peer_status = f->status,
		.sent = f->sent,
		.parts_done = f->done,
		.parts = f->parts,
		.receipt = f->class == OUTCOME_ACCEPTED && f->receipt,
		.hold_ms = f->class == OUTCOME_HOLD
				   ? (uint64_t)cfg->throttle_hold_ms
				   : 0,
	};
	for (unsigned i = 0; i < OUTCOME_PARTS_MAX; i++)
		o.peer_id[i] = i < f->parts ? str_of(f->id[i]) : STR_NONE;
	must(f->todo == 0);
	list_remove(&f->link);
	ev->ended(owner, f->attempt, &o);
	smpp_flight_free(fp);
}
