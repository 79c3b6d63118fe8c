/* Sections `orders` and `offer`. */
#include <jansson.h>
#include <string.h>

#include "base/map.h"
#include "base/secret.h"
#include "care/action.h"
#include "care/orders_impl.h"
#include "proto/text.h"
#include "templates/parse.h"

#define AT(field) offsetof(struct orders_cfg, field)
#define DAY INT64_C(86400000)
#define TEXT(field, initial, text)                                         \
	{                                                                  \
#field, SETTING_STR, AT(field), initial, 0, 0, NULL, NULL, \
			false, text                                        \
	}

static const struct setting rows[] = {
	{ "class", SETTING_STR, AT(class_name), "transaction", 0, 0, NULL, NULL,
	  false, "Class of what is said of orders." },
	{ "confirm", SETTING_DURATION, AT(confirm), "24h", 60000, 30 * DAY,
	  NULL, NULL, false,
	  "A code is good this long; then it was no order." },
	{ "late", SETTING_DURATION, AT(late), "24h", 60000, 30 * DAY, NULL,
	  NULL, false,
	  "So long after that who sends the code is told, once, that it has "
	  "ended." },
	{ "tries", SETTING_INT, AT(tries), "5", 1, 20, NULL, "codes", false,
	  "Wrong codes, then the order lapses." },
	{ "warn", SETTING_DURATION, AT(warn), "72h", 60000, 90 * DAY, NULL,
	  NULL, false, "So long before a trial ends its customer is told." },
	{ "pending", SETTING_INT, AT(pending), "5", 1, 100, NULL, "orders",
	  false, "Orders of one person that wait for a code." },
	{ "max", SETTING_INT, AT(max), "1000000", 1, 100000000, NULL, "orders",
	  false, "Most orders that have not ended." },
	{ "buyers_max", SETTING_INT, AT(buyers_max), "5000000", 1, 100000000,
	  NULL, "people", false,
	  "People of whom it is known that they have ordered before." },
	TEXT(confirm_zh,
	     "您订购{{svc}},{{price}}元/{{period}}。回复{{code}}确认,"
	     "{{hours}}小时内有效,不回复不开通,退订回复0000。",
	     "Asks for the code: svc price period code hours."),
	TEXT(confirm_en,
	     "You asked for {{svc}}, {{price}}/{{period}}. Reply {{code}} within"
	     " {{hours}} h to confirm. No reply, no service. Stop later: 0000.",
	     "The same in English."),
	TEXT(active_zh,
	     "{{svc}}已为您开通,{{price}}元/{{period}}。退订回复0000。",
	     "Said when it was confirmed; empty: nothing."),
	TEXT(active_en,
	     "{{svc}} is yours, {{price}}/{{period}}. To stop it reply 0000.",
	     "The same in English."),
	TEXT(wrong_zh, "确认码不正确,订购未生效。", "Said to a wrong code."),
	TEXT(wrong_en, "That is not the code. Nothing was ordered.",
	     "The same in English."),
	TEXT(late_zh, "确认码已失效,订购未生效。如仍需要,请重新订购。",
	     "Said to a code that is late."),
	TEXT(late_en,
	     "That code has ended, and nothing was ordered. Please order again.",
	     "The same in English."),
	TEXT(trial_zh,
	     "您试用的{{svc}}即将到期,到期自动取消,不会扣费。如需继续,"
	     "{{price}}元/{{period}},回复{{code}}。",
	     "Said before a trial ends."),
	TEXT(trial_en,
	     "Your trial of {{svc}} ends soon, by itself and free of charge."
	     " To keep it for {{price}}/{{period}} reply {{code}}.",
	     "The same in English."),
	TEXT(ended_zh, "{{svc}}已取消,即时生效。",
	     "Said when a trial or service ended; empty: nothing."),
	TEXT(ended_en, "{{svc}} has ended.", "The same in English."),
};

const struct setting_section orders_section = {
	"orders", false,           sizeof(struct orders_cfg),
	rows,     ARRAY_LEN(rows), "Orders: codes, trials, what is said.",
};

#define OFFER(field) offsetof(struct offer_cfg, field)

