/* CSV read as it comes: one row is held, rows that cannot be are told of. */
#include "proto/csv.h"

#include <string.h>

#include "base/mem.h"
#include "proto/text.h"

/* Where the reader stands. */
enum csv_state {
	CSV_CELL_START, /* of a row too, when no cell has ended in it */
	CSV_PLAIN,      /* inside a cell without quotes */
	CSV_QUOTED,     /* inside quotes */
	CSV_QUOTE,      /* after a quote inside quotes: its end, or "" */
	CSV_LOST        /* this row is bad: on to the next line */
};

struct csv {
	const struct csv_events *ev;
	void *owner;
	size_t max_row;
	enum csv_state state;
	char sep;          /* 0 until the first line is known */
	bool cr;           /* the last byte was a CR */
	unsigned line;     /* line number of the byte that comes */
	unsigned row_line; /* where this row starts */
	struct buf raw;    /* this row as it came */
	struct buf row;    /* its cells without their quotes, end to end */
	size_t end[CSV_COLUMNS_MAX]; /* of each finished cell, in row */
	unsigned n;
	const char *why; /* of a bad row */
	struct buf head; /* the first line, until the separator is known */
	struct buf redo; /* lines of a bad row, to be read as rows */
	size_t redo_at;
};

struct csv *csv_new(size_t max_row, const struct csv_events *ev, void *owner)
{
	must(ev != NULL && ev->row != NULL && ev->bad != NULL && max_row > 0);
	struct csv *c = mem_new(struct csv);

	c->ev = ev;
	c->owner = owner;
	c->max_row = max_row;
	c->line = c->row_line = 1;
	buf_init(&c->raw, max_row + 1);
	buf_init(&c->row, max_row + 1);
	buf_init(&c->head, max_row + 1);
	buf_init(&c->redo, max_row + 1);
	return c;
}

void csv_free(struct csv **cp)
{
	must(cp != NULL);
	if (*cp == NULL)
		return;
	buf_done(&(*cp)->raw);
	buf_done(&(*cp)->row);
	buf_done(&(*cp)->head);
	buf_done(&(*cp)->redo);
	mem_free(*cp);
	*cp = NULL;
}

static void row_reset(struct csv *c)
{
	buf_reset(&c->raw);
	buf_reset(&c->row);
	c->n = 0;
	c->why = NULL;
	c->row_line = c->line;
	c->state = CSV_CELL_START;
}

/* Bytes up to and with the first line end of s; 0: there is none. */
static size_t first_line(struct str s)
{
	size_t at = MIN(str_find(s, '\n'), str_find(s, '\r'));

	if (at == s.len)
		return 0;
	if (s.p[at] == '\r' && at + 1 < s.len && s.p[at + 1] == '\n')
		at++;
	return at + 1;
}

/*
 * The row is bad. One quote that is never closed would swallow all lines up
 * to the limit, so only the row's first line is given up; those after it are
 * put back and read as rows. Bytes in redo never outgrow max_row + 1: they
 * are those of this row, and what redo still held if all came from there.
 */
static void settle(struct csv *c)
{
	size_t line = first_line(buf_str(&c->raw));

	if (line == 0) {
		c->state = CSV_LOST;
		return;
	}
	c->cr = c->raw.p[line - 1] == '\r' && c->raw.len == line;
	buf_put(&c->raw, c->redo.p + c->redo_at, c->redo.len - c->redo_at);
	c->ev->bad(c->owner, c->row_line, c->why);
	buf_reset(&c->redo);
	buf_str_put(&c->redo, str_from(buf_str(&c->raw), line));
	c->redo_at = 0;
	c->line = c->row_line + 1;
	row_reset(c);
}

static void end_cell(struct csv *c)
{
	if (c->n == CSV_COLUMNS_MAX) {
		c->why = "more than 64 cells";
		return;
	}
	c->end[c->n++] = c->row.len;
	c->state = CSV_CELL_START;
}

static void tell_row(struct csv *c)
{
	struct str cells[CSV_COLUMNS_MAX];
	size_t from = 0;
	bool ok = true;

	for (unsigned i = 0; i < c->n; i++) {
		cells[i] = str_bytes(c->row.p + from, c->end[i] - from);
		from = c->end[i];
		ok = ok && text_utf8_ok(cells[i]);
	}
	if (ok)
		c->ev->row(c->owner, c->row_line, cells, c->n);
	else
		c->ev->bad(c->owner, c->row_line, "not UTF-8");
	row_reset(c);
}

/* A line end outside of quotes, or the end of all. Empty lines are not rows. */
static void end_row(struct csv *c)
{
	if (c->state == CSV_LOST) {
		c->ev->bad(c->owner, c->row_line, c->why);
		row_reset(c);
	} else if (c->state == CSV_CELL_START && c->n == 0) {
		row_reset(c);
	} else {
		end_cell(c);
		if (c->why == NULL)
			tell_row(c);
	}
}

