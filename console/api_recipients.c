/* /v1/campaigns/{id}/recipients and results: what came to whom, and why. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "console/campaign_ask.h"
#include "proto/csv.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX 1000
#define CSV_PAGE 10000

/* Of a page under way; the reader's thread writes it. */
struct recipients_page {
	enum campaign_state campaign;
	struct who who; /* who sees it */
	char tenant[TENANT_MAX + 1];
	bool csv;
	uint64_t n, limit;
	int64_t last;
};

/* Columns of RECIPIENT_LIST. */
enum {
	COL_N,
	COL_CONTACT,
	COL_ARM,
	COL_STATE,
	COL_REASON,
	COL_DUE,
	COL_MESSAGE,
	COL_ADDRESS,
	COL_DETAIL,
	COL_MESSAGE_STATE,
	COL_MESSAGE_REASON,
	COL_LINK,
	COL_UPDATED
};

static struct str reason_of(const struct row *row)
{
	struct str own = row_s(row, COL_REASON);

	return own.len > 0 ? own : row_s(row, COL_MESSAGE_REASON);
}

static void put_json(const struct recipients_page *p, struct buf *b,
		     const struct row *row)
{
	struct str address = row_s(row, COL_ADDRESS);
	int64_t message = row_i(row, COL_MESSAGE);

	json_open(b, '{');
	json_ki(b, "n", row_i(row, COL_N));
	json_key(b, "to");
	who_address_json(b, &p->who, str_of(p->tenant), address);
	json_kz(b, "state", campaign_recipient_state(p->campaign, row));
	json_ks_opt(b, "reason", reason_of(row));
	json_ks_opt(b, "detail", row_s(row, COL_DETAIL));
	json_kz(b, "arm", row_i(row, COL_ARM) == 0 ? "a" : "b");
	json_kt_opt(b, "due", row_i(row, COL_DUE));
	if (row_i(row, COL_CONTACT) != 0)
		json_kid(b, "contact", (uint64_t)row_i(row, COL_CONTACT));
	if (message != 0)
		json_kid(b, "message", (uint64_t)message);
	json_ks_opt(b, "link", row_s(row, COL_LINK));
	json_kt_opt(b, "at", row_i(row, COL_UPDATED));
	json_close(b, '}');
}

static void put_csv(const struct recipients_page *p, struct buf *b,
		    const struct row *row)
{
	AUTO(buf_done) struct buf to = { 0 };
	char message[ID_TEXT] = "", at[32] = "";

	buf_init(&to, 256);
	who_address_put(&to, &p->who, str_of(p->tenant),
			row_s(row, COL_ADDRESS));
	if (row_i(row, COL_MESSAGE) != 0)
		id_text((uint64_t)row_i(row, COL_MESSAGE), message);
	if (row_i(row, COL_UPDATED) != 0)
		clock_rfc3339(row_i(row, COL_UPDATED), at);
	const struct str cells[] = {
		buf_str(&to),
		str_of(campaign_recipient_state(p->campaign, row)),
		reason_of(row),
		row_i(row, COL_ARM) == 0 ? STR("a") : STR("b"),
		str_of(message),
		row_s(row, COL_LINK),
		str_of(at),
		row_s(row, COL_DETAIL),
	};
	buf_f(b, "%lld", (long long)row_i(row, COL_N));
	for (unsigned i = 0; i < ARRAY_LEN(cells); i++)
		csv_cell(cells[i], false, b);
	buf_z(b, "\r\n");
}

/* On the reader's thread. */
static bool show(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct recipients_page *p = r->own;

	p->n++;
	p->last = row_i(row, COL_N);
	if (p->csv)
		put_csv(p, &r->out, row);
	else
		put_json(p, &r->out, row);
	return true;
}

/* Runs of before are over, whatever the campaign does now. */
static enum campaign_state state_of_run(const struct campaign *m, uint64_t run)
{
	return (int64_t)run < campaign_run(m) ? CAMPAIGN_EXPIRED
					      : campaign_state(m);
}

/* `state` is one of the stored ones: the others are those of messages. */
static bool query_state(struct request *r, struct cell *out)
{
	static const char *const names[] = { "ready", "suppressed", "deferred",
					     "claimed" };
	struct str wanted = request_query(r, "state");

	*out = CELL_N;
	if (wanted.len == 0)
		return true;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_eqz(wanted, names[i]))
			continue;
		*out = CELL_I(i);
		return true;
	}
	reply_error(r, 400, "bad_state", "state",
		    "state is ready, suppressed, deferred or claimed");
	return false;
}

static bool page_ask(struct request *r, bool csv, uint64_t limit, uint64_t max,
		     void (*next)(struct request *r, int rc))
{
	struct str reason = request_query(r, "reason");
	struct campaign *m;
	struct cell state;
	uint64_t after = 0, run;

	if (!campaign_asked(r, &m))
		return false;
	run = (uint64_t)campaign_run(m);
	if (!query_u64(r, "limit", max, &limit) ||
	    !query_u64(r, "cursor", INT64_MAX, &after) ||
	    !query_u64(r, "run", INT64_MAX, &run) || !query_state(r, &state))
		return false;
	struct recipients_page *p = mem_new(struct recipients_page);
	r->own = p;
	r->own_free = mem_free;
	p->campaign = state_of_run(m, run);
	p->who = r->who;
	must(str_copy(p->tenant, sizeof(p->tenant), campaign_tenant(m)) == 0);
	p->csv = csv;
	p->limit = limit;
	reply_json(r);
	if (csv && after == 0)
		buf_z(&r->out,
		      "n,to,state,reason,arm,message,link,at,detail\r\n");
	if (!csv) {
		json_open(&r->out, '{');
		json_key(&r->out, "recipients");
		json_open(&r->out, '[');
	} else {
		campaign_audit(r, m, "campaign.results", STR_NONE);
	}
	const struct cell cells[] = {
		CELL_I(campaign_id(m)),
		CELL_I(run),
		state,
		reason.len > 0 ? CELL_T(reason) : CELL_N,
		CELL_I(after),
		CELL_I(limit),
	};
	request_read(r, STORE_RECIPIENT_LIST, cells, ARRAY_LEN(cells), show,
		     next);
	return true;
}

static void on_page(struct request *r, int rc)
{
	const struct recipients_page *p = r->own;
	char next[24];

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(&r->out, ']');
	snprintf(next, sizeof(next), "%lld", (long long)p->last);
	if (p->n > 0 && p->n == p->limit)
		json_kz(&r->out, "next", next);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

void api_recipients_list(struct request *r)
{
	must(r != NULL);
	IGNORE(page_ask(r, false, PAGE_DEFAULT, PAGE_MAX, on_page));
}

static void on_results(struct request *r, int rc)
{
	const struct recipients_page *p = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	r->type = "text/csv; charset=utf-8";
	if (p->n > 0 && p->n == p->limit)
		snprintf(r->next_page, sizeof(r->next_page), "%lld",
			 (long long)p->last);
	reply_send(r, 200);
}

void api_campaign_results(struct request *r)
{
	must(r != NULL);
	IGNORE(page_ask(r, true, CSV_PAGE, CSV_PAGE, on_results));
}
