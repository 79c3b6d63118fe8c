/* Words at work: who hears of them, and what is said back. */
#include "care/keyword.h"

#include <errno.h>
#include <jansson.h>

#include "base/id.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/stats.h"
#include "campaigns/values.h"
#include "care/heard.h"
#include "care/hourly.h"
#include "care/keyword_table.h"
#include "model/address.h"
#include "proto/json.h"
#include "templates/render.h"

/* Digits of this person pick of it. */
struct menu {
	struct list node; /* oldest first */
	uint64_t key;     /* of their address */
	char *name;       /* of the keyword: it outlives a reload */
	char *tenant;
	uint64_t message; /* that said it */
	int64_t said_ms;  /* the peer has it; 0: not yet */
	int64_t until_ms;
	bool zh; /* digits have no language */
};

struct keywords {
	struct keywords_env env;
	const struct keywords_cfg *cfg;
	struct keyword_table *table;
	struct hourly *told;
	struct map *menus;    /* address_key -> struct menu * */
	struct map *messages; /* the same, by the message that said it */
	struct list order;
	struct stat *s_heard;
};

/* One message, and what it has come to. */
struct hearing {
	struct keywords *k;
	const struct inbound *in;
	const struct keyword *word;
	struct str tenant, argument;
	char case_id[ID_TEXT];
	bool zh, picked; /* picked: zh is the menu's */
};

static void use_settings(struct keywords *k, const struct settings *s)
{
	const struct section *sec = settings_find(s, "keywords", NULL);

	must(sec != NULL);
	k->cfg = sec->value;
	k->table = keyword_table_new(s);
}

struct keywords *keywords_new(const struct keywords_env *env)
{
	must(env != NULL && env->gateway != NULL && env->cases != NULL);
	struct keywords *k = mem_new(struct keywords);

	k->env = *env;
	use_settings(k, env->settings);
	k->told = hourly_new(env->clock, (size_t)k->cfg->max);
	k->menus = map_new();
	k->messages = map_new();
	list_init(&k->order);
	k->s_heard = stats_get(STAT_COUNTER, "keywords_heard_total",
			       "Words of customers that were answered.", NULL);
	return k;
}

static void menu_close(struct keywords *k, struct menu *m)
{
	list_remove(&m->node);
	IGNORE(map_del(k->menus, m->key, NULL));
	IGNORE(map_del(k->messages, m->message, NULL));
	mem_free(m->name);
	mem_free(m->tenant);
	mem_free(m);
}

void keywords_free(struct keywords **kp)
{
	struct keywords *k = TAKE(*kp);

	if (k == NULL)
		return;
	LIST_EACH_SAFE (it, &k->order)
		menu_close(k, LIST_ITEM(it, struct menu, node));
	keyword_table_free(&k->table);
	hourly_free(&k->told);
	map_free(&k->messages);
	map_free(&k->menus);
	mem_free(k);
}

void keywords_reload(struct keywords *k, const struct settings *fresh)
{
	must(k != NULL && fresh != NULL);
	keyword_table_free(&k->table);
	use_settings(k, fresh);
}

/* ---- what others hear -------------------------------------------------------------- */

static void put_data(const struct hearing *h, struct str from, struct buf *b)
{
	struct person_view who;

	gateway_person(h->k->env.gateway, h->tenant, h->in->from, &who);
	json_open(b, '{');
	json_kid(b, "id", h->in->id);
	json_ks(b, "from", from);
	json_ks_opt(b, "to", h->in->to);
	json_ks(b, "channel", h->in->channel);
	json_kz(b, "keyword", h->word->name);
	json_ks_opt(b, "argument", h->argument);
	json_kz(b, "lang", h->zh ? "zh" : "en");
	if (who.contact != 0)
		json_kid(b, "contact", who.contact);
	json_ks_opt(b, "case", str_of(h->case_id));
	json_kt(b, "at", h->in->at_ms);
	json_close(b, '}');
}

static void tell(const struct hearing *h)
{
	AUTO(buf_done) struct buf data = { 0 }, masked = { 0 };
	char from[ADDRESS_MAX];

	if (h->word->cfg->event[0] == '\0')
		return;
	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&masked, BUF_NO_LIMIT);
	log_mask(h->in->from, from, sizeof(from));
	put_data(h, h->in->from, &data);
	put_data(h, str_of(from), &masked);
	gateway_publish_open(h->k->env.gateway, h->tenant, h->word->cfg->event,
			     buf_str(&data), buf_str(&masked));
}

/* ---- what the customer hears -------------------------------------------------------- */

static const char *either(bool zh, const char *chinese, const char *english)
{
	return english[0] == '\0' || (zh && chinese[0] != '\0') ? chinese
								: english;
}

static int render_own(const char *words, struct values *v, struct buf *out,
		      struct err *err)
{
	struct template *t = NULL;
	int rc = template_compile(&t, str_of(words), err);

	if (rc == 0)
		rc = template_render(t, values_lookup, v, out, err);
	template_free(&t);
	return rc;
}

