/* Files in the encodings in which people save them, to UTF-8 as they come:
 * UTF-8 with or without a BOM, and GB18030 (GBK and GB2312 are parts of it). */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum text_file_kind {
	TEXT_FILE_AUTO, /* not known yet; asked: whatever it is */
	TEXT_FILE_UTF8,
	TEXT_FILE_UTF8_BOM,
	TEXT_FILE_GB18030
};

/* So much is looked at, from the first byte that is not ASCII on, before it is
 * decided; that much is held. */
#define TEXT_FILE_WINDOW 32768

struct text_file;

struct text_file *text_file_new(enum text_file_kind asked);
void text_file_free(struct text_file **fp);
/*
 * Appends what is known by now to out, as UTF-8; end: there is no more.
 * -EBADMSG with a sentence that names the byte: UTF-16, or neither UTF-8 nor
 * GB18030. What is wrong only behind the window, or in a file whose encoding
 * was said, becomes a byte 0xFF, which is no UTF-8: the row that holds it is
 * lost, not the file.
 */
MUST_USE int text_file_feed(struct text_file *f, struct str piece, bool end,
			    struct buf *out, struct err *err);
/* AUTO while all was ASCII. */
enum text_file_kind text_file_found(const struct text_file *f);

/* "utf-8", "utf-8-bom", "gb18030", "auto"; parse knows gbk, gb2312 and utf8
 * too, in any case. -EINVAL. */
const char *text_file_name(enum text_file_kind k);
MUST_USE int text_file_parse(struct str s, enum text_file_kind *out);
