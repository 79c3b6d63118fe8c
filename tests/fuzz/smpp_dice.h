/* PDUs as the specification would write them, out of any bytes: for the
 * oracle. A kind's put_ function writes what comes behind the header. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { DESTS_MAX = 4 };

struct dice {
	const uint8_t *p;
	size_t left;
};

static uint8_t roll(struct dice *d)
{
	if (d->left == 0)
		return 0;
	d->left--;
	return *d->p++;
}

static void put_u8(struct buf *b, unsigned v)
{
	buf_u8(b, (uint8_t)v);
}

static void put_u16(struct buf *b, unsigned v)
{
	put_u8(b, v >> 8);
	put_u8(b, v & 0xff);
}

static void put_u32(struct buf *b, uint32_t v)
{
	put_u16(b, v >> 16);
	put_u16(b, v & 0xffff);
}

/* A C-octet string of up to max characters. */
static void put_text(struct buf *b, struct dice *d, unsigned max)
{
	unsigned n = roll(d) % (max + 1);

	for (unsigned i = 0; i < n; i++)
		put_u8(b, 1 + roll(d) % 127);
	put_u8(b, 0);
}

static void put_address(struct buf *b, struct dice *d, unsigned max)
{
	static const uint8_t npis[] = { 0, 1, 3, 4, 6, 8, 9, 10, 14, 18 };

	put_u8(b, roll(d) % 7);
	put_u8(b, npis[roll(d) % ARRAY_LEN(npis)]);
	put_text(b, d, max);
}

/* Empty, or 16 characters. */
static void put_time(struct buf *b, struct dice *d)
{
	static const char *const times[] = { "", "261122104000000+",
					     "000001000000000R" };

	buf_z(b, times[roll(d) % ARRAY_LEN(times)]);
	put_u8(b, 0);
}

static void put_short_message(struct buf *b, struct dice *d)
{
	unsigned n = roll(d) % 255;

	put_u8(b, n);
	for (unsigned i = 0; i < n; i++)
		put_u8(b, roll(d));
}

/* One of the kind's optional parameters, with the length it should have. */
static void put_tlv(struct buf *b, struct dice *d)
{
	static const struct {
		uint16_t tag;
		uint8_t len; /* 0: as it comes */
	} known[] = {
		{ 0x0204, 2 }, { 0x020C, 2 }, { 0x020E, 1 }, { 0x020F, 1 },
		{ 0x0424, 0 }, { 0x020A, 2 }, { 0x0426, 1 }, { 0x020D, 1 },
	};
	unsigned k = roll(d) % ARRAY_LEN(known);
	unsigned n = known[k].len != 0 ? known[k].len : roll(d);

	put_u16(b, known[k].tag);
	put_u16(b, n);
	for (unsigned i = 0; i < n; i++)
		put_u8(b, roll(d));
}

static void put_tlvs(struct buf *b, struct dice *d)
{
	for (unsigned n = roll(d) % 5; n > 0; n--)
		put_tlv(b, d);
}

static void put_rest_of_sm(struct buf *b, struct dice *d, bool times)
{
	for (unsigned i = 0; i < 3; i++) /* esm_class ... priority_flag */
		put_u8(b, roll(d));
	for (unsigned i = 0; i < 2; i++) {
		if (times)
			put_time(b, d);
		else
			put_u8(b, 0);
	}
	for (unsigned i = 0; i < 4; i++) /* registered_delivery ... */
		put_u8(b, roll(d));
	put_short_message(b, d);
	put_tlvs(b, d);
}

/* submit_sm, and deliver_sm, whose times are empty. */
static void put_sm(struct buf *b, struct dice *d, bool times)
{
	put_text(b, d, 5);
	put_address(b, d, 20);
	put_address(b, d, 20);
	put_rest_of_sm(b, d, times);
}

static void put_submit(struct buf *b, struct dice *d)
{
	put_sm(b, d, true);
}

/* A submit_sm to some: addresses and names of lists. */
static void put_multi(struct buf *b, struct dice *d)
{
	unsigned n = roll(d) % (DESTS_MAX + 1);

	put_text(b, d, 5);
	put_address(b, d, 20);
	put_u8(b, n);
	for (; n > 0; n--) {
		unsigned flag = 1 + roll(d) % 2;

		put_u8(b, flag);
		if (flag == 1)
			put_address(b, d, 20);
		else
			put_text(b, d, 20);
	}
	put_rest_of_sm(b, d, true);
}

static void put_deliver(struct buf *b, struct dice *d)
{
	put_sm(b, d, false);
}

static void put_data_sm(struct buf *b, struct dice *d)
{
	put_text(b, d, 5);
	put_address(b, d, 20);
	put_address(b, d, 20);
	for (unsigned i = 0; i < 3; i++)
		put_u8(b, roll(d));
	put_tlvs(b, d);
}

static void put_id(struct buf *b, struct dice *d)
{
	put_text(b, d, 64);
}

static void put_query(struct buf *b, struct dice *d)
{
	put_id(b, d);
	put_address(b, d, 20);
}

static void put_query_resp(struct buf *b, struct dice *d)
{
	put_id(b, d);
	put_time(b, d);
	put_u8(b, roll(d));
	put_u8(b, roll(d));
}

static void put_cancel(struct buf *b, struct dice *d)
{
	put_text(b, d, 5);
	put_query(b, d);
	put_address(b, d, 20);
}

static void put_replace(struct buf *b, struct dice *d)
{
	put_query(b, d);
	put_time(b, d);
	put_time(b, d);
	put_u8(b, roll(d));
	put_u8(b, roll(d));
	put_short_message(b, d);
}

static void put_bind(struct buf *b, struct dice *d)
{
	put_text(b, d, 15);
	put_text(b, d, 8);
	put_text(b, d, 12);
	put_u8(b, 0x34);
	put_address(b, d, 40);
}

static void put_bind_resp(struct buf *b, struct dice *d)
{
	put_text(b, d, 15);
	if (roll(d) % 2 == 0)
		return;
	put_u16(b, 0x0210);
	put_u16(b, 1);
	put_u8(b, roll(d));
}

static void put_multi_resp(struct buf *b, struct dice *d)
{
	unsigned n = roll(d) % (DESTS_MAX + 1);

	put_id(b, d);
	put_u8(b, n);
	for (; n > 0; n--) {
		put_address(b, d, 20);
		put_u32(b, roll(d));
	}
}

static void put_empty_id(struct buf *b, struct dice *d)
{
	(void)d;
	put_u8(b, 0);
}

static void put_alert(struct buf *b, struct dice *d)
{
	put_address(b, d, 64);
	put_address(b, d, 64);
	if (roll(d) % 2 == 0)
		return;
	put_u16(b, 0x0422); /* ms_availability_status */
	put_u16(b, 1);
	put_u8(b, roll(d));
}

static void put_outbind(struct buf *b, struct dice *d)
{
	put_text(b, d, 15);
	put_text(b, d, 8);
}

static void put_nothing(struct buf *b, struct dice *d)
{
	(void)b;
	(void)d;
}
