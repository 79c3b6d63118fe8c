/* Contacts to cells and back. */
#include "model/contact.h"

#include <errno.h>

static const char *const state_names[] = {
	[CONTACT_ACTIVE] = "active",
	[CONTACT_LEFT] = "left",
	[CONTACT_PROBE] = "probe",
};

const char *const contact_lifecycles[] = { "prospect", "new",     "active",
					   "dormant",  "leaving", NULL };
const char *const contact_tz_sources[] = { "explicit", "zip",     "area_code",
					   "country",  "unknown", NULL };

const char *contact_state_name(enum contact_state s)
{
	must((unsigned)s < ARRAY_LEN(state_names));
	return state_names[s];
}

int contact_state_parse(struct str s, enum contact_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < ARRAY_LEN(state_names); i++) {
		if (str_eqz(s, state_names[i])) {
			*out = (enum contact_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

void contact_cells(const struct contact *c, struct cell cells[CONTACT_CELLS])
{
	must(c != NULL && cells != NULL);
	cells[0] = CELL_T(c->tenant);
	cells[1] = CELL_I(c->id);
	cells[2] = CELL_T(c->ref);
	cells[3] = CELL_T(c->name);
	cells[4] = CELL_T(c->lang);
	cells[5] = CELL_T(c->tz);
	cells[6] = CELL_T(c->tz_source);
	cells[7] = CELL_T(c->tier);
	cells[8] = CELL_T(c->branch);
	cells[9] = CELL_T(c->manager);
	cells[10] = CELL_T(c->lifecycle);
	cells[11] = CELL_T(c->preferred);
	cells[12] = CELL_T(c->hours);
	cells[13] = CELL_Z(contact_state_name(c->state));
	cells[14] = CELL_T(c->attrs);
	cells[15] = CELL_I(c->created_ms);
	cells[16] = CELL_I(c->updated_ms);
}

void contact_from_row(const struct row *r, struct contact *c)
{
	must(r != NULL && c != NULL);
	c->tenant = row_s(r, 0);
	c->id = (uint64_t)row_i(r, 1);
	c->ref = row_s(r, 2);
	c->name = row_s(r, 3);
	c->lang = row_s(r, 4);
	c->tz = row_s(r, 5);
	c->tz_source = row_s(r, 6);
	c->tier = row_s(r, 7);
	c->branch = row_s(r, 8);
	c->manager = row_s(r, 9);
	c->lifecycle = row_s(r, 10);
	c->preferred = row_s(r, 11);
	c->hours = row_s(r, 12);
	/* An unknown word stands for the state that gets least. */
	if (contact_state_parse(row_s(r, 13), &c->state) != 0)
		c->state = CONTACT_LEFT;
	c->attrs = row_s(r, 14);
	c->created_ms = row_i(r, 15);
	c->updated_ms = row_i(r, 16);
}

bool contact_zone_guessed(const struct contact *c)
{
	must(c != NULL);
	return c->tz_source.len > 0 && !str_eqz(c->tz_source, "explicit") &&
	       !str_eqz(c->tz_source, "zip");
}
