/* The book of customers' messages that are not yet taken. */
#include "tools/smscsim/mo.h"

#include "base/map.h"
#include "base/mem.h"
#include "proto/sms_split.h"

struct mo {
	uint64_t id;
	unsigned left, parts;
	uint32_t status;
	uint64_t from_ms;
	struct mo_asker asker;
};

struct mo_book {
	struct map *by_id; /* -> struct mo */
	uint64_t next;
	uint16_t ref;
};

struct mo_book *mo_book_new(void)
{
	struct mo_book *b = mem_new(struct mo_book);

	b->by_id = map_new();
	return b;
}

void mo_book_free(struct mo_book **bp)
{
	size_t at = 0;
	uint64_t id, m;

	must(bp != NULL);
	if (*bp == NULL)
		return;
	while (map_next((*bp)->by_id, &at, &id, &m)) {
		struct mo *one = map_ptr((*bp)->by_id, id);
		mem_free(one);
	}
	map_free(&(*bp)->by_id);
	mem_free(*bp);
	*bp = NULL;
}

static void mo_put_parts(struct mo_book *b, struct mo *m, struct str from,
			 struct str to, const struct sms_plan *plan,
			 const struct buf *coded,
			 void (*put)(void *owner, struct parcel *p),
			 void *owner)
{
	uint8_t coding =
		plan->charset == SMS_UCS2 ? SMPP_DC_UCS2 : SMPP_DC_DEFAULT;
	uint8_t esm = plan->parts > 1 ? SMPP_ESM_UDHI : 0;
	struct buf part;
	uint8_t udh[8];

	buf_init(&part, SMPP_PDU_MAX);
	b->ref++;
	for (unsigned i = 0; i < plan->parts; i++) {
		unsigned n =
			sms_udh(SMS_CONCAT_UDH8, b->ref, plan->parts, i, udh);
		buf_reset(&part);
		buf_put(&part, udh, n);
		buf_put(&part, coded->p + plan->cut[i],
			plan->cut[i + 1] - plan->cut[i]);
		put(owner,
		    parcel_mo(m->id, from, to, coding, esm, buf_str(&part)));
	}
	buf_done(&part);
}

void mo_begin(struct mo_book *b, struct str from, struct str to,
	      struct str text, uint64_t now_ms, const struct mo_asker *asker,
	      void (*put)(void *owner, struct parcel *p), void *owner)
{
	struct sms_plan plan;
	struct buf coded;

	must(b != NULL && asker != NULL && asker->said != NULL && put != NULL);
	buf_init(&coded, SMPP_PDU_MAX);
	if (sms_plan(text, SMS_CONCAT_UDH8, SMS_PARTS_MAX, &coded, &plan) < 0) {
		asker->said(asker->owner, asker->ticket,
			    "error the text is too long, or not UTF-8");
		buf_done(&coded);
		return;
	}
	struct mo *m = mem_new(struct mo);
	m->id = ++b->next;
	m->left = m->parts = plan.parts;
	m->from_ms = now_ms;
	m->asker = *asker;
	map_set_ptr(b->by_id, m->id, m);
	mo_put_parts(b, m, from, to, &plan, &coded, put, owner);
	buf_done(&coded);
}

void mo_ended(struct mo_book *b, uint64_t id, uint32_t status, uint64_t now_ms)
{
	must(b != NULL);
	struct mo *m = map_ptr(b->by_id, id);
	char line[80];

	if (m == NULL)
		return;
	if (status != 0)
		m->status = status;
	if (--m->left > 0)
		return;
	if (m->status == 0)
		(void)snprintf(line, sizeof(line), "ok parts=%u ms=%u",
			       m->parts, (unsigned)(now_ms - m->from_ms));
	else
		(void)snprintf(line, sizeof(line), "error status 0x%08x",
			       m->status);
	IGNORE(map_del(b->by_id, id, NULL));
	m->asker.said(m->asker.owner, m->asker.ticket, line);
	mem_free(m);
}
