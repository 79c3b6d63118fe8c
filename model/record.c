/* The stored form of events and notices. */
#include "model/record.h"

#include <errno.h>

enum { EVENT_LAYOUT = 2, NOTICE_LAYOUT = 1 };

void event_encode(const struct event *e, struct buf *out)
{
	must(e != NULL && out != NULL);
	buf_u8(out, EVENT_LAYOUT);
	buf_u8(out, (uint8_t)e->kind);
	buf_u8(out, (uint8_t)e->state);
	buf_u8(out, e->flags);
	buf_u64(out, (uint64_t)e->at_ms);
	buf_varint(out, e->attempt);
	buf_lstr(out, e->link);
	buf_lstr(out, e->reason);
	buf_varint(out, e->peer_status);
	buf_varint(out, e->part);
	buf_u8(out, (uint8_t)e->said);
	buf_lstr(out, e->peer_id);
	buf_varint(out, (uint64_t)e->due_ms);
	for (unsigned i = 0; i < ARRAY_LEN(e->delay_us); i++)
		buf_varint(out, e->delay_us[i]);
	if (e->kind != EVENT_ATTEMPT)
		return;
	buf_lstr(out, e->rule_version);
	if (e->rule_version.len == 0)
		return;
	buf_u32(out, (uint32_t)e->zone_offset_s);
	buf_varint(out, e->consent_seq);
}

static void get_gate(struct bufr *r, struct event *e)
{
	e->rule_version = bufr_lstr(r);
	if (e->rule_version.len == 0)
		return;
	e->zone_offset_s = (int32_t)bufr_u32(r);
	e->consent_seq = bufr_varint(r);
}

int event_decode(struct str bytes, struct event *e)
{
	struct bufr r = bufr_of(bytes.p, bytes.len);
	struct event v = { 0 };

	must(e != NULL);
	if (bufr_u8(&r) != EVENT_LAYOUT)
		return -EBADMSG;
	v.kind = (enum event_kind)bufr_u8(&r);
	v.state = (enum message_state)bufr_u8(&r);
	v.flags = bufr_u8(&r);
	v.at_ms = (int64_t)bufr_u64(&r);
	v.attempt = (unsigned)bufr_varint(&r);
	v.link = bufr_lstr(&r);
	v.reason = bufr_lstr(&r);
	v.peer_status = (uint32_t)bufr_varint(&r);
	v.part = (unsigned)bufr_varint(&r);
	v.said = (enum message_state)bufr_u8(&r);
	v.peer_id = bufr_lstr(&r);
	v.due_ms = (int64_t)bufr_varint(&r);
	for (unsigned i = 0; i < ARRAY_LEN(v.delay_us); i++)
		v.delay_us[i] = (uint32_t)bufr_varint(&r);
	if (v.kind == EVENT_ATTEMPT)
		get_gate(&r, &v);
	if (r.bad || v.kind < EVENT_ATTEMPT || v.kind > EVENT_ANSWER ||
	    (unsigned)v.state >= MESSAGE_STATES ||
	    message_state_name(v.state) == NULL ||
	    (unsigned)v.said >= MESSAGE_STATES)
		return -EBADMSG;
	*e = v;
	return 0;
}

void notice_encode(const struct notice *n, struct buf *out)
{
	must(n != NULL && out != NULL);
	buf_u8(out, NOTICE_LAYOUT);
	buf_u64(out, (uint64_t)n->at_ms);
	buf_lstr(out, n->endpoint);
	buf_lstr(out, n->type);
	buf_lstr(out, n->tenant);
	buf_lstr(out, n->body);
	buf_varint(out, n->tries);
	buf_varint(out, (uint64_t)n->due_ms);
}

int notice_decode(struct str bytes, uint64_t id, struct notice *n)
{
	struct bufr r = bufr_of(bytes.p, bytes.len);
	struct notice v = { .id = id };

	must(n != NULL);
	if (bufr_u8(&r) != NOTICE_LAYOUT)
		return -EBADMSG;
	v.at_ms = (int64_t)bufr_u64(&r);
	v.endpoint = bufr_lstr(&r);
	v.type = bufr_lstr(&r);
	v.tenant = bufr_lstr(&r);
	v.body = bufr_lstr(&r);
	v.tries = (unsigned)bufr_varint(&r);
	v.due_ms = (int64_t)bufr_varint(&r);
	if (r.bad)
		return -EBADMSG;
	*n = v;
	return 0;
}
