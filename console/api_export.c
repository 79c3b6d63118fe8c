/* GET /v1/exports/contacts: CSV, page by page, with its purpose. */
#include "console/api.h"

#include "console/persons.h"
#include "proto/text.h"

#define PURPOSE_MAX 400

static void export_note(struct request *r, struct str tenant, size_t n)
{
	AUTO(buf_done) struct buf detail = { 0 };

	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_ks(&detail, "purpose", str_trim(request_query(r, "purpose")));
	json_kz(&detail, "filter", "all");
	json_ku(&detail, "rows", n);
	json_ks_opt(&detail, "cursor", request_query(r, "cursor"));
	json_close(&detail, '}');
	request_audit(r, tenant, "contact.export", STR("contacts"),
		      buf_str(&detail));
}

static void on_exported(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void on_export(struct request *r, int rc)
{
	struct persons *ps = r->own;
	char id[ID_TEXT];

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	buf_reset(&r->out);
	r->type = "text/csv; charset=utf-8";
	if (request_query(r, "cursor").len == 0)
		person_csv_head(&r->out);
	for (size_t i = 0; i < ps->n; i++)
		person_csv(&r->out, ps->v[i]);
	if (ps->more) {
		id_text(ps->last, id);
		IGNORE(str_copy(r->next_page, sizeof(r->next_page),
				str_of(id)));
	}
	export_note(r, str_of(ps->tenant_text), ps->n);
	request_then(r, on_exported);
}

/* It has to fit into the row that says who exported what. */
static bool purpose_ok(struct request *r)
{
	struct str purpose = str_trim(request_query(r, "purpose"));

	if (purpose.len > 0 && purpose.len <= PURPOSE_MAX &&
	    text_printable(purpose))
		return true;
	reply_error(r, 400, "no_purpose", "purpose",
		    "say what the export is for, in 1 to %d bytes; it is "
		    "written down",
		    PURPOSE_MAX);
	return false;
}

void api_contacts_export(struct request *r)
{
	uint64_t after = 0, limit = PERSONS_PAGE;
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !query_id(r, "cursor", &after) ||
	    !query_u64(r, "limit", PERSONS_PAGE, &limit))
		return;
	if (!purpose_ok(r))
		return;
	r->asked = MAX(limit, 1);
	persons_read(r, STORE_PERSON_PAGE, tenant, CELL_I(after), r->asked,
		     on_export);
}
