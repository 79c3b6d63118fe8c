/* One text to SMS parts: counting, where to cut, and the UDH. */
#include "proto/sms_split.h"

#include <errno.h>
#include <string.h>
#include <utf8proc.h>

#define PAYLOAD_BYTES_MAX 65535 /* message_payload, SMPP 3.4 5.3.2.32 */

const char *sms_charset_name(enum sms_charset c)
{
	switch (c) {
	case SMS_GSM7:
		return "gsm7";
	case SMS_LATIN1:
		return "latin1";
	case SMS_UCS2:
		return "ucs2";
	case SMS_BINARY:
		return "binary";
	}
	return "?";
}

/* Septets and 16-bit units of the whole text, and what forbids GSM. */
struct tally {
	unsigned septets;
	unsigned units;
	uint32_t odd;
};

static int tally_text(struct str s, struct tally *out)
{
	struct tally t = { 0 };

	if (s.len > PAYLOAD_BYTES_MAX)
		return text_utf8_ok(s) ? -ENOSPC : -EBADMSG;
	for (size_t at = 0; at < s.len;) {
		size_t was = at;
		uint32_t cp = (uint8_t)s.p[at];

		if (cp < 0x80)
			at++;
		else
			cp = text_next(s, &at);
		unsigned n = text_gsm_len(cp);

		/* a real U+FFFD takes three bytes, a bad byte one */
		if (cp == 0xFFFD && at - was == 1)
			return -EBADMSG;
		if (n == 0 && t.odd == 0)
			t.odd = cp == 0 ? 0xFFFD : cp;
		t.septets += n;
		t.units += cp > 0xFFFF ? 2 : 1;
	}
	*out = t;
	return 0;
}

/* Septets one part carries whose UDH names a table, too: 140 bytes without a
 * header of 4, 9 or 10. */
static unsigned shift_limit(enum sms_concat concat, bool single)
{
	if (single)
		return 155;
	return concat == SMS_CONCAT_UDH16 ? 148 : 149;
}

/* Units one part carries. */
static unsigned part_limit(const struct sms_plan *p, enum sms_concat concat,
			   bool single)
{
	bool gsm = p->charset == SMS_GSM7;

	if (p->shift != GSM_DEFAULT)
		return shift_limit(concat, single);
	switch (concat) {
	case SMS_CONCAT_PAYLOAD:
		return gsm ? PAYLOAD_BYTES_MAX : PAYLOAD_BYTES_MAX / 2;
	case SMS_CONCAT_UDH16:
		return single ? (gsm ? 160 : 70) : (gsm ? 152 : 66);
	case SMS_CONCAT_UDH8:
	case SMS_CONCAT_SAR:
		break;
	}
	return single ? (gsm ? 160 : 70) : (gsm ? 153 : 67);
}

/* A walk over the text that remembers where the last cluster began. */
struct cutter {
	struct sms_plan *plan;
	unsigned max_parts;
	unsigned limit;
	unsigned at;       /* units walked */
	unsigned start;    /* of this part */
	unsigned boundary; /* last place where a cut is fine */
};

static int cut_at(struct cutter *c, unsigned unit)
{
	unsigned size = c->plan->charset == SMS_GSM7 ? 1 : 2;

	if (c->plan->parts >= c->max_parts)
		return -ENOSPC;
	c->plan->cut[c->plan->parts++] = unit * size;
	c->start = c->boundary = unit;
	return 0;
}

/* A character of `width` units comes; a cut before it is fine if `free`. */
static int cut_feed(struct cutter *c, unsigned width, bool free)
{
	int rc = 0;

	if (free)
		c->boundary = c->at;
	if (c->at + width - c->start > c->limit && c->boundary > c->start)
		rc = cut_at(c, c->boundary);
	/* one cluster longer than a part: cut inside, at a whole character */
	if (rc == 0 && c->at + width - c->start > c->limit)
		rc = cut_at(c, c->at);
	c->at += width;
	return rc;
}

static unsigned width_of(const struct sms_plan *p, uint32_t cp)
{
	if (p->shift != GSM_DEFAULT)
		return text_shift_len(cp, p->shift);
	if (p->charset == SMS_GSM7)
		return text_gsm_len(cp);
	return cp > 0xFFFF ? 2 : 1;
}