static int render_approved(const struct hearing *h, struct values *v,
			   struct library_pick *pick, struct buf *out,
			   struct err *err)
{
	const struct library_ask ask = {
		.tenant = h->tenant,
		.id = str_of(h->word->cfg->template),
		.lang = h->zh ? STR("zh") : STR("en"),
		.single = true,
	};
	int rc = h->k->env.library == NULL
			 ? err_set(err, -ENOENT, "there are no templates")
			 : library_find(h->k->env.library, &ask, pick, err);

	return rc != 0 ? rc : library_render(pick, v, out, err);
}

static int submit(const struct hearing *h, struct submission *s,
		  uint64_t *message, struct err *err)
{
	struct submitted out;

	s->tenant = h->tenant;
	s->to = h->in->from;
	s->channel = h->in->channel;
	s->class_name = str_of(h->k->cfg->class_name);
	s->priority = -1;
	s->flags = MESSAGE_FLAG_REPLY;
	gateway_submit(h->k->env.gateway, s, &out);
	if (out.rc != 0)
		return err_set(err, out.rc, "%s", out.err.text);
	*message = out.id;
	return out.decision.verdict != VERDICT_DENY
		       ? 0
		       : err_set(err, -EPERM, "the gate refuses it: %.*s",
				 STR_ARGS(out.decision.reason));
}

/* words NULL: the template. false: it was not said, and why is logged. */
static bool say(const struct hearing *h, const char *words, uint64_t *message)
{
	AUTO(buf_done) struct buf text = { 0 };
	json_t *vars = json_pack("{s:s,s:s,s:s%}", "keyword", h->word->name,
				 "case", h->case_id, "argument", h->argument.p,
				 h->argument.len);
	struct values v = { .vars = vars };
	struct library_pick pick;
	struct submission s = { 0 };
	struct err err = { "" };
	int rc;

	buf_init(&text, TEMPLATE_OUTPUT_MAX);
	if (words != NULL) {
		rc = render_own(words, &v, &text, &err);
	} else {
		rc = render_approved(h, &v, &pick, &text, &err);
		if (rc == 0)
			s.template_ref = library_ref(&pick);
	}
	values_done(&v);
	json_decref(vars);
	s.text = buf_str(&text);
	if (rc == 0)
		rc = submit(h, &s, message, &err);
	if (rc != 0)
		log_warn("keyword.unsaid", KV_S("keyword", h->word->name),
			 KV_ADDR("to", h->in->from), KV_S("why", err.text));
	return rc == 0;
}

/* ---- menus ------------------------------------------------------------------------ */

static void menu_open(const struct hearing *h, uint64_t message)
{
	struct keywords *k = h->k;
	uint64_t key = address_key(STR_NONE, h->in->from);
	int64_t now_ms = clock_wall_ms(k->env.clock);
	struct menu *m = map_ptr(k->menus, key);

	if (m != NULL)
		menu_close(k, m);
	LIST_EACH_SAFE (it, &k->order) {
		struct menu *old = LIST_ITEM(it, struct menu, node);

		if (old->until_ms > now_ms &&
		    map_len(k->menus) < (size_t)k->cfg->max)
			break;
		menu_close(k, old);
	}
	m = mem_new(struct menu);
	m->key = key;
	m->name = str_z(str_of(h->word->name));
	m->tenant = str_z(h->tenant);
	m->message = message;
	m->until_ms = now_ms + k->cfg->menu_for;
	m->zh = h->zh;
	list_append(&k->order, &m->node);
	map_set_ptr(k->menus, key, m);
	map_set_ptr(k->messages, message, m);
}

void keywords_step(struct keywords *k, uint64_t id, const struct event *e)
{
	must(k != NULL && e != NULL);
	struct menu *m = map_ptr(k->messages, id);

	if (m != NULL && m->said_ms == 0 && e->kind == EVENT_SUBMITTED)
		m->said_ms = clock_wall_ms(k->env.clock);
}

/* ---- to do what a word asks for ------------------------------------------------------ */

static bool open_case(struct hearing *h, bool receipt)
{
	static const struct case_by customer = { .name = { "customer", 8 } };
	char ref[ID_TEXT];
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	id_text(h->in->id, ref);
	const struct case_ask ask = {
		.tenant = h->tenant,
		.kind = (enum case_kind)(h->word->cfg->kind - 1),
		.to = h->in->from,
		.channel = h->in->channel,
		.topic = str_of(h->word->name),
		.source = STR("inbound"),
		.ref = str_of(ref),
		.receipt = receipt,
		.zh = h->zh,
	};

	if (cases_add(h->k->env.cases, &ask, &customer, &x, &joined, &no) !=
	    0) {
		log_warn("case.refused", KV_ADDR("from", h->in->from),
			 KV_S("why", no.err.text));
		return false;
	}
	id_text(x->id, h->case_id);
	return true;
}

