/* The page, from the JSON of the pack. */
#include "console/evidence_page.h"

#include <string.h>

#include "proto/html.h"

enum page_word {
#define PAGE_WORD(name, en, zh) PAGE_##name,
#include "console/evidence_words.def"
#undef PAGE_WORD
	PAGE_WORDS
};

static const char *const words[PAGE_WORDS][2] = {
#define PAGE_WORD(name, en, zh) [PAGE_##name] = { en, zh },
#include "console/evidence_words.def"
#undef PAGE_WORD
};

struct page {
	struct buf *b;
	const json_t *pack;
	bool zh;
};

/* <tag>text</tag> */
static void html_tag(struct buf *b, const char *tag, struct str text)
{
	buf_f(b, "<%s>", tag);
	html_text(text, b);
	buf_f(b, "</%s>", tag);
}

static struct str word(const struct page *p, enum page_word w)
{
	return str_of(words[w][p->zh]);
}

/* A member, "decision.reason", as text; "" when it is not there. */
static struct str member(const json_t *o, const char *path, char number[32])
{
	struct str rest = str_of(path), step;
	const json_t *at = o;

	while (at != NULL && rest.len > 0) {
		char name[64];

		rest = str_cut(rest, '.', &step);
		must(str_copy(name, sizeof(name), step) == 0);
		at = json_object_get(at, name);
	}
	if (json_is_string(at))
		return str_bytes(json_string_value(at), json_string_length(at));
	if (json_is_boolean(at))
		return json_is_true(at) ? STR("true") : STR("false");
	if (!json_is_integer(at))
		return STR_NONE;
	(void)snprintf(number, 32, "%lld", (long long)json_integer_value(at));
	return str_of(number);
}

/* ---- tables -------------------------------------------------------------------- */

struct column {
	enum page_word word;
	const char *member;
};

static void put_heads(struct page *p, const struct column *columns, unsigned n)
{
	buf_z(p->b, "<table><thead><tr>");
	for (unsigned i = 0; i < n; i++)
		html_tag(p->b, "th", word(p, columns[i].word));
	buf_z(p->b, "</tr></thead><tbody>\n");
}

/* Types of events are words of ours; all else is shown as it is. */
static struct str shown(const struct page *p, const struct column *c,
			struct str value)
{
	static const enum page_word types[] = { PAGE_REQUEST, PAGE_GRANT,
						PAGE_CONFIRM, PAGE_WITHDRAW,
						PAGE_BLOCK,   PAGE_UNBLOCK,
						PAGE_EXPIRE,  PAGE_CORRECT,
						PAGE_IMPORT };

	for (unsigned i = 0; c->word == PAGE_TYPE && i < ARRAY_LEN(types); i++)
		if (str_eqz(value, words[types[i]][0]))
			return word(p, types[i]);
	return value;
}

static void put_row(struct page *p, const json_t *row,
		    const struct column *columns, unsigned n)
{
	char number[32];

	buf_z(p->b, "<tr>");
	for (unsigned i = 0; i < n; i++)
		html_tag(p->b, "td",
			 shown(p, &columns[i],
			       member(row, columns[i].member, number)));
	buf_z(p->b, "</tr>\n");
}

static void put_table(struct page *p, const char *list,
		      const struct column *columns, unsigned n)
{
	const json_t *rows = json_object_get(p->pack, list);
	const json_t *row;
	size_t i;

	if (json_array_size(rows) == 0) {
		html_tag(p->b, "p", word(p, PAGE_NONE));
		return;
	}
	put_heads(p, columns, n);
	json_array_foreach(rows, i, row) put_row(p, row, columns, n);
	buf_z(p->b, "</tbody></table>\n");
}

/* ---- sections -------------------------------------------------------------------- */

static void put_top(struct page *p)
{
	static const struct column facts[] = {
		{ PAGE_ADDRESS, "address" },
		{ PAGE_TENANT, "tenant" },
		{ PAGE_MADE, "made" },
		{ PAGE_EXPORTED_BY, "exported_by" },
		{ PAGE_NODE, "node" },
		{ PAGE_KEEP_UNTIL, "keep_until" },
	};
	char number[32];

	buf_f(p->b,
	      "<!DOCTYPE html>\n<html lang=\"%s\"><head>"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src"
	      " 'none'; style-src 'unsafe-inline'\">\n",
	      p->zh ? "zh" : "en");
	html_tag(p->b, "title", word(p, PAGE_TITLE));
	buf_z(p->b,
	      "<style>body{font:14px/1.5 sans-serif;margin:2em;color:#222}"
	      "table{border-collapse:collapse;margin:.5em 0}"
	      "td,th{border:1px solid #bbb;padding:.2em .5em;text-align:left;"
	      "vertical-align:top;max-width:24em;overflow-wrap:anywhere}"
	      "th{background:#eee}.bad{color:#b00;font-weight:bold}"
	      "dt{font-weight:bold}dd{margin:0 0 .3em}"
	      "@media print{body{margin:0;font-size:10px}}</style>"
	      "</head><body>\n");
	html_tag(p->b, "h1", word(p, PAGE_TITLE));
	buf_z(p->b, "<dl>\n");
	for (unsigned i = 0; i < ARRAY_LEN(facts); i++) {
		struct str value = member(p->pack, facts[i].member, number);

		if (value.len == 0)
			continue;
		html_tag(p->b, "dt", word(p, facts[i].word));
		html_tag(p->b, "dd", value);
	}
	buf_z(p->b, "</dl>\n");
}

