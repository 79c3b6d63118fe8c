/* Texts of other charsets, by the C library's tables. */
#include <errno.h>
#include <iconv.h>

#include "console/kannel.h"
#include "proto/text.h"

/* By the names people write; none that loads more than a table. */
static const struct {
	const char *name, *iconv;
} charsets[] = {
	{ "UTF-8", "UTF-8" },
	{ "UTF8", "UTF-8" },
	{ "ASCII", "ASCII" },
	{ "US-ASCII", "ASCII" },
	{ "UTF-16BE", "UTF-16BE" },
	{ "UTF-16LE", "UTF-16LE" },
	{ "UTF-16", "UTF-16" },
	{ "UTF16-BE", "UTF-16BE" },
	{ "UCS-2", "UTF-16BE" },
	{ "UCS2", "UTF-16BE" },
	{ "UCS-2BE", "UTF-16BE" },
	{ "UCS-2LE", "UTF-16LE" },
	{ "LATIN1", "ISO-8859-1" },
	{ "ISO-8859-1", "ISO-8859-1" },
	{ "ISO-8859-2", "ISO-8859-2" },
	{ "ISO-8859-3", "ISO-8859-3" },
	{ "ISO-8859-4", "ISO-8859-4" },
	{ "ISO-8859-5", "ISO-8859-5" },
	{ "ISO-8859-6", "ISO-8859-6" },
	{ "ISO-8859-7", "ISO-8859-7" },
	{ "ISO-8859-8", "ISO-8859-8" },
	{ "ISO-8859-9", "ISO-8859-9" },
	{ "ISO-8859-10", "ISO-8859-10" },
	{ "ISO-8859-11", "ISO-8859-11" },
	{ "ISO-8859-13", "ISO-8859-13" },
	{ "ISO-8859-14", "ISO-8859-14" },
	{ "ISO-8859-15", "ISO-8859-15" },
	{ "ISO-8859-16", "ISO-8859-16" },
	{ "WINDOWS-1250", "CP1250" },
	{ "WINDOWS-1251", "CP1251" },
	{ "WINDOWS-1252", "CP1252" },
	{ "WINDOWS-1253", "CP1253" },
	{ "WINDOWS-1254", "CP1254" },
	{ "WINDOWS-1255", "CP1255" },
	{ "WINDOWS-1256", "CP1256" },
	{ "WINDOWS-1257", "CP1257" },
	{ "WINDOWS-1258", "CP1258" },
	{ "WINDOWS-874", "CP874" },
	{ "CP1251", "CP1251" },
	{ "CP1252", "CP1252" },
	{ "KOI8-R", "KOI8-R" },
	{ "KOI8-U", "KOI8-U" },
	{ "GB2312", "GBK" },
	{ "GBK", "GBK" },
	{ "GB18030", "GB18030" },
	{ "BIG5", "BIG5" },
	{ "SHIFT_JIS", "SHIFT_JIS" },
	{ "EUC-JP", "EUC-JP" },
	{ "EUC-KR", "EUC-KR" },
	{ "TIS-620", "TIS-620" },
};

static const char *iconv_name(struct str charset)
{
	for (size_t i = 0; i < ARRAY_LEN(charsets); i++) {
		if (str_ieqz(charset, charsets[i].name))
			return charsets[i].iconv;
	}
	return NULL;
}

/* -EINVAL: a byte that is none of that charset, or half a character. */
static int convert(iconv_t cd, struct str in, struct buf *out)
{
	char *from = (char *)(uintptr_t)in.p; /* iconv does not write there */
	size_t left = in.len;

	while (left > 0) {
		char piece[512], *to = piece;
		size_t room = sizeof(piece);
		size_t rc = iconv(cd, &from, &left, &to, &room);

		if (rc == (size_t)-1 && errno != E2BIG)
			return -EINVAL;
		buf_put(out, piece, sizeof(piece) - room);
		if (out->full)
			return -EINVAL;
	}
	return 0;
}

int kannel_charset(struct str charset, struct str text, struct buf *utf8)
{
	const char *name = iconv_name(charset);
	iconv_t cd;
	int rc;

	must(utf8 != NULL);
	if (name == NULL)
		return -EINVAL;
	cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return -EINVAL;
	rc = convert(cd, text, utf8);
	iconv_close(cd);
	return rc == 0 && text_utf8_ok(buf_str(utf8)) ? 0 : -EINVAL;
}
