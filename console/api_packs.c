/* /v1/rules: the rule packs, as the gate uses them. */
#include "console/api.h"

static const char advice_en[] =
	"A rule pack is a configuration of this gateway and no legal advice. "
	"Have it checked by who knows the law of the place.";
static const char advice_zh[] =
	"规则包只是本网关的配置,不构成法律意见;请由熟悉当地法律的人士核对。";

static void put_advice(struct buf *b)
{
	json_key(b, "notice");
	json_open(b, '{');
	json_kz(b, "en", advice_en);
	json_kz(b, "zh", advice_zh);
	json_close(b, '}');
}

static void put_list(struct buf *b, const char *key,
		     const struct setting_list *l)
{
	json_key(b, key);
	json_open(b, '[');
	for (size_t i = 0; i < l->len; i++)
		json_s(b, str_of(l->v[i]));
	json_close(b, ']');
}

/* Any row of the section, in the notation of the config. */
static void put_row(struct buf *b, const struct setting *row, const void *at)
{
	switch (row->type) {
	case SETTING_STR:
	case SETTING_SECRET:
		json_kz(b, row->name, *(char *const *)at);
		break;
	case SETTING_LIST:
		put_list(b, row->name, at);
		break;
	case SETTING_BOOL:
		json_kb(b, row->name, *(const bool *)at);
		break;
	case SETTING_ENUM:
		json_kz(b, row->name, row->names[*(const int *)at]);
		break;
	case SETTING_DURATION:
		json_ki(b, row->name, *(const int64_t *)at / 1000);
		break;
	case SETTING_INT:
	case SETTING_SIZE:
		json_ki(b, row->name, *(const int64_t *)at);
		break;
	}
}

static void put_pack(struct buf *b, const struct pack *p)
{
	json_open(b, '{');
	json_kz(b, "name", p->name);
	for (size_t i = 0; i < pack_section.count; i++)
		put_row(b, &pack_section.rows[i],
			(const char *)&p->cfg + pack_section.rows[i].offset);
	json_close(b, '}');
}

void api_rules_list(struct request *r)
{
	const struct packs *ps;
	struct buf *b;

	must(r != NULL);
	ps = gateway_packs(r->c->gateway);
	b = reply_json(r);
	json_open(b, '{');
	put_advice(b);
	json_ks(b, "version", packs_version(ps));
	json_key(b, "packs");
	json_open(b, '[');
	for (unsigned i = 0; i < packs_len(ps); i++)
		put_pack(b, packs_at(ps, i));
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

void api_rules_get(struct request *r)
{
	const struct pack *p;
	struct buf *b;

	must(r != NULL);
	p = packs_find(gateway_packs(r->c->gateway), r->param[0]);
	if (p == NULL) {
		reply_error(r, 404, "not_found", NULL,
			    "there is no rule pack '%.*s'",
			    STR_ARGS(str_first(r->param[0], 40)));
		return;
	}
	b = reply_json(r);
	json_open(b, '{');
	put_advice(b);
	json_key(b, "pack");
	put_pack(b, p);
	json_close(b, '}');
	reply_send(r, 200);
}
