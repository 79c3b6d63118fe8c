/* Paths to routes: segment by segment, {name} takes any but an empty one. */
#include "console/match.h"

#include <string.h>

static const char *const methods[] = { "GET", "POST", "PATCH", "PUT",
				       "DELETE" };

const char *method_name(unsigned bit)
{
	return bit < ARRAY_LEN(methods) ? methods[bit] : NULL;
}

static unsigned method_bit(const char *method)
{
	for (unsigned i = 0; i < ARRAY_LEN(methods); i++) {
		if (strcmp(methods[i], method) == 0)
			return i;
	}
	return 31;
}

static bool path_match(const char *pattern, struct str path,
		       struct str params[ROUTE_PARAMS])
{
	unsigned n = 0;
	size_t i = 0;

	while (*pattern != '\0') {
		if (*pattern != '{') {
			if (i >= path.len || path.p[i] != *pattern)
				return false;
			pattern++;
			i++;
			continue;
		}
		struct str value = str_from(path, i);
		value = str_first(value, str_find(value, '/'));
		if (value.len == 0)
			return false;
		must(n < ROUTE_PARAMS);
		params[n++] = value;
		i += value.len;
		pattern = strchr(pattern, '}') + 1;
	}
	return i == path.len;
}

const struct route *route_match(const struct route *v, size_t n,
				const char *method, struct str path,
				struct str params[ROUTE_PARAMS],
				uint32_t *allowed)
{
	must(v != NULL && method != NULL && allowed != NULL);
	*allowed = 0;
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (size_t i = 0; i < n; i++) {
		if (!path_match(v[i].path, path, params))
			continue;
		if (strcmp(v[i].method, method) == 0)
			return &v[i];
		*allowed |= BIT(method_bit(v[i].method));
	}
	return NULL;
}