static bool call_back(const struct hearing *h)
{
	const struct call_wishes *calls = h->k->env.calls;
	char ref[ID_TEXT], why[CALL_WHY];

	id_text(h->in->id, ref);
	const struct call_wish w = {
		.tenant = h->tenant,
		.to = h->in->from,
		.queue = str_of(h->word->cfg->queue),
		.ref = str_of(ref),
		.source = "keyword",
		.lang = h->zh ? STR("zh") : STR("en"),
	};

	return calls != NULL && calls->wish(calls->owner, &w, why) == 0;
}

/* false: nothing came of it, a person shall see it. */
static bool act(struct hearing *h)
{
	const struct keyword_cfg *c = h->word->cfg;
	const char *words = either(h->zh, c->answer_zh, c->answer_en);
	bool own = words[0] != '\0' || c->template[0] != '\0', done = false;
	uint64_t message = 0;

	if (c->argument == KEYWORD_MUST && h->argument.len == 0)
		return say(h, either(h->zh, c->ask_zh, c->ask_en), &message);
	if (c->kind != 0) {
		if (!open_case(h, !own))
			return false;
		done = true;
	}
	if (c->queue[0] != '\0')
		done = call_back(h) || done;
	if (own && say(h, c->template[0] != '\0' ? NULL : words, &message)) {
		done = true;
		if (c->menu.len > 0)
			menu_open(h, message);
	}
	if (c->event[0] != '\0') {
		tell(h);
		done = true;
	}
	return done;
}

static const char *heard(struct hearing *h)
{
	if (!hourly_take(h->k->told, h->in->from, (unsigned)h->k->cfg->answers))
		return NULL;
	if (!h->picked ||
	    gateway_lang(h->k->env.gateway, h->tenant, h->in->from).len > 0)
		h->zh = heard_chinese(h->k->env.gateway, h->tenant, h->in);
	if (!act(h))
		return NULL;
	stat_add(h->k->s_heard, 1);
	log_info("keyword", KV_ID("inbound", h->in->id),
		 KV_S("keyword", h->word->name));
	return CLAIM_KEYWORD;
}

/* ---- the claimants -------------------------------------------------------------------- */

/* Open for whoever writes; NULL: none. */
static const struct menu *menu_of(struct keywords *k, const struct inbound *in)
{
	struct menu *m = map_ptr(k->menus, address_key(STR_NONE, in->from));

	if (m == NULL || m->until_ms > clock_wall_ms(k->env.clock))
		return m;
	menu_close(k, m);
	return NULL;
}

/* What the digits pick; digits that pick nothing say the menu again. */
static const struct keyword *picked(const struct keywords *k,
				    const struct menu *m, const char *digits)
{
	const struct keyword *of = keyword_table_named(k->table, m->name);
	struct str own, name;
	char title[CASE_WORD_MAX];

	for (size_t i = 0; of != NULL && i < of->cfg->menu.len; i++) {
		if (keyword_entry(of->cfg->menu.v[i], &own, &name) &&
		    str_eqz(own, digits) &&
		    str_copy(title, sizeof(title), name) == 0)
			return keyword_table_named(k->table, title);
	}
	return of;
}

static const char *pick(struct keywords *k, const struct inbound *in,
			const struct menu *m)
{
	char digits[3];
	AUTO(mem_clear) char *tenant = str_z(str_of(m->tenant));
	struct hearing h = { .k = k,
			     .in = in,
			     .tenant = str_of(tenant),
			     .zh = m->zh,
			     .picked = true };

	if (!keyword_digits(in->text, digits))
		return NULL;
	h.argument = STR_NONE;
	h.word = picked(k, m, digits);
	return h.word == NULL ? NULL : heard(&h);
}

static const char *claim_menu(void *owner, const struct inbound *in)
{
	struct keywords *k = owner;
	const struct menu *m = menu_of(k, in);

	/* what was said after it asks for digits, perhaps */
	if (m == NULL || m->said_ms == 0 ||
	    gateway_last_sent(k->env.gateway, in->from) > m->said_ms)
		return NULL;
	return pick(k, in, m);
}

const struct claimant_ops keywords_menu_claimant = { claim_menu, NULL, NULL,
						     NULL };

static const char *claim(void *owner, const struct inbound *in)
{
	struct keywords *k = owner;
	const struct menu *m = menu_of(k, in);
	const char *taken = m == NULL ? NULL : pick(k, in, m);
	AUTO(buf_done) struct buf argument = { 0 };
	struct hearing h = {
		.k = k,
		.in = in,
		.tenant = heard_tenant(k->env.gateway, in),
	};
	const struct keyword_ask ask = { h.tenant, in->to, in->text };

	if (taken != NULL)
		return taken;
	buf_init(&argument, BUF_NO_LIMIT);
	h.word = keyword_table_find(k->table, &ask, &argument);
	h.argument = buf_str(&argument);
	return h.word == NULL ? NULL : heard(&h);
}

const struct claimant_ops keywords_claimant = { claim, NULL, NULL, NULL };
