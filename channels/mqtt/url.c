/* The broker's URL. */
#include "channels/mqtt/url.h"

#include <errno.h>

#include "base/str.h"

/* Letters, digits, and what stands in names and addresses. */
static bool host_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z');
		if (!alnum && memchr(".-_:%", c, 5) == NULL)
			return false;
	}
	return s.len > 0;
}

/* Splits "host:port", "[v6]:port"; port is empty where there is none. */
static bool host_split(struct str s, struct str *host, struct str *port)
{
	if (s.len > 0 && s.p[0] == '[') {
		struct str rest = str_cut(str_from(s, 1), ']', host);
		bool closed = host->len + 1 < s.len;
		*port = str_from(rest, 1);
		return closed && (rest.len == 0 || rest.p[0] == ':') &&
		       (rest.len != 1);
	}
	*port = str_cut(s, ':', host);
	return port->len > 0 || host->len == s.len;
}

int mqtt_url_parse(const char *url, struct mqtt_url *out, struct err *err)
{
	struct str s = str_of(url), host, port;
	struct mqtt_url u = { .port = 1883 };
	uint64_t v;

	must(url != NULL && out != NULL);
	if (str_starts(s, STR("mqtts://"))) {
		u.tls = true;
		u.port = 8883;
		s = str_from(s, 8);
	} else if (str_starts(s, STR("mqtt://"))) {
		s = str_from(s, 7);
	} else {
		return err_set(err, -EINVAL,
			       "the URL must begin with mqtt:// or mqtts://");
	}
	if (s.len > 0 && s.p[s.len - 1] == '/')
		s = str_first(s, s.len - 1);
	if (str_find(s, '@') != s.len)
		return err_set(err, -EINVAL,
			       "give username and password as settings, not "
			       "in the URL");
	if (!host_split(s, &host, &port) || !host_ok(host) ||
	    str_copy(u.host, sizeof(u.host), host) != 0)
		return err_set(err, -EINVAL, "the URL has no good host");
	if (port.len > 0) {
		if (str_u64(port, 65535, &v) != 0 || v == 0)
			return err_set(err, -EINVAL,
				       "the port must be 1 to 65535");
		u.port = (int)v;
	}
	*out = u;
	return 0;
}
