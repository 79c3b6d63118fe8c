/* The stored form of a customer's message, and its fingerprint. */
#include "model/inbound.h"

#include <errno.h>

#include "base/secret.h"
#include "model/body.h"

/* 1: without a thread */
enum { INBOUND_LAYOUT = 2 };

void inbound_encode(const struct inbound *in, struct buf *out)
{
	must(in != NULL && out != NULL);
	buf_u8(out, INBOUND_LAYOUT);
	buf_u64(out, (uint64_t)in->at_ms);
	buf_u8(out, in->flags);
	buf_lstr(out, in->tenant);
	buf_lstr(out, in->channel);
	buf_lstr(out, in->link);
	buf_lstr(out, in->from);
	buf_lstr(out, in->to);
	buf_lstr(out, in->text);
	buf_lstr(out, in->peer_key);
	buf_lstr(out, in->claim);
	buf_lstr(out, in->thread);
}

int inbound_decode(struct str bytes, uint64_t id, struct inbound *in)
{
	struct bufr r = bufr_of(bytes.p, bytes.len);
	struct inbound v = { .id = id };

	uint8_t layout = bufr_u8(&r);

	must(in != NULL);
	if (layout == 0 || layout > INBOUND_LAYOUT)
		return -EBADMSG;
	v.at_ms = (int64_t)bufr_u64(&r);
	v.flags = bufr_u8(&r);
	v.tenant = bufr_lstr(&r);
	v.channel = bufr_lstr(&r);
	v.link = bufr_lstr(&r);
	v.from = bufr_lstr(&r);
	v.to = bufr_lstr(&r);
	v.text = bufr_lstr(&r);
	v.peer_key = bufr_lstr(&r);
	v.claim = bufr_lstr(&r);
	if (layout >= 2)
		v.thread = bufr_lstr(&r);
	if (r.bad)
		return -EBADMSG;
	v.purged = body_cleared(v.text);
	if (v.purged)
		v.text = STR_NONE;
	*in = v;
	return 0;
}

void inbound_purge(char *bytes, const struct inbound *in)
{
	must(bytes != NULL && in != NULL && !in->purged);
	body_clear(bytes, in->text);
}

uint64_t inbound_fingerprint(const struct inbound *in)
{
	uint8_t digest[32];
	struct buf b = { 0 };
	struct bufr r;

	must(in != NULL);
	buf_init(&b, BUF_NO_LIMIT);
	buf_lstr(&b, in->channel);
	if (in->peer_key.len > 0) {
		buf_lstr(&b, in->peer_key);
	} else {
		buf_lstr(&b, in->from);
		buf_lstr(&b, in->to);
		buf_lstr(&b, in->text);
	}
	secret_sha256(buf_str(&b), digest);
	buf_done(&b);
	r = bufr_of(digest, sizeof(digest));
	return bufr_u64(&r);
}
