/* Rows of the setting `tlv` to TLVs of submit_sm. */
#include "channels/smpp/extras.h"

#include <errno.h>

#include "proto/smpp_write.h"

enum { EXTRA_VALUE_MAX = 255 };

/* "0x1400" or "5120". */
static int read_tag(struct str s, uint16_t *tag)
{
	uint64_t n = 0;

	if (!str_starts(s, STR("0x"))) {
		if (str_u64(s, UINT16_MAX, &n) != 0)
			return -EBADMSG;
		*tag = (uint16_t)n;
		return 0;
	}
	s = str_from(s, 2);
	if (s.len < 1 || s.len > 4)
		return -EBADMSG;
	for (size_t i = 0; i < s.len; i++) {
		unsigned c = (unsigned char)s.p[i] | 0x20u;
		if (c >= '0' && c <= '9')
			n = n << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n << 4 | (c - 'a' + 10);
		else
			return -EBADMSG;
	}
	*tag = (uint16_t)n;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int put_hex(struct str s, struct buf *out)
{
	if (s.len % 2 != 0)
		return -EBADMSG;
	for (size_t i = 0; i < s.len; i += 2) {
		int high = hex_digit(s.p[i]), low = hex_digit(s.p[i + 1]);
		if (high < 0 || low < 0)
			return -EBADMSG;
		buf_u8(out, (uint8_t)(high << 4 | low));
	}
	return 0;
}

static int put_number(struct str s, unsigned bytes, struct buf *out)
{
	uint64_t n;

	if (str_u64(s, (UINT64_C(1) << (8 * bytes)) - 1, &n) != 0)
		return -EBADMSG;
	for (unsigned i = bytes; i-- > 0;)
		buf_u8(out, (uint8_t)(n >> (8 * i)));
	return 0;
}

static int put_value(struct str kind, struct str s, struct buf *out)
{
	if (str_eqz(kind, "hex"))
		return put_hex(s, out);
	if (str_eqz(kind, "u8"))
		return put_number(s, 1, out);
	if (str_eqz(kind, "u16"))
		return put_number(s, 2, out);
	if (str_eqz(kind, "u32"))
		return put_number(s, 4, out);
	if (!str_eqz(kind, "text") && !str_eqz(kind, "cstring"))
		return -EBADMSG;
	buf_str_put(out, s);
	if (str_eqz(kind, "cstring"))
		buf_u8(out, 0);
	return 0;
}

/* Appends the value to out; *len is its length. */
static int extra_read(struct str row, struct buf *out, uint16_t *tag,
		      size_t *len)
{
	struct str number, kind;
	struct str rest = str_cut(str_trim(row), ':', &number);
	struct str value = str_cut(rest, ':', &kind);
	size_t was = out->len;

	if (rest.len == kind.len || read_tag(number, tag) != 0 ||
	    put_value(kind, value, out) != 0 ||
	    out->len - was > EXTRA_VALUE_MAX || out->full) {
		out->len = was;
		return -EBADMSG;
	}
	*len = out->len - was;
	return 0;
}

int smpp_extra_check(struct str row, struct err *err)
{
	struct buf value, pdu;
	struct smpp_tlv tlv;
	size_t len;

	buf_init(&value, 4096);
	buf_init(&pdu, 4096);
	int rc = extra_read(row, &value, &tlv.tag, &len);
	if (rc != 0) {
		rc = err_set(err, -EINVAL,
			     "write \"0x1400:hex:0a1b\" with hex, text, "
			     "cstring, u8, u16 or u32");
	} else {
		tlv.value = buf_str(&value);
		const struct smpp_sm sm = { .tlv = &tlv, .tlvs = 1 };
		rc = smpp_write_submit_sm(&pdu, 1, &sm);
		if (rc != 0)
			rc = err_set(err, -EINVAL,
				     "a value of %zu bytes does not fit this "
				     "tag",
				     len);
	}
	buf_done(&value);
	buf_done(&pdu);
	return rc;
}

void smpp_extras_init(struct smpp_extras *e, const struct setting_list *rows)
{
	must(e != NULL && rows != NULL);
	size_t at[SMPP_EXTRAS_MAX] = { 0 };

	*e = (struct smpp_extras){ .n = 0 };
	buf_init(&e->bytes, SMPP_EXTRAS_MAX * (EXTRA_VALUE_MAX + 1));
	for (size_t i = 0; i < rows->len && e->n < SMPP_EXTRAS_MAX; i++) {
		struct smpp_tlv *t = &e->tlv[e->n];
		at[e->n] = e->bytes.len;
		if (extra_read(str_of(rows->v[i]), &e->bytes, &t->tag,
			       &t->value.len) == 0)
			e->n++;
	}
	for (unsigned i = 0; i < e->n; i++) /* it stays where it is now */
		e->tlv[i].value.p = e->bytes.p + at[i];
}

void smpp_extras_done(struct smpp_extras *e)
{
	must(e != NULL);
	buf_done(&e->bytes);
}
