/* Questions to the SMSC, and its answers as receipts. */
#include "channels/smpp/query.h"

#include <errno.h>

#include "base/mem.h"
#include "channels/smpp/decode.h"
#include "channels/smpp/submit.h"
#include "proto/smpp_status.h"
#include "proto/smpp_time.h"
#include "proto/smpp_write.h"

struct smpp_query *smpp_query_new(uint64_t token, struct str peer_id)
{
	struct smpp_query *q = mem_new(struct smpp_query);

	list_init(&q->link);
	q->token = token;
	if (peer_id.len == 0 ||
	    str_copy(q->peer_id, sizeof(q->peer_id), peer_id) != 0)
		smpp_query_free(&q);
	return q;
}

void smpp_query_free(struct smpp_query **qp)
{
	must(qp != NULL);
	struct smpp_query *q = TAKE(*qp);
	if (q == NULL)
		return;
	list_remove(&q->link);
	mem_free(q);
}

int smpp_query_pack(const struct smpp_query *q, const struct smpp_cfg *cfg,
		    struct str from, uint32_t seq, struct buf *out)
{
	must(q != NULL && cfg != NULL && out != NULL);
	struct smpp_addr source;

	if (!smpp_submit_source(cfg, from, &source))
		return -EINVAL;
	return smpp_write_query_sm(out, seq, str_of(q->peer_id), &source);
}

/* false: the SMSC does not say. */
static bool says(const struct smpp_pdu *pdu, const struct clock_ops *clock,
		 char reason[SMPP_REASON_MAX], struct receipt *out)
{
	if (pdu == NULL || pdu->id != SMPP_QUERY_SM_RESP ||
	    pdu->status != SMPP_ROK)
		return false;
	*out = (struct receipt){
		.state = smpp_decode_state(pdu->message_state),
		.peer_status = pdu->error_code,
	};
	if (smpp_time_parse(pdu->final_date, clock_wall_ms(clock),
			    &out->done_ms) != 0)
		out->done_ms = 0;
	reason[0] = '\0';
	if (pdu->error_code != 0 && out->state != MESSAGE_DELIVERED)
		(void)snprintf(reason, SMPP_REASON_MAX, "err-%03u",
			       pdu->error_code);
	out->reason = str_of(reason);
	return true;
}

void smpp_query_end(struct smpp_query **qp, const struct smpp_pdu *pdu,
		    const struct clock_ops *clock,
		    const struct channel_events *ev, void *owner)
{
	must(qp != NULL && *qp != NULL && clock != NULL);
	must(ev != NULL && ev->answered != NULL);
	struct smpp_query *q = *qp;
	char reason[SMPP_REASON_MAX];
	struct receipt r;

	list_remove(&q->link);
	if (says(pdu, clock, reason, &r)) {
		r.peer_id = str_of(q->peer_id);
		ev->answered(owner, q->token, &r);
	} else {
		ev->answered(owner, q->token, NULL);
	}
	smpp_query_free(qp);
}
