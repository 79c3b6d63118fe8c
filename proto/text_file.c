/* What encoding a file has is decided once, by its first bytes that are not
 * ASCII; then it is converted piece by piece. */
#include "proto/text_file.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/mem.h"
#include "proto/text.h"

#define CHARACTER_MAX 4 /* bytes of one, in both */
#define UTF8_BOM STR("\xEF\xBB\xBF")
#define GB_BOM STR("\x84\x31\x95\x33")

struct text_file {
	enum text_file_kind asked, found;
	uint64_t passed; /* bytes of the file before those that are held */
	struct buf held; /* undecided; later the rest of a character */
	iconv_t gb;      /* only with gb_open */
	bool gb_open;
};

static const struct {
	const char *name;
	enum text_file_kind kind;
} names[] = {
	{ "auto", TEXT_FILE_AUTO },
	{ "utf-8", TEXT_FILE_UTF8 },
	{ "utf-8-bom", TEXT_FILE_UTF8_BOM },
	{ "gb18030", TEXT_FILE_GB18030 },
	/* also known as */
	{ "utf8", TEXT_FILE_UTF8 },
	{ "gbk", TEXT_FILE_GB18030 },
	{ "gb2312", TEXT_FILE_GB18030 },
};

const char *text_file_name(enum text_file_kind k)
{
	must((unsigned)k <= TEXT_FILE_GB18030);
	return names[k].name;
}

int text_file_parse(struct str s, enum text_file_kind *out)
{
	must(out != NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_ieqz(s, names[i].name)) {
			*out = names[i].kind;
			return 0;
		}
	}
	return -EINVAL;
}

struct text_file *text_file_new(enum text_file_kind asked)
{
	struct text_file *f = mem_new(struct text_file);

	must((unsigned)asked <= TEXT_FILE_GB18030);
	f->asked = asked;
	buf_init(&f->held, BUF_NO_LIMIT);
	return f;
}

void text_file_free(struct text_file **fp)
{
	must(fp != NULL);
	if (*fp == NULL)
		return;
	if ((*fp)->gb_open)
		(void)iconv_close((*fp)->gb);
	buf_done(&(*fp)->held);
	mem_free(*fp);
	*fp = NULL;
}

enum text_file_kind text_file_found(const struct text_file *f)
{
	must(f != NULL);
	return f->found;
}

/* ---- what it is ----------------------------------------------------------- */

static size_t ascii_len(struct str s)
{
	size_t n = 0;

	while (n < s.len && (uint8_t)s.p[n] < 0x80)
		n++;
	return n;
}

/* Bytes of s until the first that cannot be UTF-8; a character that is cut off
 * at the end is none. */
static size_t utf8_len(struct str s)
{
	size_t at = 0;

	while (at < s.len) {
		size_t from = at;
		uint32_t cp = text_next(s, &at);

		if (cp == 0xFFFD && at == from + 1)
			return from;
	}
	return at;
}

/* How long the character of GB18030 at s is; 0: none, or cut off. */
static size_t gb_character(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p;

	if (p[0] < 0x80)
		return 1;
	if (p[0] == 0x80 || p[0] == 0xFF || s.len < 2)
		return 0;
	if (p[1] >= 0x40 && p[1] != 0x7F && p[1] != 0xFF)
		return 2;
	if (p[1] < 0x30 || p[1] > 0x39 || s.len < 4)
		return 0;
	return p[2] > 0x80 && p[2] != 0xFF && p[3] >= 0x30 && p[3] <= 0x39 ? 4
									   : 0;
}

static size_t gb_len(struct str s)
{
	size_t at = 0, n = 1;

	while (at < s.len && n > 0) {
		n = gb_character(str_from(s, at));
		at += n;
	}
	return at;
}

static bool fits(size_t len, struct str s, bool end)
{
	return len == s.len || (!end && s.len - len < CHARACTER_MAX);
}

static int refuse(const struct text_file *f, size_t at, const char *what,
		  struct err *err)
{
	return err_set(err, -EBADMSG,
		       "byte %llu (0x%02X): %s; save the file as UTF-8, or as "
		       "GB18030",
		       (unsigned long long)f->passed + at,
		       (uint8_t)f->held.p[at], what);
}

