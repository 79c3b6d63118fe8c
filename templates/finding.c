/* Findings: sentences in two languages, the worst first. */
#include <string.h>

#include "templates/check.h"

#define ARG_MAX_BYTES 110 /* of a word or name inside a sentence */

const char *template_severity_name(enum template_severity s)
{
	switch (s) {
	case TEMPLATE_INFO:
		return "info";
	case TEMPLATE_WARNING:
		return "warning";
	case TEMPLATE_ERROR:
		return "error";
	}
	return "?";
}

/* A sentence with arg in place of '@', cut at whole characters. */
static void fill(char out[200], const char *sentence, struct str arg)
{
	struct buf b;
	size_t len = MIN(arg.len, (size_t)ARG_MAX_BYTES);

	while (len > 0 && len < arg.len && (arg.p[len] & 0xC0) == 0x80)
		len--;
	buf_init(&b, 199);
	for (; *sentence != '\0' && *sentence != '@'; sentence++)
		buf_c(&b, *sentence);
	if (*sentence == '@') {
		buf_str_put(&b, str_first(arg, len));
		buf_z(&b, sentence + 1);
	}
	memcpy(out, b.p, b.len + 1);
	buf_done(&b);
}

void template_found(struct template_findings *o,
		    enum template_severity severity, const char *code,
		    struct str arg, const char *zh, const char *en)
{
	must(o != NULL && code != NULL);
	unsigned at = o->n;

	if (o->n == TEMPLATE_FINDINGS_MAX)
		return;
	while (at > 0 && o->v[at - 1].severity < severity)
		at--;
	memmove(&o->v[at + 1], &o->v[at], (o->n - at) * sizeof(o->v[0]));
	o->n++;
	struct template_finding *f = &o->v[at];

	*f = (struct template_finding){ .code = code, .severity = severity };
	fill(f->zh, zh, arg);
	fill(f->en, en, arg);
}

enum template_severity template_worst(const struct template_findings *f)
{
	must(f != NULL);
	return f->n > 0 ? f->v[0].severity : TEMPLATE_INFO;
}