static const struct setting offer_rows[] = {
	{ "tenant", SETTING_STR, OFFER(tenant), "", 0, 0, NULL, NULL, false,
	  "Whose offer; empty: the default tenant's." },
	{ "title_zh", SETTING_STR, OFFER(title_zh), "", 0, 0, NULL, NULL, false,
	  "What it is called in Chinese." },
	{ "title_en", SETTING_STR, OFFER(title_en), "", 0, 0, NULL, NULL, false,
	  "What it is called in English." },
	{ "price", SETTING_INT, OFFER(price), NULL, 0, 100000000, NULL, "fen",
	  false, "Price of one period." },
	{ "period", SETTING_ENUM, OFFER(period), "month", 0, 0,
	  order_period_names, NULL, false, "What the price is for." },
	{ "service", SETTING_STR, OFFER(service), "", 0, 0, NULL, NULL, false,
	  "What billing calls it; offers of one service replace each other." },
	{ "words", SETTING_LIST, OFFER(words), "{}", 0, 0, NULL, NULL, false,
	  "What orders it by message: \"DG CL\"." },
};

const struct setting_section offer_section = {
	"offer",
	true,
	sizeof(struct offer_cfg),
	offer_rows,
	ARRAY_LEN(offer_rows),
	"A service that can be ordered, at its price.",
};

void offer_version(const char *name, const struct offer_cfg *o,
		   char out[OFFER_VERSION])
{
	must(name != NULL && o != NULL && out != NULL);
	struct buf b = { 0 }, hex = { 0 };
	uint8_t digest[32];

	buf_init(&b, BUF_NO_LIMIT);
	buf_init(&hex, 64);
	buf_lstr(&b, str_of(name));
	buf_lstr(&b, str_of(o->title_zh));
	buf_lstr(&b, str_of(o->title_en));
	buf_lstr(&b, str_of(o->service));
	buf_varint(&b, (uint64_t)o->price);
	buf_varint(&b, (uint64_t)o->period);
	secret_sha256(buf_str(&b), digest);
	secret_hex(digest, 4, &hex);
	must(str_copy(out, OFFER_VERSION, buf_str(&hex)) == 0);
	buf_done(&hex);
	buf_done(&b);
}

/* ---- checks ---------------------------------------------------------------------- */

static void check_text(const struct section *s, const char *text,
		       struct faults *f)
{
	struct template *t = NULL;
	struct err err = { "" };

	if (template_compile(&t, str_of(text), &err) != 0)
		faults_add(f, "line %u: orders: %s", s->line, err.text);
	template_free(&t);
}

static void check_offer(const struct section *s, struct dict *words,
			struct faults *f)
{
	const struct offer_cfg *o = s->value;

	if (o->title_zh[0] == '\0' && o->title_en[0] == '\0')
		faults_add(f, "line %u: offer %s has no title", s->line,
			   s->title);
	if (action_forbidden(o->service))
		faults_add(f,
			   "line %u: offer %s: " ACTION_FORBIDDEN ": no order "
			   "transfers or closes an account",
			   s->line, s->title);
	for (size_t i = 0; i < o->words.len; i++) {
		struct buf b = { 0 };

		buf_init(&b, 1024);
		if (text_fold(str_of(o->words.v[i]), true, &b) != 0 ||
		    b.len == 0)
			faults_add(f, "line %u: offer %s: \"%s\" is no word",
				   s->line, s->title, o->words.v[i]);
		else if (dict_set(words, buf_str(&b), s->title) != NULL)
			faults_add(f,
				   "line %u: offer %s: \"%s\" orders another "
				   "offer, too",
				   s->line, s->title, o->words.v[i]);
		buf_done(&b);
	}
}

void orders_check(const struct settings *settings, struct faults *faults)
{
	must(settings != NULL && faults != NULL);
	const struct section *s = settings_find(settings, "orders", NULL);
	const struct orders_cfg *c = s == NULL ? NULL : s->value;
	struct dict *words = dict_new();
	size_t at = 0;

	for (unsigned i = 0; c != NULL && i < ARRAY_LEN(rows); i++)
		if (rows[i].type == SETTING_STR)
			check_text(s,
				   *(char *const *)((const char *)c +
						    rows[i].offset),
				   faults);
	while ((s = settings_next(settings, "offer", &at)) != NULL)
		check_offer(s, words, faults);
	dict_free(&words);
}
