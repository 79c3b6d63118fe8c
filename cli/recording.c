/* Reads lines of JSON into PDUs. */
#include "cli/recording.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "proto/smpp.h"
#include "proto/smpp_read.h"

#define ITEMS_MAX ((size_t)50 << 20)

struct reader {
	struct recording *r;
	struct map *numbers; /* part and connection -> ours + 1 */
	size_t cap;
	unsigned part; /* headers seen: numbers begin anew after one */
	unsigned line;
};

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int pdu_of(const char *hex, struct str *out)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = mem_alloc(n + 1);
	struct str frame;

	for (size_t i = 0; i < n; i++) {
		int high = hex_of(hex[2 * i]), low = hex_of(hex[2 * i + 1]);

		if (high < 0 || low < 0) {
			mem_free(p);
			return -EBADMSG;
		}
		p[i] = (uint8_t)(high << 4 | low);
	}
	*out = str_bytes(p, n);
	if (strlen(hex) % 2 == 0 &&
	    smpp_frame(*out, SMPP_PDU_MAX, &frame) == 0 && frame.len == n)
		return 0;
	mem_free(p);
	*out = STR_NONE;
	return -EBADMSG;
}

static unsigned connection_of(struct reader *rd, json_int_t n)
{
	uint64_t key = (uint64_t)rd->part << 32 | (uint32_t)n, ours;

	if (map_get(rd->numbers, key, &ours))
		return (unsigned)ours - 1;
	map_set(rd->numbers, key, ++rd->r->connections);
	return rd->r->connections - 1;
}

static struct recording_item *add(struct reader *rd)
{
	struct recording *r = rd->r;

	if (r->n == rd->cap) {
		rd->cap = MAX(rd->cap * 2, 256);
		r->v = mem_resize(r->v, rd->cap * sizeof(*r->v));
	}
	r->v[r->n] = (struct recording_item){ .line = rd->line };
	return &r->v[r->n++];
}

static int take_event(struct reader *rd, const json_t *o)
{
	static const struct {
		const char *key;
		enum recording_kind kind;
	} kinds[] = {
		{ "open", RECORDING_OPEN },
		{ "in", RECORDING_IN },
		{ "out", RECORDING_OUT },
		{ "close", RECORDING_CLOSE },
	};
	const json_t *c = json_object_get(o, "c"), *t = json_object_get(o, "t");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *text =
			json_string_value(json_object_get(o, kinds[i].key));
		struct str pdu = STR_NONE;

		if (text == NULL)
			continue;
		if (!json_is_integer(c) || !json_is_integer(t) ||
		    rd->r->n >= ITEMS_MAX)
			return -EBADMSG;
		if ((kinds[i].kind == RECORDING_IN ||
		     kinds[i].kind == RECORDING_OUT) &&
		    pdu_of(text, &pdu) != 0)
			return -EBADMSG;
		struct recording_item *it = add(rd);
		it->kind = kinds[i].kind;
		it->connection = connection_of(rd, json_integer_value(c));
		it->t_us = json_integer_value(t);
		it->pdu = pdu;
		return 0;
	}
	return -EBADMSG;
}

static int take_line(struct reader *rd, const char *text)
{
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	int rc = 0;

	if (!json_is_object(o))
		rc = -EBADMSG;
	else if (json_is_integer(json_object_get(o, "recording")))
		rd->part++;
	else if (json_is_integer(json_object_get(o, "lost")))
		rd->r->lost += (uint64_t)json_integer_value(
			json_object_get(o, "lost"));
	else
		rc = take_event(rd, o);
	json_decref(o);
	return rc;
}

int recording_read(struct recording *out, const char *path, struct err *err)
{
	must(out != NULL && path != NULL);
	*out = (struct recording){ 0 };

	struct reader rd = { .r = out, .numbers = map_new() };
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n = 0;
	int rc = f == NULL ? -errno : 0;

	if (rc != 0)
		err_set(err, rc, "%s: %s", path, strerror(errno));
	while (rc == 0 && (n = getline(&text, &cap, f)) > 0) {
		rd.line++;
		/* the last line may have been cut off */
		if (take_line(&rd, text) != 0 && text[n - 1] == '\n')
			rc = err_set(err, -EINVAL,
				     "%s:%u: this is no line of a recording",
				     path, rd.line);
	}
	if (rc == 0 && rd.part == 0)
		rc = err_set(err, -EINVAL, "%s: this is no recording", path);
	free(text);
	if (f != NULL)
		fclose(f);
	map_free(&rd.numbers);
	return rc;
}

void recording_done(struct recording *r)
{
	must(r != NULL);
	for (size_t i = 0; i < r->n; i++) {
		if (r->v[i].pdu.len > 0)
			mem_free((char *)(uintptr_t)r->v[i].pdu.p);
	}
	mem_free(r->v);
	*r = (struct recording){ 0 };
}
