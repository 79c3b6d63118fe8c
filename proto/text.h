/* Text: UTF-8, UCS-2/UTF-16BE, the GSM 7-bit alphabet, and folding. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Well-formed UTF-8 (RFC 3629): no overlongs, surrogates or above U+10FFFF. */
bool text_utf8_ok(struct str s);
/* Also free of control characters other than TAB, LF and CR. */
bool text_printable(struct str s);
/* Next code point at *at (advances); U+FFFD for a bad byte (advances 1). */
uint32_t text_next(struct str s, size_t *at);
void text_put(uint32_t cp, struct buf *out); /* as UTF-8 */
size_t text_count(struct str s);             /* code points */

/* UTF-8 <-> UTF-16BE ("UCS-2" of SMS; surrogate pairs kept). Decoding puts
 * U+FFFD for a lone surrogate and ignores an odd last byte. */
void text_to_utf16(struct str utf8, struct buf *out);
void text_from_utf16(struct str be, struct buf *utf8);
void text_from_latin1(struct str in, struct buf *utf8);
MUST_USE int text_to_latin1(struct str utf8, struct buf *out); /* -EBADMSG */

/* GSM 03.38 default alphabet with its extension table. One septet a byte
 * (unpacked), escapes written 0x1B. Tables: 0 default; 1 Turkish, 2 Spanish,
 * 3 Portuguese locking/single shift (3GPP TS 23.038 annex A). */
enum gsm_table { GSM_DEFAULT, GSM_TURKISH, GSM_SPANISH, GSM_PORTUGUESE };
/* Septets this code point takes: 1 or 2; 0: not in the alphabet. */
unsigned text_gsm_len(uint32_t cp);
/* -EBADMSG when a character does not fit; *bad (may be NULL) names it. */
MUST_USE int text_to_gsm(struct str utf8, struct buf *out, uint32_t *bad);
void text_from_gsm(struct str septets, struct buf *utf8);
/* Packing of septets into octets, `shift` fill bits first (after a UDH). */
void text_gsm_pack(struct str septets, unsigned shift, struct buf *out);
void text_gsm_unpack(struct str packed, size_t septets, unsigned shift,
		     struct buf *out);

/*
 * Folding for comparison: NFKC_Casefold (libutf8proc), keycap marks and
 * variation selectors dropped, every Unicode decimal digit to ASCII, (n) and
 * circled forms to digits, traditional to simplified for the characters our
 * words use, punctuation and spaces dropped when `tight`. Input longer than
 * 1,024 bytes is cut. -EBADMSG for invalid UTF-8.
 */
MUST_USE int text_fold(struct str utf8, bool tight, struct buf *out);
