/* The national tables of 3GPP TS 23.038 annex A: Turkish, Spanish and
 * Portuguese. */
#include "proto/text.h"

#include <errno.h>

#define ESC 0x1B

struct shift {
	uint8_t septet;
	uint16_t cp;
};

/* What all extension tables have (6.2.1.1). */
static const struct shift ext_all[] = {
	{ 0x0A, 0x0C }, { 0x14, '^' },    { 0x28, '{' }, { 0x29, '}' },
	{ 0x2F, '\\' }, { 0x3C, '[' },    { 0x3D, '~' }, { 0x3E, ']' },
	{ 0x40, '|' },  { 0x65, 0x20AC }, { 0 },
};

/* A.2.1: G breve, I with dot, S cedilla, c cedilla, dotless i */
static const struct shift ext_turkish[] = {
	{ 0x47, 0x11E }, { 0x49, 0x130 }, { 0x53, 0x15E }, { 0x63, 0xE7 },
	{ 0x67, 0x11F }, { 0x69, 0x131 }, { 0x73, 0x15F }, { 0 },
};

/* A.2.2: c cedilla, vowels with acute */
static const struct shift ext_spanish[] = {
	{ 0x09, 0xE7 }, { 0x41, 0xC1 }, { 0x49, 0xCD }, { 0x4F, 0xD3 },
	{ 0x55, 0xDA }, { 0x61, 0xE1 }, { 0x69, 0xED }, { 0x6F, 0xF3 },
	{ 0x75, 0xFA }, { 0 },
};

/* A.2.3 */
static const struct shift ext_portuguese[] = {
	{ 0x05, 0xEA },  { 0x09, 0xE7 },  { 0x0B, 0xD4 },  { 0x0C, 0xF4 },
	{ 0x0E, 0xC1 },  { 0x0F, 0xE1 },  { 0x12, 0x3A6 }, { 0x13, 0x393 },
	{ 0x15, 0x3A9 }, { 0x16, 0x3A0 }, { 0x17, 0x3A8 }, { 0x18, 0x3A3 },
	{ 0x19, 0x398 }, { 0x1F, 0xCA },  { 0x41, 0xC0 },  { 0x49, 0xCD },
	{ 0x4F, 0xD3 },  { 0x55, 0xDA },  { 0x5B, 0xC3 },  { 0x5C, 0xD5 },
	{ 0x61, 0xC2 },  { 0x69, 0xED },  { 0x6F, 0xF3 },  { 0x75, 0xFA },
	{ 0x7B, 0xE3 },  { 0x7C, 0xF5 },  { 0x7F, 0xE2 },  { 0 },
};

/* A.3.1 and A.3.3: where they differ from the default alphabet. */
static const struct shift lock_turkish[] = {
	{ 0x04, 0x20AC }, { 0x07, 0x131 }, { 0x0B, 0x11E },
	{ 0x0C, 0x11F },  { 0x1C, 0x15E }, { 0x1D, 0x15F },
	{ 0x40, 0x130 },  { 0x60, 0xE7 },  { 0 },
};

static const struct shift lock_portuguese[] = {
	{ 0x04, 0xEA },   { 0x06, 0xFA }, { 0x07, 0xED }, { 0x08, 0xF3 },
	{ 0x09, 0xE7 },   { 0x0B, 0xD4 }, { 0x0C, 0xF4 }, { 0x0E, 0xC1 },
	{ 0x0F, 0xE1 },   { 0x12, 0xAA }, { 0x13, 0xC7 }, { 0x14, 0xC0 },
	{ 0x15, 0x221E }, { 0x16, '^' },  { 0x17, '\\' }, { 0x18, 0x20AC },
	{ 0x19, 0xD3 },   { 0x1A, '|' },  { 0x1C, 0xC2 }, { 0x1D, 0xE2 },
	{ 0x1E, 0xCA },   { 0x24, 0xBA }, { 0x40, 0xCD }, { 0x5B, 0xC3 },
	{ 0x5C, 0xD5 },   { 0x5D, 0xDA }, { 0x60, '~' },  { 0x7B, 0xE3 },
	{ 0x7C, 0xF5 },   { 0x7D, '`' },  { 0 },
};

static const struct shift none[] = { { 0 } };

static const struct shift *const exts[] = { none, ext_turkish, ext_spanish,
					    ext_portuguese };
/* There is no locking table for Spanish (A.3.2). */
static const struct shift *const locks[] = { none, lock_turkish, none,
					     lock_portuguese };

/* 0: it is not there. */
static uint16_t unicode_in(const struct shift *t, uint8_t septet)
{
	while (t->cp != 0 && t->septet != septet)
		t++;
	return t->cp;
}

static const struct shift *septet_in(const struct shift *t, uint32_t cp)
{
	while (t->cp != 0 && t->cp != cp)
		t++;
	return t->cp != 0 ? t : NULL;
}

static const struct shift *extended(enum gsm_table single, uint32_t cp)
{
	const struct shift *s = septet_in(exts[single], cp);
	return s != NULL ? s : septet_in(ext_all, cp);
}

enum gsm_table text_gsm_table(struct str name)
{
	if (str_ieqz(name, "turkish"))
		return GSM_TURKISH;
	if (str_ieqz(name, "spanish"))
		return GSM_SPANISH;
	return str_ieqz(name, "portuguese") ? GSM_PORTUGUESE : GSM_DEFAULT;
}

unsigned text_shift_len(uint32_t cp, enum gsm_table single)
{
	must(single <= GSM_PORTUGUESE);
	if (text_gsm_len(cp) == 1)
		return 1;
	return extended(single, cp) != NULL ? 2 : 0;
}

int text_to_shift(struct str utf8, enum gsm_table single, struct buf *out)
{
	must(out != NULL && single <= GSM_PORTUGUESE);
	size_t was = out->len;

	for (size_t at = 0; at < utf8.len;) {
		size_t from = at;
		uint32_t cp = text_next(utf8, &at);
		unsigned len = text_shift_len(cp, single);

		if (len == 2) {
			buf_u8(out, ESC);
			buf_u8(out, extended(single, cp)->septet);
		} else if (len == 0 ||
			   text_to_gsm(str_bytes(utf8.p + from, at - from), out,
				       NULL) != 0) {
			out->len = was;
			out->p[was] = '\0';
			return -EBADMSG;
		}
	}
	return 0;
}

static void put_locked(uint8_t septet, enum gsm_table lock, struct buf *utf8)
{
	uint16_t cp = unicode_in(locks[lock], septet);

	if (cp != 0)
		text_put(cp, utf8);
	else
		text_from_gsm(str_bytes(&septet, 1), utf8);
}

void text_from_shift(struct str septets, enum gsm_table lock,
		     enum gsm_table single, struct buf *utf8)
{
	must(utf8 != NULL && lock <= GSM_PORTUGUESE);
	must(single <= GSM_PORTUGUESE);
	for (size_t i = 0; i < septets.len; i++) {
		uint8_t s = (uint8_t)septets.p[i];

		if (s != ESC || i + 1 == septets.len) {
			put_locked(s, lock, utf8);
			continue;
		}
		s = (uint8_t)septets.p[++i];
		uint16_t cp = unicode_in(exts[single], s);
		if (cp == 0)
			cp = unicode_in(ext_all, s);
		if (cp != 0)
			text_put(cp, utf8);
		else
			put_locked(s, lock, utf8);
	}
}
