/* The layout of a stored part. */
#include "daemon/esme_record.h"

#include <errno.h>

enum { PART_LAYOUT = 1 };

void part_record_put(const struct part_record *r, struct buf *out)
{
	must(r != NULL && out != NULL);
	const struct parts_head *h = &r->head;

	buf_u8(out, PART_LAYOUT);
	buf_u64(out, r->id);
	buf_lstr(out, h->account);
	buf_lstr(out, h->from);
	buf_u8(out, h->source.ton);
	buf_u8(out, h->source.npi);
	buf_lstr(out, h->source.addr);
	buf_lstr(out, h->to);
	buf_u8(out, h->dest_ton);
	buf_u8(out, h->dest_npi);
	buf_u8(out, h->plus);
	buf_u8(out, (uint8_t)h->total);
	buf_u16(out, (uint16_t)h->ref);
	buf_u8(out, h->wide);
	buf_u8(out, (uint8_t)r->number);
	buf_u8(out, (uint8_t)r->charset);
	buf_u8(out, r->registered);
	buf_u64(out, (uint64_t)r->send_at_ms);
	buf_u64(out, (uint64_t)r->valid_until_ms);
	buf_lstr(out, r->bytes);
}

static void read_head(struct bufr *in, struct parts_head *h)
{
	h->account = bufr_lstr(in);
	h->from = bufr_lstr(in);
	h->source.ton = bufr_u8(in);
	h->source.npi = bufr_u8(in);
	h->source.addr = bufr_lstr(in);
	h->to = bufr_lstr(in);
	h->dest_ton = bufr_u8(in);
	h->dest_npi = bufr_u8(in);
	h->plus = bufr_u8(in) != 0;
	h->total = bufr_u8(in);
	h->ref = bufr_u16(in);
	h->wide = bufr_u8(in) != 0;
}

int part_record_read(struct str body, struct part_record *out)
{
	must(out != NULL);
	struct bufr in = bufr_of(body.p, body.len);
	struct part_record r = { 0 };

	if (bufr_u8(&in) != PART_LAYOUT)
		return -EBADMSG;
	r.id = bufr_u64(&in);
	read_head(&in, &r.head);
	r.number = bufr_u8(&in);
	r.charset = (enum sms_charset)bufr_u8(&in);
	r.registered = bufr_u8(&in);
	r.send_at_ms = (int64_t)bufr_u64(&in);
	r.valid_until_ms = (int64_t)bufr_u64(&in);
	r.bytes = bufr_lstr(&in);
	if (in.bad || r.head.total < 2 || r.head.total > PARTS_MAX ||
	    r.number < 1 || r.number > r.head.total || r.charset > SMS_UCS2)
		return -EBADMSG;
	*out = r;
	return 0;
}
