/* Versions to rows of the store, and back. */
#include "campaigns/version.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

/* "name=value" lines; values have no line ends. */
static void registrations_put(const struct version *v, struct buf *out)
{
	for (unsigned i = 0; i < REGISTRATIONS; i++)
		if (v->registrations[i][0] != '\0')
			buf_f(out, "%s=%s\n", registration_name(i),
			      v->registrations[i]);
}

static void registrations_get(struct str s, struct version *v)
{
	struct str line, name;

	while (s.len > 0) {
		s = str_cut(s, '\n', &line);
		struct str value = str_cut(line, '=', &name);

		for (unsigned i = 0; i < REGISTRATIONS; i++)
			if (str_eqz(name, registration_name(i)))
				version_text(&v->registrations[i], value);
	}
}

void version_cells(const struct version *v, struct buf *registrations,
		   struct cell cells[VERSION_CELLS])
{
	must(v != NULL && registrations != NULL && cells != NULL);
	buf_reset(registrations);
	registrations_put(v, registrations);
	const struct cell all[VERSION_CELLS] = {
		CELL_Z(v->tenant),
		CELL_Z(v->id),
		CELL_I(v->number),
		CELL_I(v->revision),
		CELL_Z(version_state_name(v->state)),
		CELL_Z(v->name),
		CELL_Z(v->class_name),
		CELL_Z(v->owner),
		CELL_Z(v->sender),
		CELL_I(v->priced),
		CELL_Z(v->promise),
		CELL_T(buf_str(registrations)),
		CELL_Z(v->author),
		CELL_I(v->created_ms),
		CELL_I(v->submitted_ms),
		CELL_Z(v->approver),
		CELL_Z(v->second),
		CELL_I(v->decided_ms),
		CELL_Z(v->reason),
		CELL_B(str_bytes(v->sha256, VERSION_SHA256)),
		CELL_Z(v->branch),
	};

	memcpy(cells, all, sizeof(all));
}

void translation_cells(const struct version *v, const struct translation *t,
		       struct cell cells[TRANSLATION_CELLS])
{
	must(v != NULL && t != NULL && cells != NULL);
	const struct cell all[TRANSLATION_CELLS] = {
		CELL_Z(v->tenant),
		CELL_Z(v->id),
		CELL_I(v->number),
		CELL_Z(t->lang),
		CELL_Z(translation_state_name(t->state)),
		CELL_Z(t->signature),
		CELL_Z(t->text),
		CELL_Z(t->tail),
		CELL_Z(t->reason),
		CELL_B(str_bytes(t->sha256, VERSION_SHA256)),
	};

	memcpy(cells, all, sizeof(all));
}

int version_from_row(const struct row *r, struct version **out)
{
	struct version *v;
	enum version_state state;

	must(r != NULL && out != NULL);
	if (r->n != VERSION_CELLS || row_s(r, 19).len != VERSION_SHA256 ||
	    row_i(r, 2) < 1 || version_state_parse(row_s(r, 4), &state) != 0)
		return -EBADMSG;
	v = version_new();
	v->state = state;
	version_text(&v->tenant, row_s(r, 0));
	version_text(&v->id, row_s(r, 1));
	v->number = (unsigned)row_i(r, 2);
	v->revision = (uint64_t)row_i(r, 3);
	version_text(&v->name, row_s(r, 5));
	version_text(&v->class_name, row_s(r, 6));
	version_text(&v->owner, row_s(r, 7));
	version_text(&v->sender, row_s(r, 8));
	v->priced = row_i(r, 9) != 0;
	version_text(&v->promise, row_s(r, 10));
	registrations_get(row_s(r, 11), v);
	version_text(&v->author, row_s(r, 12));
	v->created_ms = row_i(r, 13);
	v->submitted_ms = row_i(r, 14);
	version_text(&v->approver, row_s(r, 15));
	version_text(&v->second, row_s(r, 16));
	v->decided_ms = row_i(r, 17);
	version_text(&v->reason, row_s(r, 18));
	memcpy(v->sha256, row_s(r, 19).p, VERSION_SHA256);
	version_text(&v->branch, row_s(r, 20));
	*out = v;
	return 0;
}

int translation_from_row(const struct row *r, struct version *v)
{
	enum translation_state state;

	must(r != NULL && v != NULL);
	if (r->n != TRANSLATION_CELLS || row_s(r, 9).len != VERSION_SHA256 ||
	    translation_state_parse(row_s(r, 4), &state) != 0 ||
	    version_translate(v, row_s(r, 3), row_s(r, 5), row_s(r, 6),
			      row_s(r, 7), NULL) != 0)
		return -EBADMSG;
	struct translation *t = version_translation(v, row_s(r, 3));

	t->state = state;
	version_text(&t->reason, row_s(r, 8));
	memcpy(t->sha256, row_s(r, 9).p, VERSION_SHA256);
	return 0;
}
