/* Sets of words with an answer each, in the order of the file. */
#include "care/faq.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "care/heard.h"
#include "care/hourly.h"
#include "proto/wordset.h"

/* People who were answered within the hour; more: counted anew. */
#define PEOPLE_MAX 100000

#define AT(f) offsetof(struct faq_cfg, f)
static const struct setting rows[] = {
	{ "words", SETTING_LIST, AT(words), "{}", 1, 100, NULL, NULL, false,
	  "A reply that holds one of these gets the answer." },
	{ "zh", SETTING_STR, AT(zh), "", 0, 0, NULL, NULL, false,
	  "The answer in Chinese; the other one without it." },
	{ "en", SETTING_STR, AT(en), "", 0, 0, NULL, NULL, false,
	  "The answer in English." },
	{ "tenant", SETTING_STR, AT(tenant), "", 0, 0, NULL, NULL, false,
	  "Whose customers; empty: everybody's." },
};
#undef AT

const struct setting_section faq_section = {
	"faq",
	true,
	sizeof(struct faq_cfg),
	rows,
	ARRAY_LEN(rows),
	"Answers to what is asked often.",
};

struct entry {
	const struct faq_cfg *cfg;
	struct wordset *words;
};

struct faq {
	struct gateway *gateway;
	const char *class_name;
	struct entry *v;
	size_t n;
	struct hourly *told;
	struct stat *answered;
};

static struct wordset *words_of(const struct faq_cfg *cfg, struct err *err)
{
	struct wordset *w = wordset_new();

	for (size_t i = 0; i < cfg->words.len; i++) {
		if (wordset_add(w, str_of(cfg->words.v[i]), err) != 0)
			wordset_free(&w);
		if (w == NULL)
			break;
	}
	return w;
}

void faq_check(const struct settings *s, struct faults *faults)
{
	const struct section *sec;
	size_t at = 0;

	must(s != NULL && faults != NULL);
	while ((sec = settings_next(s, "faq", &at)) != NULL) {
		const struct faq_cfg *cfg = sec->value;
		struct err err = { "" };
		struct wordset *w = words_of(cfg, &err);

		if (w == NULL)
			faults_add(faults, "line %u: words: %s", sec->line,
				   err.text);
		if (cfg->words.len == 0)
			faults_add(faults, "line %u: words: there are none",
				   sec->line);
		if (cfg->zh[0] == '\0' && cfg->en[0] == '\0')
			faults_add(faults, "line %u: zh: there is no answer",
				   sec->line);
		wordset_free(&w);
	}
}

static void forget(struct faq *f)
{
	for (size_t i = 0; i < f->n; i++)
		wordset_free(&f->v[i].words);
	mem_clear(&f->v);
	f->n = 0;
}

void faq_load(struct faq *f, const struct settings *s)
{
	const struct section *sec;
	size_t at = 0;

	must(f != NULL && s != NULL);
	forget(f);
	while ((sec = settings_next(s, "faq", &at)) != NULL) {
		struct err err = { "" };

		f->v = mem_resize(f->v, (f->n + 1) * sizeof(*f->v));
		f->v[f->n] = (struct entry){ sec->value,
					     words_of(sec->value, &err) };
		must(f->v[f->n].words != NULL); /* faq_check */
		f->n++;
	}
}

struct faq *faq_new(const struct settings *s, struct gateway *g,
		    const struct clock_ops *clock, const char *class_name)
{
	must(s != NULL && g != NULL && clock != NULL && class_name != NULL);
	struct faq *f = mem_new(struct faq);

	f->gateway = g;
	f->class_name = class_name;
	f->told = hourly_new(clock, PEOPLE_MAX);
	f->answered = stats_get(STAT_COUNTER, "faq_answers_total",
				"Replies answered by keyword.", NULL);
	faq_load(f, s);
	return f;
}

void faq_free(struct faq **fp)
{
	struct faq *f = TAKE(*fp);

	if (f == NULL)
		return;
	forget(f);
	hourly_free(&f->told);
	mem_free(f);
}

static const struct entry *find(const struct faq *f, struct str tenant,
				struct str text)
{
	struct str word;

	for (size_t i = 0; i < f->n; i++) {
		const char *of = f->v[i].cfg->tenant;

		if ((of[0] == '\0' || str_eqz(tenant, of)) &&
		    wordset_find(f->v[i].words, text, &word))
			return &f->v[i];
	}
	return NULL;
}

static const char *words_for(const struct faq_cfg *cfg, bool chinese)
{
	if (cfg->zh[0] == '\0' || (!chinese && cfg->en[0] != '\0'))
		return cfg->en;
	return cfg->zh;
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct faq *f = owner;
	struct str tenant = heard_tenant(f->gateway, in);
	const struct entry *e = find(f, tenant, in->text);
	struct submitted out;

	if (e == NULL || !hourly_take(f->told, in->from, FAQ_AN_HOUR))
		return NULL;
	bool chinese = heard_chinese(f->gateway, tenant, in);
	const struct submission s = {
		.tenant = tenant,
		.to = in->from,
		.channel = in->channel,
		.text = str_of(words_for(e->cfg, chinese)),
		.class_name = str_of(f->class_name),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
	};

	gateway_submit(f->gateway, &s, &out);
	if (out.rc != 0 || out.decision.verdict == VERDICT_DENY) {
		log_warn("faq.unanswered", KV_ADDR("to", in->from));
		return NULL; /* a person sees it in the inbox */
	}
	stat_add(f->answered, 1);
	return CLAIM_FAQ;
}

const struct claimant_ops faq_claimant = { claim, NULL, NULL, NULL };