/* One byte outside of quotes that is no line end. */
static void plain_byte(struct csv *c, char b)
{
	if (b == c->sep) {
		end_cell(c);
	} else if (b == '"' && c->state == CSV_CELL_START) {
		c->state = CSV_QUOTED;
	} else if (b == '"') {
		c->why = "a quote inside a cell that does not begin with one";
	} else {
		buf_c(&c->row, b);
		c->state = CSV_PLAIN;
	}
}

static void after_quote(struct csv *c, char b)
{
	if (b == '"') {
		buf_c(&c->row, b);
		c->state = CSV_QUOTED;
	} else if (b == c->sep) {
		end_cell(c);
	} else {
		c->why = "text after a closing quote";
	}
}

static void state_byte(struct csv *c, char b)
{
	switch (c->state) {
	case CSV_CELL_START:
	case CSV_PLAIN:
		plain_byte(c, b);
		break;
	case CSV_QUOTED:
		if (b == '"')
			c->state = CSV_QUOTE;
		else
			buf_c(&c->row, b);
		break;
	case CSV_QUOTE:
		after_quote(c, b);
		break;
	case CSV_LOST:
		break;
	}
}

static void byte(struct csv *c, char b)
{
	bool line_end = b == '\n' || b == '\r';
	bool lf_of_crlf = b == '\n' && c->cr;
	bool ends_row = line_end && c->state != CSV_QUOTED;

	c->cr = b == '\r';
	if (line_end && !lf_of_crlf)
		c->line++;
	if (c->state == CSV_LOST && !ends_row)
		return;
	buf_c(&c->raw, b);
	if (ends_row)
		end_row(c);
	else if (c->raw.len > c->max_row)
		c->why = "longer than a row may be";
	else if (b == '\0')
		c->why = "a NUL byte";
	else
		state_byte(c, b);
	if (c->why != NULL)
		settle(c);
}

static void redo(struct csv *c)
{
	while (c->redo_at < c->redo.len)
		byte(c, c->redo.p[c->redo_at++]);
}

static void bytes(struct csv *c, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		byte(c, s.p[i]);
		redo(c);
	}
}

/* Of the first line: the separator that stands there most, quotes aside. */
static char best_separator(struct str line)
{
	static const char seps[] = { ',', ';', '\t' };
	unsigned count[ARRAY_LEN(seps)] = { 0 };
	size_t best = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		quoted ^= line.p[i] == '"';
		for (size_t k = 0; k < ARRAY_LEN(seps); k++)
			count[k] += !quoted && line.p[i] == seps[k];
	}
	for (size_t k = 1; k < ARRAY_LEN(seps); k++)
		if (count[k] > count[best])
			best = k;
	return seps[best];
}

/* The first line is known, or all there is: now it can be read. */
static void begin(struct csv *c)
{
	struct str head = buf_str(&c->head);

	if (str_starts(head, STR("\xEF\xBB\xBF")))
		head = str_from(head, 3);
	c->sep = best_separator(head);
	bytes(c, head);
	buf_done(&c->head);
	buf_init(&c->head, 1);
}

void csv_feed(struct csv *c, struct str piece)
{
	must(c != NULL && (piece.p != NULL || piece.len == 0));
	while (c->sep == '\0' && piece.len > 0) {
		char b = piece.p[0];

		buf_c(&c->head, b);
		piece = str_from(piece, 1);
		if (b == '\n' || b == '\r' || c->head.len > c->max_row)
			begin(c);
	}
	bytes(c, piece);
}

void csv_end(struct csv *c)
{
	must(c != NULL);
	if (c->sep == '\0')
		begin(c);
	for (;;) { /* each turn ends all, or gives up a line */
		redo(c);
		if (c->state == CSV_QUOTED)
			c->why = "a quote that is never closed";
		else
			end_row(c);
		if (c->why == NULL)
			break;
		settle(c);
	}
}

void csv_cell(struct str s, bool first, struct buf *out)
{
	must(out != NULL && (s.p != NULL || s.len == 0));
	bool guard = s.len > 0 && strchr("=+-@\t\r", s.p[0]) != NULL &&
		     s.p[0] != '\0';
	bool quote = false;

	for (size_t i = 0; i < s.len && !quote; i++)
		quote = memchr(",;\t\"\r\n", s.p[i], 6) != NULL;
	if (!first)
		buf_c(out, ',');
	if (!quote) {
		buf_z(out, guard ? "'" : "");
		buf_str_put(out, s);
		return;
	}
	buf_z(out, guard ? "\"'" : "\"");
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_c(out, '"');
		buf_c(out, s.p[i]);
	}
	buf_c(out, '"');
}
