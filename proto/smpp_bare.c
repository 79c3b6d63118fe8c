/* The PDUs that libsmpp34 cannot write as carriers need them: binds with long
 * passwords, links, nacks, and responses with any status. */
#include "proto/smpp_write.h"

#include <errno.h>

/* Starts a PDU that will be `len` bytes long; -ENOSPC leaves out alone. */
static int head(struct buf *out, size_t len, uint32_t command, uint32_t status,
		uint32_t seq)
{
	if (out->full || out->limit - out->len < len)
		return -ENOSPC;
	buf_u32(out, (uint32_t)len);
	buf_u32(out, command);
	buf_u32(out, status);
	buf_u32(out, seq);
	return 0;
}

static void put_z(struct buf *out, struct str s)
{
	buf_str_put(out, s);
	buf_u8(out, 0);
}

static bool fits(struct str s, size_t max)
{
	return s.len <= max && (s.len == 0 || str_find(s, '\0') == s.len);
}

int smpp_write_head(struct buf *out, uint32_t command, uint32_t status,
		    uint32_t seq)
{
	must(out != NULL);
	return head(out, SMPP_HEAD_SIZE, command, status, seq);
}

int smpp_write_resp(struct buf *out, uint32_t command, uint32_t status,
		    uint32_t seq, struct str message_id)
{
	must(out != NULL && (command & SMPP_RESP) != 0);
	if (!fits(message_id, SMPP_MESSAGE_ID_MAX))
		return -EINVAL;
	int rc = head(out, SMPP_HEAD_SIZE + message_id.len + 1, command, status,
		      seq);
	if (rc == 0)
		put_z(out, message_id);
	return rc;
}

int smpp_write_bind(struct buf *out, uint32_t command, uint32_t seq,
		    const struct smpp_bind *b)
{
	must(out != NULL && b != NULL);
	if (!fits(b->system_id, SMPP_SYSTEM_ID_MAX) ||
	    !fits(b->password, SMPP_PASSWORD_MAX) ||
	    !fits(b->system_type, SMPP_SYSTEM_TYPE_MAX) ||
	    !fits(b->range.addr, SMPP_ADDRESS_RANGE_MAX))
		return -EINVAL;
	size_t len = SMPP_HEAD_SIZE + b->system_id.len + b->password.len + 2;
	bool outbind = command == SMPP_OUTBIND;
	if (!outbind)
		len += b->system_type.len + b->range.addr.len + 5;

	int rc = head(out, len, command, 0, seq);
	if (rc != 0)
		return rc;
	put_z(out, b->system_id);
	put_z(out, b->password);
	if (outbind)
		return 0;
	put_z(out, b->system_type);
	buf_u8(out, b->interface_version);
	buf_u8(out, b->range.ton);
	buf_u8(out, b->range.npi);
	put_z(out, b->range.addr);
	return 0;
}

int smpp_write_bind_resp(struct buf *out, uint32_t command, uint32_t status,
			 uint32_t seq, struct str system_id, int version)
{
	must(out != NULL && (command & SMPP_RESP) != 0);
	if (!fits(system_id, SMPP_SYSTEM_ID_MAX) || version > 0xFF)
		return -EINVAL;
	if (status != 0)
		return head(out, SMPP_HEAD_SIZE, command, status, seq);
	size_t tlv = version < 0 ? 0 : 5;
	int rc = head(out, SMPP_HEAD_SIZE + system_id.len + 1 + tlv, command,
		      status, seq);
	if (rc != 0)
		return rc;
	put_z(out, system_id);
	if (version >= 0) {
		buf_u16(out, SMPP_TLV_SC_INTERFACE_VERSION);
		buf_u16(out, 1);
		buf_u8(out, (uint8_t)version);
	}
	return 0;
}

int smpp_write_query_resp(struct buf *out, uint32_t seq, struct str message_id,
			  struct str final_date, uint8_t state,
			  uint8_t error_code)
{
	must(out != NULL);
	if (!fits(message_id, SMPP_MESSAGE_ID_MAX) || !fits(final_date, 16))
		return -EINVAL;
	int rc = head(out, SMPP_HEAD_SIZE + message_id.len + final_date.len + 4,
		      SMPP_QUERY_SM_RESP, 0, seq);
	if (rc != 0)
		return rc;
	put_z(out, message_id);
	put_z(out, final_date);
	buf_u8(out, state);
	buf_u8(out, error_code);
	return 0;
}

int smpp_write_multi_resp(struct buf *out, uint32_t seq, struct str message_id,
			  const struct smpp_dest *refused, unsigned n)
{
	must(out != NULL && (refused != NULL || n == 0));
	if (!fits(message_id, SMPP_MESSAGE_ID_MAX) || n > 255)
		return -EINVAL;
	size_t len = SMPP_HEAD_SIZE + message_id.len + 2;
	for (unsigned i = 0; i < n; i++) {
		if (!fits(refused[i].addr.addr, SMPP_ADDRESS_MAX))
			return -EINVAL;
		len += refused[i].addr.addr.len + 7;
	}
	int rc = head(out, len, SMPP_SUBMIT_MULTI_RESP, 0, seq);
	if (rc != 0)
		return rc;
	put_z(out, message_id);
	buf_u8(out, (uint8_t)n);
	for (unsigned i = 0; i < n; i++) {
		buf_u8(out, refused[i].addr.ton);
		buf_u8(out, refused[i].addr.npi);
		put_z(out, refused[i].addr.addr);
		buf_u32(out, refused[i].status);
	}
	return 0;
}
