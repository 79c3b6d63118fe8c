/* Spans of JSON text. */
#include "proto/json_span.h"

#include <errno.h>

static bool span_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t span_skip(struct str s, size_t i)
{
	while (i < s.len && span_blank(s.p[i]))
		i++;
	return i;
}

/* From the opening quote to past the closing one. */
static size_t span_string(struct str s, size_t i)
{
	for (i++; i < s.len && s.p[i] != '"'; i++) {
		if (s.p[i] == '\\')
			i++;
	}
	return i < s.len ? i + 1 : s.len;
}

/* Past the value that starts at i. */
static size_t span_value(struct str s, size_t i)
{
	unsigned depth = 0;

	while (i < s.len) {
		char c = s.p[i];
		if (c == '"') {
			i = span_string(s, i);
			if (depth == 0)
				return i;
			continue;
		}
		if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return i;
			if (--depth == 0)
				return i + 1;
		} else if (depth == 0 && (c == ',' || span_blank(c))) {
			return i;
		}
		i++;
	}
	return s.len;
}

bool json_span_member(struct str object, size_t *at, struct str *name,
		      struct str *value)
{
	must(at != NULL && name != NULL && value != NULL);
	size_t i = span_skip(object, *at);
	if (i >= object.len || object.p[i] != (*at == 0 ? '{' : ','))
		return false;
	i = span_skip(object, i + 1);
	if (i >= object.len || object.p[i] != '"')
		return false;
	size_t end = span_string(object, i);
	if (end < i + 2)
		return false;
	*name = str_bytes(object.p + i + 1, end - i - 2);
	i = span_skip(object, end);
	if (i >= object.len || object.p[i] != ':')
		return false;
	i = span_skip(object, i + 1);
	*at = span_value(object, i);
	*value = str_bytes(object.p + i, *at - i);
	return true;
}

int json_span(struct str object, const char *name, struct str *out)
{
	struct str key, value;
	size_t at = 0;

	must(name != NULL && out != NULL);
	while (json_span_member(object, &at, &key, &value)) {
		if (!str_eqz(key, name))
			continue;
		*out = value;
		return 0;
	}
	return -ENOENT;
}

bool json_span_next(struct str array, size_t *at, struct str *item)
{
	must(at != NULL && item != NULL);
	size_t i = span_skip(array, *at);
	if (i >= array.len)
		return false;
	if (*at == 0 ? array.p[i] != '[' : array.p[i] != ',')
		return false;
	i = span_skip(array, i + 1);
	size_t end = span_value(array, i);
	if (end == i)
		return false;
	*item = str_bytes(array.p + i, end - i);
	*at = end;
	return true;
}
