/* Lines as Kannel's own reader takes them. */
#include "proto/kannel_conf.h"

#include <errno.h>

struct kannel_lines kannel_lines_of(struct str text)
{
	return (struct kannel_lines){ .left = text, .line = 0, .next = 1 };
}

/* One line of the file, and whether the next one belongs to it. */
static bool take_line(struct kannel_lines *l, struct str *line)
{
	l->left = str_cut(l->left, '\n', line);
	l->next++;
	if (line->len == 0 || line->p[line->len - 1] != '\\')
		return false;
	*line = str_first(*line, line->len - 1);
	return true;
}

/* All that belongs together, without the blanks around it. */
static struct str gather(struct kannel_lines *l, struct buf *joined)
{
	struct str line;
	bool more = true;

	l->line = l->next;
	buf_reset(joined);
	while (more && l->left.len > 0) {
		more = take_line(l, &line);
		buf_str_put(joined, line);
	}
	return str_trim(buf_str(joined));
}

static void put_value(struct buf *value, struct str s)
{
	s = str_trim(s);
	if (s.len < 2 || s.p[0] != '"' || s.p[s.len - 1] != '"') {
		buf_str_put(value, s);
		return;
	}
	s = str_first(str_from(s, 1), s.len - 2);
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len &&
		    (s.p[i + 1] == '\\' || s.p[i + 1] == '"'))
			i++;
		buf_c(value, s.p[i]);
	}
}

enum kannel_line_kind kannel_line_next(struct kannel_lines *l, struct buf *name,
				       struct buf *value)
{
	AUTO(buf_done) struct buf joined = { 0 };
	struct str line, left;

	must(l != NULL && name != NULL && value != NULL);
	buf_init(&joined, BUF_NO_LIMIT);
	do {
		if (l->left.len == 0)
			return KANNEL_LINE_END;
		line = gather(l, &joined);
	} while (line.len > 0 && line.p[0] == '#');
	if (line.len == 0)
		return KANNEL_LINE_BLANK;
	if (str_find(line, '=') == line.len)
		return KANNEL_LINE_BAD;
	line = str_cut(line, '=', &left);
	buf_reset(name);
	buf_reset(value);
	buf_str_put(name, str_trim(left));
	put_value(value, line);
	return str_eqz(buf_str(name), "include") ? KANNEL_LINE_INCLUDE
						 : KANNEL_LINE_VAR;
}

bool kannel_list_next(struct str *list, struct str *one)
{
	must(list != NULL && one != NULL);
	while (list->len > 0) {
		*list = str_cut(*list, ';', one);
		*one = str_trim(*one);
		if (one->len > 0)
			return true;
	}
	return false;
}

int kannel_bool(struct str s, bool *out)
{
	static const struct {
		const char *word;
		bool is;
	} words[] = {
		{ "yes", true },  { "true", true }, { "on", true },
		{ "1", true },    { "no", false },  { "false", false },
		{ "off", false }, { "0", false },
	};

	must(out != NULL);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieqz(s, words[i].word)) {
			*out = words[i].is;
			return 0;
		}
	}
	return -EBADMSG;
}