static int gb_begin(struct text_file *f, struct err *err)
{
	f->gb = iconv_open("UTF-8", "GB18030");
	if ((intptr_t)f->gb == -1)
		return err_set(err, -EBADMSG,
			       "this system cannot read GB18030 (%s); save the "
			       "file as UTF-8",
			       strerrordesc_np(errno));
	f->gb_open = true;
	f->found = TEXT_FILE_GB18030;
	return 0;
}

static void drop(struct text_file *f, size_t n)
{
	buf_eat(&f->held, n);
	f->passed += n;
}

/* The bytes that some programs put before the text. 0, or -EAGAIN: there are
 * too few of them to tell. */
static int marks(struct text_file *f, bool end, struct err *err)
{
	struct str s = buf_str(&f->held);

	if (str_starts(s, STR("\xFF\xFE")) || str_starts(s, STR("\xFE\xFF")))
		return refuse(f, 0, "this is UTF-16", err);
	if (s.len < CHARACTER_MAX && !end)
		return -EAGAIN;
	if (str_starts(s, UTF8_BOM) && f->asked != TEXT_FILE_GB18030) {
		f->found = TEXT_FILE_UTF8_BOM;
		drop(f, UTF8_BOM.len);
		return 0;
	}
	if (str_starts(s, GB_BOM) && f->asked != TEXT_FILE_UTF8) {
		drop(f, GB_BOM.len);
		return gb_begin(f, err);
	}
	return 0;
}

/* By the window alone, however the pieces were cut. */
static int judge(struct text_file *f, bool end, struct err *err)
{
	struct str s = str_first(buf_str(&f->held), TEXT_FILE_WINDOW);
	size_t utf8 = utf8_len(s);

	end = end && f->held.len == s.len;
	if (fits(utf8, s, end)) {
		f->found = TEXT_FILE_UTF8;
		return 0;
	}
	if (fits(gb_len(s), s, end))
		return gb_begin(f, err);
	return refuse(f, utf8, "neither UTF-8 nor GB18030", err);
}

/* ---- to UTF-8 --------------------------------------------------------------- */

static void gb_convert(struct text_file *f, bool end, struct buf *out)
{
	char *in = f->held.p;
	size_t left = f->held.len;

	while (left > 0) {
		char text[4096], *to = text;
		size_t room = sizeof(text);
		size_t rc = iconv(f->gb, &in, &left, &to, &room);
		int why = rc == (size_t)-1 ? errno : 0;

		buf_put(out, text, (size_t)(to - text));
		if (why == EINVAL && !end)
			break; /* the rest of it comes */
		if (why != 0 && why != E2BIG) {
			buf_c(out, '\xFF');
			in++;
			left--;
		}
	}
	drop(f, f->held.len - left);
}

static void pass(struct text_file *f, size_t n, struct buf *out)
{
	buf_put(out, f->held.p, n);
	drop(f, n);
}

static int decide(struct text_file *f, bool end, struct buf *out,
		  struct err *err)
{
	int rc = f->passed == 0 ? marks(f, end, err) : 0;

	if (rc != 0 || f->found != TEXT_FILE_AUTO)
		return rc;
	if (f->asked == TEXT_FILE_GB18030)
		return gb_begin(f, err);
	if (f->asked != TEXT_FILE_AUTO) {
		f->found = TEXT_FILE_UTF8;
		return 0;
	}
	pass(f, ascii_len(buf_str(&f->held)), out);
	if (f->held.len == 0 || (f->held.len < TEXT_FILE_WINDOW && !end))
		return -EAGAIN;
	return judge(f, end, err);
}

int text_file_feed(struct text_file *f, struct str piece, bool end,
		   struct buf *out, struct err *err)
{
	must(f != NULL && out != NULL);
	buf_str_put(&f->held, piece);
	if (f->found == TEXT_FILE_AUTO && f->held.len > 0) {
		int rc = decide(f, end, out, err);

		if (rc != 0)
			return rc == -EAGAIN ? 0 : rc;
	}
	if (f->found == TEXT_FILE_GB18030)
		gb_convert(f, end, out);
	else if (f->found != TEXT_FILE_AUTO)
		pass(f, f->held.len, out);
	return 0;
}