static int cut_text(struct str s, struct cutter *c)
{
	bool gsm = c->plan->charset == SMS_GSM7;
	utf8proc_int32_t state = 0;
	uint32_t prev = 0;
	int rc = cut_at(c, 0);

	for (size_t at = 0; at < s.len && rc == 0;) {
		bool first = at == 0, free;
		uint32_t cp = text_next(s, &at);

		/* in the GSM alphabet CR LF is the only cluster of two */
		if (first)
			free = true;
		else if (gsm)
			free = !(prev == '\r' && cp == '\n');
		else
			free = utf8proc_grapheme_break_stateful(
				(utf8proc_int32_t)prev, (utf8proc_int32_t)cp,
				&state);
		rc = cut_feed(c, width_of(c->plan, cp), free);
		prev = cp;
	}
	return rc;
}

/* Charset, units and table are chosen: how many parts, and where they end. */
static int plan_parts(struct str s, enum sms_concat concat, unsigned max_parts,
		      struct sms_plan p, struct sms_plan *out)
{
	int rc;
	struct cutter c = {
		.plan = &p,
		.max_parts = MIN(max_parts, SMS_PARTS_MAX),
		.limit = part_limit(&p, concat, true),
	};

	if (p.units > c.limit && concat == SMS_CONCAT_PAYLOAD)
		return -ENOSPC;
	if (p.units > c.limit) {
		c.limit = part_limit(&p, concat, false);
		rc = cut_text(s, &c);
	} else {
		rc = cut_at(&c, 0);
	}
	if (rc != 0)
		return rc;
	p.units_left = c.limit - (p.units - c.start);
	p.cut[p.parts] = p.units * (p.charset == SMS_GSM7 ? 1 : 2);
	*out = p;
	return 0;
}

static int plan_text(struct str s, enum sms_concat concat, unsigned max_parts,
		     struct sms_plan *out)
{
	struct tally t;
	int rc = tally_text(s, &t);

	if (rc != 0)
		return rc;
	const struct sms_plan p = {
		.charset = t.odd == 0 ? SMS_GSM7 : SMS_UCS2,
		.units = t.odd == 0 ? t.septets : t.units,
		.odd = t.odd,
	};
	return plan_parts(s, concat, max_parts, p, out);
}

/* Septets by this table; 0: a character is not in it. */
static unsigned shift_units(struct str s, enum gsm_table single)
{
	unsigned n = 0;

	for (size_t at = 0; at < s.len;) {
		unsigned len = text_shift_len(text_next(s, &at), single);
		if (len == 0)
			return 0;
		n += len;
	}
	return n;
}

/* Takes the table that makes the fewest parts, if that is fewer than *rc and
 * *p have it. */
static void try_shifts(struct str s, enum sms_concat concat, unsigned shifts,
		       unsigned max_parts, struct sms_plan *p, int *rc)
{
	for (enum gsm_table t = GSM_TURKISH; t <= GSM_PORTUGUESE; t++) {
		struct sms_plan with;
		unsigned units = (shifts & BIT(t)) != 0 ? shift_units(s, t) : 0;

		if (units == 0)
			continue;
		with = (struct sms_plan){ .charset = SMS_GSM7,
					  .units = units,
					  .shift = t };
		if (plan_parts(s, concat, max_parts, with, &with) != 0 ||
		    (*rc == 0 && with.parts >= p->parts))
			continue;
		*p = with;
		*rc = 0;
	}
}

int sms_count(struct str utf8, unsigned max_parts, struct sms_plan *out)
{
	must(out != NULL && (utf8.p != NULL || utf8.len == 0));
	return plan_text(utf8, SMS_CONCAT_UDH8, max_parts, out);
}

int sms_plan(struct str utf8, enum sms_concat concat, unsigned max_parts,
	     struct buf *encoded, struct sms_plan *out)
{
	return sms_plan_shift(utf8, concat, 0, max_parts, encoded, out);
}

int sms_plan_shift(struct str utf8, enum sms_concat concat, unsigned shifts,
		   unsigned max_parts, struct buf *encoded,
		   struct sms_plan *out)
{
	must(encoded != NULL && out != NULL);
	must(utf8.p != NULL || utf8.len == 0);
	struct sms_plan p = { .charset = SMS_UCS2 };
	int rc = plan_text(utf8, concat, max_parts, &p);

