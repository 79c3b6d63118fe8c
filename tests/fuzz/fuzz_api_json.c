/* A body of POST /v1/messages: read by the tables or refused with a reason;
 * the sender's own bytes of a member are the value jansson read; what we
 * print is JSON. The same bytes as a form of Kannel's. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "console/json_in.h"
#include "proto/json.h"
#include "console/kannel.h"
#include "console/submission.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

/* Nothing that was accepted is deeper than asked for. */
static void check_depth(const json_t *j, unsigned left)
{
	const char *name;
	json_t *v;
	size_t i;

	if (json_is_object(j) || json_is_array(j))
		must(left > 0);
	json_object_foreach((json_t *)(uintptr_t)j, name, v)
		check_depth(v, left - 1);
	json_array_foreach(j, i, v) check_depth(v, left - 1);
}

static void check_span(struct str span, const json_t *wanted)
{
	json_t *got =
		json_loadb(span.p, span.len,
			   JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

	must(got != NULL && json_equal(got, wanted));
	json_decref(got);
}

static void check_spans(struct str text, json_t *j)
{
	struct str span;
	const char *name;
	size_t at = 0, i;
	json_t *v;

	json_object_foreach(j, name, v)
	{
		/* A name with escapes is not found, and never wrongly. */
		if (json_span(text, name, &span) == 0)
			check_span(span, v);
		else
			must(memchr(text.p, '\\', text.len) != NULL);
	}
	json_array_foreach(j, i, v)
	{
		must(json_span_next(text, &at, &span));
		check_span(span, v);
	}
	if (json_is_array(j))
		must(!json_span_next(text, &at, &span));
}

static void check_printed(struct str text)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	json_s(&b, text);
	json_t *j =
		json_loadb(b.p, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	must(j != NULL);
	if (text_utf8_ok(text))
		must(json_string_length(j) == text.len &&
		     memcmp(json_string_value(j), text.p, text.len) == 0);
	json_decref(j);
	buf_done(&b);
}

static void check_message(json_t *j, struct str text)
{
	struct message_body body;
	struct submission s;
	struct refusal why = { 0 };

	if (message_body_read(j, text, &body, &s, &why) != 0) {
		must(why.code != NULL && why.err.text[0] != '\0');
		message_body_done(&body);
		return;
	}
	must(s.to.len == 0 || text_utf8_ok(s.to));
	must(s.metadata.len == 0 || s.metadata.p[0] == '{');
	message_body_done(&body);
}

struct form {
	struct str text;
	struct buf values[64];
	unsigned n;
};

static bool form_value(void *owner, const char *name, struct str *out)
{
	struct form *f = owner;

	must(f->n < ARRAY_LEN(f->values));
	struct buf *b = &f->values[f->n++];
	buf_init(b, 65536);
	if (form_get(f->text, name, b) != 0)
		return false;
	*out = buf_str(b);
	return true;
}

/* What is kept for the report is JSON, whatever was asked. */
static void check_metadata(const struct kannel_ask *k)
{
	struct buf b = { 0 };

	buf_init(&b, 65536);
	kannel_metadata(k, STR("user"), STR("+447700900001"), &b);
	json_t *j = b.full ? NULL : json_loadb(b.p, b.len, 0, NULL);
	must(b.full || j != NULL);
	json_decref(j);
	buf_done(&b);
}

static void check_form(struct str text)
{
	struct form f = { .text = text };
	struct kannel_ask k;
	struct err err = { "" };

	kannel_ask_init(&k);
	int rc = kannel_read(&k, form_value, &f, 1700000000000, &err);
	must((rc != 0) == (err.text[0] != '\0'));
	if (rc == 0)
		must(k.to.len > 0 && text_utf8_ok(buf_str(&k.text)));
	if (rc == 0 && kannel_wants_reports(&k))
		check_metadata(&k);
	kannel_ask_done(&k);
	for (unsigned i = 0; i < f.n; i++)
		buf_done(&f.values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str text = str_bytes(p, len);
	struct err err = { "" };
	json_t *j = NULL;

	check_printed(text);
	check_form(text);
	if (json_read(text, 12, &j, &err) != 0) {
		must(err.text[0] != '\0');
		return 0;
	}
	check_depth(j, 12);
	check_spans(text, j);
	check_message(j, text);
	json_decref(j);
	return 0;
}
