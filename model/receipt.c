/* The stored form of receipts that match nothing. */
#include "model/receipt.h"

#include <errno.h>

void stray_encode(const struct stray *s, struct buf *out)
{
	must(s != NULL && out != NULL);
	buf_u64(out, (uint64_t)s->at_ms);
	buf_u8(out, (uint8_t)s->state);
	buf_u32(out, s->peer_status);
	buf_lstr(out, s->link);
	buf_lstr(out, s->peer_id);
	buf_lstr(out, s->reason);
}

int stray_decode(struct str bytes, struct stray *s)
{
	struct bufr r = bufr_of(bytes.p, bytes.len);
	struct stray v = { .at_ms = (int64_t)bufr_u64(&r) };

	must(s != NULL);
	v.state = (enum message_state)bufr_u8(&r);
	v.peer_status = bufr_u32(&r);
	v.link = bufr_lstr(&r);
	v.peer_id = bufr_lstr(&r);
	v.reason = bufr_lstr(&r);
	if (r.bad || (unsigned)v.state >= MESSAGE_STATES ||
	    message_state_name(v.state) == NULL)
		return -EBADMSG;
	*s = v;
	return 0;
}