	if (shifts != 0 && concat != SMS_CONCAT_PAYLOAD && rc != -EBADMSG &&
	    utf8.len <= PAYLOAD_BYTES_MAX && p.charset == SMS_UCS2)
		try_shifts(utf8, concat, shifts, max_parts, &p, &rc);
	if (rc != 0)
		return rc;
	if (p.shift != GSM_DEFAULT)
		rc = text_to_shift(utf8, p.shift, encoded);
	else if (p.charset == SMS_GSM7)
		rc = text_to_gsm(utf8, encoded, NULL);
	else
		text_to_utf16(utf8, encoded);
	must(rc == 0); /* tally_text has seen every character */
	if (encoded->full)
		return -ENOSPC;
	*out = p;
	return 0;
}

unsigned sms_udh(enum sms_concat concat, uint16_t ref, unsigned parts,
		 unsigned i, uint8_t out[8])
{
	must(out != NULL && i < parts && parts <= 255);
	if (parts == 1)
		return 0;
	switch (concat) {
	case SMS_CONCAT_UDH8:
		out[0] = 5;
		out[1] = 0;
		out[2] = 3;
		out[3] = (uint8_t)ref;
		out[4] = (uint8_t)parts;
		out[5] = (uint8_t)(i + 1);
		return 6;
	case SMS_CONCAT_UDH16:
		out[0] = 6;
		out[1] = 8;
		out[2] = 4;
		out[3] = (uint8_t)(ref >> 8);
		out[4] = (uint8_t)ref;
		out[5] = (uint8_t)parts;
		out[6] = (uint8_t)(i + 1);
		return 7;
	case SMS_CONCAT_SAR:
	case SMS_CONCAT_PAYLOAD:
		break;
	}
	return 0;
}

unsigned sms_plan_udh(const struct sms_plan *p, enum sms_concat concat,
		      uint16_t ref, unsigned i, uint8_t out[SMS_UDH_MAX])
{
	must(p != NULL && out != NULL);
	uint8_t udh[8] = { 0 };
	unsigned n = sms_udh(concat, ref, p->parts, i, udh);

	memcpy(out, udh, n);
	if (p->shift == GSM_DEFAULT)
		return n;
	n = MAX(n, 1u);
	out[n++] = 0x24; /* national language single shift, 9.2.3.24.15 */
	out[n++] = 1;
	out[n++] = (uint8_t)p->shift;
	out[0] = (uint8_t)(n - 1);
	return n;
}

/* 0x24 and 0x25: the tables that the text is written in. */
static void table_element(const uint8_t *ie, unsigned len,
			  struct sms_concat_ref *r)
{
	if (len != 1 || ie[2] > GSM_PORTUGUESE)
		return;
	if (ie[0] == 0x24)
		r->single = (enum gsm_table)ie[2];
	else if (ie[0] == 0x25)
		r->lock = (enum gsm_table)ie[2];
}

/* One information element; true when it is a usable concatenation. A total
 * or part out of range makes the element void (TS 23.040 9.2.3.24.1). */
static bool concat_element(const uint8_t *ie, unsigned len,
			   struct sms_concat_ref *r)
{
	bool wide = ie[0] == 0x08;

	if (!(ie[0] == 0x00 && len == 3) && !(wide && len == 4))
		return false;
	const uint8_t *v = ie + 2;
	uint8_t total = v[len - 2], part = v[len - 1];

	if (part == 0 || part > total)
		return false;
	r->ref = wide ? (uint16_t)(v[0] << 8 | v[1]) : v[0];
	r->total = total;
	r->part = part;
	r->wide = wide;
	return true;
}

int sms_udh_read(struct str user_data, struct sms_concat_ref *out)
{
	must(out != NULL && (user_data.p != NULL || user_data.len == 0));
	const uint8_t *p = (const uint8_t *)user_data.p;
	struct sms_concat_ref r = { 0 };
	bool found = false;

	if (user_data.len == 0 || (size_t)p[0] + 1 > user_data.len)
		return -EBADMSG;
	r.header = (size_t)p[0] + 1;
	for (size_t at = 1; at < r.header;) {
		if (r.header - at < 2 || r.header - at - 2 < p[at + 1])
			return -EBADMSG;
		if (concat_element(p + at, p[at + 1], &r))
			found = true; /* the last one counts, 9.2.3.24 */
		table_element(p + at, p[at + 1], &r);
		at += 2 + (size_t)p[at + 1];
	}
	if (!found) {
		out->header = r.header;
		out->lock = r.lock;
		out->single = r.single;
		return -ENOENT;
	}
	*out = r;
	return 0;
}
