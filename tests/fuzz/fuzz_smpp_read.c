/* Fuzzes the SMPP reader: frames of any bytes, and every view it gives. */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "channels/smpp/decode.h"
#include "proto/smpp_read.h"
#include "proto/smpp_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Touches each byte, so that the sanitizer sees a view that leaves its home. */
static unsigned touch(struct str s)
{
	unsigned sum = 0;
	for (size_t i = 0; i < s.len; i++)
		sum += (uint8_t)s.p[i];
	return sum;
}

static unsigned touch_all(const struct smpp_pdu *pdu)
{
	const struct str views[] = {
		pdu->system_id,  pdu->password,      pdu->system_type,
		pdu->range.addr, pdu->service_type,  pdu->source.addr,
		pdu->dest.addr,  pdu->schedule,      pdu->validity,
		pdu->message_id, pdu->short_message, pdu->final_date,
		smpp_text(pdu),
	};
	unsigned sum = 0;
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		sum += touch(views[i]);
	for (unsigned i = 0; i < pdu->tlvs; i++)
		sum += touch(pdu->tlv[i].value);

	struct smpp_dest d;
	size_t at = 0;
	unsigned n = 0;
	while (smpp_dest_next(pdu, &at, &d)) {
		sum += touch(d.addr.addr) + touch(d.list);
		n++;
	}
	must(n == pdu->dests);
	return sum;
}

/* What the channel makes of it. */
static void decode(const struct smpp_pdu *pdu)
{
	static struct smpp_cfg cfg = { .dlr_text = true };
	static struct smpp_decoder decoder;
	static struct buf text;
	char address[SMPP_PERSON_MAX];
	struct smpp_piece piece;
	struct receipt r;

	if (decoder.cfg == NULL) {
		smpp_decoder_init(&decoder, &cfg);
		buf_init(&text, 1 << 20);
	}
	cfg.charset = pdu->seq % 4;
	buf_reset(&text);
	if (smpp_decode_receipt(&decoder, pdu, &r) == 0)
		must(r.peer_id.len > 0);
	smpp_decode_piece(&decoder, pdu, &piece);
	must(piece.part >= 1 && piece.part <= piece.total &&
	     piece.total <= 255);
	smpp_decode_text(piece.charset, piece.bytes, &text);
	smpp_decode_address(&pdu->source, "44", true, address);
	smpp_decode_address(&pdu->dest, "", false, address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_bytes(data, size), frame;
	struct smpp_pdu pdu;
	uint32_t why;

	while (smpp_frame(rest, SMPP_PDU_MAX, &frame) == 0) {
		if (smpp_read(frame, &pdu, &why) == 0) {
			(void)touch_all(&pdu);
			decode(&pdu);
		} else {
			must(why != SMPP_ROK && smpp_status_name(why) != NULL);
		}
		rest = str_from(rest, frame.len);
	}
	/* A frame whose length is wrong is what smpp_read never sees from
	 * smpp_frame; it must stand it all the same. */
	if (smpp_read(str_bytes(data, size), &pdu, &why) == 0)
		(void)touch_all(&pdu);
	return 0;
}