static void put_standing(struct page *p)
{
	json_t *standing = json_object_get(p->pack, "standing");
	const char *name;
	char number[32];
	json_t *v;

	html_tag(p->b, "h2", word(p, PAGE_STANDING));
	buf_z(p->b, "<table><tbody>\n");
	json_object_foreach(json_object_get(standing, "consent"), name, v)
	{
		buf_z(p->b, "<tr>");
		html_tag(p->b, "th", str_of(name));
		html_tag(p->b, "td", str_of(json_string_value(v)));
		buf_z(p->b, "</tr>\n");
	}
	json_object_foreach(standing, name, v)
	{
		struct str value = member(standing, name, number);

		if (value.len == 0)
			continue;
		buf_z(p->b, "<tr>");
		html_tag(p->b, "th", str_of(name));
		html_tag(p->b, "td", value);
		buf_z(p->b, "</tr>\n");
	}
	buf_z(p->b, "</tbody></table>\n");
}

static void put_events(struct page *p)
{
	static const struct column columns[] = {
		{ PAGE_SEQ, "seq" },         { PAGE_AT, "at" },
		{ PAGE_TYPE, "type" },       { PAGE_PURPOSE, "purpose" },
		{ PAGE_BRAND, "brand" },     { PAGE_CHANNEL, "channel" },
		{ PAGE_SOURCE, "source" },   { PAGE_ACTOR, "actor" },
		{ PAGE_WORDING, "wording" }, { PAGE_EVIDENCE, "evidence" },
		{ PAGE_EXPIRES, "expires" }, { PAGE_INBOUND, "inbound" },
		{ PAGE_HASH, "hash" },
	};

	html_tag(p->b, "h2", word(p, PAGE_EVENTS));
	put_table(p, "events", columns, ARRAY_LEN(columns));
}

static void put_refusals(struct page *p)
{
	static const struct column columns[] = {
		{ PAGE_SEQ, "seq" },
		{ PAGE_AT, "at" },
		{ PAGE_PURPOSE, "purpose" },
		{ PAGE_AFTER, "after" },
	};

	html_tag(p->b, "h2", word(p, PAGE_REFUSALS));
	put_table(p, "refusals", columns, ARRAY_LEN(columns));
}

static void put_messages(struct page *p)
{
	static const struct column columns[] = {
		{ PAGE_ID, "id" },
		{ PAGE_CREATED, "created" },
		{ PAGE_CLASS, "class" },
		{ PAGE_FROM, "from" },
		{ PAGE_STATE, "state" },
		{ PAGE_REASON, "reason" },
		{ PAGE_VERDICT, "decision.verdict" },
		{ PAGE_RULES, "decision.rule_version" },
		{ PAGE_PACKS, "decision.packs" },
		{ PAGE_LOCAL, "decision.local_time" },
		{ PAGE_CONSENT, "decision.consent_seq" },
		{ PAGE_TEMPLATE, "template.id" },
		{ PAGE_TEXT, "text" },
	};

	html_tag(p->b, "h2", word(p, PAGE_MESSAGES));
	put_table(p, "messages", columns, ARRAY_LEN(columns));
	if (json_is_true(json_object_get(p->pack, "messages_cut")))
		html_tag(p->b, "p", word(p, PAGE_CUT));
}

static void put_proof(struct page *p)
{
	static const struct column columns[] = {
		{ PAGE_SEQ, "seq" },
		{ PAGE_AT, "at" },
		{ PAGE_HASH, "hash" },
	};
	const json_t *head = json_object_get(p->pack, "head");

	html_tag(p->b, "h2", word(p, PAGE_PROOF));
	if (json_is_true(json_object_get(p->pack, "ok"))) {
		html_tag(p->b, "p", word(p, PAGE_EVENTS_HOLD));
	} else {
		buf_z(p->b, "<p class=\"bad\">");
		html_text(word(p, PAGE_EVENTS_BROKEN), p->b);
		buf_z(p->b, "</p>\n");
	}
	html_tag(p->b, "p", word(p, head != NULL ? PAGE_HEAD : PAGE_NO_HEAD));
	if (head == NULL)
		return;
	put_heads(p, columns, ARRAY_LEN(columns));
	put_row(p, head, columns, ARRAY_LEN(columns));
	buf_z(p->b, "</tbody></table>\n");
}

void evidence_page(struct buf *out, const json_t *pack, bool chinese)
{
	struct page p = { .b = out, .pack = pack, .zh = chinese };

	must(out != NULL && pack != NULL);
	put_top(&p);
	put_standing(&p);
	put_events(&p);
	put_refusals(&p);
	put_messages(&p);
	put_proof(&p);
	buf_z(out, "</body></html>\n");
}
