/* How a text goes out: charset, parts, and what makes it dearer. */
#include <stdio.h>

#include "proto/text.h"
#include "templates/check_impl.h"

/* A plain character in place of one that typists and editors put in. */
static const char *plainer(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *plain;
	} plain[] = {
		{ 0x2018, "'" },   { 0x2019, "'" }, { 0x201C, "\"" },
		{ 0x201D, "\"" },  { 0x2013, "-" }, { 0x2014, "-" },
		{ 0x2026, "..." }, { 0xA0, " " },   { 0x2022, "-" },
		{ '`', "'" },      { 0x2212, "-" }, { 0x00D7, "x" },
		{ '\t', " " },     { 0x3010, "[" }, { 0x3011, "]" },
		{ 0xFF0C, "," },   { 0xFF1A, ":" }, { 0xFF01, "!" },
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (plain[i].cp == cp)
			return plain[i].plain;
	return NULL;
}

#define ODD_SHOWN 3

/* One character that the GSM alphabet lacks, by place and name:
 * 17:"\xE2\x80\x99" U+2019 -> "'" */
static void put_odd(struct buf *b, unsigned place, uint32_t cp)
{
	const char *plain = plainer(cp);

	if (b->len > 0)
		buf_z(b, ", ");
	buf_f(b, "%u:", place);
	text_put(cp, b);
	buf_f(b, " U+%04X", (unsigned)cp);
	if (plain != NULL)
		buf_f(b, " -> \"%s\"", plain);
}

/* Few characters that make a text twice as dear: less than a quarter. Each
 * is named with its place, counted from 1. */
static void check_encoding(struct check *c, struct str text)
{
	const struct sms_plan *p = &c->out->plan;
	unsigned foreign = 0, all = 0, septets = 0;
	AUTO(buf_done) struct buf odd = { 0 };

	if (p->charset != SMS_UCS2)
		return;
	buf_init(&odd, BUF_NO_LIMIT);
	for (size_t at = 0; at < text.len; all++) {
		uint32_t cp = text_next(text, &at);
		unsigned n = text_gsm_len(cp);

		septets += n > 0 ? n : 1;
		if (n == 0 && foreign++ < ODD_SHOWN)
			put_odd(&odd, all + 1, cp);
	}
	if (foreign * 4 >= all)
		return;
	unsigned parts = septets <= 160 ? 1 : (septets + 152) / 153;

	if (foreign > ODD_SHOWN)
		buf_f(&odd, ", +%u", foreign - ODD_SHOWN);
	buf_f(&odd, "; %u > %u", p->parts, parts);
	check_add(c, p->parts > parts ? TEMPLATE_WARNING : TEMPLATE_INFO,
		  "ENCODING_SURPRISE", buf_str(&odd),
		  "这些字符使每条由160字减为70字（位置:字符；条数）：@",
		  "70 instead of 160 a part (place:character; parts): @");
}

void check_sms(struct check *c, struct str text)
{
	struct sms_plan *p = &c->out->plan;
	char z[64];
	int rc = sms_count(text, SMS_PARTS_MAX, p);

	if (rc != 0) {
		check_add(c, TEMPLATE_ERROR, "TOO_MANY_PARTS", STR("32"),
			  "超过 @ 条短信", "more than @ SMS parts");
		return;
	}
	c->out->rendered = true;
	(void)snprintf(z, sizeof(z), "%s %u, %u", sms_charset_name(p->charset),
		       p->units, p->parts);
	check_add(c, TEMPLATE_INFO, "PARTS", str_of(z), "编码、长度、条数：@",
		  "charset, length, parts: @");
	if (p->parts > c->rules->max_parts) {
		(void)snprintf(z, sizeof(z), "%u > %u", p->parts,
			       c->rules->max_parts);
		check_add(c, TEMPLATE_WARNING, "TOO_MANY_PARTS", str_of(z),
			  "短信条数过多：@", "too many SMS parts: @");
	}
	check_encoding(c, text);
}
