/* Segments as rows. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/segments.h"
#include "proto/json.h"
#include "proto/text.h"

void segment_row_cells(const struct segment_row *s,
		       struct cell cells[SEGMENT_CELLS])
{
	must(s != NULL && cells != NULL);
	cells[0] = CELL_T(s->tenant);
	cells[1] = CELL_I(s->id);
	cells[2] = CELL_T(s->name);
	cells[3] = CELL_Z(s->is_static ? "static" : "dynamic");
	cells[4] = CELL_T(s->ast);
	cells[5] = CELL_I(s->count);
	cells[6] = CELL_I(s->counted_ms);
	cells[7] = CELL_T(s->author);
	cells[8] = CELL_I(s->created_ms);
	cells[9] = CELL_I(s->updated_ms);
	cells[10] = CELL_T(s->branch);
}

void segment_row_read(const struct row *row, struct segment_row *s)
{
	must(row != NULL && s != NULL);
	s->tenant = row_s(row, 0);
	s->id = (uint64_t)row_i(row, 1);
	s->name = row_s(row, 2);
	s->is_static = str_eqz(row_s(row, 3), "static");
	s->ast = row_s(row, 4);
	s->count = (uint64_t)row_i(row, 5);
	s->counted_ms = row_i(row, 6);
	s->author = row_s(row, 7);
	s->created_ms = row_i(row, 8);
	s->updated_ms = row_i(row, 9);
	s->branch = row_s(row, 10);
}

struct segment_row *segment_row_dup(const struct segment_row *s)
{
	must(s != NULL);
	struct segment_row *mine =
		mem_alloc(sizeof(*mine) + s->tenant.len + s->name.len +
			  s->ast.len + s->author.len + s->branch.len);
	struct str *texts[] = { &mine->tenant, &mine->name, &mine->ast,
				&mine->author, &mine->branch };
	char *at = (char *)(mine + 1);

	*mine = *s;
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i]->len > 0)
			memcpy(at, texts[i]->p, texts[i]->len);
		texts[i]->p = at;
		at += texts[i]->len;
	}
	return mine;
}

int segment_name_check(struct str name, struct err *err)
{
	if (str_trim(name).len != name.len || name.len == 0 ||
	    name.len > SEGMENT_NAME_MAX)
		return err_set(err, -EINVAL,
			       "a name has 1 to %d bytes and no blanks around "
			       "it",
			       SEGMENT_NAME_MAX);
	if (!text_printable(name) || str_find(name, '\n') < name.len)
		return err_set(err, -EINVAL,
			       "the name is not UTF-8 or holds control "
			       "characters");
	return 0;
}

int segment_row_filter(const struct segment_row *row, struct segment **out,
		       uint64_t *list, struct err *err)
{
	must(row != NULL && out != NULL && list != NULL);
	int rc = row->is_static ? segment_compile(STR("all"), out, err)
				: segment_from_text_json(row->ast, out, err);
	if (rc == 0)
		*list = row->is_static ? row->id : 0;
	return rc;
}

void segment_filter_json(struct buf *b, const struct segment *s)
{
	AUTO(buf_done) struct buf text = { 0 };

	must(b != NULL && s != NULL);
	buf_init(&text, BUF_NO_LIMIT);
	segment_text(s, &text);
	json_ks(b, "filter", buf_str(&text));
	json_key(b, "ast");
	segment_json(s, b);
	json_key(b, "sentence");
	json_open(b, '{');
	for (unsigned zh = 0; zh < 2; zh++) {
		buf_reset(&text);
		segment_sentence(s, zh != 0, &text);
		json_ks(b, zh != 0 ? "zh" : "en", buf_str(&text));
	}
	json_close(b, '}');
}
